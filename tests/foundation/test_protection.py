"""What the database enforces can be put right again at any time, and nobody sees a moment without it."""

import psycopg
import pytest
from django.db import connections, transaction

from tests.foundation.transactions import aside
from towpath.foundation import jobs, protection
from towpath.foundation.models import GivenUp


def _owner(statement):
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def _policies():
    return _owner("select tablename, policyname, qual, with_check, cmd from pg_policies order by 1, 2")


def _rights():
    return _owner(
        "select relname, relacl::text from pg_class where relnamespace = 'public'::regnamespace order by 1"
    )


def test_doing_it_again_changes_nothing(database):
    before = _policies(), _rights(), _owner("select oid from pg_policy order by 1")
    protection.protect("owner")
    assert (_policies(), _rights(), _owner("select oid from pg_policy order by 1")) == before


@pytest.mark.parametrize(
    "harm",
    [
        "drop policy tenant on foundation_givenup",
        "alter policy tenant on foundation_givenup using (true)",
        "create policy everybody on foundation_givenup using (true)",
        "alter table foundation_givenup disable row level security",
    ],
)
def test_a_policy_that_is_missing_or_another_is_put_right(database, harm):
    before = _policies()
    _owner(harm)
    protection.protect("owner")
    assert _policies() == before
    assert _owner("select relrowsecurity from pg_class where relname = 'foundation_givenup'") == [(True,)]


@pytest.mark.parametrize(
    "what", ["update on journal_event", "select on journal_event_rest", "update (data) on journal_event"]
)
def test_a_right_that_should_not_be_there_is_taken_away(database, what):
    role, before = connections["default"].settings_dict["USER"], _rights()
    _owner(f'grant {what} to "{role}"')
    protection.protect("owner")
    assert _rights() == before
    column = f"has_column_privilege('{role}', 'journal_event', 'data', 'update')"
    assert _owner(f"select {column}") == [(False,)]


def test_it_waits_for_no_reader(outside):
    """With everything in place it takes no lock that somebody at work would feel."""
    with aside(outside) as reader:
        reader.do(lambda: list(GivenUp.objects.all()))
        with connections["owner"].cursor() as cursor:
            cursor.execute("set lock_timeout = '2s'")
        try:
            protection.protect("owner")
        finally:
            _owner("reset lock_timeout")
        assert reader.do(lambda: jobs.given_up()) == []


def test_half_of_it_is_never_seen(database, monkeypatch):
    _owner("drop policy tenant on foundation_givenup")
    whole = protection._statements

    def breaking(role, found):
        yield from whole(role, found)
        raise psycopg.OperationalError("stopped")

    with monkeypatch.context() as patch, pytest.raises(psycopg.OperationalError):
        patch.setattr(protection, "_statements", breaking)
        protection.protect("owner")
    assert not [row for row in _policies() if row[0] == "foundation_givenup"]
    protection.protect("owner")
    assert [row for row in _policies() if row[0] == "foundation_givenup"]
    assert not transaction.get_connection("owner").in_atomic_block
