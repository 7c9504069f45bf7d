"""The one timeline: events of the journal joined to the rows that hold their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from towpath.casework.models import Case, CaseConversation
from towpath.contact import queries as contact
from towpath.foundation.access import Actor
from towpath.foundation.models import Event
from towpath.people import queries as people

LIMIT = 400


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
    events = Event.objects.filter(case_id=case.pk, seq__gt=after_seq, recorded_at__gte=_since(case))
    events = events.exclude(Q(type__startswith="contact.") | Q(type="draft.saved"))
    names: dict[str, str] = {}
    lines = [_of_event(event, names, case) for event in events.order_by("-seq")[:LIMIT]]
    conversations = CaseConversation.objects.filter(case=case).values_list("conversation_id", flat=True)
    entries = contact.entries_after(list(conversations), {})
    sent = contact.deliveries([entry.pk for entry in entries])
    lines += [
        _of_entry(entry, sent.get(entry.pk, ()), names, case) for entry in entries if _shown(actor, entry)
    ]
    return sorted(lines, key=lambda line: (line.at, line.seq))


def _since(case: Case) -> datetime:
    """Rows are partitioned by when they were recorded: older partitions need not be looked at."""
    first = (
        Event.objects.filter(case_id=case.pk).order_by("seq").values_list("recorded_at", flat=True).first()
    )
    return first or case.submitted_at


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
    found = Event.objects.filter(case_id=case_id).order_by("-seq").values_list("seq", flat=True).first()
    return found or 0
