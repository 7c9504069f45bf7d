"""Jobs that the database handed to a worker which never got them, or whose end could not be written."""

import asyncio

import procrastinate
import pytest
from django.db import OperationalError, connection
from procrastinate.contrib.django import app

from towpath.foundation import clock, jobs

QUEUES = ["test-lost", "test-look"]


@pytest.fixture(autouse=True)
def cleaned(database):
    yield
    jobs._missed.clear()
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs where queue_name = any(%s)", [QUEUES])
        cursor.execute("delete from procrastinate_workers")


def looks(times, task="towpath.job", at_work=False):
    """A job is handed to a worker; then the worker looks so many times for what it lost. The job's state after it."""

    async def scene():
        connector = app.connector.get_worker_connector()
        with app.replace_connector(connector) as worker_app:
            async with worker_app.open_async():
                manager = worker_app.job_manager
                worker = await manager.register_worker()
                await put(worker_app, QUEUES[1], "towpath.stalled", None)
                looking = await manager.fetch_job([QUEUES[1]], worker)
                await put(worker_app, QUEUES[0], task, "lost")
                lost = await manager.fetch_job([QUEUES[0]], worker)
                await put(worker_app, QUEUES[0], task, "lost")
                context = procrastinate.JobContext(
                    app=worker_app, job=looking, abort_reason=lambda: None, start_timestamp=0
                )
                jobs._at_work.update({looking.id} | ({lost.id} if at_work else set()))
                for _ in range(times):
                    await jobs.put_back_stalled.func(context, 0)
                jobs._at_work.clear()
                found = await manager.list_jobs_async(id=lost.id)
                return [one.status for one in found]

    return asyncio.run(scene())


async def put(worker_app, queue, task, queueing_lock):
    lock = queueing_lock if task == "towpath.stalled" else None
    await worker_app.configure_task(task, queue=queue, queueing_lock=lock).defer_async(timestamp=0)


def test_what_a_living_worker_does_not_have_is_done_again_at_the_second_look():
    assert looks(1) == ["doing"]
    assert looks(2) == ["todo"]


def test_what_it_is_at_work_on_is_left_alone():
    assert looks(3, at_work=True) == ["doing"]


def test_a_lost_look_makes_way_for_the_next():
    """Two of them may not stand in the queue; put back, it would keep every other job from being put back."""
    assert looks(2, task="towpath.stalled") == []


def test_a_job_whose_ground_gave_way_waits_and_is_tried_again_and_again():
    """The database went away before the job's work could begin: it may not count as failed for good."""
    for attempts in (0, 3, 500):
        job = procrastinate.jobs.Job(
            id=1, queue="q", lock=None, queueing_lock=None, task_name="towpath.job", attempts=attempts
        )
        waited = jobs.run.get_retry_exception(OperationalError("server closed the connection"), job)
        assert waited is not None and waited.retry_decision.retry_at > clock.now()
