"""Taking events of the journal into facts and figures, one by one as they come, or all anew."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet

from towpath.catalogue import queries as catalogue
from towpath.foundation import tenancy
from towpath.foundation.journal import follow
from towpath.foundation.journal.follow import Horizon
from towpath.foundation.models import Cursor, Event, Parked, Tenant
from towpath.journeys import rules, sums
from towpath.journeys.logs import NotImported, import_log, remove_log
from towpath.journeys.models import SUBSCRIBER, ActivityFact, CaseFact, ConversationFact, Figure

__all__ = ["MEASURED", "SUBSCRIBER", "NotImported", "import_log", "measure", "rebuild", "remove_log"]

MEASURED: Final = rules.OF_REQUESTS | rules.OF_CONTACT
FIELDS: Final = tuple(f.name for f in fields(rules.Journey))
STEP_FIELDS: Final = tuple(f.name for f in fields(rules.Step) if f.name != "key")
BATCH: Final = 1000
ADD = """
insert into journeys_figure (tenant_id, service, channel, month, measure, bucket, value)
select %s, * from unnest(%s::text[], %s::text[], %s::date[], %s::text[], %s::int[], %s::bigint[])
on conflict (tenant_id, month, service, channel, measure, bucket)
do update set value = journeys_figure.value + excluded.value
"""
Spoken = tuple[int, int, int]  # letters, e-mails, calls


def measure(event: Event) -> None:
    """Takes one event. An event that was taken before changes nothing."""
    if event.type in rules.OF_CONTACT:
        _take_contact(event)
    elif event.case_id is not None:
        _take_request(event, event.case_id)


def _take_request(event: Event, case_id: UUID) -> None:
    row = CaseFact.objects.select_for_update().filter(pk=case_id).first()
    if row is None:
        if not _begins(event):
            return
        row = CaseFact(case_id=case_id)
    if event.seq <= row.seq:
        return
    journey, zone = _journey(row), _zone()
    before = sums.adds(journey, zone)
    rules.take(journey, event, _due(event))
    if event.type == "case.submitted":
        _spoken_before(journey, event)
    steps = _take_steps(journey, event, case_id, zone)
    row.xid, row.seq = event.xid, event.seq
    _keep(row, journey)
    _add(sums.difference(before, sums.adds(journey, zone) + steps))


def _begins(event: Event) -> bool:
    """A request whose beginning the journal no longer holds is not measured."""
    return event.type in {"draft.started", "case.submitted"}


def _journey(row: CaseFact) -> rules.Journey:
    return rules.Journey(**{name: getattr(row, name) for name in FIELDS})


def _keep(row: CaseFact, journey: rules.Journey) -> None:
    for name in FIELDS:
        setattr(row, name, getattr(journey, name))
    row.save()


def _zone() -> ZoneInfo:
    return ZoneInfo(tenancy.current().zone)


def _add(changes: Mapping[sums.Cell, int]) -> None:
    if not changes:
        return
    columns = zip(*[(*cell, by) for cell, by in changes.items()], strict=True)
    with connection.cursor() as cursor:
        cursor.execute(ADD, [tenancy.current_id(), *map(list, columns)])


# --- the legal deadline, from the package that the request was sent under

_lengths: dict[tuple[int, str, int], str] = {}


def _due(event: Event) -> datetime | None:
    """The deadline that a request got when it was sent: its package says how long there is."""
    if event.type != "case.submitted":
        return None
    length = _length(str(event.data["service"]), int(event.data.get("version") or 0))
    return catalogue.terms.moment_after(event.occurred_at, length) if length else None


def _length(service: str, number: int) -> str:
    key = (tenancy.current_id(), service, number)
    if key not in _lengths:
        versions = catalogue.ServiceVersion.objects.filter(service__code=service, number=number)
        version_id = versions.values_list("pk", flat=True).first()
        if version_id is None:
            return ""
        deadline = catalogue.package(version_id).service.deadline
        _lengths[key] = deadline.within if deadline else ""
    return _lengths[key]


# --- steps


def _take_steps(journey: rules.Journey, event: Event, case_id: UUID, zone: ZoneInfo) -> Counter[sums.Cell]:
    """Keeps what the event does to the open steps; returns what ended steps add to the figures."""
    found: Counter[sums.Cell] = Counter()
    if event.type not in rules.OF_STEPS:
        return found
    rows = ActivityFact.objects.filter(case_id=case_id, ended_at=None).order_by("started_at", "id")
    steps = [_step(row) for row in rows]
    for step in rules.take_step(steps, event):
        if step.key is None:
            ActivityFact.objects.create(case_id=case_id, **_of_step(step))
        else:
            ActivityFact.objects.filter(pk=step.key).update(**_of_step(step))
        found += sums.step_adds(journey, step, zone)
    rules.stand_at(journey, steps)
    return found


def _step(row: ActivityFact) -> rules.Step:
    return rules.Step(**_of_step(row), key=row.pk)


def _of_step(step: rules.Step | ActivityFact) -> dict[str, Any]:
    return {name: getattr(step, name) for name in STEP_FIELDS}


# --- letters, e-mails, calls


def _take_contact(event: Event) -> None:
    """Counts what was written or said in a conversation, and for its request once that is known."""
    spoken = rules.contacts(event)
    if event.conversation_id is None or not any(spoken):
        return
    row, _ = ConversationFact.objects.select_for_update().get_or_create(pk=event.conversation_id)
    if event.seq <= row.seq:
        return
    row.letters, row.emails, row.calls = _sum((row.letters, row.emails, row.calls), spoken)
    row.xid, row.seq = event.xid, event.seq
    row.save()
    fact = CaseFact.objects.select_for_update().filter(pk=row.case_id).first() if row.case_id else None
    if fact is None:
        return
    journey, zone = _journey(fact), _zone()
    before = sums.adds(journey, zone)
    _count(journey, spoken)
    _keep(fact, journey)
    _add(sums.difference(before, sums.adds(journey, zone)))


def _spoken_before(journey: rules.Journey, event: Event) -> None:
    """From now on the conversation is about this request; what was said before counts for it too."""
    if event.conversation_id is None:
        return
    row, _ = ConversationFact.objects.select_for_update().get_or_create(pk=event.conversation_id)
    row.case_id = event.case_id
    row.save(update_fields=["case_id"])
    _count(journey, (row.letters, row.emails, row.calls))


def _count(journey: rules.Journey, spoken: Spoken) -> None:
    now = _sum((journey.letters, journey.emails, journey.calls), spoken)
    journey.letters, journey.emails, journey.calls = now


def _sum(one: Spoken, other: Spoken) -> Spoken:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


# --- all anew


def rebuild(tenant: Tenant, *, behind_horizon: bool = True) -> int:
    """Throws facts and figures away and makes them from the whole journal; returns how many requests there are.

    One transaction: readers see the old figures until the new ones are whole. It reads case by case, so that the
    memory it needs grows with the number of conversations only. New events follow from where it stopped.
    """
    with tenancy.inside(tenant):
        cursor = _cursor()
        for model in (CaseFact, ActivityFact, ConversationFact, Figure):
            model.objects.all().delete()
        Parked.objects.filter(subscriber=SUBSCRIBER).delete()
        events = Event.objects.filter(xid__lt=Horizon()) if behind_horizon else Event.objects.all()
        last = events.order_by("-xid", "-seq").first()
        if last is None:
            return 0
        events = events.filter(Q(xid__lt=last.xid) | Q(xid=last.xid, seq__lte=last.seq))
        count = _replay(events)
        cursor.xid, cursor.seq = last.xid, last.seq
        cursor.save(update_fields=["xid", "seq"])
        return count


def _cursor() -> Cursor:
    follow.reserve(SUBSCRIBER)
    Cursor.objects.bulk_create([Cursor(subscriber=SUBSCRIBER)], ignore_conflicts=True)
    found: Cursor = Cursor.objects.select_for_update().get(subscriber=SUBSCRIBER)
    return found


def _replay(events: "QuerySet[Event]") -> int:
    conversations = {row.pk: row for row in _conversations(events)}
    figures: Counter[sums.Cell] = Counter()
    rows: list[CaseFact] = []
    steps: list[ActivityFact] = []
    count, zone = 0, _zone()
    for case_id, of_case in _by(events.filter(type__in=rules.OF_REQUESTS), "case_id"):
        made = _replayed(case_id, of_case, conversations)
        if made is None:
            continue
        row, journey, own_steps = made
        figures.update(sums.adds(journey, zone))
        for step in own_steps:
            figures.update(sums.step_adds(journey, step, zone))
            steps.append(ActivityFact(case_id=case_id, **_of_step(step)))
        rows.append(row)
        count += 1
        if len(rows) >= BATCH:
            _store(rows, steps)
    _store(rows, steps)
    ConversationFact.objects.bulk_create(conversations.values(), batch_size=BATCH)
    Figure.objects.bulk_create(
        [Figure(value=value, **cell._asdict()) for cell, value in figures.items()], batch_size=BATCH
    )
    return count


def _by(events: "QuerySet[Event]", name: str) -> Iterator[tuple[UUID, Iterator[Event]]]:
    """The events of each request (or conversation) together, in their order."""
    known = events.filter(**{f"{name}__isnull": False}).order_by(name, "seq")
    return groupby(known.iterator(chunk_size=2000), key=lambda event: getattr(event, name))


def _store(rows: list[CaseFact], steps: list[ActivityFact]) -> None:
    CaseFact.objects.bulk_create(rows)
    ActivityFact.objects.bulk_create(steps)
    rows.clear()
    steps.clear()


def _replayed(
    case_id: UUID, events: Iterable[Event], conversations: dict[UUID, ConversationFact]
) -> tuple[CaseFact, rules.Journey, list[rules.Step]] | None:
    row, journey = CaseFact(case_id=case_id), rules.Journey()
    steps: list[rules.Step] = []
    for event in events:
        if row.seq == 0 and not _begins(event):
            continue
        row.xid, row.seq = event.xid, event.seq
        rules.take(journey, event, _due(event))
        if event.type == "case.submitted" and event.conversation_id is not None:
            spoken = conversations.setdefault(
                event.conversation_id, ConversationFact(conversation_id=event.conversation_id)
            )
            spoken.case_id = case_id
            _count(journey, (spoken.letters, spoken.emails, spoken.calls))
        if event.type in rules.OF_STEPS:
            rules.take_step(steps, event)
            rules.stand_at(journey, steps)
    if row.seq == 0:
        return None
    for name in FIELDS:
        setattr(row, name, getattr(journey, name))
    return row, journey, steps


def _conversations(events: "QuerySet[Event]") -> Iterator[ConversationFact]:
    for conversation_id, spoken in _by(events.filter(type__in=rules.OF_CONTACT), "conversation_id"):
        row = ConversationFact(conversation_id=conversation_id)
        for event in spoken:
            if any(counted := rules.contacts(event)):
                row.letters, row.emails, row.calls = _sum((row.letters, row.emails, row.calls), counted)
                row.xid, row.seq = event.xid, event.seq
        if row.seq:
            yield row
