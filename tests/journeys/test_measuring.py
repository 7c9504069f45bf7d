"""Facts and figures follow the journal: once, in any batches, and the same when made anew."""

from collections import Counter
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.history import START, Request, any_request, follow, interleaved
from towpath.casework import events as casework
from towpath.contact import events as contact
from towpath.foundation import clock, tenancy
from towpath.foundation.models import Event, Parked
from towpath.journeys import actions, queries, rules, sums
from towpath.journeys.models import ActivityFact, CaseFact, ConversationFact, Figure

DAY = timedelta(days=1)
ALWAYS = queries.period("2026", START.date())


def kept():
    """All that is kept, but keys that only say in which order rows were made."""
    return {
        "cases": sorted(map(_values, CaseFact.objects.all())),
        "steps": sorted(_values(row, "id") for row in ActivityFact.objects.all()),
        "conversations": sorted(map(_values, ConversationFact.objects.all())),
        "figures": figures(),
    }


def _values(row, *but):
    names = [f.attname for f in row._meta.local_fields if f.attname not in but]
    return repr([(name, getattr(row, name)) for name in names])


def figures():
    rows = Figure.objects.exclude(value=0)
    return {sums.Cell(r.service, r.channel, r.month, r.measure, r.bucket): r.value for r in rows}


def brute_force(tenant):
    """The figures as they add up from all facts."""
    zone, found = ZoneInfo(tenant.zone), Counter()
    journeys = {
        row.pk: rules.Journey(**{name: getattr(row, name) for name in actions.FIELDS})
        for row in CaseFact.objects.all()
    }
    for journey in journeys.values():
        found.update(sums.adds(journey, zone))
    for row in ActivityFact.objects.all():
        step = rules.Step(**{name: getattr(row, name) for name in actions.STEP_FIELDS})
        found.update(sums.step_adds(journeys[row.case_id], step, zone))
    return dict(found)


@pytest.mark.parametrize("seed", range(12))
def test_step_by_step_and_all_anew_give_the_same(tenant, seed):
    random = Random(seed)
    requests = [any_request(random) for _ in range(random.randrange(1, 40))]
    for told in interleaved(random, requests):
        told.write()
        if random.random() < 0.05:
            follow(tenant, batches=random.randrange(1, 3))
    follow(tenant)
    followed = kept()
    assert followed["figures"] == brute_force(tenant)
    assert actions.rebuild(tenant, behind_horizon=False) == len(requests)
    assert kept() == followed


def test_an_event_taken_twice_counts_once(tenant):
    random = Random(99)
    for told in interleaved(random, [any_request(random) for _ in range(10)]):
        told.write()
    follow(tenant)
    before = kept()
    for event in Event.objects.filter(type__in=actions.MEASURED).order_by("xid", "seq"):
        actions.measure(event)
    assert kept() == before


def test_after_a_rebuild_new_events_follow_from_where_it_stopped(tenant):
    request = Request().begun().sent().write()
    actions.rebuild(tenant, behind_horizon=False)
    request.decided(after=DAY).write()
    follow(tenant)
    assert queries.figures(ALWAYS, ())[()].sums["decided"] == 1
    assert figures() == brute_force(tenant)


def test_a_rebuild_of_a_body_where_nothing_happened_is_empty(tenant):
    assert actions.rebuild(tenant, behind_horizon=False) == 0


def test_what_began_before_the_journal_does_is_not_measured(tenant):
    Request().decided().rated(5).write()
    follow(tenant)
    assert not CaseFact.objects.exists() and not Parked.objects.exists()
    assert actions.rebuild(tenant, behind_horizon=False) == 0


def test_what_was_written_before_a_request_was_sent_counts_for_it(tenant):
    facts = {"direction": "out", "kind": "message", "entry": "e", "number": 1}
    request = Request().begun()
    request.tell(contact.WRITTEN, conversation=request.conversation, channel="email", **facts)
    request.sent().tell(contact.WRITTEN, conversation=request.conversation, channel="post", **facts).write()
    follow(tenant)
    fact = CaseFact.objects.get()
    assert (fact.letters, fact.emails, fact.calls) == (1, 1, 0)
    assert queries.figures(ALWAYS, ())[()].contacts == 2


def test_figures_are_grouped_as_asked(tenant):
    Request(channel="phone", assisted=True).begun().sent().write()
    Request().begun().sent().write()
    Request(service="trees", start=START + 40 * DAY).begun().sent().write()
    follow(tenant)
    by_service = queries.figures(ALWAYS, ["service"])
    assert {key: found.sums["submitted"] for key, found in by_service.items()} == {
        ("parking",): 2,
        ("trees",): 1,
    }
    by_both = queries.figures(ALWAYS, ["channel", "month"], service="parking")
    assert set(by_both) == {("phone", START.date().replace(day=1)), ("portal", START.date().replace(day=1))}
    march = queries.period("2026-03", START.date())
    assert queries.figures(march, ())[()].sums["submitted"] == 2


def test_open_requests_are_counted_by_step_and_age_and_found_again(tenant):
    waiting = Request().begun().sent().at_step("check")
    waiting.tell(casework.CASE_STAGE, stage="checking", awaits="staff").write()
    Request(start=START - 20 * DAY).begun().sent().at_step("check").write()
    Request().begun().sent().decided().write()
    Request().begun().write()
    follow(tenant)
    with clock.running(clock.VirtualClock(START + DAY)):
        counted = queries.open_requests()
        assert {(o.step, o.age, o.count) for o in counted} == {("Check", "week", 1), ("Check", "month", 1)}
        found = queries.requests(queries.Wanted("open", step="Check", age="week"))
        assert [fact.pk for fact in found] == [waiting.id]
        assert queries.open_requests(service="trees") == []


def test_lists_go_on_where_they_stopped(tenant, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    for n in range(5):
        Request(start=START + n * timedelta(hours=1)).begun().sent().decided(after=DAY).write()
    follow(tenant)
    for which, name in (("resolved", "resolved_at"), ("sent", "submitted_at")):
        wanted, seen, after = queries.Wanted(which, over=ALWAYS), [], None
        while page := queries.requests(wanted, after)[:2]:
            seen += page
            after = (getattr(page[-1], name), page[-1].pk)
        assert len(seen) == 5
        assert seen == sorted(seen, key=lambda fact: getattr(fact, name), reverse=True)


def test_the_median_of_a_step_leaves_out_what_was_called_off(tenant):
    request = Request().begun().sent().at_step("check").done("check", after=2 * DAY).at_step("advise")
    request.tell(casework.ACTIVITY_CANCELLED, after=DAY, element="advise", kind="user", activity="Advise")
    request.write()
    follow(tenant)
    ((step, (count, median)),) = queries.steps(ALWAYS, service="parking").items()
    assert (step, count) == ("Check", 1) and abs(median / (2 * DAY) - 1) < 0.05


def test_prices_that_are_no_amounts_are_left_out(tenant):
    tenant.settings = {
        "costs": {"portal": 0.4, "phone": "6.20", "post": "dear", "counter": -1},
        "currency": "£",
    }
    found = queries.prices()
    assert found.currency == "£" and {k: str(v) for k, v in found.of_channel.items()} == {
        "portal": "0.4",
        "phone": "6.20",
    }


def test_another_bodys_figures_are_not_seen(tenant, other):
    Request().begun().sent().write()
    follow(tenant)
    with tenancy.inside(other):
        assert queries.figures(ALWAYS, ()) == {} and not CaseFact.objects.exists()
