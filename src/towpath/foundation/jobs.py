"""The port for outbound calls and delayed work. Procrastinate stands behind it (ADR 0003).

A job is enqueued in the caller's transaction: rolled back, it never was. It runs at least once, so it must be
idempotent. It opens `tenancy.inside(tenant)` itself, for as short as it can, since it may talk to slow systems in
between. After the last try it becomes a `GivenUp` row: something on the desk that a person must see to. So does a job
that nobody here knows (put into the queue by another version): nothing vanishes.
"""

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import procrastinate
import procrastinate.worker
from django.db import DatabaseError, connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from towpath.foundation import clock, faults, tenancy
from towpath.foundation.access import SYSTEM, Actor
from towpath.foundation.journal import Fact, event_type, record
from towpath.foundation.models import GivenUp, Tenant

log = logging.getLogger(__name__)
# A worker gives the app connections of its own, on which a job would not wait for the caller's transaction.
_ours = JobManager(DjangoConnector())
CUT_SHORT = 10  # tries more, for those that ended with their worker or the database
UNDER_WAY = """
select exists (select 1 from procrastinate_jobs
    where lock = %s and status in ('todo', 'doing') and (args->>'tenant')::bigint = %s)
"""
STALLED = 20  # seconds without a sign of a job's worker

JOB_GIVEN_UP = event_type("job.given-up", "The last try of a job failed; a person must see to it.", "job")
JOB_SETTLED = event_type("job.settled", "A person saw to a job that had failed.", "job", "how")

Work = Callable[..., None]


@dataclass(frozen=True)
class Job:
    """`work(tenant, **arguments)`. `given_up(tenant, arguments, error)` is called after the last try.

    It is called inside the tenant; should it fail, the `GivenUp` row stands all the same.
    """

    name: str
    work: Work
    tries: int
    first_wait: timedelta
    given_up: Callable[[Tenant, dict[str, Any], str], None] | None


@dataclass
class Inline:
    """Jobs of a rehearsal: kept here instead of in the queue, and run by `run_due` on the virtual clock."""

    waiting: list[tuple[datetime, str, dict[str, Any]]] = field(default_factory=list)


_jobs: dict[str, Job] = {}
_inline: ContextVar[Inline | None] = ContextVar("inline_jobs", default=None)


def job(
    name: str,
    *,
    tries: int = 6,
    first_wait: timedelta = timedelta(seconds=2),
    given_up: Callable[[Tenant, dict[str, Any], str], None] | None = None,
) -> Callable[[Work], Work]:
    """Registers a kind of job. Waits double from `first_wait` up to an hour."""

    def register(work: Work) -> Work:
        _jobs[name] = Job(name, work, tries, first_wait, given_up)
        return work

    return register


def enqueue(name: str, *, at: datetime | None = None, lock: str | None = None, **arguments: Any) -> None:
    """Puts a job of the current body into the queue. Jobs with the same `lock` run one after the other."""
    if name not in _jobs:
        raise KeyError(f"No job is called {name}. Registered: {', '.join(sorted(_jobs))}.")
    _put(name, at, lock, arguments)


def _put(name: str, at: datetime | None, lock: str | None, arguments: dict[str, Any]) -> None:
    if (inline := _inline.get()) is not None:
        inline.waiting.append((at or clock.now(), name, arguments))
        return
    task = configure_task(name="towpath.job", job_manager=_ours, schedule_at=at, lock=lock)
    try:
        task.defer(tenant=tenancy.current_id(), job=name, arguments=arguments)
    except procrastinate.exceptions.ConnectorException as error:
        # The database's own error, so that who asked can tell a lost connection or a deadlock from a fault of theirs.
        raise next((each for each in _causes(error) if isinstance(each, DatabaseError)), error) from error


def under_way(lock: str) -> bool:
    """Whether a job of the current body with this lock waits or is at work."""
    with connection.cursor() as cursor:
        cursor.execute(UNDER_WAY, [lock, tenancy.current_id()])
        return bool(cursor.fetchone()[0])


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause = error.__cause__ or error.__context__
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


class TryAgain(Exception):
    """A try failed and others are left."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"to be tried again in {wait}")
        self.wait = wait


class Waits(procrastinate.BaseRetryStrategy):
    """Nothing ends here: a job is done, waits for its next try, or stands before a person.

    Anything but `TryAgain` means that the ground gave way under a job (the database went away before its work could
    begin or its failure be told), so that it waits too.
    """

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision:
        seconds = (
            exception.wait.total_seconds()
            if isinstance(exception, TryAgain)
            else 2 ** min(job.attempts + 1, 12)
        )
        return procrastinate.RetryDecision(retry_in={"seconds": max(1, round(seconds))})


@app.task(name="towpath.job", pass_context=True, retry=Waits())
def run(context: procrastinate.JobContext, *, tenant: int, job: str, arguments: dict[str, Any]) -> None:
    perform(Tenant.objects.get(pk=tenant), job, arguments, tried=context.job.attempts + 1)


@app.periodic(cron="* * * * * */15")
@app.task(name="towpath.stalled", queueing_lock="stalled", pass_context=True)
async def put_back_stalled(context: procrastinate.JobContext, timestamp: int) -> None:
    """Jobs that were cut short go back into the queue: they are idempotent."""
    manager = context.app.job_manager
    stalled = [*await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED), *await _lost(context)]
    for one in stalled:
        log.warning("Job %s was cut short and is done again", one.id)
        if one.task_name == "towpath.job":
            await manager.retry_job(one)
        else:  # this one's own like: the next one stands in the queue already, and only one may
            await manager.finish_job(one, procrastinate.jobs.Status.FAILED, delete_job=True)


_at_work: set[int | None] = set()
_missed: set[int | None] = set()


async def note_at_work(
    go_on: Callable[[], Awaitable[Any]],
    context: procrastinate.JobContext,
    worker: procrastinate.worker.Worker,
) -> Any:
    """Stands around each job of a worker (its `worker_middleware`), so that it knows which ones it has."""
    _at_work.add(context.job.id)
    try:
        return await go_on()
    finally:
        _at_work.discard(context.job.id)


async def _lost(context: procrastinate.JobContext) -> list[procrastinate.jobs.Job]:
    """Jobs that the queue says this worker is doing, and it isn't, twice in a row.

    The database broke off just when one was handed out, or when its end was to be written; the worker lives on, so
    that its sign of life says nothing.
    """
    mine = await context.app.job_manager.list_jobs_async(status="doing", worker_id=context.job.worker_id)
    absent = [one for one in mine if one.id not in _at_work]
    lost = [one for one in absent if one.id in _missed]
    _missed.clear()
    _missed.update(one.id for one in absent if one not in lost)
    return lost


def perform(tenant: Tenant, name: str, arguments: dict[str, Any], *, tried: int) -> None:
    """One try. `TryAgain` when it failed and tries are left; else a person gets to see it."""
    kind = _jobs.get(name) or _unknown(name)
    if tried > kind.tries + CUT_SHORT:
        give_up(tenant, kind, arguments, "cut short again and again: it takes its worker along", tried)
        return
    try:
        kind.work(tenant, **arguments)
    except Exception as error:
        told = faults.in_short(error)
        log.warning("%s failed (try %s of %s): %s\n%s", name, tried, kind.tries, told, faults.path(error))
        if tried < kind.tries:
            raise TryAgain(wait(kind, tried)) from error
        give_up(tenant, kind, arguments, told, tried)


def _unknown(name: str) -> Job:
    def work(tenant: Tenant, **arguments: Any) -> None:
        raise LookupError(f"No job is called {name} in this version.")

    return Job(name, work, 1, timedelta(hours=1), None)


def wait(kind: Job, tried: int) -> timedelta:
    # Beyond some doublings it is an hour anyway; more of them would leave what a timedelta can hold.
    doubled: timedelta = kind.first_wait * 2 ** min(tried - 1, 20)
    return min(doubled, timedelta(hours=1))


def give_up(tenant: Tenant, kind: Job, arguments: dict[str, Any], error: str, tried: int) -> None:
    """Shows the job to a person, whatever else fails; where even that can't be written, the job is tried again."""
    try:
        with tenancy.inside(tenant):
            _show(kind, arguments, error)
    except Exception as unwritten:
        log.error("%s could not be given up: %s", kind.name, faults.in_short(unwritten))
        raise TryAgain(wait(kind, tried)) from unwritten
    if kind.given_up is None:
        return
    try:
        with tenancy.inside(tenant):
            kind.given_up(tenant, arguments, error)
    except Exception as failure:
        told, trace = faults.in_short(failure), faults.path(failure)
        log.error("%s: what follows giving it up failed: %s\n%s", kind.name, told, trace)


def _show(kind: Job, arguments: dict[str, Any], error: str) -> None:
    case = _case(arguments)
    GivenUp.objects.create(
        job=kind.name, arguments=arguments, case_id=case, error=error, given_up_at=clock.now()
    )
    record(JOB_GIVEN_UP, SYSTEM, Fact(case=case), job=kind.name)


def _case(arguments: dict[str, Any]) -> UUID | None:
    try:
        return UUID(str(arguments["case"]))
    except (KeyError, ValueError):
        return None


def given_up() -> list[GivenUp]:
    """What a person must still see to, oldest first."""
    return list(GivenUp.objects.filter(settled_at=None).order_by("given_up_at")[:200])


def settle(actor: Actor, row_id: UUID, *, again: bool) -> None:
    """A person has seen to it: the job is tried afresh, or laid aside."""
    actor.require("jobs.settle")
    row = GivenUp.objects.select_for_update().get(pk=row_id)
    if row.settled_at:
        return
    row.settled_at, row.settled_by = clock.now(), actor.id
    row.save(update_fields=["settled_at", "settled_by"])
    how = "again" if again else "aside"
    record(JOB_SETTLED, actor, Fact(case=row.case_id), job=row.job, how=how)
    if again:
        # A job unknown here is put back too: another worker may know it, and otherwise it comes back to this list.
        _put(row.job, None, None, row.arguments)


@contextmanager
def inline() -> Iterator[Inline]:
    """Within, jobs wait in memory. A rehearsal runs them with `run_due`."""
    kept = Inline()
    token = _inline.set(kept)
    try:
        yield kept
    finally:
        _inline.reset(token)


def run_due(tenant: Tenant, kept: Inline) -> int:
    """Runs the inline jobs that are due on the clock, first due first; returns how many ran."""
    ran = 0
    while due := sorted((j for j in kept.waiting if j[0] <= clock.now()), key=lambda j: j[0]):
        kept.waiting.remove(due[0])
        _, name, arguments = due[0]
        tried = arguments.pop("__tried", 0) + 1
        try:
            perform(tenant, name, dict(arguments), tried=tried)
        except TryAgain:
            moment = clock.now() + wait(_jobs.get(name) or _unknown(name), tried)
            kept.waiting.append((moment, name, {**arguments, "__tried": tried}))
        ran += 1
    return ran
