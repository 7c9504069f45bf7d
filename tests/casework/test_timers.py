"""Timers: on time after an outage, each once, and found without looking through those that wait."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from tests.casework.drawn import begun, offer, tasks, throw_away
from tests.casework.town import time
from tests.engines.bpmn.builder import element, timer, xml
from towpath.casework import actions as casework
from towpath.casework.actions.steps import due_timers, next_timer
from towpath.casework.models import Thrown, Timer
from towpath.foundation import clock, tenancy
from towpath.foundation.models import Event
from towpath.project.worker import fire_timers

REST = element("intermediateCatchEvent", "rest", timer("P5D"))
WAITING = """
insert into casework_timer (tenant_id, case_id, command_id, due_at)
select %s, %s, 'rest:' || n, now() + n * interval '1 minute' from generate_series(1000, %s) n
"""


@pytest.fixture
def body(database):
    with tenancy.inside(throw_away()) as tenant:
        yield tenant


def waiting(tenant, case, count):
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [tenant.pk, case.pk, count + 999])


def test_what_fell_due_while_nothing_ran_happens_at_the_first_beat_in_its_order(body):
    offer(xml("start -> rest -> look -> end", REST))
    with time(body) as moving:
        first = begun()
        moving.to(clock.now() + timedelta(hours=1))
        second = begun()
        assert casework.fire_due_timers() == 0
        moving.to(clock.now() + timedelta(days=30))
        assert casework.fire_due_timers() == 2
        assert casework.fire_due_timers() == 0
    assert tasks(first) == tasks(second) == ["look"]
    begun_with = Event.objects.filter(type="activity.started", activity="Look").order_by("seq")
    assert [event.case_id for event in begun_with] == [first.pk, second.pk]


def test_a_timer_does_not_fire_before_its_time(body):
    offer(xml("start -> rest -> look -> end", REST))
    with time(body) as moving:
        case = begun()
        moving.to(Timer.objects.get(case=case).due_at - timedelta(seconds=1))
        assert casework.fire_due_timers() == 0
        moving.to(clock.now() + timedelta(seconds=1))
        assert casework.fire_due_timers() == 1


def test_more_than_one_batch_is_fired_in_one_beat(body):
    offer(xml("start -> rest -> look -> end", REST))
    cases = [begun() for _ in range(3)]
    Timer.objects.update(due_at=clock.now())
    assert [casework.fire_due_timers(limit=2), casework.fire_due_timers(limit=2)] == [2, 1]
    assert [tasks(case) for case in cases] == [["look"]] * 3


def test_a_case_that_somebody_works_on_is_left_for_the_next_beat_and_the_others_fire(database):
    body = throw_away()
    with tenancy.inside(body):
        offer(xml("start -> rest -> look -> end", REST))
        held, free = begun(), begun()
        Timer.objects.update(due_at=clock.now())
    locked, done = threading.Event(), threading.Event()
    worker = threading.Thread(target=_hold, args=(body, held, locked, done))
    worker.start()
    try:
        assert locked.wait(10)
        fire_timers(body)
        with tenancy.inside(body):
            assert (tasks(held), tasks(free)) == ([], ["look"])
    finally:
        done.set()
        worker.join(10)
    fire_timers(body)
    with tenancy.inside(body):
        assert tasks(held) == ["look"]


def _hold(body, case, locked, done):
    try:
        with tenancy.inside(body):
            list(type(case).objects.select_for_update().filter(pk=case.pk))
            locked.set()
            done.wait(10)
    finally:
        connection.close()


def test_those_that_are_due_are_found_by_index_among_many_that_wait(body):
    offer(xml("start -> rest -> look -> end", REST))
    waiting(body, begun(), 20_000)
    plan = due_timers().explain()
    assert "timer_due" in plan and "Seq Scan" not in plan and "Sort" not in plan, plan
    assert next_timer() is not None
    looked = due_timers().explain(analyze=True, buffers=True, timing=False)
    assert "rows=0" in looked and "Rows Removed by Filter" not in looked, looked


def test_what_is_to_be_handed_on_is_found_by_index(body):
    offer(xml("start -> rest -> look -> end", REST))
    case = begun()
    soon = clock.now() + timedelta(days=1)
    Thrown.objects.bulk_create(
        Thrown(case=case, kind="message", name="paper", correlation=str(n), fresh=False, expires_at=soon)
        for n in range(2_000)
    )
    plan = Thrown.objects.filter(fresh=True).order_by("pk")[:50].explain()
    assert "thrown_fresh" in plan and "Seq Scan" not in plan, plan
