"""Processes that call, write to and signal each other: within a case, and between the cases of a body."""

from datetime import timedelta

import pytest
from django.db import transaction

from tests.casework.drawn import begun, call, do, offer, process, tasks, throw_away
from tests.casework.town import fresh
from tests.engines.bpmn.builder import (
    both,
    declared,
    definition,
    element,
    formal,
    message,
    timer,
    xml,
    zeebe,
)
from towpath.casework import actions as casework
from towpath.casework import conductor
from towpath.casework.models import Task, Thrown, Timer
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


def set_to(case, **data):
    case.data = {**case.data, **data}
    case.save()


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
    # The beat finds what was kept for them, and brings it in its next round.
    assert (casework.hand_on(), casework.hand_on(), casework.hand_on()) == (1, 1, 0)
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
