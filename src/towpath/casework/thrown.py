"""Messages and signals of processes: within a case at once, to other cases of the body by rows that the beat hands on.

Another case is never locked from within a case: two that write to each other would wait for ever. A message that
nobody waits for yet is kept, until somebody does or its time is over.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from towpath.casework.events import MESSAGE_UNHEARD
from towpath.casework.instances import split
from towpath.casework.models import Case, Subscription, Thrown
from towpath.engines import bpmn
from towpath.foundation import clock
from towpath.foundation.access import SYSTEM
from towpath.foundation.journal import Fact, record
from towpath.foundation.typed import pack, unpack

LONGEST_KEY = 200  # characters of a correlation key
KEPT_FOR = timedelta(days=90)
NEW_AT_ONCE = 1_000  # who has begun to wait, looked at in one round
Heard = tuple[str, bpmn.Message | bpmn.Signal]  # instance of the case, what it hears


def throw(case: Case, instance: str, thrown: bpmn.Throw) -> list[Heard]:
    """Who hears it in this case. Others get it from the beat."""
    if thrown.kind == "signal":
        _to_others(case, thrown)
        signal = bpmn.Signal(thrown.name, dict(thrown.payload))
        return [(name, signal) for name in listening(case, thrown.name) if name != instance]
    if len(thrown.correlation_key or "") > LONGEST_KEY:
        raise bpmn.Incident(
            thrown.element, "", f"its correlation key is longer than {LONGEST_KEY} characters"
        )
    message = bpmn.Message(thrown.name, thrown.correlation_key, dict(thrown.payload))
    waiting = waiting_for(case, message.name, message.correlation_key or "").filter(case=case).first()
    if waiting is None:
        keep(case, message)
        return []
    name, command = split(waiting.command_id)
    return [(name, bpmn.Message(message.name, message.correlation_key, message.data, command))]


def listening(case: Case, signal: str) -> list[str]:
    """The instances of the case that wait for a signal, each once."""
    waiting = Subscription.objects.filter(case=case, kind="signal", message=signal).order_by("pk")
    return list(dict.fromkeys(split(command)[0] for command in waiting.values_list("command_id", flat=True)))


def waiting_for(case: Case, message: str, key: str) -> QuerySet[Subscription]:
    """Who waits for a message that the case sends, the longest first: in the case itself, or by the key."""
    own = Q(case=case, correlation__in=["", key])
    found: QuerySet[Subscription] = Subscription.objects.filter(kind="message", message=message)
    return found.filter(own | Q(correlation=key) if key else own).order_by("pk")


def keep(case: Case, message: bpmn.Message) -> None:
    """Until somebody waits for it."""
    Thrown.objects.create(
        case=case,
        kind="message",
        name=message.name,
        correlation=message.correlation_key or "",
        payload=_packed(message.data),
        expires_at=clock.now() + KEPT_FOR,
    )


def _to_others(case: Case, thrown: bpmn.Throw) -> None:
    """A signal is for those who wait now."""
    hearing = Subscription.objects.filter(kind="signal", message=thrown.name).exclude(case=case)
    Thrown.objects.bulk_create(
        Thrown(
            case=case,
            to_id=to,
            kind="signal",
            name=thrown.name,
            payload=_packed(thrown.payload),
            expires_at=clock.now() + KEPT_FOR,
        )
        for to in hearing.order_by("case_id").values_list("case_id", flat=True).distinct()
    )


def wake() -> int:
    """What was kept for those who have begun to wait is to be handed on again; returns how much.

    Only once their waiting is committed can it be said what was kept for them: before, the beat does not see them and
    may lay a message aside that was thrown after they had looked. Nobody waits for a lock here: a message that another
    beat is judging just now, perhaps without knowing of them, is looked for again in the next round.
    """
    kept = _kept_for(OuterRef("case"), OuterRef("message"), OuterRef("correlation"))
    waiting = Subscription.objects.select_for_update(skip_locked=True).filter(fresh=True)
    rows = list(waiting.annotate(kept=Exists(kept)).order_by("pk")[:NEW_AT_ONCE])
    woken, unsure = 0, set()
    for row in (row for row in rows if row.kept):
        meant = _kept_for(row.case_id, row.message, row.correlation)
        held = [message.pk for message in meant.select_for_update(skip_locked=True, no_key=True)]
        woken += Thrown.objects.filter(pk__in=held, fresh=False).update(fresh=True)
        if meant.count() > len(held):
            unsure.add(row.pk)
    Subscription.objects.filter(pk__in=[row.pk for row in rows if row.pk not in unsure]).update(fresh=False)
    return woken


def _kept_for(case: Any, message: Any, key: Any) -> QuerySet[Thrown]:
    """The messages for which `waiting_for` names who waits in that case for this one."""
    mine = Q(case=case) | Q(correlation=key) & ~Q(correlation="")
    found: QuerySet[Thrown] = Thrown.objects.filter(mine, kind="message", name=message)
    return found


def expire(now_is_over: int = 500) -> int:
    """Lets go of what nobody has heard; returns how many."""
    over = Thrown.objects.select_for_update(skip_locked=True).filter(
        expires_at__lte=clock.now(), kind="message"
    )
    rows = list(over.order_by("pk")[:now_is_over])
    for row in rows:
        record(MESSAGE_UNHEARD, SYSTEM, Fact(case=row.case_id), message=row.name)
        row.delete()
    return len(rows)


def payload(row: Thrown) -> dict[str, Any]:
    found: dict[str, Any] = unpack(row.payload)
    return found


def _packed(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: pack(value) for name, value in data.items()}
