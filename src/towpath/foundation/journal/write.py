"""Writing: one event for one change, in its transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from towpath.foundation import clock, tenancy
from towpath.foundation.access import Actor
from towpath.foundation.ids import uuid7
from towpath.foundation.journal.types import EventType, UnknownFact

# One statement tells the database and whoever listens; the notice leaves with the commit. `{}` are the rows, which
# get their `seq` in the order in which they are given.
INSERT = """
with written as (
    insert into journal_event (tenant_id, id, type, version, occurred_at, actor_kind, actor_id, channel, unit,
        case_id, conversation_id, person, objects, activity, lifecycle, data)
    values {} returning seq, tenant_id)
select seq, pg_notify('journal', tenant_id::text) from written
"""
ROW = f"({', '.join(['%s'] * 16)})"


@dataclass(frozen=True)
class Fact:
    """What an event is about. `person` is a pseudonym; `objects` are (kind, id) pairs for OCEL."""

    case: UUID | None = None
    conversation: UUID | None = None
    person: UUID | None = None
    unit: str = ""
    activity: str = ""
    lifecycle: str = "complete"
    objects: Sequence[tuple[str, str]] = field(default_factory=tuple)
    occurred_at: datetime | None = None


class Happened(NamedTuple):
    """What `record` is given, for those who have several to tell at once."""

    kind: EventType
    actor: Actor
    about: Fact
    data: Mapping[str, Any]


def record(kind: EventType, actor: Actor, about: Fact, /, **data: Any) -> int:
    """Writes one event and returns its `seq`. Rolls back with the caller's transaction."""
    (seq,) = record_all([Happened(kind, actor, about, data)])
    return seq


def record_all(happened: Sequence[Happened]) -> list[int]:
    """Writes events in the order given, in one statement; returns the `seq` of each."""
    if not happened:
        return []
    values = [value for one in happened for value in _row(*one)]
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(", ".join([ROW] * len(happened))), values)
        return [int(seq) for seq, _ in cursor.fetchall()]


def _row(kind: EventType, actor: Actor, about: Fact, data: Mapping[str, Any]) -> list[Any]:
    surplus = set(data) - kind.facts
    if surplus:
        raise UnknownFact(f"{kind.name} does not declare: {', '.join(sorted(surplus))}.")
    return [
        tenancy.current_id(),
        uuid7(),
        kind.name,
        kind.version,
        about.occurred_at or clock.now(),
        actor.kind,
        actor.id,
        actor.channel,
        about.unit,
        about.case,
        about.conversation,
        about.person,
        _json([list(pair) for pair in about.objects]),
        about.activity,
        about.lifecycle,
        _json(data),
    ]


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder)
