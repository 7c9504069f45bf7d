"""Every expression outside the models: is it FEEL, and does it read only what there is?"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from towpath.catalogue.check.folder import Folder
from towpath.catalogue.problems import Problem, nearest
from towpath.catalogue.written import Document, Path
from towpath.engines import feel

APPLICANT = frozenset({"signed_in", "assurance"})
CASE = frozenset(
    {"reference", "channel", "submitted", "deadline", "decided", "appeal_by", "reply_by"}
)  # `casework.variables`
ALWAYS = frozenset({"answers", "applicant", "case"})
DECIDED = frozenset({"outcome", "reason", "legal_basis"})
REVIEWED = frozenset({"what_to_look_at"})
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
MEMBER = re.compile(r"\b(answers|applicant|case)\.([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True)
class Known:
    """What an expression may read: names, and the members of those that are contexts."""

    names: frozenset[str]
    members: Mapping[str, frozenset[str]]

    def with_(self, *more: str) -> "Known":
        return Known(self.names | set(more), self.members)


def known(folder: Folder) -> Known:
    questions = {q["id"] for _, q in folder.questions() if isinstance(q.get("id"), str)}
    members = {"answers": frozenset(questions), "applicant": APPLICANT, "case": CASE}
    return Known(ALWAYS | DECIDED | REVIEWED | _variables(folder), members)


def _variables(folder: Folder) -> set[str]:
    """What tasks, asks, kept dates and the process itself set."""
    found = {f["id"] for _, f in folder.fields() if isinstance(f.get("id"), str)}
    found |= folder.service.ids("dates")
    for element in folder.elements.values():
        found |= {element.result, element.task.headers.get("result", "")}
        found |= {target for target, _ in element.outputs}
        if element.many:
            found |= {element.many.item, element.many.output, "loopCounter"}
    return found - {""}


def wrong_in(text: str, known: Known) -> Iterator[tuple[int, str, str]]:
    """(position, what, right) of everything wrong with an expression."""
    try:
        reads = feel.compile(text).names
    except feel.FeelError as error:
        yield error.position, f"is not FEEL: {error.why}", "see docs/write-a-service.md"
        return
    # What stands in quotes is no name; spaces keep the positions.
    plain = TEXT.sub(lambda found: " " * len(found[0]), text)
    for name in sorted(set(reads) - known.names):
        right = nearest(name, known.names)
        if name in known.members["answers"]:
            right = f"write answers.{name}"
        yield _position(plain, name), f"reads '{name}', which nothing sets", right
    for found in MEMBER.finditer(plain):
        room, name = found.groups()
        if name not in known.members[room] and room in reads:
            yield (
                found.start(),
                f"reads {room}.{name}, which there is not",
                nearest(name, known.members[room]),
            )


def _position(text: str, name: str) -> int:
    found = re.search(rf"\b{re.escape(name)}\b", text)
    return found.start() if found else 0


def check(folder: Folder) -> Iterator[Problem]:
    if "form.yaml" not in folder.documents or "tasks.yaml" not in folder.documents:
        return  # every name would seem unknown
    seen = known(folder)
    if folder.model is None:
        seen = _anything(folder, seen)
    yield from _of_form(folder, seen)
    yield from _of_tasks(folder, seen)
    for _, letter in folder.inside("letters"):
        yield from _of_letter(letter, seen)
    for path, entry in folder.service.entries("evidence"):
        yield from _told(folder.service, (*path, "needed-if"), entry.get("needed-if"), seen)
    yield from _of_process(folder, seen)


def _anything(folder: Folder, seen: Known) -> Known:
    """Without a process nobody knows what it would set: only members of answers and the like are looked at."""
    texts = [text for d in folder.documents.values() for text in _all_texts(d)]
    names: set[str] = set()
    for text in texts:
        names |= set(re.findall(r"[a-z_][a-z0-9_]*", text))
    return seen.with_(*names)


def _all_texts(document: Document) -> Iterator[str]:
    waiting = [document.value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str):
            yield value


def _of_form(folder: Folder, seen: Known) -> Iterator[Problem]:
    form = folder.form
    for path, page in form.entries("pages"):
        yield from _told(form, (*path, "show-if"), page.get("show-if"), seen)
    for path, question in folder.questions():
        yield from _of_field(form, path, question, seen)
    for path, question in form.entries("guided-check", "questions"):
        yield from _of_field(form, path, question, seen)


def _of_tasks(folder: Folder, seen: Known) -> Iterator[Problem]:
    tasks = folder.tasks
    for path, _ in tasks.entries("tasks"):
        yield from _told(tasks, (*path, "decides", "when"), tasks.at(*path, "decides", "when"), seen)
    for path, field in folder.fields():
        yield from _of_field(tasks, path, field, seen)


def _of_field(document: Document, path: Path, field: Mapping[str, object], seen: Known) -> Iterator[Problem]:
    own = field.get("id")
    here = seen.with_(own) if isinstance(own, str) else seen
    for key in ("show-if", "prefill"):
        yield from _told(document, (*path, key), field.get(key), here)
    for at, check in document.entries(*path, "checks"):
        yield from _told(document, (*at, "holds"), check.get("holds"), here)


def _of_letter(letter: Document, seen: Known) -> Iterator[Problem]:
    places = letter.at("places")
    for name in places if isinstance(places, dict) else ():
        yield from _told(letter, ("places", name, "value"), letter.at("places", name, "value"), seen)
    for path, paragraph in letter.entries("paragraphs"):
        yield from _told(letter, (*path, "show-if"), paragraph.get("show-if"), seen)


def _told(document: Document, path: Path, text: object, seen: Known) -> Iterator[Problem]:
    if not isinstance(text, str) or not text:
        return
    if text.startswith("="):
        yield document.problem(path, "begins with '='", "leave it out; only in process.bpmn it is written")
        return
    for position, what, right in wrong_in(text, seen):
        yield document.problem(path, what, right, line=_line(document, path, text, position))


def _line(document: Document, path: Path, text: str, position: int) -> int:
    """A text over several lines begins below its key."""
    line, node = document.line(*path), document.node
    for key in path:
        node = _child(node, key)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return node.start_mark.line + 2 + text.count("\n", 0, position)
    return line


def _child(node: yaml.Node | None, key: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == key), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int):
        return node.value[key] if key < len(node.value) else None
    return None


def _of_process(folder: Folder, seen: Known) -> Iterator[Problem]:
    """The engine reads an unknown name as null, so here it is a doubt; what is no FEEL was refused before."""
    inputs = {target for e in folder.elements.values() for target, _ in e.inputs}
    here = seen.with_(*inputs, "error")
    for element in folder.elements.values():
        texts = [value for _, value in (*element.inputs, *element.outputs)]
        texts += [element.value] if element.value else []
        texts += [flow.condition for flow in element.outgoing if flow.condition]
        for value in texts:
            if not isinstance(value, feel.Expression):
                continue
            place = f"'{element.name}' ({element.id})" if element.name else element.id
            for _, what, right in wrong_in(value.text, here):
                yield Problem("process.bpmn", element.line, place, what, right, "warning")
