"""A log's cases are played on the designed process, and nothing of them stays."""

import json

import pytest

from tests.rehearsal import small
from towpath.project import rehearse


@pytest.fixture
def rehearsed(database, tmp_path, capsys):
    """Plays cases; returns (exit code, figures, what was said, what went wrong)."""

    def play(*cases, mapping=small.MAPPING, log=None):
        (tmp_path / "log.csv").write_text(log or small.csv(*cases))
        (tmp_path / "m.yaml").write_text(mapping)
        figures = tmp_path / "out.json"
        arguments = [str(tmp_path / "log.csv"), "--service", "environmental-permit", "--mapping"]
        code = rehearse.main([*arguments, str(tmp_path / "m.yaml"), "--json", str(figures)])
        said = capsys.readouterr()
        return code, json.loads(figures.read_text()) if figures.exists() else None, said.out, said.err

    return play


def test_a_case_that_follows_the_design_is_carried_to_its_decision(rehearsed):
    code, figures, said, _ = rehearsed(small.CARRIED, small.OPEN)
    assert code == 0
    assert (figures["cases"], figures["carried"], figures["share"], figures["reasons"]) == (2, 2, 1.0, [])
    assert figures["steps"] == len(small.CARRIED) + len(small.OPEN)
    assert "2 of 2 cases carried (100.0%)" in said


def test_work_of_another_department_than_designed_is_handed_over_and_counted(rehearsed):
    _, figures, _, _ = rehearsed(small.CARRIED)
    assert figures["other-team"] == {"advise_fire_safety: environment instead of fire-safety": 1}


def test_others_are_told_by_step_and_reason_with_their_cases_on_the_screen_only(rehearsed):
    code, figures, said, _ = rehearsed(small.SENT_TOO_SOON, small.TWICE, small.NEVER_ARRIVED, small.OPEN)
    assert code == 0
    assert (figures["cases"], figures["carried"], figures["share"]) == (4, 1, 0.25)
    whys = {reason["at"]: reason["why"] for reason in figures["reasons"]}
    assert whys["Sent"].startswith("the platform has not done send_acknowledgement by then")
    assert {reason["why"].split(";")[0] for reason in figures["reasons"] if reason["at"] == "Checked"} == {
        "the task check_acknowledgement is not open",
        "it comes before the request has arrived",
    }
    assert "\n        c\n" in said
    assert '"c"' not in json.dumps(figures)


def test_nothing_of_a_rehearsal_stays(rehearsed):
    before = _everything()
    rehearsed(small.CARRIED, small.TWICE)
    assert _everything() == before


def _everything():
    return [_rows(table) for table in ("foundation_tenant", "casework_case", "journal_event")]


def _rows(table):
    """Rows of any body, seen by the owner of the tables, whom row-level security does not bind."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        return cursor.fetchone()[0]


def test_also_when_it_is_interrupted(rehearsed, monkeypatch):
    from towpath.casework.rehearsal import play

    def interrupted(self, event, step, coming):
        raise KeyboardInterrupt

    monkeypatch.setattr(play._Player, "_work", interrupted)
    before = _everything()
    with pytest.raises(KeyboardInterrupt):
        rehearsed(small.CARRIED)
    assert _everything() == before


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("arrival: Arrived", "arival: Arrived", "'arival' is not known here; did you mean 'arrival'?"),
        (
            "task: check_acknowledgement",
            "task: check_acknowledgment",
            "m.yaml:20: steps.Checked.task: tasks.yaml has no task",
        ),
        (
            "automatic: send_acknowledgement",
            "automatic: send_letter",
            "process.bpmn has no element 'send_letter'",
        ),
        (
            "  Phoned: {ignore: Calls are not in the design.}\n",
            "",
            "the log's activity 'Phoned' is not named",
        ),
        ("arrival: Arrived", "arrival: Arived", "no case of the log does 'Arived'; did you mean 'Arrived'?"),
        ("service: environmental-permit", "service: other-permit", "is for the service other-permit"),
        ("outcome: granted", "outcome: grantd", "service.yaml has no outcome 'grantd'"),
        ("about:", "about: [", "not YAML"),
    ],
)
def test_a_broken_mapping_is_refused_before_anything_is_played(rehearsed, old, new, what):
    assert old in small.MAPPING
    code, figures, said, wrong = rehearsed(small.CARRIED, mapping=small.MAPPING.replace(old, new, 1))
    assert (code, figures, said) == (2, None, "")
    assert what in wrong


def test_a_broken_log_is_refused_before_anything_is_played(rehearsed):
    code, figures, said, wrong = rehearsed(log="case,activity,time\na,Arrived,soon\n")
    assert (code, figures, said) == (2, None, "")
    assert "log.csv: line 2: 'soon' is no moment" in wrong
