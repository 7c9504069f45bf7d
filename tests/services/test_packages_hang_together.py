"""The files of each shipped service keep their schemas, and what one names the others have."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from towpath.engines import bpmn, dmn, feel

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "src/towpath/catalogue/schemas"
PACKAGES = sorted(path.parent for path in (ROOT / "services").glob("*/service.yaml"))
SCHEMA_OF_FOLDER = {
    "letters": "letter",
    "locale": "locale",
    "scenarios": "scenario",
    "rehearsal": "rehearsal",
}
KNOWN_STEPS = {
    "contact.send",
    "exchange.ask",
    "casework.ask-resident",
    "casework.decide",
    "casework.keep-date",
}
each_package = pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.name)


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")))


def model(folder: Path) -> bpmn.Model:
    return bpmn.load((folder / "process.bpmn").read_bytes())


def process(folder: Path) -> bpmn.Process:
    return next(iter(model(folder).processes.values()))


def decisions(folder: Path) -> dict[str, dmn.Model]:
    models = [dmn.load(path.read_bytes()) for path in (folder / "decisions").glob("*.dmn")]
    return {name: found for found in models for name in found.decisions}


def ids(entries: Any) -> set[str]:
    return {entry["id"] for entry in entries}


def named(folder: Path, kind: str) -> set[str]:
    return {reference.name for reference in model(folder).references if reference.kind == kind}


def variables_of(folder: Path) -> set[str]:
    """What a letter can see: what is always there, what tasks and asks fill in, what the process works out."""
    tasks = read(folder / "tasks.yaml")
    fields = {field["id"] for form in [*tasks["tasks"], *tasks["asks"]] for field in form.get("fields", [])}
    results = {element.result for element in process(folder).elements.values() if element.result}
    dates = ids(read(folder / "service.yaml").get("dates", []))
    return {"answers", "applicant", "case", "outcome", "reason", "legal_basis", *fields, *results, *dates}


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.name)
def test_the_schemas_are_schemas(path: Path) -> None:
    Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


@each_package
def test_every_yaml_file_keeps_its_schema(folder: Path) -> None:
    for path in folder.rglob("*.yaml"):
        kind = SCHEMA_OF_FOLDER.get(path.parent.name, path.stem)
        problems = [
            f"{path}: {error.json_path}: {error.message}" for error in schema(kind).iter_errors(read(path))
        ]
        assert problems == []


@each_package
def test_the_models_load_without_a_doubt(folder: Path) -> None:
    assert model(folder).warnings == ()
    assert [found.warnings for found in decisions(folder).values() if found.warnings] == []


@each_package
def test_the_process_names_only_what_there_is(folder: Path) -> None:
    service, tasks = read(folder / "service.yaml"), read(folder / "tasks.yaml")
    assert named(folder, "form") == ids(tasks["tasks"])
    assert named(folder, "team") == set(service["teams"])
    assert named(folder, "decision") <= set(decisions(folder))
    assert named(folder, "step") <= KNOWN_STEPS


@each_package
def test_steps_name_letters_questions_outcomes_and_dates_of_the_package(folder: Path) -> None:
    service, tasks = read(folder / "service.yaml"), read(folder / "tasks.yaml")
    letters = {path.stem for path in (folder / "letters").glob("*.yaml")}
    of_asks = {ask["letter"] for ask in tasks["asks"]}
    steps = [e.task for e in process(folder).elements.values() if e.task.type]
    sent = {step.headers["letter"] for step in steps if step.type == "contact.send"}
    assert sent | of_asks == letters
    asked = {step.headers["question"] for step in steps if step.type == "casework.ask-resident"}
    assert asked == ids(tasks["asks"])
    kept = {step.headers["name"] for step in steps if step.type == "casework.keep-date"}
    assert kept == ids(service.get("dates", []))


@each_package
def test_only_favourable_outcomes_may_follow_from_rules(folder: Path) -> None:
    outcomes = {entry["id"]: entry for entry in read(folder / "service.yaml")["outcomes"]}
    for element in process(folder).elements.values():
        if element.task.type == "casework.decide":
            assert outcomes[element.task.headers["outcome"]]["favourable"]
    for entry in outcomes.values():
        assert entry["favourable"] or entry["by"] in ("person", "resident")


@each_package
def test_tasks_decide_only_for_outcomes_of_the_service(folder: Path) -> None:
    outcomes = ids(read(folder / "service.yaml")["outcomes"])
    for task in read(folder / "tasks.yaml")["tasks"]:
        assert set(task.get("decides", {}).get("outcomes", [])) <= outcomes, task["id"]


@each_package
def test_stages_begin_at_elements_of_the_process_and_scenarios_pass_such(folder: Path) -> None:
    elements = set(process(folder).elements)
    for stage in read(folder / "service.yaml")["stages"]:
        assert set(stage["elements"]) <= elements, stage["id"]
    for path in (folder / "scenarios").glob("*.yaml"):
        expected = read(path)["expect"]
        assert {*expected.get("path", []), *expected.get("not-passed", [])} <= elements, path.stem


@each_package
def test_every_expression_of_the_form_and_the_letters_is_feel(folder: Path) -> None:
    variables = sorted(variables_of(folder))
    for page in read(folder / "form.yaml")["pages"]:
        for shown in [page, *page["questions"]]:
            texts = [shown.get("show-if", "true"), *(check["holds"] for check in shown.get("checks", []))]
            for text in texts:
                feel.compile(text, variables)
    for path in (folder / "letters").glob("*.yaml"):
        letter = read(path)
        for text in [place["value"] for place in letter.get("places", {}).values()]:
            feel.compile(text, variables)
        for part in letter["paragraphs"]:
            feel.compile(part.get("show-if", "true"), variables)


@each_package
def test_the_guided_check_can_ask_for_every_input(folder: Path) -> None:
    guided = read(folder / "form.yaml")["guided-check"]
    asked = {question if isinstance(question, str) else question["id"] for question in guided["questions"]}
    assert set(decisions(folder)[guided["decision"]].inputs) == asked


def test_the_rehearsal_names_tasks_and_elements_of_the_process() -> None:
    folder = ROOT / "services/environmental-permit"
    mapping = read(folder / "rehearsal/receipt.mapping.yaml")
    forms = {task["id"]: task for task in read(folder / "tasks.yaml")["tasks"]}
    for activity, step in mapping["steps"].items():
        if "task" in step:
            assert set(step["answers"]) <= ids(forms[step["task"]]["fields"]), activity
        else:
            assert step["automatic"] in process(folder).elements, activity
