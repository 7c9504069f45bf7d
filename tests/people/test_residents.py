"""Residents: known by their sign-in, reached as they wish, unseen by other bodies."""

import threading
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from towpath.foundation import clock, tenancy
from towpath.foundation.access import SYSTEM, Actor, NotAllowed
from towpath.foundation.models import AccessRecord, Event
from towpath.people import queries
from towpath.people.actions import Claims, change_contact, register_person, set_language, sign_in_resident
from towpath.people.models import ContactPoint, Identity, Person, Pseudonym
from towpath.people.rules import WrongContactPoint, normalised

ISSUER = "https://id.example.org"
ZOE = Claims("Zoë", "O'Neill-Brown", date(2001, 4, 27), "zoe@example.org", "179062435")
VISITOR = Actor("visitor", "visitor")


def signed_in(claims=ZOE, subject="s-1"):
    return sign_in_resident(ISSUER, subject, claims, "substantial")


def test_the_first_sign_in_makes_a_person_and_the_next_finds_them(tenant):
    first, again = signed_in(), signed_in()
    assert first.pk == again.pk
    assert Person.objects.count() == Identity.objects.count() == Pseudonym.objects.count() == 1
    assert (first.given_name, first.birth_date) == ("Zoë", date(2001, 4, 27))
    assert queries.register_number(first.pk) == "179062435"
    assert "179062435" not in Person.objects.get().register_number


def test_another_subject_or_issuer_is_another_person(tenant):
    people = {signed_in().pk, signed_in(subject="s-2").pk}
    people.add(sign_in_resident("https://other.example.org", "s-1", ZOE, "low").pk)
    assert len(people) == 3


def test_names_follow_the_provider(tenant):
    signed_in()
    person = signed_in(Claims("Zoë", "Brown", email="zoe@example.org"))
    assert str(person) == "Zoë Brown"
    assert person.birth_date == date(2001, 4, 27), "what the provider no longer says is kept"
    assert queries.register_number(person.pk) == "179062435"


def test_a_sign_in_is_journalled_with_its_assurance_and_nothing_personal(tenant):
    person = signed_in()
    event = Event.objects.get(type="person.signed-in")
    assert event.data == {"assurance": "substantial"}
    assert event.person == queries.pseudonym(person.pk) and event.actor_id == str(event.person)
    told = str([list(row) for row in Event.objects.values_list()])
    assert not any(part in told for part in ["Zoë", "Neill", "zoe@", "179062435", "2001", str(person.pk)])


def test_two_first_sign_ins_at_once_are_one_person(outside):
    start, found, failed = threading.Barrier(2), [], []

    def enter():
        try:
            start.wait(timeout=20)
            with tenancy.inside(outside):
                found.append(signed_in().pk)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=enter) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not failed and len(found) == 2 and len(set(found)) == 1


def test_a_resident_of_one_body_is_nobody_in_another(outside, other):
    with tenancy.inside(outside):
        here = signed_in()
    with tenancy.inside(other):
        with pytest.raises(ObjectDoesNotExist):
            queries.resident_actor(here.pk, "low")
        with pytest.raises(ObjectDoesNotExist):
            queries.person(SYSTEM, here.pk, "case")
        assert queries.person_by_email("zoe@example.org") is None
        assert queries.find_people(factories.staff("case.read"), "zoë") == []
        there = signed_in()
        assert there.pk != here.pk and queries.pseudonym(there.pk) is not None
    with tenancy.inside(outside):
        assert queries.pseudonym(here.pk) != there.pk
        assert Person.objects.count() == 1


def test_the_address_that_a_provider_vouches_for_is_verified_and_others_are_not(tenant):
    person = signed_in()
    register_person(VISITOR, given_name="Z", family_name="B", email="typed@example.org")
    assert queries.person_by_email(" ZOE@Example.org ") == person
    assert queries.person_by_email("typed@example.org") is None
    assert queries.person_by_email("not an address") is None


def test_an_address_that_two_verified_leads_to_neither(tenant):
    signed_in()
    signed_in(subject="s-2")
    assert queries.person_by_email("zoe@example.org") is None


def test_the_address_given_last_is_used_and_signing_in_does_not_change_that(tenant):
    person = signed_in()
    actor = queries.resident_actor(person.pk, "low")
    virtual = clock.VirtualClock(clock.now() + timedelta(seconds=1))
    with clock.running(virtual):
        change_contact(actor, person.pk, email="new@example.org", channel="letter")
        virtual.advance(timedelta(days=1))
        signed_in()
        card = queries.person_card(person.pk)
        assert (card.name, card.email, card.channel) == ("Zoë O'Neill-Brown", "new@example.org", "letter")
        virtual.advance(timedelta(days=1))
        change_contact(actor, person.pk, email="zoe@example.org")
        assert queries.person_card(person.pk).email == "zoe@example.org"
    assert queries.person_by_email("zoe@example.org") == person, "it is still verified"
    assert Event.objects.filter(type="person.contact-changed").first().data == {"kinds": ["email", "channel"]}


def test_a_wrong_contact_point_changes_nothing_and_says_what_would_be_right(tenant):
    person = register_person(VISITOR, given_name="A", family_name="B", phone="01632 960 111")
    with pytest.raises(WrongContactPoint, match=r"name@example\.org"):
        change_contact(SYSTEM, person.pk, phone="01632 960 222", email="nobody")
    assert queries.person_card(person.pk).phone == "01632 960 111"


def test_only_the_person_or_who_may_changes_how_one_is_reached(tenant):
    person, stranger = signed_in(), signed_in(subject="s-2")
    for actor in (VISITOR, queries.resident_actor(stranger.pk, "high"), factories.staff("case.read")):
        with pytest.raises(NotAllowed):
            change_contact(actor, person.pk, email="mine@example.org")
        with pytest.raises(NotAllowed):
            set_language(actor, person.pk, "fr")
    set_language(factories.staff("contact.write"), person.pk, "ar")
    assert queries.person_card(person.pk).language == "ar"


def test_who_registers_without_an_address_is_written_to_by_letter(tenant):
    person = register_person(
        factories.staff("case.open"), given_name="Arthur", family_name="Whitlock", postal="Church Walk 1"
    )
    card = queries.person_card(person.pk)
    assert (card.channel, card.email, card.postal) == ("letter", "", "Church Walk 1")
    assert Event.objects.get(type="person.registered").data == {"how": "behalf"}


def test_staff_without_the_permission_register_nobody(tenant):
    with pytest.raises(NotAllowed):
        register_person(factories.staff("case.read"), given_name="A", family_name="B")


def test_who_looks_at_a_person_is_noted(tenant):
    person = signed_in()
    advisor = factories.staff("case.read", name="advisor-1")
    assert queries.person(advisor, person.pk, "case") == person
    row = AccessRecord.objects.get(subject_kind="person")
    assert (row.actor_id, row.purpose, row.person) == ("advisor-1", "case", queries.pseudonym(person.pk))
    queries.person(queries.resident_actor(person.pk, "low"), person.pk, "own")
    assert AccessRecord.objects.count() == 1, "seeing oneself is nobody's concern"


def test_strangers_see_no_person(tenant):
    person, stranger = signed_in(), signed_in(subject="s-2")
    for actor in (VISITOR, queries.resident_actor(stranger.pk, "high"), factories.staff("insight.read")):
        with pytest.raises(NotAllowed):
            queries.person(actor, person.pk, "curiosity")
        with pytest.raises(NotAllowed):
            queries.find_people(actor, "zoë")


@pytest.mark.parametrize(
    "text",
    ["zoe", "oneill brown", "O'Neill", "ZOE@example.org", "01632 960108", "(01632) 960-108", "mill lane"],
)
def test_people_are_found_by_name_address_mail_and_telephone(tenant, text):
    person = signed_in()
    register_person(VISITOR, given_name="Somebody", family_name="Else", postal="Weir Road 1")
    change_contact(SYSTEM, person.pk, phone="01632 960 108", postal="Mill Lane 22, MB1 1ML")
    assert queries.find_people(factories.staff("case.read"), text) == [person]
    assert AccessRecord.objects.get(subject_kind="search").subject_id == text


def test_an_erased_person_can_not_sign_in_to_what_was_erased(tenant):
    person = signed_in()
    Person.objects.filter(pk=person.pk).update(erased_at=clock.now())
    Pseudonym.objects.filter(person=person).delete()
    with pytest.raises(ObjectDoesNotExist):
        queries.resident_actor(person.pk, "low")
    with pytest.raises(ObjectDoesNotExist):
        queries.pseudonym(person.pk)
    assert queries.person_by_email("zoe@example.org") is None


def test_a_providers_odd_address_keeps_nobody_out(tenant):
    person = signed_in(Claims("A", "B", email="no address"))
    assert queries.person_card(person.pk).email == ""
    assert not ContactPoint.objects.exists()


def test_a_person_of_no_body_is_unknown(tenant):
    with pytest.raises(ObjectDoesNotExist):
        queries.person_card(uuid4())
    assert queries.staff_name("not an id") == "" and queries.staff_name(uuid4()) == ""


@given(st.sampled_from(["email", "phone", "postal"]), st.text(max_size=60))
def test_normalising_twice_is_normalising_once(kind, text):
    try:
        once = normalised(kind, text)
    except WrongContactPoint as wrong:
        assert str(wrong)
        return
    assert normalised(kind, once) == once


@pytest.mark.parametrize(
    "text", ["a@b", "a b@example.org", "a@example.org\nBcc: x@example.org", "a@ex.org,b@ex.org"]
)
def test_what_can_not_be_one_address_is_refused(text):
    with pytest.raises(WrongContactPoint):
        normalised("email", text)


def test_two_ways_of_writing_a_number_are_one():
    assert normalised("phone", "+44 (1632) 960-101") == normalised("phone", "0044 1632 960101")
