"""Make a person known who has not signed in."""

from datetime import date
from uuid import uuid4

from towpath.foundation import clock
from towpath.foundation.access import Actor, NotAllowed
from towpath.foundation.journal import Fact, record
from towpath.people import queries
from towpath.people.actions.contact import first_points
from towpath.people.events import REGISTERED
from towpath.people.models import Person, Pseudonym


def register_person(
    actor: Actor,
    *,
    given_name: str,
    family_name: str,
    email: str = "",
    phone: str = "",
    postal: str = "",
    language: str = "en",
    birth_date: date | None = None,
) -> Person:
    """A person as they, or an advisor for them, wrote. Nothing is verified, nobody is matched.

    Without an e-mail address they are written to by letter. Raises `WrongContactPoint`.
    """
    if actor.kind == "staff" and not actor.may_somewhere("case.open"):
        raise NotAllowed(f"staff {actor.id} may not act on behalf of residents")
    person = make_person(
        given_name=given_name.strip(),
        family_name=family_name.strip(),
        birth_date=birth_date,
        language=language,
        channel="email" if email.strip() else "letter",
    )
    first_points(person, {"email": email, "phone": phone, "postal": postal})
    about = Fact(person=queries.pseudonym(person.pk))
    record(REGISTERED, actor, about, how="behalf" if actor.kind == "staff" else "self")
    return person


def make_person(**values: object) -> Person:
    """The row and its pseudonym, which is random: nothing leads from it back to the person but this table."""
    person: Person = Person.objects.create(made_at=clock.now(), **values)
    Pseudonym.objects.create(person=person, value=uuid4())
    return person
