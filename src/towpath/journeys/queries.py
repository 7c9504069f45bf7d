"""Reading the figures, and the requests behind them. What the actor may see of a request, casework says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Count, F, Min, Q, QuerySet, Sum, Value, When

from towpath.foundation import clock, tenancy
from towpath.journeys import sums
from towpath.journeys.figures import (
    LATEST,
    Cost,
    Figures,
    Period,
    Prices,
    cost,
    period,
    periods,
    together,
)
from towpath.journeys.logs import NotReadable, log, logs, opened
from towpath.journeys.measures import MEASURES, OF_NAME, Measure
from towpath.journeys.models import CaseFact, Figure, ImportedLog
from towpath.journeys.walked import CLOSED, MARKS, SENT, VERSION, WITHDRAWN, walked

__all__ = [
    "AGES",
    "CLOSED",
    "LATEST",
    "MARKS",
    "MEASURES",
    "OF_NAME",
    "PAGE",
    "SENT",
    "VERSION",
    "WITHDRAWN",
    "CaseFact",
    "Cost",
    "Figures",
    "ImportedLog",
    "Measure",
    "NotReadable",
    "Open",
    "Period",
    "Prices",
    "Wanted",
    "Which",
    "cost",
    "earliest",
    "figures",
    "log",
    "logs",
    "open_requests",
    "opened",
    "period",
    "periods",
    "prices",
    "requests",
    "steps",
    "together",
    "walked",
]

AGES = tuple(name for name, _ in sums.AGES)
PAGE = 50
Dimension = Literal["service", "channel", "month"]
Which = Literal["open", "late", "resolved", "sent", "rated", "automatic", "missed", "withdrawn"]


def figures(
    over: Period,
    by: Sequence[Dimension],
    *,
    service: str = "",
    channel: str = "",
    only: Sequence[str] = (),
) -> dict[tuple[Any, ...], Figures]:
    """Figures for each value of the dimensions, in one query. Steps are left to `steps`; `only` names single sums."""
    rows = _of(over, service, channel).exclude(measure__gte=sums.STEP, measure__lt=_after(sums.STEP))
    rows = rows.filter(measure__in=only) if only else rows
    found: dict[tuple[Any, ...], Figures] = {}
    for *key, measure, bucket, value in _summed(rows, by):
        found.setdefault(tuple(key), Figures()).add(measure, bucket, value)
    return found


def steps(over: Period, *, service: str, channel: str = "") -> dict[str, tuple[int, timedelta]]:
    """Step -> how many ended, and their median, in one query."""
    rows = _of(over, service, channel).filter(measure__gte=sums.STEP, measure__lt=_after(sums.STEP))
    buckets: dict[str, dict[int, int]] = {}
    for measure, bucket, value in _summed(rows, ()):
        buckets.setdefault(measure.removeprefix(sums.STEP), {})[bucket] = value
    medians = {step: sums.quantile(of_step, 0.5) for step, of_step in buckets.items()}
    return {step: (sum(buckets[step].values()), took) for step, took in medians.items() if took is not None}


def _after(prefix: str) -> str:
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


def _of(over: Period, service: str, channel: str) -> "QuerySet[Figure]":
    rows: QuerySet[Figure] = Figure.objects.filter(month__gte=over.first, month__lt=over.until)
    rows = rows.filter(service=service) if service else rows
    return rows.filter(channel=channel) if channel else rows


def _summed(rows: "QuerySet[Figure]", by: Sequence[Dimension]) -> Iterable[tuple[Any, ...]]:
    """Tuples of the dimensions, the measure, the bucket and the sum."""
    names = (*by, "measure", "bucket")
    sums = rows.order_by().values(*names).annotate(total=Sum("value")).exclude(total=0)
    tuples: Iterable[tuple[Any, ...]] = sums.values_list(*names, "total")
    return tuples


def earliest() -> date | None:
    """The first month that has a figure."""
    found: date | None = Figure.objects.aggregate(first=Min("month"))["first"]
    return found


def prices() -> Prices:
    """The body's setting `costs` (channel -> amount for one request) and `currency`. What is no amount is left out."""
    settings = tenancy.current().settings
    given = settings.get("costs")
    amounts = {str(c): _amount(value) for c, value in given.items()} if isinstance(given, dict) else {}
    known = {channel: amount for channel, amount in amounts.items() if amount is not None}
    return Prices(str(settings.get("currency", "€")), known)


def _amount(value: object) -> Decimal | None:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and found >= 0 else None


@dataclass(frozen=True)
class Open:
    """So many open requests of a service lie at a step, are so old and wait for somebody; `late` of them are late."""

    service: str
    step: str
    awaits: str
    age: str
    count: int
    late: int


def open_requests(*, service: str = "", channel: str = "") -> list[Open]:
    """All open requests, counted by service, step, whom they wait for and age, in one query."""
    now = clock.now()
    rows = _requests(Wanted("open", service=service, channel=channel), now)
    counted = (
        rows.annotate(age=_age(now))
        .order_by()
        .values("service", "step", "awaits", "age")
        # Not the key: a field of the index, so that the index alone can tell.
        .annotate(count=Count("submitted_at"), late=Count("submitted_at", filter=_late(now)))
    )
    return [Open(**row) for row in counted.order_by("service", "step", "awaits", "age")]


def _age(now: datetime) -> Case:
    limits = [(name, days) for name, days in sums.AGES if days is not None]
    whens = [When(submitted_at__gt=now - timedelta(days=days), then=Value(name)) for name, days in limits]
    return Case(*whens, default=Value(sums.AGES[-1][0]), output_field=CharField())


def _late(now: datetime) -> Q:
    return Q(due_at__lt=now, clock_stopped_at=None)


@dataclass(frozen=True)
class Wanted:
    """Which requests lie behind a figure. Empty fields filter nothing; `over` counts for those that ended or were sent.

    `among`: only of these.
    """

    which: Which
    service: str = ""
    channel: str = ""
    over: Period | None = None
    step: str | None = None
    awaits: str = ""
    age: str = ""
    among: Sequence[UUID] | None = None


def requests(wanted: Wanted, after: tuple[datetime, UUID] | None = None) -> list[CaseFact]:
    """Up to `PAGE` + 1 requests behind a figure, the open ones oldest first, others newest first; goes on `after` a key."""
    rows = _requests(wanted, clock.now())
    if wanted.which in {"open", "late"}:
        if after:
            rows = rows.filter(submitted_at__gte=after[0]).exclude(submitted_at=after[0], pk__lte=after[1])
        return list(rows.order_by("submitted_at", "pk")[: PAGE + 1])
    name = "submitted_at" if wanted.which == "sent" else "resolved_at"
    if after:
        rows = rows.filter(**{f"{name}__lte": after[0]}).exclude(**{name: after[0]}, pk__gte=after[1])
    return list(rows.order_by(F(name).desc(), "-pk")[: PAGE + 1])


def _requests(wanted: Wanted, now: datetime) -> "QuerySet[CaseFact]":
    rows: QuerySet[CaseFact] = CaseFact.objects.filter(_meant(wanted, now))
    for name in ("service", "channel", "awaits"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if wanted.among is not None:
        rows = rows.filter(pk__in=wanted.among)
    if wanted.step is not None:
        rows = rows.filter(step=wanted.step)
    if wanted.age:
        rows = rows.annotate(age=_age(now)).filter(age=wanted.age)
    return rows


def _meant(wanted: Wanted, now: datetime) -> Q:
    if wanted.which in {"open", "late"}:
        undecided = Q(submitted_at__isnull=False, resolved_at=None)
        return undecided & _late(now) if wanted.which == "late" else undecided
    name = "submitted_at" if wanted.which == "sent" else "resolved_at"
    meant = Q(submitted_at__isnull=False) & Q(**{f"{name}__isnull": False})
    if wanted.over:
        meant &= Q(
            **{f"{name}__gte": _midnight(wanted.over.first), f"{name}__lt": _midnight(wanted.over.until)}
        )
    more = {
        "rated": Q(score__isnull=False),
        "automatic": Q(automatic=True),
        "missed": Q(deadline_met=False),
        "withdrawn": Q(withdrawn_at__isnull=False, decided_at=None),
    }
    return meant & more.get(wanted.which, Q())


def _midnight(day: date) -> datetime:
    """When a day begins for the body."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(tenancy.current().zone))
