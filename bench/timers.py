"""What a beat costs while 100,000 cases wait for their time: it looks for those that are due."""

import json
import time
from typing import TYPE_CHECKING, Any

from bench.results import Result, percentile

if TYPE_CHECKING:
    from bench.scene import Scene

FEW, MANY = 100, 100_000
ROUNDS = 200
WAITING = """
insert into casework_timer (tenant_id, case_id, command_id, due_at)
select %s, %s, 'bench:' || n, now() + interval '1 day' + n * interval '1 minute' from generate_series(1, %s) n
"""
HOW = (
    f"The worker's look for timers of one body, median of {ROUNDS}, each in a transaction of its own; "
    f"{MANY:,} timers wait, beside {FEW} in the same run."
)


def measure(made: "Scene") -> list[Result]:
    few = _look(made.tenant, FEW)
    many = _look(made.tenant, MANY)
    return [
        Result(
            f"timers: a beat with {MANY:,} cases that wait",
            many["ms"], "ms", HOW, f"with {FEW} that wait", few["ms"],
        ),
        Result(
            f"timers: pages read to find those due among {MANY:,}",
            many["pages"], "pages", HOW, f"with {FEW} that wait", few["pages"],
        ),
    ]  # fmt: skip


def _look(tenant: Any, count: int) -> dict[str, float]:
    from django.db import connection

    from towpath.casework.models import Case, Timer
    from towpath.foundation import tenancy
    from towpath.project.worker import fire_timers

    with tenancy.inside(tenant):
        Timer.objects.filter(command_id__startswith="bench:").delete()
        case = Case.objects.order_by("pk").first()
        assert case is not None
        with connection.cursor() as cursor:
            cursor.execute(WAITING, [tenant.pk, case.pk, count])
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        fire_timers(tenant)
        times.append((time.perf_counter() - begun) * 1000)
    found = {"ms": round(percentile(times, 0.5), 3), "pages": _pages(tenant)}
    with tenancy.inside(tenant):
        Timer.objects.filter(command_id__startswith="bench:").delete()
    return found


def _pages(tenant: Any) -> float:
    """8 kB pages that PostgreSQL looks at to find what is due, cached or not."""
    from towpath.casework.actions.steps import due_timers
    from towpath.foundation import tenancy

    with tenancy.inside(tenant):
        (plan,) = json.loads(due_timers().explain(format="json", analyze=True, buffers=True))
    top = plan["Plan"]
    return float(top["Shared Hit Blocks"] + top["Shared Read Blocks"])
