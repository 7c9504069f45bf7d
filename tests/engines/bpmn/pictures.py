"""`python -m tests.engines.bpmn.pictures`: draws the examples of docs/process-elements.md for that page."""

import re
from pathlib import Path

from tests.engines.bpmn.test_documentation import EXAMPLES, PAGE, process
from towpath.engines import bpmn

FOLDER = PAGE.parent / "images" / "elements"
# A page in light colours shows it, whatever the reader's system prefers.
SHEET = "<style>:root{color-scheme:light;color:#1d2b36}</style>"


def file_of(title: str) -> Path:
    return FOLDER / f"{re.sub(r'[^a-z]+', '-', title.lower())}.svg"


def picture(title: str) -> str:
    """As `bpmn.draw` makes it; what has no name is called by its id."""
    xml, _play = EXAMPLES[title]
    ids = re.findall(r'<(?:\w*[tT]ask|subProcess|callActivity|transaction|adHocSubProcess) id="(\w+)"', xml)
    drawn = bpmn.draw(process(xml), texts={one: one.replace("_", " ") for one in ids} | {"p": title})
    head, end = re.match(r"<svg [^>]*>", drawn)[0], drawn.index(">") + 1  # type: ignore[index]
    return f"{head}{SHEET}{drawn[end:]}\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for title in EXAMPLES:
        file_of(title).write_text(picture(title), encoding="utf-8")


if __name__ == "__main__":
    main()
