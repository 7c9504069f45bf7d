"""`python -m tests.faults.mortal`: has each piece of work done by a process of its own, which may die in the midst.

It reads a line of JSON for each: {"round", "tenant", "ids", "die", "note"}, and answers with how the process ended: 0,
or -9 where it was killed. `die` is the number of the write before which it dies, or "before commit", "in commit"
(sent, but nobody has heard the answer), "after commit"; null lets it live. It leaves in the file `note` the process of
the database that it had, and the table of each write.
"""

import json
import os
import re
import signal
import sys
from functools import cache
from pathlib import Path
from typing import Any

# The table that a statement writes to first, or the function that puts a job into the queue.
WRITES = re.compile(
    r"\s*(?:with\b.*?|select\b.*?(?=procrastinate_defer))?"
    r"(?:insert into|update|delete from|(?=procrastinate_defer))\s*\"?(\w+)",
    re.IGNORECASE | re.DOTALL,
)


class Dying:
    """Stands around each statement and the commit of a connection."""

    def __init__(self, connection: Any, die: int | str | None, death: Any) -> None:
        self.connection, self.die, self.death = connection, die, death
        self.written: list[str] = []

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if written := WRITES.match(str(sql)):
            if self.die == len(self.written):
                self.death()
            self.written.append(written[1])
        return execute(sql, params, many, context)

    def commit(self) -> None:
        if self.die == "before commit":
            self.death()
        raw = self.connection.connection
        if self.die == "in commit":
            raw.pgconn.send_query(b"COMMIT")
            raw.pgconn.flush()
            self.death()
        raw.commit()
        if self.die == "after commit":
            self.death()


def main() -> None:
    import django

    django.setup()
    from tests.faults import scene  # noqa: F401 (loaded before the forks)

    print("ready", flush=True)
    for line in sys.stdin:
        wanted = json.loads(line)
        _warm(wanted["tenant"])
        child = os.fork()
        if child == 0:
            _live(wanted)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


@cache
def _warm(tenant: int) -> None:
    """Packages are compiled once, before the forks, and no connection is handed down."""
    from django.db import connections

    from towpath.catalogue import queries as catalogue
    from towpath.foundation import tenancy
    from towpath.foundation.models import Tenant

    with tenancy.inside(Tenant.objects.get(pk=tenant)):
        for version in catalogue.ServiceVersion.objects.all():
            catalogue.package(version.pk)
    connections.close_all()


def _live(wanted: dict[str, Any]) -> None:
    from django.db import connections

    from tests.faults import scene
    from towpath.foundation.models import Tenant

    connection = connections["default"]
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid

    def note() -> None:
        Path(wanted["note"]).write_text(json.dumps({"backend": backend, "written": dying.written}))

    def killed() -> None:
        note()
        os.kill(os.getpid(), signal.SIGKILL)

    tenant = Tenant.objects.get(pk=wanted["tenant"])
    dying = Dying(connection, wanted["die"], killed)
    connection._commit = dying.commit
    try:
        with connection.execute_wrapper(dying):
            scene.ROUNDS[wanted["round"]](tenant, wanted["ids"])
        note()
        connections.close_all()
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(3)
    os._exit(0)


if __name__ == "__main__":
    main()
