"""The one timeline: events of the journal joined to the rows that hold their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from towpath.casework.models import Case, CaseConversation
from towpath.contact import queries as contact
from towpath.foundation import rows
from towpath.foundation.access import Actor
from towpath.foundation.models import Event
from towpath.people import queries as people

LIMIT = 400
TOLD = """
case_id = %s and seq > %s and recorded_at >= %s and not (type like 'contact.%%' or type = 'draft.saved')
order by seq desc limit %s
"""


@dataclass(frozen=True)
class Happening:
    """One line: an event, or an entry of a conversation. `data` are the event's facts."""

    at: datetime
    kind: str
    who: str
    channel: str
    activity: str
    data: dict[str, Any]
    entry: Any = None
    deliveries: Sequence[Any] = ()
    seq: int = 0


def timeline(actor: Actor, case: Case, after_seq: int = 0) -> list[Happening]:
    """What happened to a case that the actor may see, oldest first: events after `after_seq` and all entries.

    Of a very long story the newest part. What is told by an entry, or by each page of a draft, is left out.
    """
    events = rows.rows(Event, TOLD, case.pk, after_seq, _since(case), LIMIT)
    names: dict[str, str] = {}
    lines = [_of_event(event, names, case) for event in events]
    links = rows.rows(CaseConversation, "case_id = %s", case.pk)
    entries = contact.entries_after([link.conversation_id for link in links], {})
    sent = contact.deliveries([entry.pk for entry in entries])
    lines += [
        _of_entry(entry, sent.get(entry.pk, ()), names, case) for entry in entries if _shown(actor, entry)
    ]
    return sorted(lines, key=lambda line: (line.at, line.seq))


def _since(case: Case) -> datetime:
    """Rows are partitioned by when they were recorded: older partitions need not be looked at."""
    first = rows.first(Event, "case_id = %s order by seq limit 1", case.pk)
    return first.recorded_at if first else case.submitted_at


def _shown(actor: Actor, entry: Any) -> bool:
    return actor.kind == "staff" or entry.direction != "internal"


def _of_event(event: Event, names: dict[str, str], case: Case) -> Happening:
    who = _who(event.actor_kind, event.actor_id, names, case)
    return Happening(
        event.occurred_at, event.type, who, event.channel, event.activity, event.data, seq=event.seq
    )


def _of_entry(entry: Any, sent: Sequence[Any], names: dict[str, str], case: Case) -> Happening:
    who = _who(entry.author_kind, entry.author_id, names, case)
    return Happening(
        entry.at, f"entry.{entry.kind}", who, entry.channel, "", {"direction": entry.direction}, entry, sent
    )


def _who(kind: str, id_: str, names: dict[str, str], case: Case) -> str:
    """A name for the screen: looked up once for each actor."""
    if kind in ("resident", "visitor"):
        return case.applicant_name
    if kind == "system":
        return ""
    if id_ not in names:
        names[id_] = people.staff_name(id_)
    return names[id_]


def last_seq(case_id: UUID) -> int:
    found = rows.first(Event, "case_id = %s order by seq desc limit 1", case_id)
    return found.seq if found else 0
