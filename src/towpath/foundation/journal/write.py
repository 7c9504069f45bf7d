"""Writing: one event for one change, in its transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from towpath.foundation import clock, tenancy
from towpath.foundation.access import Actor
from towpath.foundation.ids import uuid7
from towpath.foundation.journal.types import EventType, UnknownFact

# One statement tells the database and whoever listens; the notice leaves with the commit.
INSERT = """
with written as (
    insert into journal_event (tenant_id, id, type, version, occurred_at, actor_kind, actor_id, channel, unit,
        case_id, conversation_id, person, objects, activity, lifecycle, data)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning seq, tenant_id)
select seq, pg_notify('journal', tenant_id::text) from written
"""


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


def record(kind: EventType, actor: Actor, about: Fact, /, **data: Any) -> int:
    """Writes one event and returns its `seq`. Rolls back with the caller's transaction."""
    surplus = set(data) - kind.facts
    if surplus:
        raise UnknownFact(f"{kind.name} does not declare: {', '.join(sorted(surplus))}.")
    with connection.cursor() as cursor:
        cursor.execute(INSERT, _row(kind, actor, about, data))
        seq, _ = cursor.fetchone()
    return int(seq)


def _row(kind: EventType, actor: Actor, about: Fact, data: Mapping[str, Any]) -> list[Any]:
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
