"""The ways of a service's requests as an event log: what is in it, and that it is never behind."""

from datetime import timedelta

import pytest

from tests.journeys.history import START, Request, follow
from towpath.casework import events as casework
from towpath.engines import mining
from towpath.foundation import tenancy
from towpath.foundation.models import Parked
from towpath.journeys import kept, queries
from towpath.journeys.models import CaseFact

HOUR = timedelta(hours=1)


def whole(start=START, **more):
    """Sent, checked in four hours, advised in two, closed an hour later."""
    request = Request(start=start, **more).begun().sent(after=HOUR)
    request.at_step("check", after=HOUR).done("check", after=4 * HOUR)
    request.at_step("advise", "trees").done("advise", after=2 * HOUR)
    return request.tell(casework.CASE_CLOSED, after=HOUR, service=request.service, outcome="", end="e")


def written(tenant, *requests):
    with tenancy.inside(tenant):
        for request in requests:
            request.write()
    follow(tenant)


def edges(tenant, service="parking"):
    with tenancy.inside(tenant), queries.walked(service) as log:
        return {(e.source, e.target): e for e in log.map().edges} if log else None


def test_a_request_is_a_case_from_its_sending_to_its_end(tenant):
    written(tenant, whole())
    found = edges(tenant)
    assert set(found) == {(":sent", "Check"), ("Check", "Advise"), ("Advise", ":closed")}
    assert found[":sent", "Check"].mean == 5 * 3600
    assert (found[":sent", "Check"].waiting, found[":sent", "Check"].working) == (3600, 4 * 3600)
    assert found["Advise", ":closed"].waiting == 3600


def test_an_event_shows_as_soon_as_it_is_followed(tenant):
    request = Request().begun().sent().at_step("check")
    written(tenant, request)
    assert edges(tenant) == {}
    written(tenant, request.done("check", after=HOUR))
    assert edges(tenant)[":sent", "Check"].count == 1


def test_only_what_changed_is_read_anew(tenant, monkeypatch):
    """And says the same as all of it."""
    early, late = whole(), Request().begun().sent().at_step("check")
    written(tenant, early, late)
    assert edges(tenant)[":sent", "Check"].count == 1
    written(tenant, late.done("check", after=HOUR), whole())
    with monkeypatch.context() as broken:
        broken.setattr(mining, "read", None)
        found = edges(tenant)
    assert found[":sent", "Check"].count == 3
    with tenancy.inside(tenant):
        kept.forget((tenancy.current_id(), "walked", "parking"))
    assert edges(tenant) == found


def test_when_a_parked_request_goes_on_all_is_read_anew(tenant):
    """Its events are older than those that were taken meanwhile."""
    late = Request().begun().sent().at_step("check")
    written(tenant, late, whole())
    edges(tenant)
    with tenancy.inside(tenant):
        parked = Parked.objects.create(subscriber="measures", seq=1, error="Stuck.", parked_at=START)
    edges(tenant)
    written(tenant, late.done("check", after=HOUR))
    with tenancy.inside(tenant):
        CaseFact.objects.filter(pk=late.id).update(xid=0, seq=1)
        parked.delete()
    assert edges(tenant)[":sent", "Check"].count == 2


def test_a_log_is_read_once_as_long_as_nothing_happens(tenant):
    written(tenant, whole())
    with tenancy.inside(tenant):
        with queries.walked("parking") as first:
            pass
        with queries.walked("parking") as again:
            assert again is first


def test_a_step_called_off_and_a_draft_are_not_in_it(tenant):
    called_off = Request().begun().sent().at_step("check")
    called_off.tell(casework.ACTIVITY_CANCELLED, after=HOUR, element="check", kind="user", activity="Check")
    written(tenant, called_off, Request().begun())
    with tenancy.inside(tenant), queries.walked("parking") as log:
        assert (log.summary.cases, log.summary.events) == (1, 1)


def test_bodies_don_t_see_each_others_ways(tenant, outside):
    written(tenant, whole())
    written(outside, whole(), whole())
    with tenancy.inside(tenant), queries.walked("parking") as log:
        assert log.summary.cases == 1
    with tenancy.inside(outside), queries.walked("parking") as log:
        assert log.summary.cases == 2


@pytest.mark.parametrize("service", ["trees", "', 1); drop table x --"])
def test_a_service_without_requests_has_no_log(tenant, service):
    written(tenant, whole())
    assert edges(tenant, service) is None
