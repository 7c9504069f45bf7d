"""Processes that a case calls: they run within it, and what comes of them comes back."""

import pytest

from tests.casework.drawn import begun, call, do, offer, process, tasks, throw_away
from tests.casework.town import fresh
from tests.engines.bpmn.builder import (
    both,
    declared,
    definition,
    element,
    message,
    on,
    script,
    timer,
    xml,
    zeebe,
)
from towpath.casework import actions as casework
from towpath.casework import conductor
from towpath.casework.models import Subscription, Task, Timer
from towpath.foundation import clock, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import Event

CATCH = element("intermediateCatchEvent", "paper", message())


@pytest.fixture(autouse=True)
def body(database):
    with tenancy.inside(throw_away()) as tenant:
        yield tenant


def calling(text="start -> call -> after -> end", *elements, inner=("start2 -> ask -> end2",), top=""):
    return offer(xml(text, call(), *elements, top=top, after=process("inner", *inner)))


def test_a_called_process_runs_in_the_case_and_gives_back_what_came_of_it():
    calling()
    case = begun()
    assert tasks(case) == ["ask"]
    (task,) = Task.objects.filter(case=case, state="open")
    assert task.command_id.startswith("call:")
    case = do(case, "ask", found=7)
    assert (tasks(case), case.data["found"], case.called) == (["after"], 7, {})
    assert do(case, "after").state == "closed"


def test_what_a_called_process_sets_is_its_own_until_it_ends():
    calling(inner=("start2 -> ask -> ask_on -> end2",))
    case = do(begun(), "ask", found=7)
    assert tasks(case) == ["ask_on"]
    assert "found" not in case.data
    assert case.called and '"found"' not in str(case.process_state)


def test_a_called_process_sees_answers_and_keeps_no_copy_of_them():
    calling(inner=("start2 -> work -> ask -> end2", script("work", "answers.email", "mail")))
    case = begun()
    (kept,) = fresh(case).called.values()
    assert kept["data"]["mail"] == "ada@example.org"
    assert not {"answers", "case"} & kept["data"].keys()


def test_calls_go_several_processes_deep():
    deeper = element("callActivity", "deeper", zeebe('<zeebe:calledElement processId="third"/>'))
    after = process("inner", "start2 -> deeper -> end2", deeper) + process("third", "start3 -> ask -> end3")
    offer(xml("start -> call -> after -> end", call(), after=after))
    case = begun()
    assert Task.objects.get(case=case, state="open").command_id.count(">") == 2
    assert tasks(do(case, "ask")) == ["after"]


def test_a_process_that_calls_itself_without_end_is_a_trouble_and_no_crash():
    again = element("callActivity", "again", zeebe('<zeebe:calledElement processId="inner"/>'))
    offer(xml("start -> call -> end", call(), after=process("inner", "start2 -> again -> end2", again)))
    case = begun()
    (trouble,) = Task.objects.filter(case=case, step_kind="casework.incident")
    assert "calls itself without end" in trouble.trouble
    assert case.called == {}


def test_the_error_of_a_called_process_comes_to_the_border_of_the_call():
    fail = element("endEvent", "fail", definition("error", "e"))
    gone = on("call", "gone", definition("error", "e"))
    top = '<error id="e" errorCode="GONE"/>'
    calling(
        "start -> call -> after -> end\ngone -> mend -> end",
        gone,
        inner=("start2 -> ask -> fail", fail),
        top=top,
    )
    case = do(begun(), "ask")
    assert (tasks(case), case.called) == (["mend"], {})


@pytest.mark.parametrize(("interrupting", "open_then"), [(True, ["mend"]), (False, ["ask_on", "mend"])])
def test_the_escalation_of_a_called_process_comes_to_the_border_of_the_call(interrupting, open_then):
    top = '<escalation id="e" escalationCode="LATE"/>'
    up = element("intermediateThrowEvent", "up", definition("escalation", "e"))
    late = on("call", "late", definition("escalation", "e"), interrupting)
    flow = "start -> call -> after -> end\nlate -> mend -> end"
    calling(flow, late, inner=("start2 -> ask -> up -> ask_on -> end2", up), top=top)
    case = do(begun(), "ask")
    assert tasks(case) == open_then
    assert bool(case.called) is not interrupting


def test_an_escalation_that_nothing_takes_up_is_told_to_the_journal():
    up = element("intermediateThrowEvent", "up", definition("escalation", "e"))
    offer(xml("start -> up -> after -> end", up, top='<escalation id="e" escalationCode="LATE"/>'))
    case = begun()
    assert tasks(case) == ["after"]
    assert Event.objects.get(case_id=case.pk, type="case.escalated").data == {"code": "LATE", "element": "up"}


def test_a_call_that_is_left_takes_everything_of_the_called_process_with_it():
    deeper = element("callActivity", "deeper", zeebe('<zeebe:calledElement processId="third"/>'))
    rest = element("intermediateCatchEvent", "rest", timer("P5D"))
    third = process("third", "start3 -> fork\nfork -> ask -> end3\nfork -> rest -> end3\nfork -> paper -> end3", both("fork"), rest, CATCH)  # fmt: skip
    after = process("inner", "start2 -> deeper -> end2", deeper) + third
    late = on("call", "late", timer("P1D"))
    top = declared("resident.replied")
    offer(xml("start -> call -> end\nlate -> mend -> end", call(), late, top=top, after=after))
    case = begun()
    assert Timer.objects.filter(case=case).count() == 2
    Timer.objects.filter(case=case, command_id__startswith="late").update(due_at=clock.now())
    assert casework.fire_due_timers() == 1
    assert (tasks(case), fresh(case).called) == (["mend"], {})
    assert not Timer.objects.filter(case=case).exists()
    assert not Subscription.objects.filter(case=case).exists()


def test_a_timer_and_a_message_of_a_called_process_carry_it_on():
    rest = element("intermediateCatchEvent", "rest", timer("P5D"))
    calling(inner=("start2 -> rest -> paper -> end2", rest, CATCH), top=declared("resident.replied"))
    case = begun()
    Timer.objects.filter(case=case).update(due_at=clock.now())
    assert casework.fire_due_timers() == 1
    assert conductor.message(fresh(case), "resident.replied", {"reply": "yes"}, SYSTEM)
    assert tasks(case) == ["after"]
    assert fresh(case).data["reply"] == "yes"


def test_what_fails_in_a_called_process_leaves_the_whole_case_where_it_was():
    calling(
        inner=(
            "start2 -> ask -> x\nx -> one if found = 1\nx -> two if found = 3\none -> end2\ntwo -> end2",
            element("exclusiveGateway", "x"),
        )
    )
    case = begun()
    before = fresh(case).called
    do(case, "ask", found=2)
    assert fresh(case).called == before
    (trouble,) = Task.objects.filter(case=case, step_kind="casework.incident")
    assert "no condition holds" in trouble.trouble
