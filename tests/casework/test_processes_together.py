"""Processes that call, write to and signal each other: within a case, and between the cases of a body."""

from datetime import timedelta

import pytest
from django.db import transaction

from tests.casework.drawn import begun, do, offer, process, tasks, throw_away
from tests.casework.town import fresh
from tests.engines.bpmn.builder import (
    both,
    declared,
    definition,
    element,
    formal,
    message,
    on,
    script,
    timer,
    xml,
    zeebe,
)
from towpath.casework import actions as casework
from towpath.casework import conductor
from towpath.casework.models import Subscription, Task, Thrown, Timer
from towpath.foundation import clock, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import Event

FLOOD = '<signal id="s" name="flood"/>'
CRY = element("intermediateThrowEvent", "cry", definition("signal", "s"))
HEAR = element("intermediateCatchEvent", "hear", definition("signal", "s"))
PAPER = declared("paper", "=number")
SEND = element("intermediateThrowEvent", "tell", zeebe('<zeebe:ioMapping><zeebe:input source="=news" target="news"/></zeebe:ioMapping>') + message())  # fmt: skip
CATCH = element("intermediateCatchEvent", "paper", message())


@pytest.fixture(autouse=True)
def body(database):
    with tenancy.inside(throw_away()) as tenant:
        yield tenant


def call(called="inner", more=""):
    return element("callActivity", "call", zeebe(f'<zeebe:calledElement processId="{called}"/>{more}'))


def calling(text="start -> call -> after -> end", *elements, inner=("start2 -> ask -> end2",), top=""):
    return offer(xml(text, call(), *elements, top=top, after=process("inner", *inner)))


def set_to(case, **data):
    case.data = {**case.data, **data}
    case.save()


# Calls


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


# Messages


def cases_that_write():
    """One waits by its number; the other sends to the same number."""
    fork = element("exclusiveGateway", "fork")
    text = "start -> begin -> fork\nfork -> paper if waits = true\npaper -> read -> end\nfork => tell\ntell -> sent -> end"
    offer(xml(text, fork, CATCH, SEND, top=PAPER))
    return begun(), begun(vehicle_registration="XY99 ZZZ")


def waiting(case, number):
    return do(case, "begin", waits=True, number=number)


def sending(case, number, news="good"):
    return do(case, "begin", waits=False, number=number, news=news)


def test_a_message_finds_the_case_that_waits_by_its_key():
    one, other = cases_that_write()
    waiting(one, 7)
    sending(other, 7)
    assert tasks(one) == []
    assert casework.hand_on() == 1
    assert (tasks(one), fresh(one).data["news"]) == (["read"], "good")
    assert not Thrown.objects.exists()


def test_a_message_for_another_key_is_kept_until_somebody_waits_for_it():
    one, other = cases_that_write()
    sending(other, 8)
    assert (casework.hand_on(), casework.hand_on()) == (1, 0)
    waiting(one, 8)
    assert casework.hand_on() == 1
    assert tasks(one) == ["read"]


def test_a_message_is_heard_once():
    one, other = cases_that_write()
    waiting(one, 7)
    waiting(other, 7)
    third = begun()
    sending(third, 7)
    casework.hand_on()
    casework.hand_on()
    assert sorted([tasks(one), tasks(other)]) == [[], ["read"]]


def test_a_message_that_nobody_ever_waits_for_is_told_to_the_journal():
    _, other = cases_that_write()
    sending(other, 9)
    assert casework.expire_messages() == 0
    Thrown.objects.update(expires_at=clock.now())
    assert casework.expire_messages() == 1
    assert Event.objects.get(type="message.unheard").data == {"message": "paper"}


def test_a_message_that_a_case_cannot_take_is_a_trouble_of_that_case():
    fork = element("exclusiveGateway", "fork")
    x = element("exclusiveGateway", "x")
    text = "start -> begin -> fork\nfork -> paper if waits = true\npaper -> x\nx -> one if news = 1\nx -> two if news = 2\none -> end\ntwo -> end\nfork => tell\ntell -> end"
    offer(xml(text, fork, x, CATCH, SEND, top=PAPER))
    one, other = begun(), begun()
    waiting(one, 7)
    sending(other, 7)
    assert casework.hand_on() == 1
    (trouble,) = Task.objects.filter(case=one, step_kind="casework.incident")
    assert trouble.inputs["event"] == "Message"
    assert not Thrown.objects.exists()


def test_processes_of_one_case_write_to_each_other_at_once():
    text = "start -> fork\nfork -> call -> joined\nfork -> paper -> read -> joined\njoined -> end"
    inner = process("inner", "start2 -> ask -> tell -> end2", SEND)
    offer(xml(text, both("fork"), both("joined"), call(), CATCH, top=declared(), after=inner))
    case = begun()
    case = do(case, "ask", news="good")
    assert tasks(case) == ["read"]
    assert case.data["news"] == "good"
    assert not Thrown.objects.exists()


def test_who_begins_to_wait_in_the_step_that_sends_hears_it():
    text = "start -> fork\nfork -> tell -> end\nfork -> paper -> read -> end"
    offer(xml(text, both("fork"), CATCH, SEND, top=declared()))
    assert tasks(begun()) == ["read"]


# Signals


def test_a_signal_reaches_all_cases_that_wait_for_it():
    fork = element("exclusiveGateway", "fork")
    offer(xml("start -> begin -> fork\nfork -> hear if waits = true\nhear -> act -> end\nfork => cry\ncry -> sleep -> end", fork, HEAR, CRY, top=FLOOD))  # fmt: skip
    ones, other = [begun() for _ in range(3)], begun()
    for one in ones:
        do(one, "begin", waits=True)
    do(other, "begin", waits=False)
    assert casework.hand_on() == 3
    assert [tasks(one) for one in ones] == [["act"]] * 3
    assert tasks(other) == ["sleep"]
    assert casework.hand_on() == 0


def test_a_signal_reaches_what_the_case_has_called():
    text = "start -> fork\nfork -> call -> end\nfork -> begin -> cry -> sleep -> end"
    offer(
        xml(
            text,
            both("fork"),
            call(),
            CRY,
            top=FLOOD,
            after=process("inner", "start2 -> hear -> act -> end2", HEAR),
        )
    )
    case = do(begun(), "begin")
    assert tasks(case) == ["act", "sleep"]


def test_a_signal_is_not_kept_for_who_waits_later():
    fork = element("exclusiveGateway", "fork")
    offer(xml("start -> begin -> fork\nfork -> hear if waits = true\nhear -> act -> end\nfork => cry\ncry -> end", fork, HEAR, CRY, top=FLOOD))  # fmt: skip
    one, other = begun(), begun()
    do(other, "begin", waits=False)
    do(one, "begin", waits=True)
    assert casework.hand_on() == 0
    assert tasks(one) == []


# Conditions


def test_a_condition_is_looked_at_again_when_what_the_case_knows_changes():
    settled = element(
        "intermediateCatchEvent", "settled", definition("conditional", inside=formal("condition", "paid"))
    )
    offer(xml("start -> settled -> issue -> end", settled))
    case = begun()
    assert tasks(case) == []
    set_to(case, paid=True)
    conductor.changed(fresh(case), SYSTEM)
    assert tasks(case) == ["issue"]


def test_a_late_answer_of_the_resident_is_looked_at():
    """The process no longer waits for the answer, but for what it says."""
    late = element("intermediateCatchEvent", "late", definition("conditional", inside=formal("condition", "reply != null")))  # fmt: skip
    offer(xml("start -> late -> read -> end", late))
    case = begun()
    set_to(case, reply="here")
    asked = _asked(case)
    casework.answer_question(_applicant(case), asked.pk, text="see the letter")
    assert tasks(case) == ["read"]


def _asked(case):
    from towpath.casework.models import Question

    now = clock.now()
    return Question.objects.create(
        case=case, asked_by="towpath", text="?", state="open", asked_at=now, stops_clock=False
    )


def _applicant(case):
    from tests.casework.town import by_link

    return by_link(case)


# Calendars


def test_a_timer_in_working_hours_goes_by_the_hours_of_the_body():
    hours = zeebe(
        '<zeebe:properties><zeebe:property name="calendar" value="working-hours"/></zeebe:properties>'
    )
    rest = element("intermediateCatchEvent", "rest", hours + timer("PT8H"))
    tenant = tenancy.current()
    tenant.settings = {"weekend": [], "working-hours": {str(day): [["00:00", "00:00"]] for day in range(7)}}
    offer(xml("start -> rest -> end", rest))
    before = clock.now()
    first = Timer.objects.get(case=begun()).due_at
    assert timedelta(hours=8) <= first - before < timedelta(hours=9)
    tenant.settings = {"weekend": [], "working-hours": {str(day): [["09:00", "09:30"]] for day in range(7)}}
    later = Timer.objects.exclude(due_at=first).get(case=begun()).due_at
    assert later - first > timedelta(days=10)


# Killed in the middle


class Killed(BaseException):
    """The process dies here: what it has not committed never was."""


def killed(monkeypatch, room, name):
    def die(*_, **__):
        raise Killed

    patched = monkeypatch.context()
    patched.__enter__().setattr(room, name, die)
    return patched


@pytest.mark.parametrize(("room", "name"), [(conductor.thrown, "throw"), (conductor.instances, "drop")])
def test_killed_between_a_command_and_its_execution_a_case_is_as_before_and_goes_on(monkeypatch, room, name):
    text = "start -> fork\nfork -> call -> joined\nfork -> paper -> read -> joined\njoined -> end"
    inner = process("inner", "start2 -> ask -> tell -> end2", SEND)
    offer(xml(text, both("fork"), both("joined"), call(), CATCH, top=declared(), after=inner))
    case = begun()
    before = (tasks(case), fresh(case).called, fresh(case).process_state)
    patched = killed(monkeypatch, room, name)
    with pytest.raises(Killed):
        do(case, "ask", news="good")
    assert (tasks(case), fresh(case).called, fresh(case).process_state) == before
    patched.__exit__(None, None, None)
    assert tasks(do(case, "ask", news="good")) == ["read"]


def test_killed_while_a_message_is_handed_on_it_is_handed_on_again_and_heard_once(monkeypatch):
    one, other = cases_that_write()
    waiting(one, 7)
    sending(other, 7)
    patched = killed(monkeypatch, conductor, "_journal")
    with pytest.raises(Killed), transaction.atomic():
        casework.hand_on()
    assert (tasks(one), Thrown.objects.count()) == ([], 1)
    patched.__exit__(None, None, None)
    assert (casework.hand_on(), casework.hand_on()) == (1, 0)
    assert tasks(one) == ["read"]
