"""What must hold, compared with what is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from towpath.casework import rules, variables
from towpath.casework.models import Case, CaseConversation, Decision, KeptDate, Question, Task
from towpath.casework.scenarios.play import Play, open_tasks
from towpath.catalogue import queries as catalogue
from towpath.contact import queries as contact
from towpath.foundation import clock
from towpath.foundation.models import Event
from towpath.foundation.typed import unpack

Path = tuple[str | int, ...]
WAITS_FOR = {"staff": "us"}


def check(play: Play, path: Path) -> Iterator[catalogue.Problem]:
    """A problem for each expectation that does not hold."""
    expected: Mapping[str, Any] = play.scenario.at(*path)
    case = play.case
    for key, wanted in expected.items():
        if key in ("path", "not-passed"):
            yield from _of_path(play, (*path, key), key, wanted)
        elif key == "says":
            yield from _of_words(play, (*path, key), wanted)
        elif key in ("values", "dates"):
            found = PARTS[key](play, case)
            for name, value in wanted.items():
                yield from _compared(play, (*path, key, name), value, _at(found, name))
        else:
            wanted = sorted(wanted) if key == "tasks" else wanted  # in any order
            yield from _compared(play, (*path, key), wanted, FOUND[key](play, case))


def _compared(play: Play, path: Path, wanted: Any, found: Any) -> Iterator[catalogue.Problem]:
    if not same(wanted, found):
        yield play.scenario.problem(path, f"expected {shown(wanted)}, found {shown(found)}")


def same(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, Decimal | int) and not isinstance(wanted, bool):
        return isinstance(found, Decimal | int) and not isinstance(found, bool) and Decimal(wanted) == found
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(same(*pair) for pair in zip(wanted, found, strict=True))
    if hasattr(found, "isoformat") and isinstance(wanted, str):
        return bool(found.isoformat() == wanted)
    return bool(wanted == found)


def shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(shown(item) for item in value)}]"
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _at(values: Mapping[str, Any], path: str) -> Any:
    found: Any = values
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _of_path(play: Play, path: Path, key: str, wanted: Sequence[str]) -> Iterator[catalogue.Problem]:
    entered = [passage.element for passage in play.body.passed if passage.lifecycle == "entered"]
    if key == "not-passed":
        for number, element in enumerate(wanted):
            if element in entered:
                yield play.scenario.problem((*path, number), f"{element} was passed", "it must not be")
        return
    rest = iter(entered)
    for number, element in enumerate(wanted):
        if element not in rest:
            before = f"after {wanted[number - 1]}" if number else "at all"
            work = [e for e in entered if e in _telling(play)]
            what = f"{element} was not passed {before}"
            yield play.scenario.problem((*path, number), what, f"the way was {' > '.join(work) or 'empty'}")
            return


def _of_words(play: Play, path: Path, wanted: Mapping[str, Sequence[str]]) -> Iterator[catalogue.Problem]:
    """The newest letter of each name must have these words in it."""
    assert play.case is not None
    sent = dict(_sent(play, play.case))
    for letter, texts in wanted.items():
        for number, text in enumerate(texts):
            if letter not in sent:
                yield play.scenario.problem((*path, letter), f"the letter {letter} was not sent")
                break
            if text not in sent[letter]:
                what = f"the letter does not say '{text}'"
                yield play.scenario.problem((*path, letter, number), what, f"it says: {sent[letter]:.400}")


def _telling(play: Play) -> set[str]:
    """Elements that tell the way: with a name."""
    return {element.id for element in play.body.package.elements.values() if element.name}


# What is found, by the key of the expectation.


def _letters(play: Play, case: Case) -> list[str]:
    """All letters of the package that were sent, in order."""
    return [letter for letter, _ in _sent(play, case)]


def _sent(play: Play, case: Case) -> list[tuple[str, str]]:
    """(letter, its words)."""
    sent = {
        f"{case.pk}:{task.command_id}": task.headers.get("letter", "")
        for task in Task.objects.filter(case=case, step_kind="contact.send")
    }
    asked = {str(q.pk): q.form for q in Question.objects.filter(case=case)}
    conversations = CaseConversation.objects.filter(case=case).values_list("conversation_id", flat=True)
    found: list[tuple[str, str]] = []
    for entry in sorted(contact.entries_after(list(conversations), {}), key=lambda entry: entry.seq):
        cause = str(entry.cause or "")
        form = asked.get(cause.rpartition(":")[2], "")
        letter = sent.get(cause) or (play.body.package.asks[form].letter if form else "")
        found += [(letter, entry.body)] if letter else []
    return found


def _decided_by(play: Play, case: Case) -> str:
    if case.state == "withdrawn":
        return "resident"
    latest = Decision.objects.filter(case=case).order_by("-decided_at", "-pk").first()
    if latest is None:
        return "nobody"
    return "rules" if latest.automatic else "person"


def _reason(play: Play, case: Case) -> Any:
    """The code that the deciding rule gave; of a person's decision, that of the rules before it."""
    told = Event.objects.filter(case_id=case.pk, type="case.decided").order_by("-seq").first()
    name = str(told.data.get("rule", "")).rpartition(" ")[0] if told else ""
    used = variables.rules_used(case)
    values = [unpack(used[name]["value"])] if name in used else [unpack(u["value"]) for u in used.values()]
    codes = [value["reason"] for value in values if isinstance(value, Mapping) and "reason" in value]
    return codes[0] if len(codes) == 1 else codes


def _deadline(play: Play, case: Case) -> Any:
    return clock.day(case.due_at, play.body.tenant.zone) if case.due_at else None


def _tasks(play: Play, case: Case) -> list[str]:
    return sorted(task.form for task in open_tasks(case))


def _escalated(play: Play, case: Case) -> bool:
    return bool(Task.objects.filter(case=case, kind="step", state="open").exclude(trouble="").exists())


FOUND: dict[str, Callable[[Play, Case], Any]] = {
    "stage": lambda play, case: case.stage,
    "waits-for": lambda play, case: WAITS_FOR.get(case.awaits, case.awaits),
    "tasks": _tasks,
    "letters": _letters,
    "deadline": _deadline,
    "clock": lambda play, case: "stopped" if case.clock_stopped_at else "running",
    "outcome": lambda play, case: case.outcome,
    "decided-by": _decided_by,
    "reason": _reason,
    "escalated": _escalated,
    "ended": lambda play, case: case.state in rules.ENDED,
}
PARTS: dict[str, Callable[[Play, Case], Mapping[str, Any]]] = {
    "values": lambda play, case: variables.context(case, play.body.package),
    "dates": lambda play, case: dict(KeptDate.objects.filter(case=case).values_list("name", "on")),
}
