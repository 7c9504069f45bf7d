"""Two cases at work at the same time, each in a transaction of its own, and the beat between them."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import permutations

from django.db import connection, connections

from tests.casework.drawn import begun, do, offer, tasks, throw_away
from tests.casework.test_processes_together import CATCH, CRY, FLOOD, HEAR, PAPER, SEND
from tests.engines.bpmn.builder import element, xml
from tests.foundation.transactions import Aside, aside
from towpath.casework import actions as casework
from towpath.casework.models import Subscription, Thrown
from towpath.foundation import tenancy

FORK = element("exclusiveGateway", "fork")


def test_two_cases_that_signal_each_other_need_not_wait_for_each_other(database):
    body = throw_away()
    with tenancy.inside(body):
        text = "start -> both1\nboth1 -> begin -> cry -> end\nboth1 -> hear -> act -> end"
        offer(xml(text, element("parallelGateway", "both1"), CRY, HEAR, top=FLOOD))
        cases = begun(), begun()
    with aside(body) as one, aside(body) as other:
        for side, case in ((one, cases[0]), (other, cases[1])):
            side.do(_impatiently)
            side.do(lambda case=case: do(case, "begin"))
        one.commits()
        other.commits()
    with tenancy.inside(body):
        while casework.hand_on():
            pass
        assert [tasks(case) for case in cases] == [["act"], ["act"]]


def _impatiently():
    with connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '1s'")


WORK = ("wait", "throw", "beat")


def orders() -> list[tuple[str, ...]]:
    """Every order in which the three may do their work (named first) and commit it (named again).

    Left out is where nothing has been committed yet when the beat works: it finds nothing to do.
    """
    every = sorted(set(permutations(WORK * 2)))
    return [order for order in every if 2 in map(order[: order.index("beat")].count, ("wait", "throw"))]


def test_a_message_is_heard_once_in_whatever_order_it_is_thrown_and_waited_for(database):
    body = throw_away()
    with tenancy.inside(body):
        text = "start -> x -> begin -> fork\nfork -> paper if waits = true\npaper -> x\nfork -> tell if waits = false\ntell -> x\nfork => end"
        offer(xml(text, element("exclusiveGateway", "x"), FORK, CATCH, SEND, top=PAPER))
        one, other = begun(), begun()
    work = {
        "wait": lambda: do(one, "begin", waits=True, number=7),
        "throw": lambda: do(other, "begin", waits=False, number=7, news="good"),
        "beat": casework.hand_on,
    }
    wrong = []
    with ExitStack() as stack:
        threads = {name: stack.enter_context(ThreadPoolExecutor(1)) for name in WORK}
        for thread in threads.values():
            stack.callback(lambda thread=thread: thread.submit(connections.close_all).result())
        for order in orders():
            sides = {name: Aside(body, threads[name]) for name in WORK}
            for place, name in enumerate(order):
                sides[name].commits() if name in order[:place] else sides[name].do(work[name])
            _hand_on(body)
            if not _heard_once(body, one, other):
                wrong.append(order)
                _mend(body)
    assert wrong == []


def _hand_on(body):
    """As the beat does it, round by round."""
    for _ in range(10):
        with tenancy.inside(body):
            if not casework.hand_on():
                return
    raise AssertionError("it never ends")


def _heard_once(body, *cases):
    """Both stand where they began. Who had heard it twice would have left a trouble, and nothing of it is kept."""
    with tenancy.inside(body):
        rows = Thrown.objects.exists(), Subscription.objects.filter(message="paper").exists()
        return [tasks(case) for case in cases] == [["begin"]] * 2 and rows == (False, False)


def _mend(body):
    with tenancy.inside(body):
        Thrown.objects.update(fresh=True)
    _hand_on(body)
