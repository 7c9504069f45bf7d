"""A request's host name chooses its body in the first statement, which also finds out a lost connection."""

import pytest
from django.db import OperationalError, connection

from tests.databases import end_our_connection
from towpath.foundation import tenancy


def _setting():
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.tenant', true)")
        return cursor.fetchone()[0]


def test_the_host_name_chooses_the_body(outside, other):
    for tenant in (outside, other):
        with tenancy.at(tenant.host) as found:
            assert found == tenant and tenancy.current() == tenant
            assert found.settings == tenant.settings and found.languages == tenant.languages
            assert _setting() == str(tenant.pk)
        assert not tenancy.is_set() and not _setting()


def test_a_host_that_nobody_has_shows_no_rows(outside):
    with tenancy.at("nobody.localhost") as found:
        assert found is None and not tenancy.is_set() and not _setting()


def test_a_rehearsals_body_is_not_served(outside):
    outside.is_rehearsal = True
    outside.save()
    with tenancy.at(outside.host) as found:
        assert found is None


def test_within_another_body_the_outer_one_comes_back(outside, other):
    with tenancy.inside(outside):
        with tenancy.at(other.host):
            assert _setting() == str(other.pk)
        assert _setting() == str(outside.pk) and tenancy.current() == outside


def test_a_connection_lost_between_two_requests_is_opened_anew(outside):
    with tenancy.at(outside.host):
        pass
    end_our_connection()
    with tenancy.at(outside.host) as found:
        assert found == outside and _setting() == str(outside.pk)


def test_a_connection_lost_within_a_request_is_not_opened_anew(outside):
    """What had been done is gone with it, so that going on would leave half of it."""
    with pytest.raises(OperationalError), tenancy.at(outside.host):
        end_our_connection()
        _setting()
    assert not tenancy.is_set()
    with tenancy.at(outside.host) as found:
        assert found == outside
