"""What service.yaml, form.yaml and tasks.yaml say of each other."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any

from towpath.catalogue.check.folder import Folder
from towpath.catalogue.problems import Problem, nearest
from towpath.catalogue.written import Document, Path

RESERVED = frozenset({"answers", "applicant", "case", "outcome", "reason", "legal_basis"})
LISTS = ("evidence", "costs", "outputs", "legal-resources", "stages", "outcomes", "dates")


def check(folder: Folder, operations: Collection[str] | None) -> Iterator[Problem]:
    if folder.service.file:
        yield from _dates(folder.service)
        yield from _service(folder)
        yield from _laws(folder.service)
        yield from _outcomes(folder)
    if folder.form.file:
        yield from _form(folder, operations)
    if folder.tasks.file:
        yield from _tasks(folder)
    yield from _double_ids(folder)


def absent(
    document: Document, path: Path, name: object, known: Collection[str], what: str
) -> Iterator[Problem]:
    """A problem where a text is named that is not among the known ones. What is no text, the schema has told."""
    if isinstance(name, str) and name not in known:
        yield document.problem(path, what.format(name), nearest(name, known, "" if known else "add it"))


def _dates(service: Document) -> Iterator[Problem]:
    days = {}
    for key in ("from", "until"):
        text = service.at("in-force", key)
        if isinstance(text, str):
            try:
                days[key] = date.fromisoformat(text)
            except ValueError:
                yield service.problem(
                    ("in-force", key), f"'{text}' is no day of the calendar", 'as in "2026-01-31"'
                )
    if "until" in days and "from" in days and days["until"] < days["from"]:
        yield service.problem(
            ("in-force", "until"), "lies before the first day", "put it after in-force.from"
        )


def _service(folder: Folder) -> Iterator[Problem]:
    service, questions = folder.service, _by_id(folder.questions())
    team, teams = service.at("owning-team"), {text for _, text in service.texts("teams")}
    yield from absent(service, ("owning-team",), team, teams, "the team '{}' is not among the teams")
    event = service.at("applies-by", "event-date") if isinstance(service.at("applies-by"), dict) else None
    if isinstance(event, str) and folder.form.file:
        path: Path = ("applies-by", "event-date")
        yield from absent(service, path, event, questions, "the form has no question '{}'")
        if event in questions and questions[event].get("type") != "date":
            yield service.problem(path, f"the question '{event}' is no date", "name a question of type date")
    for path, entry in service.entries("evidence"):
        if folder.form.file:
            yield from absent(service, (*path, "question"), entry.get("question"), questions, "the form has no question '{}'")  # fmt: skip
    for path, entry in service.entries("costs"):
        if folder.decisions_whole:
            yield from absent(service, (*path, "decision"), entry.get("decision"), folder.decisions, "no file in decisions/ has the decision '{}'")  # fmt: skip
    for path, entry in service.entries("outputs"):
        yield from absent(service, (*path, "letter"), entry.get("letter"), folder.names("letters"), "the letter '{}' is not in letters/")  # fmt: skip


def _by_id(entries: Iterable[tuple[Path, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    return {entry["id"]: entry for _, entry in entries if isinstance(entry.get("id"), str)}


def _laws(service: Document) -> Iterator[Problem]:
    laws = service.ids("legal-resources")
    for key in ("deadline", "appeal", "retention"):
        named = service.at(key, "legal-basis")
        yield from absent(service, (key, "legal-basis"), named, laws, "'{}' is not among the legal-resources")


def _outcomes(folder: Folder) -> Iterator[Problem]:
    service, outcomes = folder.service, folder.service.ids("outcomes")
    for path, entry in service.entries("outcomes"):
        if entry.get("by") == "person-or-rules" and entry.get("favourable") is False:
            what = f"'{entry.get('id')}' is not favourable, so no rule may decide it"
            yield service.problem((*path, "by"), what, "by: person")
    for path, name in service.texts("reviews", "asked-after"):
        yield from absent(service, path, name, outcomes, "'{}' is not among the outcomes")
    given = {name for path, _ in folder.tasks.entries("tasks") for _, name in folder.tasks.texts(*path, "decides", "outcomes")}  # fmt: skip
    for element in folder.elements.values():
        given.add(element.task.headers.get("outcome", ""))
    for path, entry in service.entries("outcomes"):
        if (
            folder.process
            and folder.tasks.file
            and entry.get("by") != "resident"
            and entry.get("id") not in given
        ):
            what = f"no task and no rule ever decides '{entry.get('id')}'"
            yield service.problem(path, what, "remove it, or add it to a task that decides", level="warning")


def _form(folder: Folder, operations: Collection[str] | None) -> Iterator[Problem]:
    form, questions = folder.form, {q["id"] for _, q in folder.questions() if isinstance(q.get("id"), str)}
    for path, question in folder.questions():
        yield from _source(form, path, question, operations)
    for path, name in form.texts("guided-check", "questions"):
        yield from absent(form, path, name, questions, "the form has no question '{}'")
    decision = form.at("guided-check", "decision")
    if not isinstance(decision, str) or not folder.decisions_whole:
        return
    path = ("guided-check", "decision")
    yield from absent(form, path, decision, folder.decisions, "no file in decisions/ has the decision '{}'")
    if decision in folder.decisions:
        asked = form.ids("guided-check", "questions") | {
            t for _, t in form.texts("guided-check", "questions")
        }
        for needed in folder.decisions[decision].decisions[decision]:
            if needed not in asked:
                what = f"the decision reads '{needed}', which is not asked"
                yield form.problem(("guided-check", "questions"), what, f"add {needed} to the questions")


def _source(form: Document, path: Path, question: dict[str, Any], operations: Collection[str] | None) -> Iterator[Problem]:  # fmt: skip
    source = question.get("source")
    if operations is None or not isinstance(source, dict):
        return
    name = f"{source.get('register')}.{source.get('operation')}"
    yield from absent(form, (*path, "source"), name, operations, "no register has the operation '{}'")


def _tasks(folder: Folder) -> Iterator[Problem]:
    tasks, outcomes = folder.tasks, _by_id(folder.service.entries("outcomes"))
    seen = _shown(folder)
    for path, _ in tasks.entries("tasks"):
        for at, name in tasks.texts(*path, "decides", "outcomes"):
            if folder.service.file:
                yield from absent(tasks, at, name, outcomes, "'{}' is not among the outcomes of service.yaml")
            if outcomes.get(name, {}).get("by") == "resident":
                yield tasks.problem(at, f"'{name}' is for the resident to choose", "leave it out here")
        for at, name in tasks.texts(*path, "shows"):
            if folder.form.file and folder.process:
                yield from absent(tasks, at, name, seen, "there is no question or variable '{}' to show")
    for path, field in folder.fields():
        if field.get("id") in RESERVED:
            yield tasks.problem(
                (*path, "id"), f"'{field['id']}' has a meaning of its own", "choose another name"
            )
    for path, ask in tasks.entries("asks"):
        yield from absent(tasks, (*path, "letter"), ask.get("letter"), folder.names("letters"), "the letter '{}' is not in letters/")  # fmt: skip
        if folder.process:
            yield from absent(
                tasks, (*path, "wording"), ask.get("wording"), seen, "nothing sets the variable '{}'"
            )


def _shown(folder: Folder) -> set[str]:
    from towpath.catalogue.check import expressions

    known = expressions.known(folder)
    inputs = {target for e in folder.elements.values() for target, _ in e.inputs}
    return {*known.names, *known.members["answers"], *inputs}


def _double_ids(folder: Folder) -> Iterator[Problem]:
    for key in LISTS:
        yield from _double(folder.service, list(folder.service.entries(key)))
    yield from _double(folder.form, list(folder.form.entries("pages")))
    yield from _double(folder.form, list(folder.questions()))
    for room in ("tasks", "asks"):
        yield from _double(folder.tasks, list(folder.tasks.entries(room)))
        for at, _ in folder.tasks.entries(room):
            yield from _double(folder.tasks, list(folder.tasks.entries(*at, "fields")))


def _double(document: Document, entries: list[tuple[Path, dict[str, Any]]]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for path, entry in entries:
        id_ = entry.get("id")
        if not isinstance(id_, str):
            continue
        if id_ in first:
            what = f"'{id_}' is there already, on line {first[id_]}"
            yield document.problem((*path, "id"), what, "give one of them another id")
        first.setdefault(id_, document.line(*path))
