"""Whether all that was acknowledged is there, and once. Asked after everything has come to rest."""

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Max

from towpath.casework.models import Case, Decision, Draft, Task
from towpath.contact import marks
from towpath.contact.models import Delivery, Entry
from towpath.exchange.models import Call, Receipt
from towpath.foundation import tenancy
from towpath.foundation.journal import seal, verify
from towpath.foundation.models import Cursor, Event, GivenUp, Parked, Tenant

if TYPE_CHECKING:
    from bench.faults import Siege

OVER = ("answered", "refused", "answered-by-hand")


def settle(siege: "Siege", tenant: int, patience: float) -> None:
    """Waits until every call is answered, every e-mail sent and every event handed over."""
    body, begun = Tenant.objects.get(pk=tenant), time.monotonic()
    while waiting := _inside(body, _unfinished):
        if time.monotonic() - begun > patience:
            siege.failures.append(f"did not come to rest within {patience:g} s: {waiting}")
            break
        time.sleep(0.3)
    siege.facts["at rest after seconds"] = round(time.monotonic() - begun, 1)


def _inside(body: Tenant, work: Callable[[], Any]) -> Any:
    with tenancy.inside(body):
        return work()


def _unfinished() -> dict[str, int]:
    last = Event.objects.order_by("-xid", "-seq").values_list("xid", "seq").first() or (0, 0)
    behind = [c.subscriber for c in Cursor.objects.all() if (c.xid, c.seq) < last]
    found = {
        "calls": Call.objects.exclude(state__in=OVER).count(),
        "e-mails": Delivery.objects.filter(status="created").count() + _unsent(),
        "steps": Task.objects.filter(kind="step", state="open").count(),
        "subscribers behind": len(behind),
    }
    return {name: count for name, count in found.items() if count}


def _unsent() -> int:
    """Entries whose last attempt is not the last word."""
    last = Delivery.objects.values("entry").annotate(attempt=Max("attempt"))
    open_ones = Delivery.objects.filter(status__in=["sending", "temporary-failure"]).values_list(
        "entry", "attempt"
    )
    return len({(row["entry"], row["attempt"]) for row in last} & set(open_ones))


def judge(siege: "Siege", tenant: int) -> None:
    body = Tenant.objects.get(pk=tenant)
    with tenancy.inside(body):
        for look in (_submissions, _completions, _decisions, _calls, _mails, _rest):
            siege.failures += list(look(siege))
    for ledger in seal.LEDGERS:
        while _inside(body, lambda ledger=ledger: seal.seal(ledger)):
            pass
        siege.failures += [f"journal: {one.text}" for one in _inside(body, lambda n=ledger: verify.verify(n))]
    siege.facts["events, verified"] = _inside(body, Event.objects.count)
    siege.failures += [f"a client met what no rule explains: {odd}" for odd in siege.ledger.odd[:5]]
    if not siege.ledger.submitted or not siege.ledger.completed or not siege.mails.taken:
        siege.failures.append("there was no work to be broken off: the run proves nothing")


def _submissions(siege: "Siege") -> Iterator[str]:
    told = siege.ledger.submitted
    siege.facts["requests acknowledged"] = len(told)
    cases = {str(pk): key for pk, key in Case.objects.values_list("pk", "submission_key")}
    for draft, case in told.items():
        if cases.get(case) != draft:
            yield f"request {case} was acknowledged and is lost"
    for key, count in Counter(cases.values()).items():
        if count > 1:
            yield f"draft {key} became {count} cases"
    events = Counter(str(one) for one in _of("case.submitted").values_list("case_id", flat=True))
    yield from _each_once(set(cases), events, "submissions")
    if left := Draft.objects.filter(pk__in=list(told)).count():
        yield f"{left} drafts that were sent are still there"
    receipts = Counter(str(c).rpartition(":")[0] for c in _causes() if str(c).endswith(":receipt"))
    yield from _each_once(set(cases), receipts, "receipts")


def _of(kind: str) -> Any:
    return Event.objects.filter(type=kind)


def _causes() -> list[str]:
    return list(Entry.objects.exclude(cause=None).values_list("cause", flat=True))


def _each_once(expected: set[str], found: Counter[str], what: str) -> Iterator[str]:
    for one in expected:
        if found[one] != 1:
            yield f"{one} has {found[one]} {what} instead of one"
    for one in set(found) - expected:
        yield f"{what} of {one}, which is not there"


def _completions(siege: "Siege") -> Iterator[str]:
    told = siege.ledger.completed
    siege.facts["completions acknowledged"] = len(told)
    done = {str(t.pk): t for t in Task.objects.filter(kind="user", state="done")}
    for task in told:
        if task not in done:
            yield f"the completion of task {task} was acknowledged and is lost"
    finished = Counter(
        (str(case), element)
        for case, element in _of("activity.completed").values_list("case_id", "data__element")
    )
    for task in done.values():
        times = finished[str(task.case_id), task.element]
        if times != 1:
            yield f"task {task.pk} ({task.element}) was completed {times} times"


def _decisions(siege: "Siege") -> Iterator[str]:
    counted = Counter(str(one) for one in Decision.objects.values_list("case_id", flat=True))
    siege.facts["decisions"] = sum(counted.values())
    for case, count in counted.items():
        if count > 1:
            yield f"case {case} was decided {count} times"
    events = Counter(str(one) for one in _of("case.decided").values_list("case_id", flat=True))
    if events != counted:
        yield f"decisions and their events differ: {counted - events or events - counted}"
    idle = Case.objects.filter(state="open").exclude(
        pk__in=Task.objects.filter(state="open").values("case_id")
    )
    for case in idle:
        yield f"case {case.pk} stands still: nobody has it and nothing is decided"


def _calls(siege: "Siege") -> Iterator[str]:
    """The register's own book, in its own database, against ours."""
    book = sqlite3.connect(siege.site.var / "register" / "register.sqlite3")
    rows = book.execute("select key, seen from request").fetchall()
    book.close()
    calls = {str(call.pk): call for call in Call.objects.all()}
    siege.facts["register calls"] = len(calls)
    siege.facts["register calls sent again under their key"] = sum(seen > 1 for _, seen in rows)
    for key, seen in rows:
        if key not in calls:
            yield f"the register did something under the key {key}, which no call has"
        elif seen > calls[key].attempts:
            yield f"call {key} was sent {seen} times, but {calls[key].attempts} attempts are counted"
    done = {key for key, _ in rows}
    for key, call in calls.items():
        if call.state == "answered" and key not in done:
            yield f"call {key} has an answer that the register never gave"
    doubled = Call.objects.values("case_id", "command_id").annotate(n=Count("pk")).filter(n__gt=1)
    yield from (f"one step made {row['n']} calls" for row in doubled)
    yield from _each_once(
        {key for key, call in calls.items() if call.state == "answered"},
        Counter(str(one) for one in Receipt.objects.values_list("call_id", flat=True)),
        "receipts of the register",
    )


def _mails(siege: "Siege") -> Iterator[str]:
    host = tenancy.current().host
    attempts = dict(Delivery.objects.filter(channel="email").values_list("entry").annotate(n=Count("pk")))
    names = {marks.message_id(entry, host): count for entry, count in attempts.items()}
    siege.facts["e-mails"] = len(siege.mails.taken)
    siege.facts["e-mails sent again under their Message-ID"] = sum(n > 1 for n in siege.mails.taken.values())
    for name, times in siege.mails.taken.items():
        if name not in names:
            yield f"an e-mail {name} went out that nobody wrote"
        elif times > names[name]:
            yield f"e-mail {name} went out {times} times, but {names[name]} attempts are counted"
    for name in set(names) - set(siege.mails.taken):
        yield f"e-mail {name} never went out"
    yield from (f"the cause {cause} wrote {n} entries" for cause, n in Counter(_causes()).items() if n > 1)


def _rest(siege: "Siege") -> Iterator[str]:
    yield from (f"parked: {one.subscriber}, {one.error}" for one in Parked.objects.all()[:5])
    given_up = GivenUp.objects.filter(settled_at=None)
    siege.facts["jobs given up"] = given_up.count()
    yield from (f"given up: {one.job}, {one.error}" for one in given_up[:5])
    doubled = Entry.objects.values("conversation", "seq").annotate(n=Count(F("pk"))).filter(n__gt=1)
    yield from (f"number {row['seq']} twice in a conversation" for row in doubled)
