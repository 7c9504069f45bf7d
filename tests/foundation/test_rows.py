"""Rows that are asked by a statement made once are the rows that a queryset gives, of the current body alone."""

import os
from uuid import uuid4

import psycopg
import pytest

from towpath.foundation import clock, rows, tenancy
from towpath.foundation.models import GivenUp


def _given_up(job="mail", arguments=None):
    return GivenUp.objects.create(job=job, arguments=arguments or {}, error="e", given_up_at=clock.now())


def test_a_row_is_the_same_as_a_queryset_gives(tenant):
    made = _given_up(arguments={"to": ["Zoë", 1], "how": None})
    found = rows.one(GivenUp, "id = %s", made.pk)
    asked = GivenUp.objects.get(pk=made.pk)
    assert found == asked and not found._state.adding
    fields = [field.attname for field in GivenUp._meta.concrete_fields]
    assert [getattr(found, name) for name in fields] == [getattr(asked, name) for name in fields]


def test_a_condition_may_order_and_cut(tenant):
    for job in ("b", "a", "c"):
        _given_up(job)
    assert [row.job for row in rows.rows(GivenUp, "job <> %s order by job desc", "c")] == ["b", "a"]
    assert rows.first(GivenUp, "error = 'e' order by job limit 1").job == "a"
    assert rows.first(GivenUp, "job = %s", "d") is None


def test_where_there_is_no_row_the_models_own_error_says_so(tenant):
    with pytest.raises(GivenUp.DoesNotExist):
        rows.one(GivenUp, "id = %s", uuid4())


def test_rows_of_another_body_do_not_exist(outside, other):
    with tenancy.inside(outside):
        theirs = _given_up()
    with tenancy.inside(other):
        assert rows.first(GivenUp, "id = %s", theirs.pk) is None and rows.rows(GivenUp, "true") == []
    with pytest.raises(tenancy.NoTenant):
        rows.rows(GivenUp, "true")


def test_the_codes_own_scope_holds_where_the_database_would_show_more(outside, other):
    """The second fence: here the database is told one body and the code another."""
    with tenancy.inside(outside):
        _given_up()
        token = tenancy._current.set(other)
        assert rows.rows(GivenUp, "true") == [] == list(GivenUp.objects.all())
        tenancy._current.reset(token)


def test_columns_left_out_come_when_they_are_asked_for(tenant, count_queries):
    made = _given_up(arguments={"n": 1})
    found = rows.first(GivenUp, "id = %s", made.pk, without=("arguments",))
    assert found.get_deferred_fields() == {"arguments"}
    with count_queries() as counted:
        assert found.arguments == {"n": 1}
    assert counted.count == 1


def test_a_lock_keeps_others_from_changing_the_row_but_not_from_pointing_to_it(outside):
    with tenancy.inside(outside):
        made = _given_up()
    with tenancy.inside(outside):
        rows.one(GivenUp, "id = %s", made.pk, lock=True)
        with psycopg.connect(os.environ["DATABASE_URL"]) as another:
            another.execute("select set_config('app.tenant', %s, true)", [str(outside.pk)])
            held = "select 1 from foundation_givenup where id = %s for {} skip locked"
            assert another.execute(held.format("no key update"), [made.pk]).fetchone() is None
            assert another.execute(held.format("key share"), [made.pk]).fetchone() == (1,)


def test_a_manager_follows_the_body_that_is_current(outside, other):
    for tenant in (outside, other, outside):
        with tenancy.inside(tenant):
            _given_up(tenant.code)
            assert {row.job for row in GivenUp.objects.all()} == {tenant.code}
