"""A resident signs in: what their provider vouches for is kept."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from towpath.foundation import clock, crypto
from towpath.foundation.access import Actor, Assurance
from towpath.foundation.journal import Fact, record
from towpath.people import queries
from towpath.people.actions.contact import keep_point, make_findable
from towpath.people.actions.register import make_person
from towpath.people.events import REGISTERED, SIGNED_IN
from towpath.people.models import Identity, Person
from towpath.people.rules import WrongContactPoint


@dataclass(frozen=True)
class Claims:
    """What a provider says of a person. `email` only where the provider has verified it."""

    given_name: str = ""
    family_name: str = ""
    birth_date: date | None = None
    email: str = ""
    register_number: str = ""
    language: str = ""


def sign_in_resident(issuer: str, subject: str, claims: Claims, assurance: Assurance) -> Person:
    """The person behind an identity, made at the first sign-in. Names follow the provider each time.

    The caller has verified the provider's word. One provider's subject is one person in each body.
    """
    person, made = _find(issuer, subject), False
    if person is None:
        person, made = _make(issuer, subject, claims)
    _follow(person, claims)
    actor = Actor("resident", str(queries.pseudonym(person.pk)), person=person.pk, assurance=assurance)
    about = Fact(person=queries.pseudonym(person.pk))
    if made:
        record(REGISTERED, actor, about, how="sign-in")
    record(SIGNED_IN, actor, about, assurance=assurance)
    return person


def _find(issuer: str, subject: str) -> Person | None:
    identity = Identity.objects.filter(issuer=issuer, subject=subject).first()
    if identity is None:
        return None
    person: Person = Person.objects.select_for_update(no_key=True).get(pk=identity.person_id)
    return person


def _make(issuer: str, subject: str, claims: Claims) -> tuple[Person, bool]:
    """Two first sign-ins at once meet at the identity's uniqueness: the later one takes the earlier's person."""
    try:
        with transaction.atomic():
            person = make_person(language=claims.language or "en")
            Identity.objects.create(issuer=issuer, subject=subject, person=person, first_at=clock.now())
    except IntegrityError:
        found = _find(issuer, subject)
        if found is None:
            raise
        return found, False
    return person, True


def _follow(person: Person, claims: Claims) -> None:
    person.given_name = claims.given_name or person.given_name
    person.family_name = claims.family_name or person.family_name
    person.birth_date = claims.birth_date or person.birth_date
    if claims.register_number and claims.register_number != queries.register_number(person.pk):
        person.register_number = crypto.encrypt(claims.register_number, *queries.REGISTER_NUMBER, person.pk)
    person.save(update_fields=["given_name", "family_name", "birth_date", "register_number"])
    if claims.email:
        _keep_verified(person, claims.email)
    make_findable(person)


def _keep_verified(person: Person, email: str) -> None:
    try:
        keep_point(person, "email", email, verified_at=clock.now())
    except WrongContactPoint:
        return  # a provider's odd address must not keep a resident from signing in
