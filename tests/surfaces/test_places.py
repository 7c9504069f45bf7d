"""Where a list goes on, in an address that somebody may garble."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from django.db import connection

from towpath.surfaces import places

KEY = datetime(2026, 3, 27, 8, 30, 1, 250, tzinfo=UTC), uuid4()


def test_what_is_written_is_read():
    assert places.read(places.written(KEY)) == KEY
    assert places.written(None) == ""


@pytest.mark.parametrize(
    "moment", ["", "x", "2026-03-27", "0001-01-01T00:00+23:59", "9999-12-31T23:59-23:59"]
)
def test_what_is_garbled_is_no_place(moment):
    assert places.read(f"{moment}_{KEY[1]}") is None


def test_a_zone_that_the_database_does_not_know_is_told_in_utc(database):
    far = KEY[0].astimezone(timezone(timedelta(hours=23, minutes=59)))
    found = places.read(f"{far.isoformat()}_{KEY[1]}")
    with connection.cursor() as cursor:
        cursor.execute("select %s::timestamptz", [found[0]])
        assert cursor.fetchone() == (KEY[0],)
