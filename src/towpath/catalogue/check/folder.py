"""The files of a package, each read as far as it can be, so that what they say of each other can be compared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from towpath.catalogue import shape, written
from towpath.catalogue.package import elements, own_process
from towpath.catalogue.problems import Problem, nearest
from towpath.catalogue.written import Document
from towpath.engines import bpmn, dmn
from towpath.engines.bpmn.model import Element

Files = Mapping[str, str | bytes]
FILE = "process.bpmn"
NEEDED = ("service.yaml", "form.yaml", "tasks.yaml", "process.bpmn")
KINDS = {
    "decisions": (".dmn", ""),
    "letters": (".yaml", "letter"),
    "locale": (".yaml", "locale"),
    "scenarios": (".yaml", "scenario"),
    "rehearsal": (".mapping.yaml", "rehearsal"),
}
ASIDE = frozenset({"README.md", "LICENSE", "CHANGELOG.md"})
MAX_FILES = 300
MAX_BYTES = 5_000_000  # of all files together
NOTHING = Document("", None, None)


@dataclass
class Folder:
    """What could be read. `problems` has what could not; what lacks is told there and left out here."""

    files: dict[str, str] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    model: bpmn.Model | None = None
    decisions: dict[str, dmn.Model] = field(default_factory=dict)
    decision_files: dict[str, str] = field(default_factory=dict)
    decisions_whole: bool = True
    problems: list[Problem] = field(default_factory=list)

    @property
    def service(self) -> Document:
        return self.documents.get("service.yaml", NOTHING)

    @property
    def form(self) -> Document:
        return self.documents.get("form.yaml", NOTHING)

    @property
    def tasks(self) -> Document:
        return self.documents.get("tasks.yaml", NOTHING)

    @property
    def process(self) -> bpmn.Process | None:
        return own_process(self.model) if self.model and self.model.processes else None

    @property
    def elements(self) -> Mapping[str, Element]:
        """Of all processes that run, the called ones too; none where the model could not be read."""
        return elements(self.model) if self.model else {}

    def inside(self, folder: str) -> Iterator[tuple[str, Document]]:
        """(name, document) of each file of a folder that could be read."""
        for path, document in sorted(self.documents.items()):
            if path.startswith(f"{folder}/"):
                yield stem(path), document

    def names(self, folder: str) -> set[str]:
        """Also of files that could not be read: whoever names them is right."""
        return {stem(path) for path in self.files if path.startswith(f"{folder}/")}

    def questions(self) -> Iterator[tuple[written.Path, dict[str, Any]]]:
        for page, _ in self.form.entries("pages"):
            yield from self.form.entries(*page, "questions")

    def fields(self) -> Iterator[tuple[written.Path, dict[str, Any]]]:
        """The fields of tasks and of what a resident is asked later."""
        for room in ("tasks", "asks"):
            for form, _ in self.tasks.entries(room):
                yield from self.tasks.entries(*form, "fields")


def stem(path: str) -> str:
    return PurePosixPath(path).name.split(".")[0]


def gather(files: Files) -> Folder:
    folder = Folder()
    if too_much := _too_much(files):
        folder.problems.append(too_much)
        return folder
    for path, raw in sorted(files.items()):
        if (text := _text(folder, path, raw)) is not None:
            folder.files[path] = text
    for path in NEEDED:
        if path not in files:
            right = nearest(path, files) if any(_is_like(path, other) for other in files) else "add it"
            folder.problems.append(Problem(path, 0, "", "is missing", right))
    for path, text in folder.files.items():
        _read(folder, path, text)
    return folder


def _is_like(path: str, other: str) -> bool:
    return stem(path) == stem(other) and other not in NEEDED


def _too_much(files: Files) -> Problem | None:
    if len(files) > MAX_FILES:
        return Problem(
            "", 0, "", f"the folder has more than {MAX_FILES} files", "remove what is no part of it"
        )
    if sum(len(raw) for raw in files.values()) > MAX_BYTES:
        return Problem(
            "", 0, "", f"the files are larger than {MAX_BYTES} bytes together", "make them smaller"
        )
    return None


def _text(folder: Folder, path: str, raw: str | bytes) -> str | None:
    if not _belongs(path):
        if path not in ASIDE:
            folder.problems.append(_stranger(path))
        return None
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        folder.problems.append(Problem(path, line, "", "holds a byte that is not UTF-8", "save it as UTF-8"))
        return None
    return text.replace("\r\n", "\n")


def _belongs(path: str) -> bool:
    room, _, name = path.rpartition("/")
    ending = KINDS.get(room, ("\0", ""))[0]
    return path in NEEDED or (room in KINDS and name.endswith(ending) and name != ending)


def _stranger(path: str) -> Problem:
    room, _, name = path.rpartition("/")
    if room in KINDS:
        right = f"files in {room}/ end in {KINDS[room][0]}"
    else:
        close = nearest(room or name, [*KINDS, *NEEDED])
        right = close if "mean" in close else "remove it, or leave it: it is not published"
    return Problem(path, 0, "", "is no part of a package", right, "warning")


def _read(folder: Folder, path: str, text: str) -> None:
    if path == "process.bpmn":
        _read_process(folder, path, text)
    elif path.endswith(".dmn"):
        _read_decisions(folder, path, text)
    else:
        room = path.rpartition("/")[0]
        document, problems = written.read(path, text)
        folder.problems += problems
        if document is not None:
            folder.documents[path] = document
            folder.problems += shape.problems(document, KINDS[room][1] if room else stem(path))


def _read_process(folder: Folder, path: str, text: str) -> None:
    try:
        folder.model = bpmn.load(text)
    except bpmn.BpmnError as error:
        folder.problems += [
            Problem(path, p.line, _element(p.element, p.name), p.what, p.right) for p in error.problems
        ]
        return
    folder.problems += [
        Problem(path, p.line, _element(p.element, p.name), p.what, p.right, "warning")
        for p in folder.model.warnings
    ]


def label(element: Element) -> str:
    return _element(element.id, element.name)


def _element(element: str, name: str) -> str:
    return f"'{name}' ({element})" if name else element


def _read_decisions(folder: Folder, path: str, text: str) -> None:
    try:
        model = dmn.load(text)
    except dmn.DmnError as error:
        folder.decisions_whole = False
        folder.problems += [
            Problem(path, p.line, _element(p.element, p.name), p.message) for p in error.problems
        ]
        return
    folder.problems += [
        Problem(path, p.line, _element(p.element, p.name), p.message, "", "warning") for p in model.warnings
    ]
    for name in model.decisions:
        if name in folder.decisions:
            what = f"the decision '{name}' is in {folder.decision_files[name]} already"
            folder.problems.append(Problem(path, 0, name, what, "give one of them another name"))
        folder.decisions[name] = model
        folder.decision_files[name] = path
