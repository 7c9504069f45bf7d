"""`python -m bench.nursery web|worker`: runs one of Towpath's processes and forks it anew whenever it dies.

The parent has imported everything, so that a thousand deaths cost no thousand starts of Python. What dies and comes
back is the real process: gunicorn with its workers, or `towpath worker`.
"""

import contextlib
import os
import signal
import sys
from pathlib import Path
from types import FrameType

BEAT = 1.0  # seconds between a worker's signs of life; the product takes 10
STALLED = 3  # seconds without one until its jobs are put back; the product waits 20


def main() -> int:
    name = sys.argv[1]
    import django

    django.setup()
    from django.conf import settings

    import towpath.project.wsgi  # noqa: F401 (loaded before the fork)

    _warm()
    note = Path(settings.VAR) / f"{name}.pid"
    child = 0

    def end(number: int, frame: FrameType | None) -> None:
        if child:
            _kill(child)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    while True:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            _be(name)
        fresh = note.with_suffix(".new")
        fresh.write_text(str(child))
        fresh.replace(note)
        os.waitpid(child, 0)
        _kill(child)


def _warm() -> None:
    """Packages are compiled once, before the forks, or those who live a second would do nothing else."""
    from django.db import connections

    from towpath.catalogue.models import ServiceVersion
    from towpath.catalogue.queries import package
    from towpath.foundation import tenancy
    from towpath.foundation.models import Tenant

    for tenant in Tenant.objects.all():
        with tenancy.inside(tenant):
            for version in ServiceVersion.objects.all():
                package(version.pk)
    connections.close_all()


def _kill(group: int) -> None:
    """With all that the process left behind: it would keep the port."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _be(name: str) -> None:
    with contextlib.suppress(PermissionError):
        os.setsid()
    if name == "web":
        from gunicorn.app.wsgiapp import run

        from towpath.project.processes import _web

        sys.argv = _web(int(os.environ["PORT"]))[2:]
        run()
    else:
        from procrastinate.contrib.django import app

        from towpath.foundation import jobs
        from towpath.project import worker

        app.worker_defaults["update_heartbeat_interval"] = BEAT
        jobs.STALLED = STALLED
        worker.main([])
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
