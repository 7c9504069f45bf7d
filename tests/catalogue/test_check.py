"""Checking a package: all problems at once, each where it is, with what would be right."""

import pytest

from tests.catalogue import parking
from towpath.catalogue.check import check, errors
from towpath.catalogue.problems import Problem

OPERATIONS = ("population-register.resident-by-number", "population-register.vehicle-by-plate")


def told(problems: list[Problem], file: str) -> list[tuple[int, str]]:
    return [
        (problem.line, f"{problem.what}; {problem.right}") for problem in problems if problem.file == file
    ]


def has(problems: list[Problem], file: str, *words: str) -> Problem:
    """The one problem of a file that says all these words."""
    found = [p for p in problems if p.file == file and all(word in str(p) for word in words)]
    assert len(found) == 1, (words, [str(p) for p in problems])
    return found[0]


def test_the_shipped_services_have_no_problem():
    assert check(parking.files(), OPERATIONS) == []


def test_problems_of_all_files_are_told_at_once_with_their_lines():
    files = parking.changed(
        ("service.yaml", "themes:", "temes:"),
        ("form.yaml", "optional: true", "optinal: true"),
        ("tasks.yaml", "outcomes: [granted, ended]", "outcomes: [granted, endet]"),
        ("letters/granted.yaml", "value: renewal,", "value: renewl,"),
        ("letters/refused.yaml", "answers.vehicle_registration", "answers.vehicle_registraton"),
    )
    problems = check(files, OPERATIONS)
    assert has(problems, "service.yaml", "'temes' is not known here", "did you mean 'themes'?").line == (
        parking.line_of(files, "service.yaml", "temes:")
    )
    has(problems, "service.yaml", "'themes' is missing")
    optinal = has(problems, "form.yaml", "'optinal' is not known here", "did you mean 'optional'?")
    assert optinal.line == parking.line_of(files, "form.yaml", "optinal")
    endet = has(problems, "tasks.yaml", "'endet' is not among the outcomes", "did you mean 'ended'?")
    assert endet.line == parking.line_of(files, "tasks.yaml", "endet")
    has(problems, "letters/granted.yaml", "reads 'renewl', which nothing sets", "did you mean 'renewal'?")
    has(
        problems,
        "letters/refused.yaml",
        "answers.vehicle_registraton",
        "did you mean 'vehicle_registration'?",
    )


def test_what_the_process_names_must_be_there_and_what_is_there_must_be_named():
    files = parking.changed(
        ("process.bpmn", 'formId="check_address"', 'formId="check_adress"'),
        ("process.bpmn", 'candidateGroups="parking"', 'candidateGroups="parkin"'),
        ("process.bpmn", 'decisionId="fee"', 'decisionId="fees"'),
        ("process.bpmn", 'key="letter" value="refused"', 'key="letter" value="refusal"'),
        ("process.bpmn", 'key="question" value="more_information"', 'key="question" value="more_informatio"'),
        (
            "process.bpmn",
            'key="operation" value="population-register.',
            'key="operation" value="populaton-register.',
        ),
        ("process.bpmn", 'key="outcome" value="granted"', 'key="outcome" value="refused"'),
        ("service.yaml", "elements: [look_again]", "elements: [lok_again]"),
    )
    problems = check(files, OPERATIONS)
    has(problems, "process.bpmn", "'check_adress' is not among the tasks", "did you mean 'check_address'?")
    has(problems, "tasks.yaml", "'check_address': no user task has this form")
    has(problems, "process.bpmn", "'parkin' is not among the teams")
    has(problems, "process.bpmn", "no file in decisions/ has the decision 'fees'", "did you mean 'fee'?")
    has(problems, "process.bpmn", "the letter 'refusal' is not in letters/")
    assert has(problems, "letters/refused.yaml", "nothing sends this letter").level == "warning"
    has(problems, "process.bpmn", "'more_informatio' is not among the asks")
    has(problems, "process.bpmn", "no register has the operation")
    has(problems, "process.bpmn", "which only a person may")
    has(problems, "service.yaml", "process.bpmn has no element 'lok_again'", "did you mean 'look_again'?")


def test_a_step_needs_its_headers_and_a_message_somebody_who_sends_it():
    files = parking.changed(
        (
            "process.bpmn",
            '<zeebe:header key="letter" value="refused" />',
            '<zeebe:header key="leter" value="refused" />',
        ),
        ("process.bpmn", 'type="casework.keep-date"', 'type="casework.keep-dates"'),
        ("process.bpmn", 'name="resident.asked-review"', 'name="resident.asked-revue"'),
    )
    problems = check(files)
    has(problems, "process.bpmn", "needs the header 'letter'")
    has(problems, "process.bpmn", "there is no step kind 'casework.keep-dates'", "did you mean")
    assert any("which nobody sends" in p.what for p in problems)


def test_texts_are_missed_and_left_over_in_each_language():
    files = parking.changed(
        ("locale/fr.yaml", "  look_again:\n", "  look_agian:\n"),
        ("locale/ar.yaml", "{{ rule }}", "{{ rul }}"),
        ("form.yaml", "- id: email\n        type: email", "- id: mail\n        type: email"),
    )
    problems = check(files)
    assert [
        p.file for p in problems if p.what == "this text is missing" and "questions.mail.label" in p.place
    ] == [
        "locale/ar.yaml",
        "locale/en.yaml",
        "locale/fr.yaml",
    ]
    surplus = [p for p in problems if p.file == "locale/fr.yaml" and p.what == "nothing shows this text"]
    assert any("look_agian" in p.place for p in surplus)
    assert {p.level for p in surplus} == {"warning"}
    has(problems, "locale/ar.yaml", "the letter has no place 'rul'", "did you mean 'rule'?")
    assert has(problems, "letters/granted.yaml", "locale/ar.yaml does not use this place").level == "warning"


def test_what_is_drawn_and_has_no_name_in_a_language_is_told_as_other_texts_are():
    files = parking.changed(
        ("locale/fr.yaml", "  permit_running: La carte est valable\n", ""),
        ("locale/fr.yaml", "  granted___send_refused: Non\n", ""),
        ("locale/ar.yaml", "  ask_resident: ", "  ask_residents: "),
    )
    problems = check(files, OPERATIONS)
    event = has(problems, "locale/fr.yaml", "process.permit_running", "this text is missing", "add it")
    assert (event.level, event.line) == ("error", parking.line_of(files, "locale/fr.yaml", "process:"))
    has(problems, "locale/fr.yaml", "process.granted___send_refused", "this text is missing")
    has(problems, "locale/ar.yaml", "process.ask_resident:", "this text is missing")
    surplus = has(
        problems, "locale/ar.yaml", "nothing shows this text", "did you mean 'process.ask_resident'?"
    )
    assert surplus.level == "warning"
    assert len(problems) == 4


def test_a_name_in_the_first_language_may_be_written_and_stands_in_the_model_otherwise():
    also = ("locale/en.yaml", "\nreasons:\n", "\nprocess:\n  ask_resident: Ask them\n\nreasons:\n")
    assert check(parking.changed(also), OPERATIONS) == []


def test_user_tasks_and_what_has_no_name_have_no_text_of_their_own():
    also = ("locale/fr.yaml", "\nprocess:\n", "\nprocess:\n  look_again: Encore\n  address_settled: Réglé\n")
    surplus = check(parking.changed(also), OPERATIONS)
    assert [(problem.place, problem.what) for problem in surplus] == [
        ("process.look_again", "nothing shows this text"),
        ("process.address_settled", "nothing shows this text"),
    ]


def test_names_are_not_doubted_while_the_model_can_not_be_read():
    files = parking.changed(("process.bpmn", "=lives_here = true", "=lives_here = = true"))
    assert [problem for problem in check(files) if "process." in problem.place] == []


def test_a_file_that_is_missing_strange_or_not_text_is_named():
    files = parking.files()
    files["tasks.yml"] = files.pop("tasks.yaml")
    files["leters/x.yaml"] = ""
    files["letters/y.txt"] = ""
    files["letters/broken.yaml"] = b"tells: \xff"
    del files["locale/fr.yaml"]
    problems = check(files)
    has(problems, "tasks.yaml", "is missing", "did you mean 'tasks.yml'?")
    has(problems, "leters/x.yaml", "is no part of a package", "did you mean 'letters'?")
    has(problems, "letters/y.txt", "files in letters/ end in .yaml")
    has(problems, "letters/broken.yaml", "not UTF-8")
    has(problems, "service.yaml", "the language 'fr' has no texts")


def test_broken_models_are_told_with_element_and_line():
    files = parking.changed(
        ("process.bpmn", "=lives_here = true", "=lives_here = = true"),
        ("decisions/fee.dmn", "<text>", "<text>1 + + "),
    )
    problems = check(files)
    assert all(p.line > 1 for p in errors(problems) if p.file in ("process.bpmn", "decisions/fee.dmn"))
    assert {p.file for p in errors(problems)} >= {"process.bpmn", "decisions/fee.dmn"}


def test_names_that_the_process_reads_and_nothing_sets_are_doubted():
    files = parking.changed(("process.bpmn", "=next_step = ", "=next_stp = "))
    (problem,) = check(files)
    assert (problem.level, problem.file) == ("warning", "process.bpmn")
    assert problem.right == "did you mean 'next_step'?"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('from: "2025-01-01"', 'from: "2025-02-30"', "is no day of the calendar"),
        ('from: "2025-01-01"', 'from: "2025-01-01"\n  until: "2024-01-01"', "lies before the first day"),
        ("applies-by: submitted", "applies-by: submittd", "not allowed here"),
        ("applies-by: submitted", "applies-by: {event-date: vehicle_kind}", "is no date"),
        ("  legal-basis: objection", "  legal-basis: objections", "not among the legal-resources"),
        (
            "    favourable: false\n    by: person",
            "    favourable: false\n    by: person-or-rules",
            "no rule may decide",
        ),
        ("  - id: refused", "  - id: granted", "is there already"),
    ],
)
def test_service_yaml_must_make_sense(old, new, what):
    problems = check(parking.changed(("service.yaml", old, new)))
    assert any(what in p.what and p.file == "service.yaml" for p in errors(problems)), [
        str(p) for p in problems
    ]


def test_scenarios_name_only_what_there_is():
    path = "scenarios/person-looks-again.yaml"
    files = parking.changed(
        (path, "task: look_again", "task: lok_again"),
        (path, "path: [grant_automatically", "path: [grant_automaticaly"),
        (path, "  vehicle_kind: car", "  vehicle_knd: car"),
    )
    whats = [what for _, what in told(check(files), path)]
    assert len(whats) == 3
    assert all("did you mean" in what for what in whats)


def test_a_letter_can_only_explain_a_decision_that_there_is_and_that_has_a_name():
    files = parking.changed(
        ("letters/granted.yaml", """'"fee"', as""", """'"fees"', as"""),
        ("locale/fr.yaml", "  eligibility: Qui peut avoir une carte\n", ""),
    )
    problems = check(files, OPERATIONS)
    has(problems, "letters/granted.yaml", "there is no decision 'fees' to explain", "did you mean 'fee'?")
    has(problems, "locale/fr.yaml", "decisions.eligibility", "this text is missing")
