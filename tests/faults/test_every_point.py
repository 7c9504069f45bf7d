"""A process dies at each point between the commands of the engine and their having been carried out.

Before the commit nothing of it is there, after it all of it is; a new process takes the case up, and in the end all is
as if nobody had died. The points are the writes to the database: between two of them a death changes nothing.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from tests.casework.drawn import throw_away
from tests.faults import scene
from tests.faults.mortal import Dying
from tests.foundation.transactions import settle
from towpath.foundation import tenancy
from towpath.foundation.journal import seal, verify

pytestmark = pytest.mark.timeout(600)  # a hundred processes live and die: slow where others are at work too
KILLED = -9
# Where the commands of `complete` go: if a process died before each write to these, it died between all of them.
CARRIED_OUT = {
    "casework_task",  # a task, a step
    "casework_timer",
    "casework_subscription",
    "casework_thrown",  # a message and a signal for others
    "contact_entry",  # a step that is done at once: a letter
    "exchange_call",  # a step that waits: a register is asked
    "procrastinate_defer_jobs_v1",
    "journal_event",
    "casework_case",  # the state of the process, and of what it has called
}


@dataclass
class Mortals:
    """Has rounds done by processes that die when told."""

    nursery: subprocess.Popen[str]
    note: Path

    def send(
        self, round_: str, tenant: Any, ids: dict[str, str], die: int | str | None
    ) -> tuple[int, list[str]]:
        """How the process ended, and the tables that it had written to. Its connection is gone by then."""
        wanted = {"round": round_, "tenant": tenant.pk, "ids": ids, "die": die, "note": str(self.note)}
        assert self.nursery.stdin and self.nursery.stdout
        self.note.unlink(missing_ok=True)
        self.nursery.stdin.write(json.dumps(wanted) + "\n")
        self.nursery.stdin.flush()
        ended = int(self.nursery.stdout.readline())
        noted = json.loads(self.note.read_text())
        _until_gone(noted["backend"])
        return ended, noted["written"]


def _until_gone(backend: int) -> None:
    """The database needs a moment to see that nobody is there any more."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("select 1 from pg_stat_activity where pid = %s", [backend])
            if cursor.fetchone() is None:
                return
    raise AssertionError(f"the connection {backend} does not end")


@pytest.fixture(scope="module")
def mortals(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortals]:
    command = [sys.executable, "-m", "tests.faults.mortal"]
    folder = Path(__file__).parents[2]
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as nursery:
        assert nursery.stdout and nursery.stdin
        assert nursery.stdout.readline() == "ready\n"
        yield Mortals(nursery, tmp_path_factory.mktemp("mortal") / "note")
        nursery.stdin.close()


@pytest.mark.system
def test_killed_at_any_point_nothing_is_lost_and_nothing_doubled(mortals: Mortals) -> None:
    body = throw_away()
    ids = scene.made(body)
    for round_, _ in scene.rounds(body, ids):
        before = scene.rows(body)
        ended, writes = mortals.send(round_, body, ids, "before commit")
        assert (ended, scene.rows(body)) == (KILLED, before), f"{round_}, before its commit"
        assert len(writes) > 3, writes
        if round_ == "complete":
            assert set(writes) >= CARRIED_OUT
        for number, table in enumerate(writes):
            ended, written = mortals.send(round_, body, ids, number)
            assert (ended, written) == (KILLED, writes[:number])
            assert scene.rows(body) == before, f"{round_}, before write {number} ({table})"
        assert mortals.send(round_, body, ids, "after commit")[0] == KILLED
        after = scene.rows(body)
        assert after != before
        # Who comes next does not know that it has been done.
        assert mortals.send(round_, body, ids, None)[0] == 0
        assert scene.rows(body) == after, f"{round_}, done again"
    _as_if_nobody_had_died(body, ids)


@pytest.mark.system
def test_whoever_hears_no_answer_to_a_commit_finds_all_or_nothing(mortals: Mortals) -> None:
    body = throw_away()
    ids = scene.made(body)
    for round_, _ in scene.rounds(body, ids):
        assert mortals.send(round_, body, ids, "in commit")[0] == KILLED
        assert mortals.send(round_, body, ids, None)[0] == 0
    _as_if_nobody_had_died(body, ids)


def test_cut_off_from_the_database_at_any_point_the_same_process_goes_on(database: str) -> None:
    body = throw_away()
    ids = scene.made(body)
    for round_, work in scene.rounds(body, ids):
        before, number = scene.rows(body), 0
        # The other rounds differ in nothing here: a process lives on, and its transaction is gone.
        while round_ == "complete" and not _cut_off(work, number):
            assert scene.rows(body) == before, f"before write {number}"
            number += 1
        if round_ == "complete":
            assert number > len(CARRIED_OUT)
        else:
            work()
    _as_if_nobody_had_died(body, ids)


def _cut_off(work: Callable[[], None], number: int) -> bool:
    """Whether it was done before the write with that number came."""
    default = connections["default"]
    default.ensure_connection()
    backend = default.connection.info.backend_pid

    def cut() -> None:
        with psycopg.connect(**default.get_connection_params(), autocommit=True) as other:
            other.execute("select pg_terminate_backend(%s, 10000)", [backend])

    try:
        with default.execute_wrapper(Dying(default, number, cut)):
            work()
    except Exception:
        if default.connection and default.connection.info.backend_pid == backend:
            raise  # it was not cut off: something else went wrong
        return False
    return True


def _as_if_nobody_had_died(body: Any, ids: dict[str, str]) -> None:
    undisturbed = throw_away()
    theirs = scene.made(undisturbed)
    for _, work in scene.rounds(undisturbed, theirs):
        work()
    for tenant in (body, undisturbed):
        assert scene.do_jobs(tenant, "contact.deliver") == 1
        assert scene.do_jobs(tenant, "contact.deliver") == 0
    assert scene.told(body, ids) == scene.told(undisturbed, theirs)
    settle()
    with tenancy.inside(body):
        for ledger in seal.LEDGERS:
            while seal.seal(ledger):
                pass
            assert verify.verify(ledger) == []
            assert verify.unsealed(ledger) == 0
