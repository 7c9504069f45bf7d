"""Django is not set up when this is read, so models are imported where they are used."""

import pytest


@pytest.fixture
def letter(outside):
    """A body, a resident with e-mail, and a committed letter to them that is still to be delivered."""
    from tests.contact.acts import conversation, resident
    from towpath.contact import actions
    from towpath.foundation import tenancy
    from towpath.foundation.access import SYSTEM

    with tenancy.inside(outside):
        person = resident()
        talk = conversation(person)
        entry = actions.send(
            SYSTEM,
            talk.pk,
            to_person=person,
            subject="We have it",
            body="Dear Sam,\n\nthank you.",
            cause="c1",
        )
    return outside, talk, entry


@pytest.fixture
def django_queries():
    """`with django_queries(2): ...` fails unless just that many queries are made."""
    from contextlib import contextmanager

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    @contextmanager
    def exactly(count: int):
        with CaptureQueriesContext(connection) as made:
            yield
        assert len(made) == count, [query["sql"] for query in made]

    return exactly
