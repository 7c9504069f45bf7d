"""A database that was restored into another cluster, whose transaction counter starts anew, goes on where it was."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections

from tests import factories
from tests.cluster import test_cluster
from tests.databases import lead_to
from tests.foundation.transactions import settle
from towpath.foundation import counter, journal, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.journal import Fact, follow, seal, verify
from towpath.foundation.models import Event, Tenant
from towpath.project import health, migrate, postgres
from towpath.project.postgres.__main__ import dump, restore

pytestmark = pytest.mark.system

STAYED = journal.event_type("test.stayed", "Something stayed.", "n")
GIVEN = (
    "tenant_id, id, type, version, occurred_at, actor_kind, actor_id, channel, unit, case_id, conversation_id, "
    "person, objects, activity, lifecycle, data"
)
SEEN: list[int] = []
READER = follow.Subscriber("reader", frozenset({STAYED.name}), lambda event: SEEN.append(event.data["n"]))


def burn(server: postgres.Server, numbers: int) -> None:
    """The counter of a database that has been at work for a while."""
    each = "begin for i in 1..%d loop perform pg_current_xact_id(); commit; end loop; end"
    with psycopg.connect(server.dsn("owner"), autocommit=True) as ours:
        ours.execute(f"do $$ {each % numbers} $$")  # type: ignore[call-overload]


def write(tenant: Tenant, n: int) -> int:
    with tenancy.inside(tenant):
        seq = journal.record(STAYED, SYSTEM, Fact(), n=n)
        return int(Event.objects.get(seq=seq).xid)


def read(tenant: Tenant) -> list[int]:
    settle()
    SEEN.clear()
    while follow.deliver(tenant, READER):
        pass
    return list(SEEN)


def sealed(tenant: Tenant) -> bool:
    with tenancy.inside(tenant):
        return seal.seal("journal") is not None and not verify.verify("journal")


@pytest.fixture
def new(
    open_folder: Path, cluster: Callable[[Path], Path], database: str
) -> Iterator[Callable[[str], postgres.Server]]:
    """Makes and starts a cluster of its own. Afterwards Django's connections lead back to the tests' database."""

    def make(name: str) -> postgres.Server:
        server = postgres.ensure(cluster(open_folder / name), durable=False)
        postgres.start(server)
        return server

    yield make
    connections.close_all()
    lead_to(test_cluster(), database)


@contextmanager
def begun_before(server: postgres.Server) -> Iterator[Callable[[], int]]:
    """A transaction that has its number already; copies an event and returns the `xid` of the copy."""
    with psycopg.connect(server.dsn("owner")) as ours:
        ours.execute("select pg_current_xact_id()")
        burn(server, 50)

        def copy() -> int:
            row = ours.execute(
                f"insert into journal_event ({GIVEN}) select {GIVEN} from journal_event limit 1 returning xid"
            ).fetchone()
            assert row is not None
            return int(row[0])

        yield copy


def restored(old: postgres.Server, other: postgres.Server, file: Path) -> None:
    connections.close_all()
    dump(old, file)
    postgres.stop(old)
    restore(other, file)
    lead_to(other, "towpath")


def test_after_dump_and_restore_the_journal_goes_on(new, open_folder, capsys):
    server = new("first")
    lead_to(server, "towpath")
    connection.ensure_connection()  # a database that is still empty lets the application in
    assert connection.is_usable()
    migrate.migrate("owner")
    tenant = factories.make_tenant()
    burn(server, 20_000)
    write(tenant, 0)
    assert read(tenant) == [0] and sealed(tenant)
    for n, name in enumerate(("second", "third"), start=1):
        last = write(tenant, -n)  # neither read nor sealed when the dump is made
        old, server = server, new(name)
        restored(old, server, open_folder / f"{name}.dump")
        for _ in range(2):  # a connection that was refused is not used after all
            with pytest.raises(counter.Behind, match="towpath migrate"):
                write(tenant, n)
        with pytest.raises(OSError, match="restored from another cluster"):
            health.query(server.dsn("app"))
        with begun_before(server) as copy:
            assert migrate.main([]) == 0
            assert "restored from another cluster" in capsys.readouterr().out
            assert copy() > last
        assert "PostgreSQL" in health.query(server.dsn("app"))
        assert write(tenant, n) > last
        assert read(tenant)[0] == -n and SEEN[-1] == n and sealed(tenant)
        assert migrate.migrate("owner") == 0
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id()::text::bigint")
        assert cursor.fetchone()[0] < 10_000, "the counter itself never got there"
