"""What scenarios and rehearsals name must be in the package. Whether they hold is another matter: `towpath test`."""

from collections.abc import Collection, Iterator

from towpath.catalogue.check.folder import Folder
from towpath.catalogue.check.service import absent
from towpath.catalogue.problems import Problem
from towpath.catalogue.written import Document, Path, mapping


def check(folder: Folder) -> Iterator[Problem]:
    for _, scenario in folder.inside("scenarios"):
        yield from _scenario(folder, scenario)
    for _, rehearsal in folder.inside("rehearsal"):
        yield from mapping_problems(folder, rehearsal)
    if folder.files and not folder.names("scenarios"):
        what, right = "there is no example that must hold", "add scenarios/<name>.yaml"
        yield Problem("scenarios/", 0, "", what, right, "warning")


def _scenario(folder: Folder, scenario: Document) -> Iterator[Problem]:
    questions = {q["id"] for _, q in folder.questions() if isinstance(q.get("id"), str)}
    if folder.form.file:
        yield from _keys(scenario, ("answers",), questions, "the form has no question '{}'")
    yield from _expected(folder, scenario, ("expect",))
    for path, step in scenario.entries("steps"):
        yield from _expected(folder, scenario, (*path, "expect"))
        if folder.tasks.file:
            tasks = folder.tasks.ids("tasks")
            yield from absent(
                scenario, (*path, "task"), step.get("task"), tasks, "tasks.yaml has no task '{}'"
            )


def _expected(folder: Folder, scenario: Document, path: Path) -> Iterator[Problem]:
    service = folder.service
    if folder.process:
        for key in ("path", "not-passed"):
            for at, name in scenario.texts(*path, key):
                yield from absent(scenario, at, name, folder.elements, "process.bpmn has no element '{}'")
    for at, name in scenario.texts(*path, "letters"):
        yield from absent(scenario, at, name, folder.names("letters"), "the letter '{}' is not in letters/")
    if folder.tasks.file:
        for at, name in scenario.texts(*path, "tasks"):
            yield from absent(scenario, at, name, folder.tasks.ids("tasks"), "tasks.yaml has no task '{}'")
    if service.file:
        at = (*path, "stage")
        yield from absent(
            scenario, at, scenario.at(*at), service.ids("stages"), "service.yaml has no stage '{}'"
        )
        at = (*path, "outcome")
        outcomes = service.ids("outcomes")
        yield from absent(scenario, at, scenario.at(*at), outcomes, "service.yaml has no outcome '{}'")


def _keys(document: Document, path: Path, known: Collection[str], what: str) -> Iterator[Problem]:
    for name in mapping(document.at(*path)):
        yield from absent(document, (*path, name), name, known, what)


def mapping_problems(folder: Folder, rehearsal: Document) -> Iterator[Problem]:
    """What a mapping for a rehearsal names that the package does not have."""
    questions = {q["id"] for _, q in folder.questions() if isinstance(q.get("id"), str)}
    if folder.form.file:
        yield from _keys(rehearsal, ("answers",), questions, "the form has no question '{}'")
    teams = {text for _, text in folder.service.texts("teams")}
    for group in mapping(rehearsal.at("teams")):
        at: Path = ("teams", group)
        yield from absent(rehearsal, at, rehearsal.at(*at), teams, "service.yaml has no team '{}'")
    for activity in mapping(rehearsal.at("steps")):
        yield from _mapped(folder, rehearsal, ("steps", activity))
    for task in mapping(rehearsal.at("decides")):
        at = ("decides", task, "outcome")
        outcomes = folder.service.ids("outcomes")
        yield from absent(rehearsal, at, rehearsal.at(*at), outcomes, "service.yaml has no outcome '{}'")
        at, laws = ("decides", task, "legal-basis"), folder.service.ids("legal-resources")
        yield from absent(rehearsal, at, rehearsal.at(*at), laws, "service.yaml has no legal resource '{}'")
        yield from absent(
            rehearsal, ("decides", task), task, folder.tasks.ids("tasks"), "tasks.yaml has no task '{}'"
        )


def _mapped(folder: Folder, rehearsal: Document, path: Path) -> Iterator[Problem]:
    task = rehearsal.at(*path, "task")
    yield from absent(
        rehearsal, (*path, "task"), task, folder.tasks.ids("tasks"), "tasks.yaml has no task '{}'"
    )
    element = rehearsal.at(*path, "automatic")
    if folder.process:
        what = "process.bpmn has no element '{}'"
        yield from absent(rehearsal, (*path, "automatic"), element, folder.elements, what)
    for at, form in folder.tasks.entries("tasks"):
        if form.get("id") == task and isinstance(task, str):
            fields = folder.tasks.ids(*at, "fields")
            yield from _keys(rehearsal, (*path, "answers"), fields, f"the task {task} has no field '{{}}'")
