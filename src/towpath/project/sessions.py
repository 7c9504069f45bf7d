"""Sessions as Django keeps them in the database, read by a statement that is made once (ADR 0014)."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection

from towpath.foundation import clock

READ = "select session_data from django_session where session_key = %s and expire_date > %s"


def sweep() -> int:
    """Removes those that are over, of all bodies; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("delete from django_session where expire_date < %s", [clock.real_now()])
        return int(cursor.rowcount)


class SessionStore(db.SessionStore):
    def _validate_session_key(self, key: str | None) -> bool:
        """A cookie may hold a NUL, which no key of ours has and the database does not take."""
        valid = super()._validate_session_key(key)  # type: ignore[misc]  # the stubs do not know it
        return bool(valid) and "\0" not in str(key)

    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(READ, [self.session_key, clock.real_now()])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        kept: dict[str, Any] = self.decode(found[0])
        return kept
