"""Two cases that between them give every command of the engine, the rounds that carry them on, and what came of it."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import connection

from tests.casework.drawn import begun, call, offer, process
from tests.casework.town import parking, visitor, worker
from tests.engines.bpmn.builder import both, declared, definition, element, message, step_task, timer, xml
from towpath.casework import actions as casework
from towpath.casework.models import Case, Subscription, Task, Thrown, Timer
from towpath.contact.models import Delivery, Entry
from towpath.exchange.models import Call
from towpath.foundation import clock, jobs, tenancy
from towpath.foundation.models import Event, Tenant

LISTENS = "XY99 ZZZ"  # the registration of the vehicle whose case waits for the other's message and signal
# `begin` is the task whose end sets everything going; `sleep`, once its time has come, calls off what is waited for.
WAYS = """start -> which
which => begin
begin -> all
which -> both1 if answers.vehicle_registration = "XY99 ZZZ"
both1 -> paper -> read -> end
both1 -> hear -> act -> end
all -> letter -> file -> end
all -> ask -> end
all -> sleep -> stop
all -> tell -> end
all -> cry -> end
all -> wait -> end
all -> call -> end
all -> look -> end
slow -> hurry -> end"""


def header(key: str, value: str) -> str:
    return f'<zeebe:taskHeaders><zeebe:header key="{key}" value="{value}"/></zeebe:taskHeaders>'


def drawn() -> str:
    return xml(
        WAYS,
        element("exclusiveGateway", "which"),
        both("both1"),
        both("all"),
        element("intermediateCatchEvent", "paper", message()),
        element("intermediateCatchEvent", "wait", message("n")),
        element("intermediateThrowEvent", "tell", message()),
        element("intermediateCatchEvent", "hear", definition("signal", "s")),
        element("intermediateThrowEvent", "cry", definition("signal", "s")),
        element("intermediateCatchEvent", "sleep", timer("P5D")),
        element("boundaryEvent", "slow", timer("P9D"), attachedToRef="look", cancelActivity="false"),
        element("endEvent", "stop", definition("terminate")),
        step_task("letter", "contact.send", header("letter", "withdrawn")),
        step_task("ask", "exchange.ask", header("operation", "residents.lookup")),
        call(),
        top='<signal id="s" name="flood"/>' + declared("paper", "=7") + declared("never", "", "n"),
        after=process("inner", "start2 -> inside -> end2"),
    )


def made(tenant: Tenant) -> dict[str, str]:
    """The case that listens, and an application for the one that acts: their ids."""
    with tenancy.inside(tenant):
        offer(drawn())
        listening = begun(vehicle_registration=LISTENS)
        draft = casework.start_draft(visitor(), "resident-parking-permit", "en")
        casework.save_answers(visitor(draft.pk), draft.pk, parking(), page="all")
    return {"listening": str(listening.pk), "acting": str(draft.pk)}


# --- the rounds, each a piece of work as a process of the product does it


def submit(tenant: Tenant, ids: dict[str, str]) -> None:
    with tenancy.inside(tenant):
        casework.submit(visitor(ids["acting"]), ids["acting"])


def complete(tenant: Tenant, ids: dict[str, str]) -> None:
    with tenancy.inside(tenant):
        task = Task.objects.get(case_id=ids["acting"], element="begin")
        casework.complete_task(worker(), task.pk, {})


def hand_on(tenant: Tenant, ids: dict[str, str]) -> None:
    with tenancy.inside(tenant):
        casework.hand_on()


def fire(tenant: Tenant, ids: dict[str, str]) -> None:
    with tenancy.inside(tenant):
        casework.fire_due_timers()


ROUNDS: dict[str, Callable[[Tenant, dict[str, str]], None]] = {
    "submit": submit,
    "complete": complete,
    "hand_on": hand_on,
    "fire": fire,
}


def rounds(tenant: Tenant, ids: dict[str, str]) -> Iterator[tuple[str, Callable[[], None]]]:
    """Each with its work, in the order in which they come; before the last one its time has come."""
    for name, work in ROUNDS.items():
        if work is fire:
            with tenancy.inside(tenant):
                Timer.objects.filter(command_id__startswith="sleep:").update(due_at=clock.now())
        yield name, partial(work, tenant, ids)


def do_jobs(tenant: Tenant, name: str) -> int:
    """Takes jobs out of the queue and does them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from procrastinate_jobs where args->>'tenant' = %s and args->>'job' = %s returning args",
            [str(tenant.pk), name],
        )
        waiting = [json.loads(args)["arguments"] for (args,) in cursor.fetchall()]
    for arguments in waiting:
        jobs.perform(tenant, name, arguments, tried=1)
    return len(waiting)


# --- what there is afterwards


def rows(tenant: Tenant) -> list[Any]:
    """A mark of each table's rows of the body, and of its jobs: two that are equal hold the same."""
    with tenancy.inside(tenant), connection.cursor() as cursor:
        cursor.execute(
            "select table_name from information_schema.columns join pg_class on relname = table_name "
            "where column_name = 'tenant_id' and table_schema = 'public' and relispartition = false"
        )
        tables = sorted(name for (name,) in cursor.fetchall())
        marks = [
            f"select '{name}', md5(string_agg(t::text, '' order by t::text)) from {name} t" for name in tables
        ]
        cursor.execute(" union all ".join(marks))
        found = sorted(cursor.fetchall(), key=str)
        cursor.execute("select count(*) from procrastinate_jobs where args->>'tenant' = %s", [str(tenant.pk)])
        return [*found, cursor.fetchone()]


def told(tenant: Tenant, ids: dict[str, str]) -> dict[str, Any]:
    """What has become of the cases, in words that are the same for every body."""
    names = {id_: name for name, id_ in ids.items()}

    def counted(model: Any, *fields: str) -> Counter[Any]:
        rows = model.objects.values_list("case_id", *fields)
        return Counter((names.get(str(row[0])), *(_element(value) for value in row[1:])) for row in rows)

    with tenancy.inside(tenant), connection.cursor() as cursor:
        cursor.execute(
            "select args->>'job' from procrastinate_jobs where args->>'tenant' = %s", [str(tenant.pk)]
        )
        return {
            "jobs": Counter(name for (name,) in cursor.fetchall()),
            "cases": Counter(Case.objects.values_list("state", "stage", "awaits")),
            "tasks": counted(Task, "element", "kind", "state"),
            "timers": counted(Timer, "command_id"),
            "waits": counted(Subscription, "command_id", "message", "fresh"),
            "thrown": counted(Thrown, "name", "kind", "fresh"),
            "calls": counted(Call, "operation", "state"),
            "entries": Counter(Entry.objects.values_list("direction", "kind")),
            "deliveries": Counter(Delivery.objects.values_list("attempt", "status")),
            "events": counted(Event, "type", "activity", "actor_kind"),
        }


def _element(value: Any) -> Any:
    """A command by its element: its number may be another."""
    return value.partition(":")[0] if isinstance(value, str) and ":" in value else value
