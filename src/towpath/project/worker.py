"""`towpath worker`: jobs, timers, what follows events, and seals. Several may run at once; each thing is done once.

Two halves: procrastinate takes jobs from its queue; the beat hands over events, fires timers and seals. The beat is
woken by the database when something happened, and looks by itself every second. What fails for one body, or in one
kind of work, is told and left; all the rest goes on.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TypeVar, cast

import psycopg
from django.conf import settings
from django.db import close_old_connections, connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from towpath import flow
from towpath.casework import actions as casework
from towpath.foundation import clock, counter, faults, jobs, lockout, tenancy
from towpath.foundation.journal import follow, seal
from towpath.foundation.models import Tenant
from towpath.project import health, sessions
from towpath.project.cli import parser

log = logging.getLogger(__name__)
T = TypeVar("T")
LOOK = 1.0  # seconds between two rounds when nothing wakes the beat
SEAL_EVERY = timedelta(seconds=60)
SWEEP_EVERY = timedelta(minutes=10)
JOBS_AT_ONCE = 4
BATCHES = 20  # of timers, or of messages, of one body in one round
SWEEPS: dict[str, Callable[[], object]] = {
    "old drafts": casework.expire_drafts,
    "old messages": casework.expire_messages,
    "old tries": lockout.sweep,
    "old sessions": sessions.sweep,
}


def main(arguments: list[str]) -> int:
    parser("worker", "Carries out jobs, timers and what follows events.").parse_args(arguments)
    stop = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    queue = threading.Thread(target=_jobs, args=(stop,), name="jobs", daemon=True)
    queue.start()
    Beat(stop, Path(settings.VAR) / health.HEARTBEAT, queue).run()
    return 0


def _jobs(stop: threading.Event) -> None:
    """Takes jobs until the process ends. A job cut short is found stalled and done again."""
    while not stop.is_set():
        try:
            connector = cast("DjangoConnector", app.connector).get_worker_connector()
            with app.replace_connector(connector) as worker:
                worker.run_worker(
                    concurrency=JOBS_AT_ONCE,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    worker_middleware=[jobs.note_at_work],
                )
        except Exception:
            log.exception("The job worker stopped; it starts again")
        stop.wait(2)


class Beat:
    """One round after the other; only a round that came to its end gives a sign of life."""

    def __init__(self, stop: threading.Event, heartbeat: Path, queue: threading.Thread) -> None:
        self.stop, self.heartbeat, self.queue = stop, heartbeat, queue
        self.sealed = self.swept = clock.now() - SWEEP_EVERY
        self.listening: psycopg.Connection | None = None

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self.round()
                if self.queue.is_alive():
                    self.heartbeat.touch()
            except Exception:
                log.exception("A round failed; the next one tries again")
                close_old_connections()
                connection.close()
                self.stop.wait(LOOK)
            self.wait()

    def round(self) -> None:
        """Each body, each kind of work. Ends early only when the database is gone, or was restored and not migrated."""
        now = clock.now()
        seals, sweeps = now - self.sealed >= SEAL_EVERY, now - self.swept >= SWEEP_EVERY
        if seals:
            counter.check(connection)
        for tenant in Tenant.objects.filter(is_rehearsal=False):
            for subscriber in flow.SUBSCRIBERS:
                attempt(tenant, subscriber.name, partial(follow_events, tenant, subscriber))
            attempt(tenant, "timers", partial(fire_timers, tenant))
            attempt(tenant, "messages between cases", partial(hand_on, tenant))
            for ledger in seal.LEDGERS if seals else ():
                attempt(tenant, f"seal {ledger}", partial(seal_ledger, tenant, ledger))
            for name, sweep in SWEEPS.items() if sweeps else ():
                attempt(tenant, name, partial(_inside, tenant, sweep))
        if seals:
            self.sealed = now
        if sweeps:
            self.swept = now

    def wait(self) -> None:
        """Until something happened, or a second has gone by."""
        try:
            if self.listening is None:
                self.listening = _listen()
            for _ in self.listening.notifies(timeout=LOOK, stop_after=1):
                # A moment for the transaction that told us to be behind the horizon.
                time.sleep(0.02)
        except psycopg.Error:
            self.listening = None
            self.stop.wait(LOOK)


def _listen() -> psycopg.Connection:
    listening = psycopg.connect(**connection.get_connection_params(), autocommit=True)
    listening.execute("listen journal")
    return listening


def attempt(tenant: Tenant, what: str, work: Callable[[], object]) -> None:
    """Does it, or tells why not. An error passes through only when the connection is lost: nothing else would work."""
    try:
        work()
    except Exception as error:
        told, trace = faults.in_short(error), faults.path(error)
        log.error("%s, %s: %s; the next round tries again\n%s", tenant.code, what, told, trace)
        if not connection.is_usable():
            raise


def follow_events(tenant: Tenant, subscriber: follow.Subscriber) -> None:
    """Hands over all that is new."""
    while follow.deliver(tenant, subscriber):
        pass


def fire_timers(tenant: Tenant) -> None:
    _batches(tenant, casework.fire_due_timers)


def hand_on(tenant: Tenant) -> None:
    _batches(tenant, casework.hand_on)


def _batches(tenant: Tenant, work: Callable[[], int]) -> None:
    """Cases that set each other going without end keep nobody else waiting: the next round goes on."""
    for _ in range(BATCHES):
        if not _inside(tenant, work):
            return


def seal_ledger(tenant: Tenant, ledger: str) -> None:
    while _inside(tenant, partial(seal.seal, ledger)):
        pass


def _inside(tenant: Tenant, work: Callable[[], T]) -> T:
    with tenancy.inside(tenant):
        return work()
