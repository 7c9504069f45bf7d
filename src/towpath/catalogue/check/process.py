"""What the process names must be in the package, and what the package has must be named."""

from collections.abc import Callable, Collection, Iterator, Mapping

from towpath.catalogue.check import traffic
from towpath.catalogue.check.folder import FILE, Folder, label
from towpath.catalogue.package import elements
from towpath.catalogue.problems import Problem, nearest
from towpath.catalogue.written import Document
from towpath.engines.bpmn import Model, Process
from towpath.engines.bpmn.model import Element, Fixed
from towpath.foundation.steps import step_kinds

AUTOMATIC = "person-or-rules"
NEEDED_INPUT = {"casework.keep-date": "date"}


def check(folder: Folder, operations: Collection[str] | None) -> Iterator[Problem]:
    if folder.model is None or folder.process is None:
        return
    yield from _strangers(folder.model, folder.process)
    yield from _references(folder)
    for element in folder.elements.values():
        yield from _step(element, folder, operations)
        yield from _begins(element)
    yield from traffic.check(folder)
    yield from _unused(folder)
    yield from _stages(folder)


def _strangers(model: Model, own: Process) -> Iterator[Problem]:
    """Processes that nothing calls never run; those that are only drawn don't mean to."""
    called = {found.name for found in model.references if found.kind == "process"}
    if any(e.called and not isinstance(e.called.process, Fixed) for e in elements(model).values()):
        return  # by a name that is worked out: it may be any
    for extra in model.processes.values():
        if extra is not own and extra.id not in called:
            what = "a process that nothing calls"
            yield Problem(FILE, extra.line, extra.id, what, "call it, remove it, or mark it as only drawn")


def _references(folder: Folder) -> Iterator[Problem]:
    forms = folder.tasks.ids("tasks") if folder.tasks.file else None
    teams = {text for _, text in folder.service.texts("teams")} if folder.service.file else None
    decisions = set(folder.decisions) if folder.decisions_whole else None
    known: Mapping[str, tuple[Collection[str] | None, str]] = {
        "form": (forms, "the form '{}' is not among the tasks of tasks.yaml"),
        "decision": (decisions, "no file in decisions/ has the decision '{}'"),
        "team": (teams, "the team '{}' is not among the teams of service.yaml"),
        "step": (step_kinds(), "there is no step kind '{}'"),
        "process": (folder.model.processes if folder.model else None, "process.bpmn has no process '{}'"),
    }
    for found in folder.model.references if folder.model else ():
        names, what = known[found.kind]
        if names is not None and found.name not in names:
            place = f"'{found.element_name}' ({found.element_id})" if found.element_name else found.element_id
            yield Problem(FILE, found.line, place, what.format(found.name), nearest(found.name, names))


def _step(element: Element, folder: Folder, operations: Collection[str] | None) -> Iterator[Problem]:
    kind = step_kinds().get(element.task.type)
    if kind is None:
        return
    headers = element.task.headers
    for header in sorted(kind.headers - set(headers)):
        what = f"the step {kind.name} needs the header '{header}'"
        yield Problem(FILE, element.line, label(element), what, "add it to the task's headers")
    needed = NEEDED_INPUT.get(kind.name)
    if needed and needed not in {target for target, _ in element.inputs}:
        what = f"the step {kind.name} needs the input '{needed}'"
        yield Problem(FILE, element.line, label(element), what, "add it to the input mapping")
    for header, check in OF_HEADER.get(kind.name, {}).items():
        if header in headers:
            yield from check(element, headers[header], folder, operations)


HeaderCheck = Callable[[Element, str, Folder, Collection[str] | None], Iterator[Problem]]


def _letter(element: Element, name: str, folder: Folder, _: object) -> Iterator[Problem]:
    yield from _one_of(element, f"the letter '{name}' is not in letters/", name, folder.names("letters"))


def _question(element: Element, name: str, folder: Folder, _: object) -> Iterator[Problem]:
    if folder.tasks.file:
        asks = folder.tasks.ids("asks")
        yield from _one_of(element, f"the question '{name}' is not among the asks of tasks.yaml", name, asks)


def _date(element: Element, name: str, folder: Folder, _: object) -> Iterator[Problem]:
    if folder.service.file:
        dates = folder.service.ids("dates")
        yield from _one_of(element, f"the date '{name}' is not among the dates of service.yaml", name, dates)


def _operation(
    element: Element, name: str, folder: Folder, operations: Collection[str] | None
) -> Iterator[Problem]:
    if operations is not None:
        yield from _one_of(element, f"no register has the operation '{name}'", name, operations)


def _rules(element: Element, name: str, folder: Folder, _: object) -> Iterator[Problem]:
    """The decision that gives the reason must have been called by the process."""
    called = (
        {ref.name for ref in folder.model.references if ref.kind == "decision"} if folder.model else set()
    )
    yield from _one_of(element, f"the process calls no decision '{name}'", name, called)


def _outcome(element: Element, name: str, folder: Folder, _: object) -> Iterator[Problem]:
    if not folder.service.file:
        return
    outcomes = {entry.get("id"): entry for _, entry in folder.service.entries("outcomes")}
    found = outcomes.get(name)
    if found is None:
        known = folder.service.ids("outcomes")
        yield from _one_of(element, f"the outcome '{name}' is not among those of service.yaml", name, known)
    elif found.get("favourable") is not True or found.get("by") != AUTOMATIC:
        what = f"the rules would decide '{name}', which only a person may"
        right = f"name an outcome with favourable: true and by: {AUTOMATIC}"
        yield Problem(FILE, element.line, label(element), what, right)


OF_HEADER: Mapping[str, Mapping[str, HeaderCheck]] = {
    "contact.send": {"letter": _letter},
    "casework.ask-resident": {"question": _question},
    "casework.keep-date": {"name": _date},
    "casework.decide": {"outcome": _outcome, "decision": _rules},
    "exchange.ask": {"operation": _operation},
}


def _one_of(element: Element, what: str, name: str, known: Collection[str]) -> Iterator[Problem]:
    if name not in known:
        yield Problem(
            FILE, element.line, label(element), what, nearest(name, known, "" if known else "add it")
        )


def _begins(element: Element) -> Iterator[Problem]:
    if element.kind == "start" and element.scope is None and not element.plain:
        what = "begins with an event, but a request begins when it is sent in"
        yield Problem(FILE, element.line, label(element), what, "use a start event without a trigger")


def _headers(folder: Folder, kind: str, header: str) -> set[str]:
    steps = [e.task for e in folder.elements.values() if e.task.type == kind]
    return {step.headers.get(header, "") for step in steps}


def _unused(folder: Folder) -> Iterator[Problem]:
    references = folder.model.references if folder.model else ()
    named = {kind: {r.name for r in references if r.kind == kind} for kind in ("form", "team")}
    yield from _left_over(folder.tasks, "tasks", named["form"], "no user task has this form")
    asked = _headers(folder, "casework.ask-resident", "question")
    yield from _left_over(folder.tasks, "asks", asked, "no step asks this")
    kept = _headers(folder, "casework.keep-date", "name")
    yield from _left_over(folder.service, "dates", kept, "no step keeps this date")
    for path, team in folder.service.texts("teams"):
        if team not in named["team"] and team != folder.service.at("owning-team"):
            what = f"no task of the process goes to the team '{team}'"
            yield folder.service.problem(
                path, what, "remove it, or keep it to refer tasks to", level="warning"
            )
    sent = _headers(folder, "contact.send", "letter")
    sent |= {ask["letter"] for _, ask in folder.tasks.entries("asks") if isinstance(ask.get("letter"), str)}
    for name, letter in folder.inside("letters"):
        if name not in sent:
            yield letter.problem((), "nothing sends this letter", "remove it, or send it", level="warning")


def _left_over(document: Document, key: str, named: set[str], what: str) -> Iterator[Problem]:
    for path, entry in document.entries(key):
        if isinstance(entry.get("id"), str) and entry["id"] not in named:
            yield document.problem(path, f"'{entry['id']}': {what}", "remove it, or use it", level="warning")


def _stages(folder: Folder) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for path, stage in folder.service.entries("stages"):
        for at, element in folder.service.texts(*path, "elements"):
            if element not in folder.elements:
                what = f"process.bpmn has no element '{element}'"
                yield folder.service.problem(at, what, nearest(element, folder.elements))
            elif element in seen:
                what = f"'{element}' begins the stage '{seen[element]}' already"
                yield folder.service.problem(at, what, "an element begins one stage")
            seen.setdefault(element, str(stage.get("id")))
