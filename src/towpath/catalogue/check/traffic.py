"""Messages and signals: what is awaited must be sent by somebody, and what is sent must be able to arrive."""

from collections.abc import Iterator

from towpath.catalogue.check.folder import FILE, Folder, label
from towpath.catalogue.problems import Problem, nearest
from towpath.engines.bpmn.model import Element

MESSAGES = ("resident.replied", "resident.withdrew", "resident.asked-review", "document.received")
SENDING = frozenset({"throw", "send", "end"})
LONGEST = 80  # characters of a name


def check(folder: Folder) -> Iterator[Problem]:
    everything = [(element, part) for element in folder.elements.values() for part in parts(element)]
    named = [(element, part) for element, part in everything if part.message or part.signal]
    sent = {p.message.name for _, p in named if p.message and sends(p)}
    awaited = {p.message.name for _, p in named if p.message and not sends(p)}
    for element, part in named:
        found = _too_long(part) or (_sent(part, awaited) if sends(part) else _awaited(part, sent))
        if found:
            yield Problem(FILE, element.line, label(element), *found)


def parts(element: Element) -> list[Element]:
    """An event with each of its definitions, and what its instances throw: all that may wait or send here."""
    thrown = [thrown for _, thrown in element.many.throws] if element.many else []
    return [element, *element.parts, *thrown]


def sends(part: Element) -> bool:
    return part.kind in SENDING


Wrong = tuple[str, str]


def _too_long(part: Element) -> Wrong | None:
    name = part.message.name if part.message else part.signal or ""
    return (
        (f"'{name[:20]}…' is longer than {LONGEST} characters", "shorten it") if len(name) > LONGEST else None
    )


def _sent(part: Element, awaited: set[str]) -> Wrong | None:
    if part.message is None or part.asked:
        return None
    name, key = part.message.name, part.message.key
    if name in MESSAGES:
        return f"sends the message '{name}', which only a resident does", "choose another name"
    if key is None and name not in awaited:
        what = f"sends the message '{name}' without a correlation key, and nothing here waits for it"
        return what, nearest(name, awaited, "give it a correlation key, by which another case finds it")
    return None


def _awaited(part: Element, sent: set[str]) -> Wrong | None:
    """What has a key may come from another service of the body."""
    if part.message is None or part.message.key is not None:
        return None
    if part.message.name in MESSAGES or part.message.name in sent:
        return None
    what = f"waits for the message '{part.message.name}', which nobody sends"
    return what, nearest(part.message.name, [*MESSAGES, *sorted(sent)])
