"""Transactions side by side, step by step; and waiting until all that was written has settled."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connection, connections, transaction

from towpath.foundation import tenancy

PATIENCE = 60  # seconds: other tests on the same server may keep a transaction open


class Aside:
    """A transaction of its own. `do` carries out one step of it and waits until that is done."""

    def __init__(self, tenant: Any, thread: ThreadPoolExecutor) -> None:
        self._thread, self._stack = thread, ExitStack()
        self.do(lambda: self._stack.enter_context(tenancy.inside(tenant)))

    def do(self, step: Callable[[], Any]) -> Any:
        return self._thread.submit(step).result(PATIENCE)

    def gets_its_number(self) -> None:
        """As the first thing written does, a line in the log of reads for instance."""
        self.do(_number)

    def commits(self) -> None:
        self.do(self._stack.close)


def _number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id()::text::bigint")
        (number,) = cursor.fetchone()
    return int(number)


@contextmanager
def aside(tenant: Any) -> Iterator[Aside]:
    with ThreadPoolExecutor(1) as thread:
        made = Aside(tenant, thread)
        try:
            yield made
        finally:
            made.commits()
            made.do(connections.close_all)


def settle() -> None:
    """Until everything that was committed before lies behind the horizon."""
    with transaction.atomic():
        mine = _number()
    deadline = time.monotonic() + PATIENCE
    while _horizon() <= mine:
        assert time.monotonic() < deadline, "some transaction on this server stays open"
        threading.Event().wait(0.02)


def _horizon() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (horizon,) = cursor.fetchone()
    return int(horizon)
