"""Keys, jobs, search and the log of reads."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from towpath.foundation import access, clock, crypto, jobs, search, tenancy
from towpath.foundation.access import Actor, NotAllowed
from towpath.foundation.journal.seal import merkle_root
from towpath.foundation.models import AccessRecord, Event, GivenUp, SearchToken

TRIED: list[int] = []


@jobs.job("test.fails", tries=3, first_wait=timedelta(seconds=10))
def fails(tenant, n):
    TRIED.append(n)
    raise ConnectionError("nobody answers")


def test_an_encrypted_value_is_bound_to_its_place(tenant):
    row = uuid4()
    sealed = crypto.encrypt("secret", "case", "answers", row)
    assert "secret" not in sealed
    assert crypto.decrypt(sealed, "case", "answers", row) == "secret"
    with pytest.raises(InvalidTag):
        crypto.decrypt(sealed, "case", "answers", uuid4())


def test_a_job_is_tried_again_and_then_shown_to_a_person(outside):
    TRIED.clear()
    virtual = clock.VirtualClock(clock.now())
    with clock.running(virtual), jobs.inline() as kept:
        with tenancy.inside(outside):
            jobs.enqueue("test.fails", n=1)
        jobs.run_due(outside, kept)
        assert len(TRIED) == 1
        virtual.advance(timedelta(seconds=11))
        jobs.run_due(outside, kept)
        virtual.advance(timedelta(seconds=21))
        jobs.run_due(outside, kept)
        assert not kept.waiting
    assert len(TRIED) == 3
    with tenancy.inside(outside):
        (row,) = jobs.given_up()
        assert row.error == "ConnectionError: nobody answers"


@pytest.fixture
def registered(monkeypatch):
    """Jobs registered by a test are gone after it."""
    monkeypatch.setattr(jobs, "_jobs", dict(jobs._jobs))


def test_what_follows_giving_up_may_fail_and_the_job_is_still_shown(outside, registered):
    def broken(tenant, arguments, error):
        search.index("case", uuid4(), 1, ["left behind"])
        raise RuntimeError("no such call")

    @jobs.job("test.fails-twice", tries=1, given_up=broken)
    def fails_twice(tenant):
        raise ValueError("no mail to ada@example.org\nDETAIL: Ada, 12 Mill Lane")

    jobs.perform(outside, "test.fails-twice", {}, tried=1)
    with tenancy.inside(outside):
        (row,) = jobs.given_up()
        assert row.error == "ValueError: no mail to [address]"
        assert Event.objects.get().type == "job.given-up"
        assert search.find("case", "behind") == []


def test_a_job_that_nobody_knows_is_shown_to_a_person(outside):
    jobs.perform(outside, "test.of-tomorrow", {"case": "no uuid"}, tried=1)
    with tenancy.inside(outside), jobs.inline() as kept:
        (row,) = jobs.given_up()
        assert (row.job, row.arguments) == ("test.of-tomorrow", {"case": "no uuid"})
        assert "test.of-tomorrow" in row.error
        jobs.settle(Actor("staff", "s", permissions=frozenset({("jobs.settle", "*")})), row.pk, again=True)
        assert [name for _, name, _ in kept.waiting] == ["test.of-tomorrow"]


def test_a_job_that_can_not_be_given_up_is_tried_again(outside, monkeypatch):
    def full(*_, **__):
        raise OSError("no room left")

    monkeypatch.setattr(jobs, "record", full)
    with pytest.raises(jobs.TryAgain):
        jobs.perform(outside, "test.fails", {"n": 2}, tried=3)
    with tenancy.inside(outside):
        assert jobs.given_up() == []


def test_waits_between_tries_end_at_an_hour():
    kind = jobs.Job("test.waits", fails, 9, timedelta(seconds=2), None)
    assert [jobs.wait(kind, n).total_seconds() for n in (1, 2, 12, 500)] == [2, 4, 3600, 3600]


def test_a_job_laid_aside_by_a_person_is_gone_from_the_list(tenant):
    row = GivenUp.objects.create(job="test.fails", arguments={"n": 1}, error="e", given_up_at=clock.now())
    with pytest.raises(NotAllowed):
        jobs.settle(Actor("staff", "s"), row.pk, again=False)
    jobs.settle(Actor("staff", "s", permissions=frozenset({("jobs.settle", "*")})), row.pk, again=False)
    assert jobs.given_up() == []


def test_a_job_reaches_the_real_queue_with_its_transaction(outside):
    from django.db import connection

    with tenancy.inside(outside):
        jobs.enqueue("test.fails", n=77)
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from procrastinate_jobs where args->>'tenant' = %s", [str(outside.pk)]
        )
        assert cursor.fetchone() == (1,)


def test_reading_is_noted_once_in_fifteen_minutes(tenant):
    reader, case = Actor("staff", "s1"), uuid4()
    with clock.running(clock.VirtualClock(clock.now().replace(minute=1))) as virtual:
        for _ in range(3):
            access.log_read(reader, "case", case, "casework")
        assert AccessRecord.objects.count() == 1
        virtual.advance(timedelta(minutes=15))
        access.log_read(reader, "case", case, "casework")
    assert AccessRecord.objects.count() == 2


def test_a_job_that_takes_its_worker_along_comes_before_a_person_in_the_end(outside):
    jobs.perform(outside, "test.fails", {"n": 77}, tried=3 + jobs.CUT_SHORT + 1)
    with tenancy.inside(outside):
        (row,) = [one for one in jobs.given_up() if one.arguments == {"n": 77}]
    assert "cut short" in row.error


def test_a_job_waits_for_the_transaction_of_its_cause_also_in_the_worker(outside):
    """There the app has connections of its own: a job put on one of them ran before its cause was there."""

    def waiting():
        return ProcrastinateJob.objects.filter(args__tenant=outside.pk).count()

    with app.replace_connector(app.connector.get_worker_connector()):
        with pytest.raises(RuntimeError, match="broken"), tenancy.inside(outside):
            jobs.enqueue("test.fails", n=1)
            assert waiting() == 1
            raise RuntimeError("broken")
        assert waiting() == 0
        with tenancy.inside(outside):
            jobs.enqueue("test.fails", n=1)
        assert waiting() == 1


def test_search_finds_by_every_word_and_by_a_beginning(tenant):
    ada, ben = uuid4(), uuid4()
    search.index("case", ada, 1, ["Ada Lovelace", "MB-1234", "12 Mill Lane"])
    search.index("case", ben, 2, ["Ben Lovelace", "MB-9999", "3 Mill Lane"])
    assert search.find("case", "lovelace") == [ben, ada]
    assert search.find("case", "LOVELACE ad") == [ada]
    assert search.find("case", "love") and search.find("case", "mill lane 12") == [ada]
    assert search.find("case", "nobody") == [] and search.find("case", "  ") == []


def test_a_rare_word_is_found_behind_many_newer_bearers_of_a_frequent_one(tenant, monkeypatch):
    monkeypatch.setattr(search, "SCANNED", 5)
    old, others = uuid4(), [uuid4() for _ in range(8)]
    search.index("case", old, 1, ["Ada", "Lovelace"])
    for rank, other in enumerate(others, start=2):
        search.index("case", other, rank, ["Ada", "Smith"])
    assert search.find("case", "ada lovelace") == search.find("case", "lovelace ada") == [old]
    assert search.find("case", "ada love") == [old]
    assert search.find("case", "ada smith") == others[:-6:-1], "all words frequent: the newest"


def test_words_that_stand_together_are_found_however_many_have_one_of_them(tenant, monkeypatch):
    monkeypatch.setattr(search, "SCANNED", 5)
    old, others = uuid4(), [uuid4() for _ in range(8)]
    search.index("case", old, 1, ["Ada Lovelace", "12 Mill Lane, Millbrook MB1 2AB"])
    for rank, other in enumerate(others, start=2):
        search.index("case", other, rank, ["Ada Smith", "Bea Lovelace", "9 Mill Lane, Millbrook MB1 2AB"])
        search.index("case", uuid4(), rank, ["Cy Smith", "12 Weir Road, Millbrook MB1 2AB"])
    for asked in ("ada lovelace", "Lovelace, Ada", "12 Mill Lane", "ada lovelace mb1", "lovelace ada 12 mi"):
        assert search.find("case", asked)[0] == old, asked
    assert search.find("case", "ada 12") == [], (
        "nowhere together, and both frequent: the newest are looked at"
    )


def test_what_was_indexed_before_pairs_is_found_behind_them(tenant):
    old, new, apart = uuid4(), uuid4(), uuid4()
    search.index("case", old, 1, ["Ada Lovelace"])
    SearchToken.objects.filter(kind="case+").delete()
    search.index("case", new, 2, ["Ada Lovelace"])
    search.index("case", apart, 3, ["Ada", "Lovelace"])
    assert search.find("case", "ada lovelace") == [new, apart, old]


def test_what_an_object_is_found_by_changes_with_its_texts(tenant):
    ada = uuid4()
    search.index("person", ada, 1, ["Ada Lovelace"])
    search.index("person", ada, 1, ["Ada King"])
    assert search.find("person", "ada king") == [ada]
    assert search.find("person", "ada lovelace") == search.find("person", "lovelace") == []


@given(st.text(max_size=60))
def test_any_text_gives_plain_tokens(text):
    for token in search.tokens(text):
        assert token and len(token) <= search.LENGTH


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=20), st.data())
def test_a_merkle_root_changes_with_any_leaf(leaves, data):
    i = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves[:i], bytes(32 * [7]), *leaves[i + 1 :]]
    assert (merkle_root(leaves) == merkle_root(changed)) == (leaves == changed)


def test_a_queue_that_is_locked_is_told_as_the_database_tells_it(outside):
    """Who puts a job into it must see that trying again may help."""
    from django.db import OperationalError, connection

    locked, enough = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("lock table procrastinate_jobs in share row exclusive mode")
            locked.set()
            enough.wait(20)
        connection.close()

    holding = threading.Thread(target=hold)
    holding.start()
    try:
        assert locked.wait(20)
        with pytest.raises(OperationalError), tenancy.inside(outside):
            with connection.cursor() as cursor:
                cursor.execute("set local lock_timeout = '50ms'")
            jobs.enqueue("test.fails", n=1)
    finally:
        enough.set()
        holding.join()
