"""A body sees and writes its own rows alone; the database holds it, not only the code."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from tests import factories
from towpath.foundation import clock, protection, tenancy
from towpath.foundation.global_tables import GLOBAL_TABLES
from towpath.foundation.models import GivenUp, SearchToken, Tenant


def _given_up(tenant: Tenant) -> GivenUp:
    with tenancy.inside(tenant):
        return GivenUp.objects.create(job="x", arguments={}, error="e", given_up_at=clock.now())


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        return cursor.fetchone()[0]


def test_no_tenant_means_no_rows(outside):
    _given_up(outside)
    assert _count("foundation_givenup") == 0
    with pytest.raises(tenancy.NoTenant):
        list(GivenUp.objects.all())


def test_another_bodys_rows_do_not_exist(outside, other):
    row = _given_up(outside)
    with tenancy.inside(other):
        assert _count("foundation_givenup") == 0
        with connection.cursor() as cursor:
            cursor.execute("update foundation_givenup set error = 'seen' where id = %s", [row.pk])
            assert cursor.rowcount == 0
    with tenancy.inside(outside):
        assert GivenUp.objects.get().error == "e"


def test_a_row_of_another_body_can_not_be_written(outside, other):
    with pytest.raises(ProgrammingError, match="row-level security"), tenancy.inside(other):
        GivenUp.objects.create(tenant=outside, job="x", arguments={}, error="", given_up_at=clock.now())


def test_a_reference_can_not_cross_bodies(outside, other):
    from towpath.people.models import Membership, Staff, User

    user = User.objects.create(email=f"{uuid4()}@example.org", name="A")
    with tenancy.inside(outside):
        staff = Staff.objects.create(user=user)
    with pytest.raises(IntegrityError), tenancy.inside(other):
        Membership.objects.create(staff_id=staff.pk, role="advisor")
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")


def test_leaving_a_nested_tenant_restores_the_outer_one(outside, other):
    _given_up(outside)
    with tenancy.inside(outside):
        with tenancy.inside(other):
            assert _count("foundation_givenup") == 0
        assert _count("foundation_givenup") == 1
        with pytest.raises(ValueError, match="broken"), tenancy.inside(other):
            raise ValueError("broken")
        assert _count("foundation_givenup") == 1
    assert not tenancy.is_set()


def test_nothing_of_the_tenant_stays_on_the_connection(outside):
    _given_up(outside)
    with transaction.atomic():
        assert _count("foundation_givenup") == 0


def test_the_application_role_owns_nothing_and_is_under_the_policies(database):
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper, rolbypassrls from pg_roles where rolname = current_user")
        assert cursor.fetchone() == (False, False)
        cursor.execute("select count(*) from pg_class where relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)


def test_every_table_is_under_a_policy_or_listed_with_a_reason(database):
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, relrowsecurity from pg_class c join pg_namespace n on n.oid = relnamespace "
            "where nspname = 'public' and relkind in ('r', 'p') and not relispartition"
        )
        tables = dict(cursor.fetchall())
    unlisted = {name for name, secured in tables.items() if not secured} - set(GLOBAL_TABLES)
    assert unlisted == set(), "neither under row-level security nor in global_tables.py"
    assert {name for name, secured in tables.items() if secured} & set(GLOBAL_TABLES) == set()


def test_every_tenant_model_scopes_related_access_too():
    for model in protection.tenant_models():
        assert isinstance(model._base_manager, tenancy.TenantManager), model
        assert isinstance(model._default_manager, tenancy.TenantManager), model


def test_partitions_can_not_be_read_around_the_policy(outside):
    with tenancy.inside(outside), connection.cursor() as cursor:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute("select * from journal_event_rest")


def test_search_tokens_are_scoped(outside, other):
    from towpath.foundation import search

    with tenancy.inside(outside):
        search.index("case", uuid4(), 1, ["Zoë O'Neill"])
        words = set(SearchToken.objects.values_list("token", flat=True))
        assert words == {"zoe", "oneill", "oneill zoe"}
    with tenancy.inside(other):
        assert search.find("case", "zoe") == []


def test_factories_make_distinct_bodies(database):
    assert factories.make_tenant().host != factories.make_tenant().host
