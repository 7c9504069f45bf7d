"""What imports can't show: references by name, and what templates reach."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.urls import get_resolver

PRODUCT = Path(__file__).parents[2] / "src" / "towpath"
# From bottom to top; rooms in one tuple don't know each other.
FLOORS = [
    ("foundation",),
    ("people",),
    ("catalogue",),
    ("documents", "contact", "exchange"),
    ("casework", "journeys"),
    ("surfaces",),
]
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def _room(path: Path) -> str:
    return path.relative_to(PRODUCT).parts[0]


def _sources() -> list[Path]:
    return [path for path in PRODUCT.rglob("*.py") if "migrations" not in path.parts]


def test_foreign_keys_point_down():
    for model in apps.get_models():
        room = model._meta.app_label
        for field in model._meta.local_fields:
            if room in FLOOR and isinstance(field, models.ForeignKey):
                target = field.related_model._meta.app_label
                same = target == room
                assert same or FLOOR.get(target, -1) < FLOOR[room], (
                    f"{room}.{model.__name__}.{field.name} -> {target}"
                )


def test_no_model_is_fetched_by_its_name():
    """`get_model("casework", "Case")` would reach up where an import may not."""
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr != "get_model", f"{path}:{node.lineno}"


def test_rooms_below_surfaces_name_no_url_and_no_template():
    named = re.compile(r"\b(reverse|render|redirect)\(")
    for path in _sources():
        if _room(path) in FLOOR and _room(path) != "surfaces":
            found = named.search(path.read_text())
            assert not found, (
                f"{path.relative_to(PRODUCT)} uses {found and found[1]}: that belongs to a surface"
            )


def test_a_surface_uses_its_own_templates_and_the_shared_ones():
    shared = {"towpath", "account", "mfa", "signin"}
    for surface in ("portal", "desk", "insight"):
        for path in (PRODUCT / "surfaces" / surface).rglob("*.py"):
            for name in re.findall(r"\"([a-z_]+)/[a-z0-9_/-]+\.html\"", path.read_text()):
                assert name in {surface, *shared}, f"{path}: {name}"


def test_url_names_of_one_surface_are_not_used_by_another():
    for surface in ("portal", "desk", "insight"):
        others = {"portal", "desk", "insight"} - {surface}
        folders = [PRODUCT / "surfaces" / surface, PRODUCT / "surfaces" / "templates" / surface]
        for path in (p for folder in folders for p in folder.rglob("*.*") if p.suffix in {".py", ".html"}):
            for other in others:
                assert f'"{other}:' not in path.read_text(), f"{path} leads into {other} by name"


def test_the_addresses_can_all_be_loaded():
    assert get_resolver("towpath.project.urls").url_patterns
    assert get_resolver("towpath.project.urls_bare").url_patterns


def _lengths(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, kinds)
    ]


OURS = [
    path
    for folder in ("src", "tests", "bench", "demo", "scripts")
    for path in (PRODUCT.parents[1] / folder).rglob("*.py")
    if "migrations" not in path.parts and ".venv" not in path.parts
]


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(PRODUCT.parents[1])))
def test_a_file_has_one_idea(path):
    """The ratchet: no file over 400 lines, no function over 60."""
    assert len(path.read_text().splitlines()) <= 400, "split it by meaning"
    for name, lines in _lengths(path):
        assert lines <= 60, f"{name} has {lines} lines"
