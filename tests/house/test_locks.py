"""A row that foreign keys point to is locked without its key.

Who writes a row that points there asks for its key (FOR KEY SHARE), at commit where the reference is deferred. Two
transactions that each hold one such row and point to the other's would wait for each other.
"""

import ast
from pathlib import Path

from django.apps import apps

from towpath.foundation.tenancy import TenantForeignKey

PRODUCT = Path(__file__).parents[2] / "src" / "towpath"


def referenced():
    fields = [field for model in apps.get_models() for field in model._meta.local_fields]
    return {field.related_model.__name__ for field in fields if isinstance(field, TenantForeignKey)}


def locks():
    """(place, the name that the query begins with, whether the key is left free)."""
    for path in PRODUCT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "select_for_update":
                free = any(given.arg == "no_key" for given in node.keywords)
                yield f"{path.relative_to(PRODUCT)}:{node.lineno}", _begins_with(node.func), free


def _begins_with(node):
    while not isinstance(node, ast.Name):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id


def test_what_is_pointed_to_is_locked_without_its_key():
    models = {model.__name__ for model in apps.get_models()}
    found = list(locks())
    assert len(found) > 20
    # Where the query begins with a variable, nobody can tell its rows: they may be pointed to.
    wrong = [
        place for place, name, free in found if not free and (name in referenced() or name not in models)
    ]
    assert wrong == []
