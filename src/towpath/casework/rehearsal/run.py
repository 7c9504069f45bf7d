"""Plays the cases of a log and sums up."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from towpath.casework import played
from towpath.casework.rehearsal.log import LogCase
from towpath.casework.rehearsal.mapping import Plan
from towpath.casework.rehearsal.play import Parting, Played, play, start_of
from towpath.catalogue import queries as catalogue
from towpath.exchange import queries as exchange
from towpath.foundation.journal.follow import Subscriber

AT_ONCE = 25  # cases in one transaction: a second or two


@dataclass(frozen=True)
class Reason:
    """Why cases part from the design at one step. `cases` are the log's own ids, for the screen only."""

    parting: Parting
    cases: Sequence[str]


@dataclass
class Report:
    """`steps` were carried, of cases that parted as well."""

    cases: int = 0
    carried: int = 0
    steps: int = 0
    partings: dict[Parting, list[str]] = field(default_factory=dict)
    other_team: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        return self.carried / self.cases if self.cases else 0.0

    @property
    def reasons(self) -> list[Reason]:
        """Those of most cases first."""
        found = [Reason(parting, ids) for parting, ids in self.partings.items()]
        return sorted(found, key=lambda reason: (-len(reason.cases), reason.parting.at, reason.parting.why))

    def add(self, one: Played) -> None:
        self.cases += 1
        self.steps += one.steps
        self.other_team += one.other_team
        if one.parting is None:
            self.carried += 1
        else:
            self.partings.setdefault(one.parting, []).append(one.id)


def rehearse(
    texts: Mapping[str, str],
    plan: Plan,
    cases: Sequence[LogCase],
    subscribers: Sequence[Subscriber],
    progress: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Plays every case of a checked package. `subscribers`: what follows from events, as in `flow.SUBSCRIBERS`."""
    report = Report()
    package = catalogue.compiled_of(texts)
    operations = set(exchange.operation_names()) & played.asked_operations(package)
    for first in range(0, len(cases), AT_ONCE):
        some = cases[first : first + AT_ONCE]
        since = min(start_of(case, plan).at for case in some).date() - timedelta(days=1)
        with played.throw_away(texts, since=since, subscribers=subscribers, operations=operations) as body:
            for case in some:
                with body.apart(start_of(case, plan).at):
                    report.add(play(body, plan, case))
        progress(report)
    return report
