"""Who guesses is stopped; who owns is not kept out by a few wrong codes of somebody else."""

from datetime import timedelta

import pytest

from towpath.foundation import clock, lockout, tenancy
from towpath.foundation.lockout import TRIES, TRIES_OF_ALL, LockedOut
from towpath.foundation.models import Lockout


def _tries(times, by="", right=False):
    for _ in range(times):
        with lockout.guarded("case:MB-1", by) as tried:
            tried.right = right


@pytest.fixture
def time(tenant):
    with clock.running(clock.VirtualClock(clock.now())) as virtual:
        yield virtual


@pytest.mark.parametrize("by", ["", "192.0.2.1"])
def test_five_wrong_tries_lock_out_who_made_them_for_a_while(time, by):
    _tries(TRIES, by)
    with pytest.raises(LockedOut) as locked:
        _tries(1, by, right=True)
    assert locked.value.minutes == 15
    time.advance(lockout.FOR)
    _tries(TRIES - 1, by)
    _tries(1, by, right=True)


def test_the_owner_still_gets_in_while_somebody_else_is_locked_out(time):
    _tries(TRIES, "192.0.2.1")
    _tries(1, "198.51.100.7", right=True)


def test_many_tries_from_many_places_lock_everybody_out(time):
    for n in range(TRIES_OF_ALL):
        _tries(1, f"192.0.2.{n}")
    with pytest.raises(LockedOut):
        _tries(1, "198.51.100.7", right=True)


def test_a_right_try_forgets_the_wrong_ones_of_who_made_it_alone(time):
    _tries(TRIES - 1, "a")
    _tries(TRIES - 1, "b")
    _tries(1, "a", right=True)
    _tries(TRIES - 1, "a")
    _tries(1, "b")
    with pytest.raises(LockedOut):
        _tries(1, "b")
    _tries(1, "a")


def test_other_things_are_counted_apart(time):
    _tries(TRIES, "a")
    with lockout.guarded("case:MB-2", "a") as tried:
        tried.right = True


def test_old_counts_are_swept_and_those_that_matter_stay(time):
    _tries(TRIES, "a")
    time.advance(timedelta(minutes=14))
    assert lockout.sweep() == 0
    time.advance(timedelta(minutes=2))
    with lockout.guarded("case:MB-2", "b"):
        pass
    assert lockout.sweep() == 2
    assert Lockout.objects.count() == 2


def test_times_are_counted_apart_until_they_are_over(time, outside):
    hour = clock.now() + timedelta(hours=1)
    assert [lockout.times("page 192.0.2.1", hour) for _ in range(3)] == [1, 2, 3]
    assert lockout.times("page 198.51.100.7", hour) == 1
    with tenancy.inside(outside):
        assert lockout.times("page 192.0.2.1", hour) == 1
    time.advance(timedelta(hours=1))
    lockout.sweep()
    assert lockout.times("page 192.0.2.1", hour) == 4
    time.advance(lockout.FOR + timedelta(seconds=1))
    lockout.sweep()
    assert lockout.times("page 192.0.2.1", hour) == 1


def test_a_flood_of_times_is_no_error(time):
    lockout.times("page", clock.now())
    Lockout.objects.update(failures=lockout.MANY)
    assert lockout.times("page", clock.now()) == lockout.MANY
