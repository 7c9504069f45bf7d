"""The ways that the requests of a service went, as an event log that `engines.mining` counts.

One row is one thing that was done: the request was sent, a step was over, the process came to its end or was
withdrawn. A row never changes once it is there; a step that is still open has none yet.
"""

import tempfile
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Count, Max
from psycopg import sql

from towpath.engines import mining
from towpath.foundation import tenancy
from towpath.foundation.models import Parked
from towpath.journeys import kept
from towpath.journeys.models import SUBSCRIBER, CaseFact

SENT: Final = ":sent"
CLOSED: Final = ":closed"
WITHDRAWN: Final = ":withdrawn"
MARKS: Final = frozenset({SENT, CLOSED, WITHDRAWN})  # what no step is, in the words of the log
VERSION: Final = "case:version"
MAPPING: Final = mining.Mapping(
    case="case", activity="activity", start="start", time="time", unit="unit", channel="case:channel"
)
# Rows of one moment stay in this order: sent first, the end last.
ROWS: Final = """
copy (
  with fact as not materialized (
    select case_id, channel, version, submitted_at, closed_at, withdrawn_at from journeys_casefact
    where tenant_id = {tenant} and service = {service} and submitted_at is not null and (xid, seq) > ({xid}, {seq})
  )
  select case_id as case, activity, began at time zone 'UTC' as start, ended at time zone 'UTC' as time, unit,
         channel as "case:channel", version as "case:version"
  from (
    select case_id, ':sent' as activity, submitted_at as began, submitted_at as ended, '' as unit, channel, version,
           0 as place, 0 as id
    from fact
    union all
    select case_id, step.activity, step.started_at, step.ended_at, step.unit, channel, version, 1, step.id
    from journeys_activityfact step join fact using (case_id)
    where step.tenant_id = {tenant} and step.ended_at is not null and not step.called_off and step.activity <> ''
    union all
    select case_id, case when withdrawn_at is null then ':closed' else ':withdrawn' end,
           coalesce(withdrawn_at, closed_at), coalesce(withdrawn_at, closed_at), '', channel, version, 2, 0
    from fact where withdrawn_at is not null or closed_at is not null
  ) walked
  order by ended, place, id
) to stdout with (format csv, header)
"""


@contextmanager
def walked(service: str) -> Iterator[mining.Log | None]:
    """The log of a service with all that its requests did up to now; None where none was sent yet.

    It is kept in memory. Of requests that did something since, the rows are read anew. A log is asked by one thread at
    a time.
    """
    key = (tenancy.current_id(), "walked", service)

    def make() -> mining.Log | None:
        with _written(service, _Stamp()) as path:
            return mining.read(path, MAPPING) if path else None

    def renew(log: mining.Log, before: Hashable) -> mining.Log | None:
        assert isinstance(before, _Stamp)
        if before.parked != stamp.parked:
            return None
        with _written(service, before) as path:
            return log.renewed(path) if path else log

    stamp = _stamp(service)
    with kept.log(key, stamp, make, renew) as log:
        yield log


class _Stamp(NamedTuple):
    """Up to which event the facts go. Events are taken in the order (xid, seq), but for those of parked requests."""

    xid: int = -1
    seq: int = -1
    parked: tuple[int, int] = 0, 0


def _stamp(service: str) -> _Stamp:
    newest = CaseFact.objects.filter(service=service).order_by("-xid", "-seq").values_list("xid", "seq")
    xid, seq = newest.first() or (-1, -1)
    parked = Parked.objects.filter(subscriber=SUBSCRIBER).aggregate(n=Count("pk"), last=Max("pk"))
    return _Stamp(xid, seq, (parked["n"], parked["last"] or 0))


@contextmanager
def _written(service: str, after: _Stamp) -> Iterator[Path | None]:
    """The rows of all requests that took an event after this one, as a file; None where there is none."""
    names = {"tenant": tenancy.current_id(), "service": service, "xid": after.xid, "seq": after.seq}
    rows = sql.SQL(ROWS).format(**{name: sql.Literal(value) for name, value in names.items()})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "walked.csv"
        lines = 0
        with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(rows) as copied:
            for block in copied:
                file.write(block)
                lines += 1
        yield path if lines > 1 else None
