"""The one timeline: events of the journal joined to the rows that hold their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from towpath.casework.models import Case, CaseConversation
from towpath.contact import queries as contact
from towpath.foundation import clock, rows
from towpath.foundation.access import Actor
from towpath.foundation.models import Event
from towpath.people import queries as people

LIMIT = 400
TOLD_BY_ENTRIES = "contact."


@dataclass(frozen=True)
class Story:
    """What happened, oldest first. `head`: the number of the newest event, told or not."""

    lines: Sequence["Happening"]
    head: int


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


def timeline(actor: Actor, case: Case) -> Story:
    """What happened to a case that the actor may see: its events and the entries of its conversations.

    Of a very long story the newest part. What is told by an entry, or by each page of a draft, is left out.
    All is asked at once: the journal is partitioned by time, and each question is planned for each of its parts.
    """
    events = _events(case.pk, 5 * LIMIT)
    names: dict[str, str] = {}
    lines = [_of_event(event, names, case) for event in events if _told(event)][:LIMIT]
    links = rows.rows(CaseConversation, "case_id = %s", case.pk)
    entries = contact.entries_after([link.conversation_id for link in links], {})
    sent = contact.deliveries([entry.pk for entry in entries])
    lines += [
        _of_entry(entry, sent.get(entry.pk, ()), names, case) for entry in entries if _shown(actor, entry)
    ]
    lines.sort(key=lambda line: (line.at, line.seq))
    return Story(lines, events[0].seq if events else 0)


def _events(case_id: UUID, most: int) -> list[Event]:
    """The newest first."""
    wanted = "case_id = %s and recorded_at < %s order by seq desc limit %s"
    return rows.rows(Event, wanted, case_id, clock.recorded_before(), most)


def _told(event: Event) -> bool:
    return not event.type.startswith(TOLD_BY_ENTRIES) and event.type != "draft.saved"


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
    return next((event.seq for event in _events(case_id, 1)), 0)
