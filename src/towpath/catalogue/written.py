"""A YAML file as a value that knows its lines. Safe on hostile text: size, depth and number of values are bounded,
also where aliases stand for others, and no tag is taken."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from towpath.catalogue.load import Exact
from towpath.catalogue.problems import Problem

MAX_TEXT = 500_000  # characters of one file
MAX_DEPTH = 24
MAX_VALUES = 50_000  # with every alias counted as what it stands for

Path = tuple[str | int, ...]
STRING = "tag:yaml.org,2002:str"


@dataclass(frozen=True)
class Document:
    file: str
    value: Any
    node: yaml.Node | None

    def line(self, *path: str | int) -> int:
        """Where the value of `path` is written, else the nearest thing around it."""
        node, line = self.node, 1 if self.node is None else self.node.start_mark.line + 1
        for key in path:
            if node is None:
                return line
            line, node = _step(node, key, line)
        return line

    def problem(self, path: Path, what: str, right: str = "", **more: Any) -> Problem:
        return Problem(self.file, more.pop("line", 0) or self.line(*path), place(path), what, right, **more)

    def at(self, *path: str | int) -> Any:
        """The value there, or None."""
        value = self.value
        for key in path:
            try:
                value = value[key]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def entries(self, *path: str | int) -> Iterator[tuple[Path, dict[str, Any]]]:
        """The mappings of a list, with their places; whatever else stands in it is skipped."""
        found = self.at(*path)
        for number, entry in enumerate(found if isinstance(found, list) else []):
            if isinstance(entry, dict):
                yield (*path, number), entry

    def texts(self, *path: str | int) -> Iterator[tuple[Path, str]]:
        """The texts of a list, with their places."""
        found = self.at(*path)
        for number, entry in enumerate(found if isinstance(found, list) else []):
            if isinstance(entry, str):
                yield (*path, number), entry

    def ids(self, *path: str | int) -> set[str]:
        return {entry["id"] for _, entry in self.entries(*path) if isinstance(entry.get("id"), str)}


def place(path: Path) -> str:
    """`pages[0].title`, counted from 1 as people do: `pages[1].title`."""
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")


def _step(node: yaml.Node, key: str | int, line: int) -> tuple[int, yaml.Node | None]:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if isinstance(name, yaml.ScalarNode) and name.value == key:
                # A list or mapping begins at its key; a text may begin a line below.
                return name.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key].start_mark.line + 1, node.value[key]
    return line, None


def read(file: str, text: str) -> tuple[Document | None, list[Problem]]:
    """The file's value, or everything that keeps it from being read."""
    if len(text) > MAX_TEXT:
        return None, [Problem(file, 0, "", f"is larger than {MAX_TEXT} characters", "make it smaller")]
    try:
        wrong = _hostile(file, text)
        node = None if wrong else yaml.compose(text, Loader=Exact)
    except yaml.YAMLError as error:
        return None, [_broken(file, error)]
    if wrong:
        return None, wrong
    if node is None:
        return None, [Problem(file, 1, "", "is empty")]
    problems = [*_double_keys(file, node), *_unreadable(file, node)]
    if any(problem.level == "error" and problem.place != DOUBLE for problem in problems):
        return None, problems
    value = Exact("").construct_document(node)
    return Document(file, value, node), problems


DOUBLE = "double key"


def _broken(file: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else 0
    why = str(getattr(error, "problem", "") or error).replace("\n", " ")[:200]
    return Problem(
        file, line, "", f"this is not YAML that can be read: {why}", "look at this line and the one before"
    )


def _hostile(file: str, text: str) -> list[Problem]:
    """What is not taken, seen before anything is built: tags, depth, what aliases add up to."""
    depth, size, anchors, opened = 0, 0, {}, []  # type: ignore[var-annotated]
    for event in yaml.parse(text, Loader=Exact):
        mark = event.start_mark
        line = mark.line + 1 if mark else 0
        if tag := getattr(event, "tag", None):
            return [Problem(file, line, "", f"the tag {tag} is not taken", "remove it")]
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in anchors:
                what = f"the alias *{event.anchor} stands for nothing that is complete"
                return [Problem(file, line, "", what, f"write &{event.anchor} before it, not around it")]
            size += anchors[event.anchor]
        elif isinstance(event, yaml.CollectionStartEvent):
            opened.append((event.anchor, size))
            size, depth = size + 1, depth + 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = opened.pop()
            anchors |= {anchor: size - before} if anchor else {}
            depth -= 1
        elif isinstance(event, yaml.ScalarEvent):
            anchors |= {event.anchor: 1} if event.anchor else {}
            size += 1
        if depth > MAX_DEPTH:
            return [Problem(file, line, "", f"is nested deeper than {MAX_DEPTH} levels", "make it flatter")]
        if size > MAX_VALUES:
            what = f"holds more than {MAX_VALUES} values, with those that aliases stand for"
            return [Problem(file, line, "", what, "make it smaller")]
    return []


def _nodes(root: yaml.Node) -> Iterator[yaml.Node]:
    """Every node once, whatever aliases say."""
    seen, waiting = set(), [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(reversed(node.value))
        elif isinstance(node, yaml.MappingNode):
            waiting.extend(part for pair in reversed(node.value) for part in reversed(pair))


def _double_keys(file: str, root: yaml.Node) -> Iterator[Problem]:
    for node in _nodes(root):
        if not isinstance(node, yaml.MappingNode):
            continue
        first: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag != STRING:
                shown = key.value if isinstance(key, yaml.ScalarNode) else "a list or mapping"
                yield Problem(file, line, "", f"the key {shown} is not read as a text", "put it in quotes")
            elif key.value in first:
                what = f"the key '{key.value}' stands here a second time, first on line {first[key.value]}"
                yield Problem(file, line, DOUBLE, what, "keep one of them")
            else:
                first[key.value] = line


def _unreadable(file: str, root: yaml.Node) -> Iterator[Problem]:
    """Numbers and dates that are none."""
    loader = Exact("")
    for node in _nodes(root):
        if isinstance(node, yaml.ScalarNode):
            try:
                loader.construct_object(node)
            except (yaml.YAMLError, ValueError, ArithmeticError):
                what = f"{node.value[:40]} looks like a number or date but is none"
                yield Problem(file, node.start_mark.line + 1, "", what, "put it in quotes")


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
