"""The examples of a package hold, and say what is amiss when they don't."""

from pathlib import Path

import pytest

from tests.catalogue import parking
from towpath import flow
from towpath.casework import scenarios
from towpath.catalogue.queries import gather
from towpath.foundation.models import Tenant

SERVICES = Path(__file__).parents[2] / "services"


def played(files, only=""):
    return list(scenarios.run(gather(files), flow.SUBSCRIBERS, only))


@pytest.mark.parametrize("service", ["resident-parking-permit", "environmental-permit"])
def test_the_examples_of_the_shipped_services_hold(database, service):
    folder = SERVICES / service
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}
    outcomes = played(files)
    assert len(outcomes) == len(list((folder / "scenarios").iterdir()))
    assert [str(problem) for outcome in outcomes for problem in outcome.wrong] == []


GRANTED = "scenarios/granted-straight-through.yaml"


def told(files, name="granted-straight-through"):
    (outcome,) = played(files, name)
    return [str(problem) for problem in outcome.wrong]


def test_what_does_not_hold_is_told_with_what_was_found_and_its_line(database):
    files = parking.changed(
        (GRANTED, "outcome: granted", "outcome: refused"),
        (GRANTED, "decided-by: rules", "decided-by: person"),
        (GRANTED, "fee.amount: ", "fee.amount: 1"),
        (GRANTED, "letters: [granted]", "letters: [granted, question]"),
        (GRANTED, "path: [", "path: [check_address, "),
    )
    wrong = told(files)
    assert len(wrong) == 5
    line = parking.line_of(files, GRANTED, "outcome: refused")
    (told_so,) = [one for one in wrong if "expected refused, found granted" in one]
    assert told_so.startswith(f"{GRANTED}:{line}: ")
    assert any("expected [granted, question], found [granted]" in one for one in wrong)
    assert any("check_address was not passed at all; the way was" in one for one in wrong)


def test_what_a_letter_does_not_say_is_told_with_what_it_says(database):
    files = parking.changed(
        (GRANTED, "rule 6 decided", "rule 7 decided"), (GRANTED, "says:\n", "says:\n    question: [x]\n")
    )
    missing, wrong = sorted(told(files), key=lambda each: "does not say" in each)
    assert "the letter question was not sent" in missing
    assert "the letter does not say 'Who may have a permit: rule 7 decided." in wrong
    assert "it says: Dear " in wrong


@pytest.mark.parametrize(
    ("language", "rule", "fee"),
    [
        ("fr", "Qui peut avoir une carte\u00a0: la règle 6 a décidé.", "Le prix\u00a0: la règle 3 a décidé."),
        ("ar", "من يحق له التصريح: القاعدة 6 هي التي قررت.", "الرسم: القاعدة 3 هي التي قررت."),
    ],
)
def test_letters_explain_decisions_in_the_language_of_the_case(database, language, rule, fee):
    files = parking.changed(
        (GRANTED, "channel: portal\n", f"channel: portal\nlanguage: {language}\n"),
        (GRANTED, "Who may have a permit: rule 6 decided. The basis is: Parking Bylaw, article 5(1).", rule),
        (GRANTED, "The fee: rule 3 decided. The basis is: Parking Fees Bylaw, article 2(1)(b).", fee),
    )
    assert told(files) == []


def test_a_request_that_can_not_be_submitted_says_what_is_missing(database):
    files = parking.changed((GRANTED, "  vehicle_kind: car\n", ""))
    (wrong,) = told(files)
    assert "the request can't be submitted: Missing or wrong: vehicle_kind" in wrong


def test_a_task_that_is_not_open_stops_the_scenario_with_what_is(database):
    path = "scenarios/doubtful-then-granted.yaml"
    files = parking.changed(
        (path, "  - after: P1D\n    task: decide_permit", "  - after: P1D\n    task: check_address")
    )
    (wrong,) = told(files, "doubtful-then-granted")
    assert "the task check_address is not open; open is: decide_permit" in wrong


def test_a_register_that_is_asked_for_something_else_is_told(database):
    path = "scenarios/typed-address-matches.yaml"
    files = parking.changed((path, 'given: {number: "104820317"}', 'given: {number: "104820318"}'))
    wrong = told(files, "typed-address-matches")
    assert any("was asked for {number: 104820317}, and the scenario does not say" in one for one in wrong)


def test_a_process_that_can_not_go_on_breaks_the_example(database):
    files = parking.changed(
        (
            "process.bpmn",
            'name="Is it a clear yes?" default="simple_case___decide_permit"',
            'name="Is it a clear yes?"',
        ),
        (
            "process.bpmn",
            'name="A person looks" sourceRef="simple_case_" targetRef="decide_permit" />',
            'name="A person looks" sourceRef="simple_case_" targetRef="decide_permit">'
            "<bpmn:conditionExpression>=false</bpmn:conditionExpression></bpmn:sequenceFlow>",
        ),
    )
    wrong = told(files, "doubtful-then-granted")
    assert any("the process can't go on" in one and "no condition holds" in one for one in wrong)


def test_nothing_that_is_played_stays(database):
    before = Tenant.objects.count()
    played(parking.files(), "granted-straight-through")
    assert Tenant.objects.count() == before
