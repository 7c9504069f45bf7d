"""What is committed is what was built, and it is ours to give away."""

import hashlib
import json
import re
from pathlib import Path

import brotli
import pytest

from tests.surfaces.look.render import ROOT, STATIC

ASSETS = STATIC / "towpath"
SHEETS = ["portal.css", "portal.rtl.css", "staff.css", "staff.rtl.css"]
KILOBYTE = 1024


def manifest() -> dict[str, str]:
    lines = (ASSETS / "manifest.sha256").read_text().splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def compressed(path: Path) -> int:
    return len(brotli.compress(path.read_bytes()))


def test_every_built_file_is_in_the_manifest_in_order() -> None:
    names = sorted(path.name for path in ASSETS.iterdir() if path.name != "manifest.sha256")
    assert list(manifest()) == names


@pytest.mark.parametrize("name", sorted(manifest()))
def test_built_file_has_the_hash_of_the_manifest(name: str) -> None:
    digest = hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()
    assert digest == manifest()[name], f"{name} was changed by hand: build it with `npm run build`"


@pytest.mark.parametrize("name", [*SHEETS, "htmx.min.js", "desk.js"])
def test_nothing_is_loaded_from_elsewhere(name: str) -> None:
    text = (ASSETS / name).read_text(encoding="utf-8")
    assert "sourceMappingURL" not in text
    if name.endswith(".css"):
        assert not re.search(r"url\(|@import|@font-face|GDS Transport|crown", text, re.IGNORECASE)


@pytest.mark.parametrize("licence", ["LICENSE.govuk-frontend.txt", "LICENSE.htmx.txt"])
def test_licence_lies_beside_what_it_covers(licence: str) -> None:
    assert "permission" in (ASSETS / licence).read_text(encoding="utf-8").lower()


@pytest.mark.parametrize(("name", "most"), [("portal.css", 14), ("portal.rtl.css", 14), ("staff.css", 16)])
def test_sheet_stays_light(name: str, most: int) -> None:
    assert compressed(ASSETS / name) <= most * KILOBYTE


def test_desk_loads_little_script() -> None:
    assert compressed(ASSETS / "htmx.min.js") + compressed(ASSETS / "desk.js") <= 30 * KILOBYTE


def test_lock_file_names_no_registry_and_pins_every_version() -> None:
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text())
    wanted = json.loads((ROOT / "frontend/package.json").read_text())["devDependencies"]
    assert not any("resolved" in package for package in lock["packages"].values())
    assert all(package.get("integrity") for path, package in lock["packages"].items() if path)
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
