"""Runs scenarios one after the other in one throw-away body; each leaves it as it was."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from towpath.casework import played
from towpath.casework.scenarios import expect
from towpath.casework.scenarios.play import Play, Stopped
from towpath.casework.scenarios.registers import Registers
from towpath.catalogue import queries as catalogue
from towpath.exchange import actions as exchange
from towpath.exchange import queries as exchange_queries
from towpath.foundation.journal.follow import Subscriber


@dataclass(frozen=True)
class Outcome:
    """One scenario. It holds when nothing is wrong."""

    name: str
    about: str
    wrong: Sequence[catalogue.Problem]

    @property
    def holds(self) -> bool:
        return not self.wrong


def run(
    folder: catalogue.Folder, subscribers: Sequence[Subscriber], only: str = "", zone: str = "UTC"
) -> Iterator[Outcome]:
    """Plays a checked package's scenarios. `subscribers`: what follows from events, as in `flow.SUBSCRIBERS`."""
    texts = folder.files
    package = catalogue.compiled_of(texts)
    known = set(exchange_queries.operation_names()) & played.asked_operations(package)
    with played.throw_away(
        texts, since=package.service.in_force_from, subscribers=subscribers, operations=known, zone=zone
    ) as body:
        for name, scenario in folder.inside("scenarios"):
            if not only or only == name:
                yield _played(body, name, scenario, zone)


def prove(folder: catalogue.Folder, subscribers: Sequence[Subscriber]) -> list[catalogue.Problem]:
    """Everything that keeps the examples from holding."""
    return [problem for outcome in run(folder, subscribers) for problem in outcome.wrong]


def _played(body: played.Body, name: str, scenario: catalogue.Document, zone: str) -> Outcome:
    start = datetime.fromisoformat(scenario.value["submitted"]).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    registers = Registers(scenario)
    play = Play(body, scenario, registers)
    with body.apart(start), exchange.standing_in(registers):
        try:
            wrong = list(_told(play, scenario))
        except Stopped as stopped:
            wrong = [stopped.problem]
        wrong += play.troubles()
    return Outcome(name, scenario.value.get("about", ""), [*wrong, *registers.problems()])


def _told(play: Play, scenario: catalogue.Document) -> Iterator[catalogue.Problem]:
    play.submit()
    for path, step in scenario.entries("steps"):
        play.take(path, step)
        if "expect" in step:
            yield from expect.check(play, (*path, "expect"))
    yield from expect.check(play, ("expect",))
