"""Screens of the desk and the portal: server time, queries and buffers at several numbers of cases.

Requests go through the whole of Django in this process, on the application's own database role. Buffers are counted
by repeating each query of a request under EXPLAIN (ANALYZE, BUFFERS).
"""

import json
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db import connection, transaction
from django.test import Client

from bench.copies import ONE, TWO, Copier
from bench.results import Result, percentile
from towpath.casework.models import Case, Task
from towpath.foundation import tenancy
from towpath.foundation.models import Tenant

WARM, TIMES, EXPLAINED = 3, 40, 3
READS = ("select", "with", "insert into access_log")
OPEN_ZAAK = "Open Zaak 1.20.0"
# Their p95 in ms, from a page of 10 rows, at 1,000 / 60,000 / 300,000 cases on a machine like this one.
OPEN_ZAAK_LIST = {1_000: 93.0, 100_000: 174.0, 1_000_000: 149.0}
HOW = "Time in the server, one client, {times} requests on random cases; queries and 8 kB buffers of the median request."


@dataclass(frozen=True)
class Screen:
    name: str
    address: Callable[[], str]
    signed_in: bool = True


class Town:
    """Draws the cases that the screens are about."""

    def __init__(self, tenant: Tenant, copier: Copier, seed: int = 1) -> None:
        self.tenant, self.chance = tenant, random.Random(seed)
        drawn, busy = copier.readable(self.chance, 150), copier.readable(self.chance, 60, open_only=True)
        with tenancy.inside(tenant):
            self.cases = list(Case.objects.filter(pk__in=drawn).values("pk", "reference", "applicant_name"))
            tasks = Task.objects.filter(state="open", kind="user").order_by("due_at", "id")
            self.tasks = list(tasks.filter(case_id__in=busy).values_list("case_id", "pk"))
            here = tasks[tasks.count() // 2]
            self.place = quote(f"{here.due_at.isoformat()}_{here.pk}")

    def case(self) -> dict[str, Any]:
        return self.chance.choice(self.cases)

    def screens(self) -> list[Screen]:
        task = lambda: self.chance.choice(self.tasks)  # noqa: E731
        return [
            Screen("queue, all teams", lambda: "/desk/"),
            Screen("queue, mine", lambda: "/desk/?queue=mine"),
            Screen("queue, one team", lambda: "/desk/?queue=team%3Aparking"),
            Screen("queue, one service", lambda: "/desk/?service=environmental-permit"),
            Screen("queue, team and service", lambda: "/desk/?queue=team%3Apermits&service=environmental-permit"),
            Screen("queue, a later page", lambda: f"/desk/?after={self.place}"),
            Screen("queue, news", lambda: "/desk/news?head=1"),
            Screen("case page", lambda: f"/desk/cases/{self.case()['pk']}/"),
            Screen("case page with a task", lambda: "/desk/cases/{}/tasks/{}/".format(*task())),
            Screen("case, news", lambda: f"/desk/cases/{self.case()['pk']}/news?seq=1"),
            Screen("search by full name", lambda: self._search(self.case()["applicant_name"])),
            Screen("search by the most frequent name", lambda: self._search(self.frequent())),
            Screen("search by the beginning of a name", lambda: self._search(self.case()["applicant_name"].split()[-1][:4])),
            Screen("search by reference", lambda: self._search(self.case()["reference"])),
            Screen("search by address", lambda: self._search(f"{self.chance.randint(1, 120)} {self.street()}")),
            Screen("tracking page", lambda: f"/requests/{self.case()['pk']}/", signed_in=False),
        ]  # fmt: skip

    def _search(self, text: str) -> str:
        return f"/desk/search?q={quote(text)}"

    def frequent(self) -> str:
        names = [case["applicant_name"].split()[-1] for case in self.cases]
        return statistics.mode(names)

    def street(self) -> str:
        return f"{self.chance.choice(ONE)}{self.chance.choice(TWO[:2])}"


def measure(tenant: Tenant, session: str, copier: Copier, count: int) -> list[Result]:
    town, found = Town(tenant, copier), []
    for screen in town.screens():
        client = _client(tenant, session, town) if not screen.signed_in else _desk(tenant, session)
        found += _screen(tenant, client, screen, count)
    return found


def _desk(tenant: Tenant, session: str) -> Client:
    client = Client(HTTP_HOST=tenant.host)
    client.cookies["sessionid"] = session
    return client


def _client(tenant: Tenant, session: str, town: Town) -> Client:
    """A visitor whose session knows the requests."""
    from django.contrib.sessions.backends.db import SessionStore

    from towpath.surfaces.portal import visitors

    kept = SessionStore()
    kept[visitors.REQUESTS] = [str(case["pk"]) for case in town.cases]
    kept.create()
    return _desk(tenant, str(kept.session_key))


def _screen(tenant: Tenant, client: Client, screen: Screen, count: int) -> list[Result]:
    times, spent, queries = [], [], []
    for number in range(WARM + TIMES):
        begun, worked = time.perf_counter(), time.process_time()
        with _captured() as seen:
            response = client.get(screen.address())
        if response.status_code != 200:
            raise RuntimeError(f"{screen.name}: {response.status_code} {response.headers}")
        if number >= WARM:
            times.append((time.perf_counter() - begun) * 1000)
            spent.append((time.process_time() - worked) * 1000)
            queries.append(len(seen))
    buffers = [_buffers(tenant, client, screen) for _ in range(EXPLAINED)]
    name, how = f"{screen.name}, {count:,} cases", HOW.format(times=TIMES)
    peer = OPEN_ZAAK_LIST.get(count) if screen.name == "queue, all teams" else None
    told = "list page of 10 rows, p95" if peer else ""
    return [
        Result(f"{name}: p50", round(percentile(times, 0.5), 1), "ms", how),
        Result(f"{name}: p95", round(percentile(times, 0.95), 1), "ms", f"{how} {told}".strip(), OPEN_ZAAK if peer else "", peer),
        Result(f"{name}: CPU of web", round(percentile(spent, 0.5), 1), "ms", how),
        Result(f"{name}: queries", statistics.median(queries), "", how),
        Result(f"{name}: buffers", statistics.median(buffers), "", how),
    ]  # fmt: skip


@contextmanager
def _captured() -> Iterator[list[tuple[str, Any]]]:
    seen: list[tuple[str, Any]] = []

    def note(execute: Any, statement: Any, params: Any, many: bool, context: Any) -> Any:
        seen.append((str(statement), params))
        return execute(statement, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


def _buffers(tenant: Tenant, client: Client, screen: Screen) -> int:
    with _captured() as seen:
        client.get(screen.address())
    return sum(pages for pages, _ in _explained(tenant, seen))


def _explained(tenant: Tenant, seen: list[tuple[str, Any]]) -> Iterator[tuple[int, str]]:
    """(buffers, statement) of each query, repeated as the application's role within the body."""
    with tenancy.inside(tenant):
        for statement, params in seen:
            plain = statement.strip().lower()
            if not plain.startswith(READS) or "set_config" in plain:
                continue
            with connection.cursor() as cursor:
                cursor.execute(f"explain (analyze, buffers, format json) {statement}", params)
                (told,) = cursor.fetchone()
            plan = (told if isinstance(told, list) else json.loads(told))[0]["Plan"]
            yield plan["Shared Hit Blocks"] + plan["Shared Read Blocks"], statement
        transaction.set_rollback(True)


def heaviest(tenant: Tenant, session: str, copier: Copier, name: str, top: int = 5) -> list[tuple[int, str]]:
    """The queries of a screen that read most: to find out why a figure grows."""
    town = Town(tenant, copier)
    screen = next(one for one in town.screens() if one.name == name)
    client = _desk(tenant, session) if screen.signed_in else _client(tenant, session, town)
    with _captured() as seen:
        client.get(screen.address())
    return sorted(_explained(tenant, seen), reverse=True)[:top]
