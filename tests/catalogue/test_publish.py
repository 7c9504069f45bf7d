"""Publishing: whole or not at all, and never changed afterwards."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from tests import factories
from tests.catalogue import parking
from towpath.catalogue import actions, queries
from towpath.catalogue.actions import NotPublishable
from towpath.catalogue.models import Service, ServiceVersion
from towpath.catalogue.problems import Problem
from towpath.foundation import clock
from towpath.foundation.access import NotAllowed
from towpath.foundation.models import Event
from towpath.people import actions as people

DESIGNER = factories.staff("service.publish", name="designer")
CODE = "resident-parking-permit"


@pytest.fixture
def body(tenant):
    people.set_up_team("parking", "Parking")
    return tenant


def test_a_package_becomes_a_version_with_its_event(body):
    made = actions.publish(DESIGNER, parking.files())
    assert (made.number, made.effective_from, made.published_by) == (1, date(2025, 1, 1), "designer")
    assert "rehearsal/x" not in made.files and "process.bpmn" in made.files
    event = Event.objects.get(type="service.published")
    assert event.data == {
        "service": CODE,
        "version": 1,
        "effective_from": "2025-01-01",
        "digest": made.digest,
    }
    assert queries.package(made.pk).service.identifier == CODE


def test_publishing_the_same_again_gives_the_same_version_and_a_change_the_next(body):
    first = actions.publish(DESIGNER, parking.files())
    assert actions.publish(DESIGNER, parking.files()) == first
    later = parking.changed(("service.yaml", 'from: "2025-01-01"', 'from: "2031-01-01"'))
    second = actions.publish(DESIGNER, later)
    assert second.number == 2
    assert queries.version_in_force(CODE, date(2030, 12, 31)) == first
    assert queries.version_in_force(CODE, date(2031, 1, 1)) == second
    assert [version.number for version in queries.versions(CODE)] == [2, 1]
    assert queries.next_version(CODE, date(2030, 1, 1)) == second
    assert queries.next_version(CODE, date(2031, 1, 1)) is None


def test_who_may_not_publish_publishes_nothing(body):
    with pytest.raises(NotAllowed):
        actions.publish(factories.staff("task.work"), parking.files())


def test_a_broken_package_leaves_nothing_behind(body):
    files = parking.changed(
        ("service.yaml", "themes:", "temes:"),
        ("tasks.yaml", "outcomes: [granted, ended]", "outcomes: [granted, x]"),
    )
    with pytest.raises(NotPublishable) as refused:
        actions.publish(DESIGNER, files)
    assert {problem.file for problem in refused.value.problems} >= {"service.yaml", "tasks.yaml"}
    assert not Service.objects.exists()
    assert not Event.objects.filter(type="service.published").exists()


def test_a_doubt_must_be_taken_on(body):
    files = parking.files() | {"notes.txt": "to do"}
    with pytest.raises(NotPublishable) as refused:
        actions.publish(DESIGNER, files)
    (doubt,) = refused.value.problems
    made = actions.publish(DESIGNER, files, acknowledged=[doubt.id])
    assert made.acknowledged == [doubt.id]
    assert "notes.txt" not in made.files


def test_a_gap_in_a_table_must_be_taken_on(body):
    files = parking.changed(("decisions/fee.dmn", "<text>&lt; 1</text>", "<text>&lt; 0.5</text>"))
    with pytest.raises(NotPublishable) as refused:
        actions.publish(DESIGNER, files)
    (doubt,) = refused.value.problems
    assert (doubt.level, doubt.file) == ("warning", "decisions/fee.dmn")
    assert (
        'no rule holds for permits_at_address = 0.5, emission_class = "zero", blue_badge = false'
        in doubt.what
    )
    assert actions.publish(DESIGNER, files, acknowledged=[doubt.id]).acknowledged == [doubt.id]


def test_examples_that_do_not_hold_keep_it_out(body):
    broken = Problem("scenarios/x.yaml", 3, "expect.outcome", "expected granted, found refused")
    with pytest.raises(NotPublishable) as refused:
        actions.publish(DESIGNER, parking.files(), prove=lambda files: [broken])
    assert refused.value.problems == [broken]
    assert not ServiceVersion.objects.exists()


def test_a_team_that_the_body_does_not_have_is_told(tenant):
    with pytest.raises(NotPublishable) as refused:
        actions.publish(DESIGNER, parking.files())
    assert "no team 'parking'" in str(refused.value)


def test_a_version_can_not_be_changed(body):
    made = actions.publish(DESIGNER, parking.files())
    with pytest.raises(DatabaseError), transaction.atomic():
        ServiceVersion.objects.filter(pk=made.pk).update(files={})


def test_only_a_throw_away_body_takes_a_package_unchecked(body):
    with pytest.raises(ValueError, match="throw-away"):
        actions.stage({path: str(text) for path, text in parking.files().items()}, date(2025, 1, 1))


@pytest.fixture
def offered(body):
    factories.publish(parking.FOLDER)
    factories.publish(parking.FOLDER.parent / "environmental-permit")


def test_services_are_listed_in_the_language_asked_for(offered):
    assert [card.code for card in queries.services("en")] == ["environmental-permit", CODE]
    (title,) = [card.title for card in queries.services("fr") if card.code == CODE]
    assert title != queries.services("en")[1].title


def test_a_service_page_says_what_a_resident_needs(offered):
    page = queries.service_page(CODE, "en")
    assert page.guided and page.number == 1
    assert page.deadline is not None and page.deadline.within == "P28D"
    assert [cost.currency for cost in page.costs] == ["EUR"]
    assert set(page.texts) >= {"who-can-apply", "how-long"}
    with pytest.raises(queries.NoSuchService):
        queries.service_page("none", "en")


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("parking", "en", CODE),
        ("PARK", "en", CODE),
        ("a permit for parking my car", "en", CODE),
        ("tree", "en", "environmental-permit"),
        ("vehicule", "fr", CODE),
        ("arbre", "fr", "environmental-permit"),
    ],
)
def test_search_takes_beginnings_any_case_and_no_accents(offered, text, language, first):
    assert queries.search(text, language)[0].code == first


def test_search_finds_nothing_for_nothing(offered):
    assert queries.search("", "en") == []
    assert queries.search("zeppelin", "en") == []


def test_a_suspended_service_is_not_offered_until_it_is_resumed(offered):
    actions.suspend(DESIGNER, CODE)
    assert [card.code for card in queries.services("en")] == ["environmental-permit"]
    actions.resume(DESIGNER, CODE)
    assert len(queries.services("en")) == 2


def test_a_version_of_tomorrow_is_not_offered_today(body):
    start = clock.today("UTC") + timedelta(days=3)
    actions.publish(DESIGNER, parking.files(), effective_from=start)
    assert queries.services("en") == []
    with clock.running(clock.VirtualClock(clock.now() + timedelta(days=4))):
        assert len(queries.services("en")) == 1
