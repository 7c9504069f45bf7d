"""Subscribers get the events of a case in the order in which they happened, whatever the numbers of transactions."""

from types import SimpleNamespace
from uuid import uuid4

import psycopg
import pytest
from django.db import OperationalError
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.foundation.transactions import aside, settle
from towpath.foundation import journal, tenancy
from towpath.foundation.access import SYSTEM, NotAllowed
from towpath.foundation.journal import Fact, follow
from towpath.foundation.models import Cursor, Event, Parked

OCCURRED = journal.event_type("test.occurred", "Something occurred.", "n")


def _record(n, case=None):
    return journal.record(OCCURRED, SYSTEM, Fact(case=case), n=n)


def _write(tenant, n, case=None):
    with tenancy.inside(tenant):
        _record(n, case)


class Reader:
    """A subscriber that remembers, and fails on what it is told to fail on."""

    def __init__(self, tenant):
        self.tenant, self.seen, self.fails = tenant, [], {}
        self.subscriber = follow.Subscriber("reader", frozenset({OCCURRED.name}), self.take)

    def take(self, event):
        if error := self.fails.get(event.data["n"]):
            raise error
        self.seen.append(event.data["n"])

    def read(self):
        while follow.deliver(self.tenant, self.subscriber):
            pass
        return self.seen

    def parked(self):
        with tenancy.inside(self.tenant):
            return [(row.seq, row.error) for row in Parked.objects.order_by("seq")]

    def release(self, case):
        with tenancy.inside(self.tenant):
            return follow.release(self.subscriber, case)


@pytest.fixture
def reader(outside):
    return Reader(outside)


def test_two_events_whose_transactions_are_the_wrong_way_round_come_in_order(outside, reader):
    case = uuid4()
    with aside(outside) as slow:
        slow.gets_its_number()
        _write(outside, 1, case)
        slow.do(lambda: _record(2, case))
    settle()
    assert reader.read() == [1, 2]


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_order_holds_across_batches(outside, reader, monkeypatch, batch):
    monkeypatch.setattr(follow, "BATCH", batch)
    case, others = uuid4(), uuid4()
    with aside(outside) as slow:
        slow.gets_its_number()
        for n in (10, 11, 12):
            _write(outside, n, others)
        _write(outside, 1, case)
        slow.do(lambda: _record(2, case))
    settle()
    seen = reader.read()
    assert sorted(seen) == [1, 2, 10, 11, 12]
    assert [n for n in seen if n < 10] == [1, 2] and [n for n in seen if n >= 10] == [10, 11, 12]


def test_order_holds_across_the_horizon(outside, reader):
    """The later event has settled, the earlier one of the same case not yet: it is waited for."""
    case = uuid4()
    with aside(outside) as third:
        with aside(outside) as slow:
            slow.gets_its_number()
            third.gets_its_number()
            _write(outside, 1, case)
            slow.do(lambda: _record(2, case))
        assert reader.read() == []
    settle()
    assert reader.read() == [1, 2]


def test_what_was_read_in_another_order_is_read_once(outside, reader):
    one, two = uuid4(), uuid4()
    with aside(outside) as slow, aside(outside) as slower:
        slow.gets_its_number()
        slower.gets_its_number()
        _write(outside, 1, one)
        slower.do(lambda: _record(2, one))
        slower.do(lambda: _record(3, two))
        slower.commits()
        slow.do(lambda: _record(4, two))
    settle()
    assert reader.read() == [1, 2, 3, 4]
    assert reader.read() == [1, 2, 3, 4]


@given(st.data())
def test_the_beginning_that_is_used_leaves_nothing_earlier_behind(data):
    size = data.draw(st.integers(1, 12))
    seqs = data.draw(st.permutations(range(size)))
    cases = data.draw(st.lists(st.sampled_from([None, "a", "b", "c"]), min_size=size, max_size=size))
    all_rows = [SimpleNamespace(seq=seq, case_id=case) for seq, case in zip(seqs, cases, strict=True)]
    read = data.draw(st.integers(1, size))
    rows, beyond = all_rows[:read], all_rows[read:]
    late = {row.case_id: row.seq for row in sorted(beyond, key=lambda row: -row.seq) if row.case_id}

    def whole(k):
        rest = all_rows[k:]
        return not any(
            a.case_id and a.case_id == b.case_id and b.seq < a.seq for a in all_rows[:k] for b in rest
        )

    assert len(follow.in_order(rows, late)) == max(k for k in range(read + 1) if whole(k))


def test_one_subscriber_is_read_for_by_one_worker_at_a_time(outside, reader):
    _write(outside, 1)
    settle()
    with aside(outside) as other_worker:
        other_worker.do(lambda: follow.reserve("reader"))
        assert reader.read() == []
    assert reader.read() == [1]


def test_a_cursor_set_anew_meanwhile_wins(outside, reader):
    _write(outside, 1)
    settle()
    reader.read()
    _write(outside, 2)
    settle()

    def rewind(event):
        with aside(outside) as elsewhere:
            elsewhere.do(lambda: Cursor.objects.update(xid=0, seq=0))

    with pytest.raises(follow.Overtaken):
        follow.deliver(outside, follow.Subscriber("reader", frozenset({OCCURRED.name}), rewind))
    assert reader.read() == [1, 1, 2]


def _database_error(state):
    error = OperationalError("the moment's fault")
    error.__cause__ = type("Told", (psycopg.OperationalError,), {"sqlstate": state})()
    return error


@pytest.mark.parametrize("state", ["40P01", "40001", "08006", "57P01", None])
def test_an_error_of_the_moment_parks_nothing(outside, reader, state):
    case = uuid4()
    for n in (1, 2):
        _write(outside, n, case)
    settle()
    reader.fails[2] = _database_error(state)
    with pytest.raises(OperationalError):
        reader.read()
    assert reader.parked() == []
    reader.fails.clear()
    reader.seen.clear()
    assert reader.read() == [1, 2]


def test_a_limit_of_the_database_is_the_events_own_fault(outside, reader):
    _write(outside, 1, uuid4())
    settle()
    reader.fails[1] = _database_error("54001")
    reader.read()
    assert len(reader.parked()) == 1


def test_events_without_a_case_wait_for_no_other(outside, reader):
    for n in (1, 2, 3):
        _write(outside, n)
    settle()
    reader.fails = {1: RuntimeError("one"), 2: RuntimeError("two")}
    assert reader.read() == [3]
    del reader.fails[2]
    assert reader.release(None) == 1
    assert reader.seen == [3, 2]
    assert [error for _, error in reader.parked()] == ["RuntimeError: one"]


def test_what_is_laid_aside_lets_the_later_ones_go_on(outside, reader):
    case = uuid4()
    for n in (1, 2, 3):
        _write(outside, n, case)
    settle()
    reader.fails[1] = RuntimeError("never")
    assert reader.read() == []
    (first, _), (second, waits), _ = reader.parked()
    assert waits == ""
    person = factories.staff("jobs.settle")
    with tenancy.inside(outside):
        with pytest.raises(NotAllowed):
            follow.lay_aside("reader", first, factories.staff())
        with pytest.raises(Parked.DoesNotExist):
            follow.lay_aside("reader", second, person)
        follow.lay_aside("reader", first, person)
        assert [row.seq for row in follow.parked_cases()] == [second]
        event = Event.objects.get(type="journal.laid-aside")
        assert (event.case_id, event.actor_id) == (case, person.id)
        assert event.data == {"subscriber": "reader", "event": first}
    assert reader.release(case) == 2
    assert reader.seen == [2, 3] and reader.parked() == []


def test_an_error_is_kept_without_addresses_and_rows(outside, reader):
    _write(outside, 1)
    settle()
    reader.fails[1] = ValueError("no mail to ada@example.org\0\nDETAIL: row (Ada, 12 Mill Lane)")
    reader.read()
    ((_, error),) = reader.parked()
    assert error == "ValueError: no mail to [address]"
