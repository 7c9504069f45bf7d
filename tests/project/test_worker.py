"""The worker goes on with all the rest when something fails, and gives a sign of life only when it got round."""

import sys
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from tests.foundation.transactions import settle
from towpath.foundation import clock, counter, journal, lockout, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.journal import Fact, follow, verify
from towpath.foundation.models import Lockout, Seal
from towpath.project import worker

NOTICED = journal.event_type("test.noticed", "Something was noticed.", "n")


@pytest.fixture
def seen(outside, other, monkeypatch):
    """Two bodies with one event each, and two subscribers of which the first never can in the first body."""
    taken = []

    def first(event):
        if tenancy.current() == outside:
            raise OperationalError("nobody is at home")
        taken.append(("first", tenancy.current().code))

    def second(event):
        taken.append(("second", tenancy.current().code))

    subscribers = [
        follow.Subscriber(take.__name__, frozenset({NOTICED.name}), take) for take in (first, second)
    ]
    monkeypatch.setattr(worker.flow, "SUBSCRIBERS", subscribers)
    _bodies(monkeypatch, lambda: [outside, other])
    for tenant in (outside, other):
        with tenancy.inside(tenant):
            journal.record(NOTICED, SYSTEM, Fact(), n=1)
    settle()
    return taken


def _bodies(monkeypatch, found):
    objects = SimpleNamespace(filter=lambda **_: found())
    monkeypatch.setattr(worker, "Tenant", SimpleNamespace(objects=objects))


@pytest.fixture
def beat(tmp_path, monkeypatch):
    """A beat that stops after one round."""
    stop = threading.Event()
    monkeypatch.setattr(worker.Beat, "wait", lambda self: stop.set())
    monkeypatch.setattr(worker, "LOOK", 0)
    return worker.Beat(stop, tmp_path / "heartbeat", threading.current_thread())


def test_what_fails_for_one_body_or_subscriber_stops_no_other(outside, other, seen, beat):
    beat.run()
    assert seen == [("second", outside.code), ("first", other.code), ("second", other.code)]
    assert beat.heartbeat.exists()
    for tenant in (outside, other):
        with tenancy.inside(tenant):
            assert {one.ledger for one in Seal.objects.all()} == {"journal"}
            assert verify.verify("journal") == []


def test_a_failing_sweep_stops_no_other_work(outside, seen, beat, monkeypatch):
    def broken():
        raise ValueError("no such draft")

    monkeypatch.setitem(worker.SWEEPS, "old drafts", broken)
    with tenancy.inside(outside):
        Lockout.objects.create(
            subject="old", failures=1, last_at=clock.now() - lockout.FOR - timedelta(minutes=1)
        )
    beat.run()
    assert beat.heartbeat.exists()
    with tenancy.inside(outside):
        assert not Lockout.objects.exists()


def test_a_round_that_did_not_get_round_gives_no_sign_of_life(database, beat, monkeypatch):
    def gone():
        raise OperationalError("the database is gone")

    _bodies(monkeypatch, gone)
    beat.run()
    assert not beat.heartbeat.exists()


def test_a_restored_database_that_was_not_migrated_is_told_and_nothing_is_done(
    outside, seen, beat, monkeypatch
):
    told = []

    def behind(connection):
        raise counter.Behind(counter.TOLD.format(49_000))

    monkeypatch.setattr(worker.counter, "check", behind)
    monkeypatch.setattr(worker.log, "exception", lambda text: told.append(str(sys.exc_info()[1])))
    beat.run()
    assert "49,000 transactions ahead" in told[0] and "towpath migrate" in told[0]
    assert not beat.heartbeat.exists() and not seen


def test_a_lost_connection_ends_the_round(outside, beat, monkeypatch):
    monkeypatch.setattr(worker.connection, "is_usable", lambda: False)
    monkeypatch.setattr(worker, "fire_timers", lambda tenant: 1 / 0)
    _bodies(monkeypatch, lambda: [outside])
    beat.run()
    assert not beat.heartbeat.exists()


def test_without_a_thread_for_jobs_there_is_no_sign_of_life(database, beat, monkeypatch):
    _bodies(monkeypatch, list)
    beat.queue = threading.Thread(target=int)
    beat.run()
    assert not beat.heartbeat.exists()


def test_sessions_that_are_over_are_removed(tenant):
    from django.contrib.sessions.models import Session

    now = clock.real_now()
    for name, hours in (("over", -1), ("open", 1)):
        Session.objects.create(session_key=name, session_data="", expire_date=now + timedelta(hours=hours))
    worker.SWEEPS["old sessions"]()
    assert list(Session.objects.filter(session_key__in=["over", "open"]).values_list("pk", flat=True)) == [
        "open"
    ]
