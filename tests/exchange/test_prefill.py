"""Prefill: about oneself only, for the sure only, at once or not at all."""

import threading
import time
from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from tests.exchange.town import RESIDENT, Town
from tests.register.process import AMIRA, LUCAS
from towpath.exchange import actions, sending
from towpath.exchange.models import Circuit
from towpath.foundation import clock, tenancy
from towpath.foundation.access import Actor
from towpath.foundation.models import AccessRecord, Event
from towpath.people import actions as people
from towpath.people import queries


@pytest.fixture
def amira(town: Town) -> Actor:
    with tenancy.inside(town.tenant):
        claims = people.Claims(given_name="Amira", register_number=AMIRA)
        person = people.sign_in_resident("https://signin", "amira", claims, "substantial")
        return queries.resident_actor(person.pk, "substantial")


def _asks(town: Town, actor: Actor, operation: str = RESIDENT, **more):
    with tenancy.inside(town.tenant):
        return actions.ask_now(actor, operation, **more)


def _told(town: Town) -> list[str]:
    with tenancy.inside(town.tenant):
        kinds = Event.objects.filter(type__startswith="exchange.").exclude(type="exchange.agreed")
        return [
            kind.removeprefix("exchange.") for kind in kinds.order_by("seq").values_list("type", flat=True)
        ]


def test_a_resident_gets_what_the_register_knows_of_them(town: Town, amira: Actor):
    answer = _asks(town, amira)
    assert answer and answer.values and answer.values["name"]["full"] == "Amira Haddad"
    assert _told(town) == ["asked", "answered"]
    with tenancy.inside(town.tenant):
        event = Event.objects.get(type="exchange.answered")
        assert amira.person
        assert event.person == queries.pseudonym(amira.person)
        assert event.data["purpose"] == "residence-check"
        assert AccessRecord.objects.get().subject_id == str(amira.person)


def test_nobody_gets_what_the_register_knows_of_others(town: Town, amira: Actor):
    assert _asks(town, amira, inputs={"number": LUCAS}) is None
    assert _told(town) == []


@pytest.mark.parametrize(
    "changes", [{"assurance": "low"}, {"assurance": "none"}, {"person": None}, {"kind": "staff"}]
)
def test_who_is_not_surely_the_resident_gets_nothing(town: Town, amira: Actor, changes):
    assert _asks(town, replace(amira, **changes)) is None
    assert _told(town) == []


def test_what_is_not_about_a_person_is_not_prefilled(town: Town, amira: Actor):
    operation = "population-register.residents-at-address"
    town.agrees(operation)
    high = replace(amira, assurance="high")
    assert _asks(town, high, operation, inputs={"postcode": "MB1 2CS", "house_number": "12"}) is None


def test_without_an_agreement_for_the_purpose_nothing_is_asked(town: Town, amira: Actor):
    assert _asks(town, amira, purpose="statistics") is None
    assert _told(town) == []


@pytest.mark.parametrize("mode", ["dead", "error", "wrong-json", "wrong-receipt", "wrong-question"])
def test_a_bad_register_gives_nothing_and_does_not_fail_the_page(town: Town, amira: Actor, mode: str):
    town.register.becomes(mode)
    assert _asks(town, amira) is None
    assert _told(town) == ["asked", "failed"]


def test_a_slow_register_is_not_waited_for(town: Town, amira: Actor):
    town.register.becomes("slow", 30)
    started = time.monotonic()
    assert _asks(town, amira, seconds=0.3) is None
    assert time.monotonic() - started < 3


def test_nothing_is_written_while_a_register_is_waited_for(town: Town, amira: Actor, monkeypatch):
    """A transaction that has written holds back what follows in every body."""
    numbers: list[str | None] = []
    module = import_module("towpath.exchange.actions.ask_now")
    within, before = module._within, clock.now()

    def watched(*arguments):
        with connection.cursor() as cursor:
            cursor.execute("select pg_current_xact_id_if_assigned()::text")
            numbers.append(cursor.fetchone()[0])
        town.time.advance(timedelta(seconds=2))
        return within(*arguments)

    monkeypatch.setattr(module, "_within", watched)
    assert _asks(town, amira)
    assert numbers == [None]
    with tenancy.inside(town.tenant):
        asked = Event.objects.get(type="exchange.asked")
        answered = Event.objects.get(type="exchange.answered")
        assert (asked.occurred_at, answered.occurred_at) == (before, before + timedelta(seconds=2))


def test_a_register_that_dribbles_is_not_waited_for(town: Town, amira: Actor, monkeypatch):
    """Each step of the connection may be quick enough and the whole too slow."""
    release = threading.Event()
    monkeypatch.setattr(sending, "send", lambda *_: release.wait(20))
    started = time.monotonic()
    try:
        assert _asks(town, amira, seconds=0.2) is None
    finally:
        release.set()
    assert time.monotonic() - started < 5
    assert _told(town) == ["asked", "failed"]


def test_a_register_known_to_be_down_is_not_asked(town: Town, amira: Actor):
    town.register.becomes("dead")
    for _ in range(5):
        _asks(town, amira)
    before = len(_told(town))
    assert _asks(town, amira) is None
    assert len(_told(town)) == before
    with tenancy.inside(town.tenant):
        assert Circuit.objects.get().failures == 5


def test_an_unknown_operation_gives_nothing(town: Town, amira: Actor):
    assert _asks(town, amira, "population-register.shoe-size") is None


def test_an_error_of_our_own_leaves_the_page_standing(town: Town, amira: Actor, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("towpath.exchange.policy.agreement", broken)
    with tenancy.inside(town.tenant):
        assert actions.ask_now(amira, RESIDENT) is None
        assert Event.objects.exists()  # the transaction is still good
