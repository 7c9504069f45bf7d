"""Change how a person is reached."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from towpath.foundation import clock, search
from towpath.foundation.access import Actor, NotAllowed
from towpath.foundation.ids import uuid7
from towpath.foundation.journal import Fact, record
from towpath.people import queries
from towpath.people.events import CONTACT_CHANGED, LANGUAGE_CHANGED
from towpath.people.models import ContactPoint, Person
from towpath.people.rules import CHANNELS, normalised


def change_contact(
    actor: Actor, person_id: UUID, *, email: str = "", phone: str = "", postal: str = "", channel: str = ""
) -> None:
    """Gives new contact points (an empty one stays as it is) and the wish for `email` or `letter`.

    `WrongContactPoint` says what would be right; then nothing is changed.
    """
    _may_change(actor, person_id)
    if channel and channel not in CHANNELS:
        raise ValueError(f"A person is written to by {' or '.join(CHANNELS)}, not by {channel!r}.")
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id, erased_at=None)
    given = {"email": email, "phone": phone, "postal": postal}
    kinds = [kind for kind, value in given.items() if value.strip()]
    for kind in kinds:
        normalised(kind, given[kind])
    for kind in kinds:
        keep_point(person, kind, given[kind])
    if channel and channel != person.channel:
        person.channel = channel
        person.save(update_fields=["channel"])
        kinds.append("channel")
    if kinds:
        make_findable(person)
        about = Fact(person=queries.pseudonym(person.pk))
        record(CONTACT_CHANGED, actor, about, kinds=kinds)


def set_language(actor: Actor, person_id: UUID, language: str) -> None:
    _may_change(actor, person_id)
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id, erased_at=None)
    if person.language == language:
        return
    person.language = language
    person.save(update_fields=["language"])
    record(LANGUAGE_CHANGED, actor, Fact(person=queries.pseudonym(person.pk)), language=language)


def _may_change(actor: Actor, person_id: UUID) -> None:
    own = actor.kind == "resident" and actor.person == person_id
    if not (own or actor.kind == "system" or actor.may_somewhere("contact.write")):
        raise NotAllowed(f"{actor.kind} {actor.id} may not change how a person is reached")


def keep_point(person: Person, kind: str, value: str, verified_at: datetime | None = None) -> None:
    """Adds the contact point, or notes that it was given again; it never loses a verification."""
    point, made = ContactPoint.objects.get_or_create(
        person=person,
        kind=kind,
        normalised=normalised(kind, value),
        defaults={
            "id": uuid7(),
            "value": value.strip(),
            "chosen_at": clock.now(),
            "verified_at": verified_at,
        },
    )
    if made:
        return
    if verified_at is None:  # chosen by the person; a provider's word only verifies
        point.chosen_at = clock.now()
    point.verified_at = point.verified_at or verified_at
    point.save(update_fields=["chosen_at", "verified_at"])


def make_findable(person: Person) -> None:
    """By names and street. E-mail and telephone are found by equality, in `queries.find_people`."""
    postal = ContactPoint.objects.filter(person=person, kind="postal").values_list("value", flat=True)
    _find_by(person, postal)


def first_points(person: Person, given: Mapping[str, str]) -> None:
    """How a person is reached who was made just now (kind -> value), and under which words they are found."""
    points = [
        ContactPoint(
            id=uuid7(),
            person=person,
            kind=kind,
            value=value.strip(),
            normalised=normalised(kind, value),
            chosen_at=clock.now(),
        )
        for kind, value in given.items()
        if value.strip()
    ]
    ContactPoint.objects.bulk_create(points)
    _find_by(person, [point.value for point in points if point.kind == "postal"], fresh=True)


def _find_by(person: Person, postal: Iterable[str], *, fresh: bool = False) -> None:
    words = [f"{person.given_name} {person.family_name}", *postal]
    search.index("person", person.pk, int(person.made_at.timestamp()), words, fresh=fresh)
