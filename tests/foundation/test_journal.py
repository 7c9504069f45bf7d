"""The journal keeps everything, once, in order; whoever touches it afterwards is found out."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction

from tests.foundation.transactions import aside, settle
from towpath.foundation import journal, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.journal import Fact, follow, seal, verify
from towpath.foundation.models import Event, Parked

HAPPENED = journal.event_type("test.happened", "Something happened.", "n")


def _write(tenant, n=1, case=None):
    with tenancy.inside(tenant):
        return journal.record(HAPPENED, SYSTEM, Fact(case=case), n=n)


def _follow(tenant, take, name="reader", *, settled=True):
    if settled:
        settle()
    subscriber = follow.Subscriber(name, frozenset({HAPPENED.name}), take)
    while follow.deliver(tenant, subscriber):
        pass
    return subscriber


def _seal(tenant):
    settle()
    with tenancy.inside(tenant):
        return seal.seal("journal")


def test_an_event_carries_declared_facts_only(tenant):
    with pytest.raises(journal.UnknownFact, match="name"):
        journal.record(HAPPENED, SYSTEM, Fact(), n=1, name="Ada")


def _happened(n, **more):
    return journal.Happened(HAPPENED, SYSTEM, Fact(), {"n": n, **more})


def test_events_told_together_keep_their_order(tenant, count_queries):
    before = journal.record(HAPPENED, SYSTEM, Fact(), n=-1)
    with count_queries() as counted:
        seqs = journal.record_all([_happened(n) for n in range(40)])
    assert counted.count == 1 and before < seqs[0] and seqs == sorted(set(seqs))
    told = Event.objects.filter(seq__in=seqs).order_by("seq")
    assert [event.data["n"] for event in told] == list(range(40))
    assert journal.record_all([]) == []


def test_of_events_told_together_none_is_kept_when_one_carries_what_it_may_not(tenant):
    with pytest.raises(journal.UnknownFact, match="name"):
        journal.record_all([_happened(1), _happened(2, name="Ada")])
    assert not Event.objects.filter(type=HAPPENED.name).exists()


def test_what_rolls_back_leaves_no_event(outside):
    with pytest.raises(ValueError, match="undo"), tenancy.inside(outside):
        journal.record(HAPPENED, SYSTEM, Fact(), n=1)
        raise ValueError("undo")
    with tenancy.inside(outside):
        assert not Event.objects.exists()


@pytest.mark.parametrize("change", ["update journal_event set channel = 'x'", "delete from journal_event"])
def test_the_application_can_not_change_the_journal(outside, change):
    _write(outside)
    with tenancy.inside(outside), connection.cursor() as cursor:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute(change)


def test_a_subscriber_sees_each_event_once_and_in_order(outside):
    for n in range(5):
        _write(outside, n)
    seen = []
    _follow(outside, lambda event: seen.append(event.data["n"]))
    _write(outside, 5)
    _follow(outside, lambda event: seen.append(event.data["n"]))
    assert seen == [0, 1, 2, 3, 4, 5]


def test_an_event_committed_late_is_not_missed(outside):
    """A transaction that began before another, and ends after it, must still be read."""
    seen = []
    with aside(outside) as slow:
        slow.do(lambda: journal.record(HAPPENED, SYSTEM, Fact(), n=1))
        _write(outside, 2)
        _follow(outside, lambda event: seen.append(event.data["n"]), settled=False)
        assert seen == []
    _follow(outside, lambda event: seen.append(event.data["n"]))
    assert seen == [1, 2]


def test_a_case_that_fails_is_parked_and_the_others_go_on(outside):
    bad, good = uuid4(), uuid4()
    for n, case in enumerate([bad, good, bad]):
        _write(outside, n, case)
    seen, broken = [], [True]

    def take(event):
        if event.case_id == bad and broken[0]:
            raise RuntimeError("no such letter")
        seen.append(event.data["n"])

    subscriber = _follow(outside, take)
    assert seen == [1]
    with tenancy.inside(outside):
        assert [row.error for row in follow.parked_cases()] == ["RuntimeError: no such letter"]
        broken[0] = False
        assert follow.release(subscriber, bad) == 2
        assert not Parked.objects.exists()
    assert seen == [1, 0, 2]


def test_a_sealed_journal_verifies(outside):
    for n in range(7):
        _write(outside, n)
    head = _seal(outside)
    _write(outside, 8)
    second = _seal(outside)
    with tenancy.inside(outside):
        assert (head.number, second.number) == (1, 2)
        assert seal.seal("journal") is None
        assert verify.verify("journal", second) == []


def test_two_workers_don_t_seal_the_same_rows(outside):
    _write(outside, 1)
    settle()
    with aside(outside) as other_worker:
        assert other_worker.do(lambda: seal.seal("journal")).number == 1
        with tenancy.inside(outside):
            assert seal.seal("journal") is None
    _write(outside, 2)
    assert _seal(outside).number == 2
    with tenancy.inside(outside):
        assert verify.verify("journal") == []


def test_a_row_put_before_the_first_seal_is_found(outside):
    _write(outside, 1)
    _seal(outside)
    with connections["owner"].cursor() as cursor, transaction.atomic(using="owner"):
        cursor.execute(
            """insert into journal_event select tenant_id, -1, 0, recorded_at, salt,
            id, type, version, occurred_at, actor_kind, actor_id, channel, unit, case_id, conversation_id, person,
            objects, activity, lifecycle, data from journal_event where tenant_id = %s""",
            [outside.pk],
        )
    with tenancy.inside(outside):
        assert [(finding.what, finding.seq) for finding in verify.verify("journal")] == [("inserted", -1)]


def test_no_transaction_has_a_number_below_zero(outside):
    _write(outside, 1)
    change = "update journal_event set xid = -1 where tenant_id = %s"
    with pytest.raises(IntegrityError, match="xid"), connections["owner"].cursor() as cursor:
        cursor.execute(change, [outside.pk])


def test_rows_that_are_not_sealed_yet_are_counted(outside):
    _write(outside, 1)
    _seal(outside)
    for n in (2, 3):
        _write(outside, n)
    with tenancy.inside(outside):
        assert (verify.unsealed("journal"), verify.verify("journal")) == (2, [])


TAMPERINGS = {
    "changed": "update journal_event set data = '{\"n\": 9}' where tenant_id = %s and data->>'n' = '1'",
    "missing": "delete from journal_event where tenant_id = %s and data->>'n' = '1'",
    "inserted": """insert into journal_event select tenant_id, nextval('journal_event_seq'), xid, recorded_at, salt,
        id, type, version, occurred_at, actor_kind, actor_id, channel, unit, case_id, conversation_id, person,
        objects, activity, lifecycle, data from journal_event where tenant_id = %s and data->>'n' = '1'""",
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_found_and_named(outside, what):
    seqs = [_write(outside, n) for n in range(3)]
    _seal(outside)
    with connections["owner"].cursor() as cursor:
        cursor.execute(TAMPERINGS[what], [outside.pk])
        assert cursor.rowcount == 1
    with tenancy.inside(outside):
        findings = verify.verify("journal")
    assert [finding.what for finding in findings] == [what]
    if what != "inserted":
        assert findings[0].seq == seqs[1]


def test_a_cut_tail_is_found_by_the_exported_head(outside):
    _write(outside, 1)
    _seal(outside)
    _write(outside, 2)
    head = _seal(outside)
    with connections["owner"].cursor() as cursor:
        cursor.execute("delete from journal_event where tenant_id = %s and data->>'n' = '2'", [outside.pk])
        cursor.execute("delete from foundation_seal where tenant_id = %s and number = 2", [outside.pk])
    with tenancy.inside(outside):
        assert verify.verify("journal") == []
        assert [finding.what for finding in verify.verify("journal", head)] == ["tail"]


def test_a_forged_seal_is_found(outside):
    _write(outside, 1)
    _seal(outside)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "update foundation_seal set signature = %s where tenant_id = %s", [b"x" * 64, outside.pk]
        )
    with tenancy.inside(outside):
        assert [finding.what for finding in verify.verify("journal")] == ["signature"]
