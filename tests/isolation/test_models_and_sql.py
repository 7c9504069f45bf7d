"""7,500 random attempts of one body's people upon the other's rows, by every model and in SQL: none seen, none written."""

import os
from collections import Counter
from random import Random

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connections, transaction

from tests.isolation.attempts import BY_MODELS, IN_SQL, Attempt, Try
from tests.isolation.rows import Town, checksums, in_order, marks_in, one_of_each
from towpath.foundation import tenancy

ATTEMPTS = int(os.environ.get("TOWPATH_ISOLATION_ATTEMPTS", "7500"))
BATCH = 50  # attempts in one transaction, which is committed
# Not allowed (row-level security included), no such row to point to, a key that is taken, a column that can't be null.
RIGHTLY = {"42501", "23503", "23505", "23502"}


@pytest.fixture(scope="module")
def towns(database):
    from tests import factories

    pair = Town(factories.make_tenant()), Town(factories.make_tenant())
    for town in pair:
        one_of_each(town)
        one_of_each(town)
    return pair


def _outcome(attempt: Attempt, one: Try) -> str:
    try:
        with transaction.atomic():
            shown = attempt(one)
    except ObjectDoesNotExist:
        return "unknown"
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", "")
        assert state in RIGHTLY, f"{attempt.__name__} on {one.table}: {error}"
        return "refused"
    assert not shown, f"{attempt.__name__} on {one.table}: {shown!r}"
    return "nothing"


def test_by_every_model_and_in_sql_the_rows_of_another_body_are_neither_seen_nor_written(towns):
    ours, theirs = towns
    seed = int(os.environ.get("TOWPATH_SEED", "0")) or Random().randrange(1, 2**32)
    print(f"TOWPATH_SEED={seed}")
    chance, before, counted = Random(seed), checksums(theirs.tenant), Counter()
    plan = [(model, attempt) for model in in_order() for attempt in (*BY_MODELS, *IN_SQL)]
    chance.shuffle(plan)
    for start in range(0, ATTEMPTS, BATCH):
        with tenancy.inside(ours.tenant):
            for number in range(start, min(start + BATCH, ATTEMPTS)):
                model, attempt = plan[number % len(plan)]
                counted[_outcome(attempt, Try(model, ours, theirs, chance))] += 1
    assert counted.total() == ATTEMPTS and set(counted) == {"unknown", "refused", "nothing"}
    assert checksums(theirs.tenant) == before


def test_every_model_has_rows_that_bear_marks(towns):
    """Or the attempts would prove nothing."""
    ours, theirs = towns
    assert set(ours.keys) == set(theirs.keys) == set(in_order())
    assert all(count >= 2 for count, _ in checksums(theirs.tenant).values())
    with tenancy.inside(theirs.tenant):
        assert any(marks_in(theirs, list(model.objects.values())) for model in in_order())


def test_a_table_without_its_policy_would_be_found_out(towns):
    """Or the attempts would prove nothing: most of those past the manager then see or touch something."""
    ours, theirs = towns
    model = next(model for model in in_order() if model._meta.label == "foundation.Lockout")
    found = 0
    with connections["owner"].cursor() as owner:
        owner.execute(f"alter table {model._meta.db_table} disable row level security")
        try:
            for attempt in (*BY_MODELS, *IN_SQL):
                with tenancy.inside(ours.tenant):
                    try:
                        _outcome(attempt, Try(model, ours, theirs, Random(1)))
                    except AssertionError:
                        found += 1
                    transaction.set_rollback(True)
        finally:
            owner.execute(f"alter table {model._meta.db_table} enable row level security")
    assert found >= 15
