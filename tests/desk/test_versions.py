"""Running requests are moved to another version of their service, once a person has looked."""

from collections import Counter
from datetime import date

from django.test import Client

from tests.catalogue import parking
from tests.desk.town import PARKING, enter, open_task, publish, submitted, words, worker
from tests.faults.scene import do_jobs
from towpath.casework.actions import migration, moving_all
from towpath.casework.models import Case, Task
from towpath.catalogue import actions as catalogue
from towpath.foundation import tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import Event
from towpath.people.models import Membership

ADDRESS = f"/desk/versions/{PARKING}"


def publish_again(*changes):
    """The next version of the parking permit, changed."""
    later = ("service.yaml", 'from: "2025-01-01"', 'from: "2025-01-02"')
    return catalogue.publish(SYSTEM, parking.changed(later, *changes), date(2025, 1, 2))


def without_the_name():
    """A version in which `check_address` is called otherwise, wherever it is named."""
    files = {
        path: str(text).replace("check_address", "see_address") for path, text in parking.files().items()
    }
    return catalogue.publish(SYSTEM, files, date(2025, 1, 2))


def designer():
    return worker((None, "designer"), name="Dee Signer")


def test_a_designer_sees_how_many_requests_keep_older_versions(at_desk):
    submitted()
    submitted()
    publish_again()
    submitted()
    desk = at_desk(designer())
    said = words(desk.get("/desk/versions"))
    assert "Resident parking permit 2 1 2" in said
    assert "2 requests fit and would move." in words(desk.get(ADDRESS))
    assert set(Case.objects.values_list("version__number", flat=True)) == {1, 2}


def test_requests_are_moved_and_the_timeline_tells_it(at_desk, desk):
    case = submitted()
    publish_again()
    response = at_desk(designer()).post(ADDRESS, {"to": "2", "do": "move"})
    assert response["Location"] == f"{ADDRESS}?to=2"
    assert Case.objects.get(pk=case.pk).version.number == 2
    assert "Moved to version 2 of the service" in words(desk.get(f"/desk/cases/{case.pk}/"))


def test_who_has_no_place_is_named_and_a_mapping_gives_one(at_desk):
    case = submitted()
    without_the_name()
    desk = at_desk(designer())
    page = words(desk.get(ADDRESS))
    assert "1 request has no place and would stay." in page
    assert case.reference in page and "Check the address" in page
    same_place = {"to": "2", "place-check_address": "see_address"}
    looked = words(desk.post(ADDRESS, {**same_place, "do": "look"}))
    assert "1 request fits and would move." in looked
    assert Case.objects.get(pk=case.pk).version.number == 1
    assert "1 request was moved." in words(desk.post(ADDRESS, {**same_place, "do": "move"}, follow=True))
    assert (open_task(case).element, open_task(case).form) == ("see_address", "see_address")


def test_what_stays_is_said_after_a_move(at_desk):
    submitted()
    without_the_name()
    said = words(at_desk(designer()).post(ADDRESS, {"to": "2", "do": "move"}, follow=True))
    assert "1 request stays on its version." in said
    assert Task.objects.get(state="open").element == "check_address"


def test_a_long_list_goes_on_where_it_ended_with_the_same_places(at_desk, monkeypatch):
    monkeypatch.setattr(migration, "AT_ONCE", 1)
    cases = [submitted(), submitted()]
    without_the_name()
    desk = at_desk(designer())
    page = desk.get(ADDRESS)
    assert "2 requests are there" in words(page) and "1 more request comes after these." in words(page)
    there = desk.post(ADDRESS, {"to": "2", "place-check_address": "see_address", "do": "move"})["Location"]
    assert f"after={cases[0].pk}" in there and "place-check_address=see_address" in there
    left = desk.get(there)
    assert "1 request fits and would move." in words(left)
    assert str(cases[0].pk) in left.content.decode()
    given = {"to": "2", "after": str(cases[0].pk), "place-check_address": "see_address", "do": "move"}
    assert desk.post(ADDRESS, given)["Location"] == f"{ADDRESS}?to=2"
    assert set(Case.objects.values_list("version__number", flat=True)) == {2}


def test_all_are_moved_while_nobody_waits_and_the_page_says_so(at_desk, monkeypatch):
    monkeypatch.setattr(migration, "AT_ONCE", 1)
    monkeypatch.setattr(moving_all, "SOME", 2)
    lost, *_others = [submitted() for _ in range(5)]
    without_the_name()
    Case.objects.filter(pk=lost.pk).update(process_state={"broken": True})
    dee = designer()
    desk = at_desk(dee)
    assert "Move all that fit, and those that come after" in words(desk.get(ADDRESS))
    all_of_them = {"to": "2", "place-check_address": "see_address", "do": "move-all"}
    desk.post(ADDRESS, all_of_them)
    said = words(desk.get(f"{ADDRESS}?to=2"))
    assert "Requests are being moved" in said and "would move" not in said
    desk.post(ADDRESS, all_of_them)  # twice is once
    assert rounds() == 3
    assert Counter(Case.objects.values_list("version__number", flat=True)) == {2: 4, 1: 1}
    moved = Event.objects.filter(type="case.migrated")
    assert {event.actor_id for event in moved} == {str(dee.pk)} and moved.count() == 4
    assert "1 request has no place and would stay." in words(desk.get(f"{ADDRESS}?to=2"))


def test_who_may_no_longer_move_requests_moves_no_more(at_desk):
    submitted()
    publish_again()
    dee = designer()
    at_desk(dee).post(ADDRESS, {"to": "2", "do": "move-all"})
    Membership.objects.filter(staff=dee).delete()
    assert rounds() == 1
    assert set(Case.objects.values_list("version__number", flat=True)) == {1}


def rounds():
    """How many jobs the worker would do, one after the other."""
    number = 0
    while do_jobs(tenancy.current(), moving_all.JOB):
        number += 1
    return number


class TestWhoMayEnter:
    """In bodies of their own: a page that is refused rolls back what was done in its transaction."""

    def visit(self, body, role, path):
        with tenancy.inside(body):
            publish()
            client = enter(Client(HTTP_HOST=body.host), worker((None, role)))
        return client.get(path).status_code

    def test_a_lead_may(self, outside):
        assert self.visit(outside, "lead", "/desk/versions") == 200

    def test_a_caseworker_may_not(self, outside):
        assert self.visit(outside, "caseworker", "/desk/versions") == 403

    def test_a_service_that_is_not_there_has_no_page(self, outside):
        assert self.visit(outside, "designer", "/desk/versions/no-such") == 404
