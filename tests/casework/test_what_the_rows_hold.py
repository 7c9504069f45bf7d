"""What somebody finds who steals the database, and what can be erased from it."""

import pytest
from django.db import ProgrammingError, connection, transaction

from tests import factories
from tests.casework import town
from towpath.casework import actions as casework
from towpath.casework import queries
from towpath.casework.actions import Verdict
from towpath.casework.models import Case, Decision
from towpath.foundation import crypto
from towpath.foundation.access import NotAllowed
from towpath.foundation.models import Event

NUMBER = "123456789"


@pytest.fixture
def case(tenant):
    factories.publish(town.SERVICES / "resident-parking-permit")
    with town.time(tenant):
        made = town.submitted(resident_number=NUMBER, blue_badge=True, blue_badge_copy=["badge.txt"])
        town.settle(tenant)
        yield made


def _everything() -> str:
    """All rows of the body, as text."""
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relkind in ('r', 'p') and relrowsecurity")
        # Packages are published texts, with examples that look like answers.
        tables = [name for (name,) in cursor.fetchall() if name != "catalogue_serviceversion"]
        found = []
        for table in tables:
            cursor.execute(f'select t::text from "{table}" t')
            found += [text for (text,) in cursor.fetchall()]
    return "\n".join(found)


def test_sensitive_answers_are_nowhere_in_plain_text(case):
    rows = _everything()
    assert NUMBER not in rows and "blue_badge" not in rows.replace("blue_badge_copy", "")
    assert queries.answers_of(Case.objects.get(pk=case.pk))["resident_number"] == NUMBER


def test_no_row_holds_what_opens_a_request(case):
    rows = _everything()
    assert crypto.link_secret("case", case.pk) not in rows
    assert crypto.typed_code("case", case.pk) not in rows


def test_the_journal_holds_no_personal_content(case):
    with connection.cursor() as cursor:
        cursor.execute("select t::text from journal_event t")
        events = "\n".join(text for (text,) in cursor.fetchall())
    for word in ("Ada", "Lovelace", "Mill Lane", "example.org", "AB12"):
        assert word not in events


def test_words_of_a_decision_can_be_erased_but_not_its_outcome(tenant):
    factories.publish(town.SERVICES / "resident-parking-permit")
    with town.time(tenant):
        made = town.submitted(permits_at_address=3)
        casework.complete_task(town.worker(), town.open_task(made).pk, {"lives_here": True})
        task = town.open_task(made)
        verdict = Verdict("refused", "Ada has three.", "who-may-have-a-permit")
        casework.complete_task(town.worker(), task.pk, {"next_step": "decide"}, verdict)
    assert Decision.objects.filter(case=made).update(reason="") == 1
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Decision.objects.filter(case=made).update(outcome="granted")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Decision.objects.filter(case=made).delete()


def test_a_permission_in_another_team_does_not_reach_the_case(case):
    mixed = factories.staff("case.withdraw", team="environment")
    reads = factories.staff("case.read", team="parking")
    actor = type(mixed)("staff", "s", "desk", mixed.permissions | reads.permissions)
    with pytest.raises(NotAllowed):
        casework.withdraw(actor, case.pk)


def test_letters_belong_to_the_case_in_the_journal(case):
    assert Event.objects.filter(case_id=case.pk, type__startswith="contact.").exists()
