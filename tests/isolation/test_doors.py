"""1,000 calls of the rooms' actions and queries by one body's people with the other's ids: none seen, none written."""

import os
from collections import Counter
from random import Random

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from tests.isolation.doors import DOORS, Call, actors
from tests.isolation.rows import Town, checksums, marks_in, one_of_each
from towpath.foundation import tenancy
from towpath.foundation.access import NotAllowed

CALLS = int(os.environ.get("TOWPATH_ISOLATION_CALLS", "1000"))
BATCH = 50


@pytest.fixture(scope="module")
def towns(database):
    from tests import factories

    pair = Town(factories.make_tenant()), Town(factories.make_tenant())
    for town in pair:
        one_of_each(town)
    return pair


def _outcome(name: str, call: Call) -> str:
    try:
        with transaction.atomic():
            shown = DOORS[name](call)
    except ObjectDoesNotExist:
        return "unknown"
    except NotAllowed:
        return "refused"
    assert not shown, f"{name} as {call.actor.kind}: {shown!r}"
    assert not marks_in(call.theirs, shown)
    return "nothing"


def test_no_door_of_a_room_leads_to_another_body(towns):
    ours, theirs = towns
    seed = int(os.environ.get("TOWPATH_SEED", "0")) or Random().randrange(1, 2**32)
    print(f"TOWPATH_SEED={seed}")
    chance, before, counted = Random(seed), checksums(theirs.tenant), Counter()
    plan = [(name, actor) for name in DOORS for actor in actors(theirs)]
    chance.shuffle(plan)
    for start in range(0, CALLS, BATCH):
        with tenancy.inside(ours.tenant):
            for number in range(start, min(start + BATCH, CALLS)):
                name, actor = plan[number % len(plan)]
                counted[_outcome(name, Call(theirs, actor, chance))] += 1
    assert counted.total() == CALLS and set(counted) == {"unknown", "refused", "nothing"}
    assert checksums(theirs.tenant) == before
