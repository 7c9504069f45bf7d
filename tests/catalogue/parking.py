"""The shipped parking permit as files that a test may break."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "services" / "resident-parking-permit"


def files() -> dict[str, str | bytes]:
    return {
        path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file()
    }


def changed(*changes: tuple[str, str, str]) -> dict[str, str | bytes]:
    """The files with texts replaced: (file, old, new), the first place of each."""
    found = files()
    for path, old, new in changes:
        text = str(found[path])
        assert old in text, (path, old)
        found[path] = text.replace(old, new, 1)
    return found


def line_of(files: dict[str, str | bytes], path: str, text: str) -> int:
    return str(files[path]).split(text, 1)[0].count("\n") + 1
