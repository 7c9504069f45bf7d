"""Time, people and chance: what happens to all cases, one thing after the other."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Protocol

from towpath.engines.bpmn.simulate.chance import key, seeded, uniform
from towpath.engines.bpmn.simulate.compiled import Compiled, Node
from towpath.engines.bpmn.simulate.hours import Clock
from towpath.engines.bpmn.simulate.plan import Team

if TYPE_CHECKING:
    from towpath.engines.bpmn.simulate.light import Scope

Happening = tuple[int, str, float, float, float, str, str]
"""See `COLUMNS`."""
COLUMNS = ("case", "element", "ready", "start", "end", "unit", "outcome")
LIMIT = 10_000  # things that happen in one case: beyond, it runs in circles

_ARRIVE, _CHANCE = key("arrivals"), 1 << 18


class Case:
    """`pending`: how much of it is being done, waits in a queue or will come by itself."""

    __slots__ = ("arrival", "ended", "happened", "joining", "number", "pending", "seed", "top", "visits")

    def __init__(self, number: int, seed: int, arrival: float) -> None:
        self.number = number
        self.seed = seed
        self.arrival = arrival
        self.pending = 0
        self.joining = 0
        self.happened = 0
        self.ended = False
        self.visits: dict[int, int] = {}
        self.top: Scope | None = None

    def visit(self, key: int) -> int:
        """How often something has been asked of chance before."""
        count = self.visits.get(key, 0)
        self.visits[key] = count + 1
        return count


class Token:
    """Where a case is. `begin`: since when somebody works on it, below 0 while nobody does."""

    __slots__ = (
        "begin", "case", "command", "fired", "inner", "item", "left", "live", "node", "open", "ready", "scope",
        "team", "via",
    )  # fmt: skip

    def __init__(self, case: Case, node: Node, scope: Scope | None, ready: float) -> None:
        self.case = case
        self.node = node
        self.scope = scope
        self.ready = ready
        self.begin = -1.0
        self.team: Desk | None = None
        self.live = True
        self.open = 0
        self.inner: Scope | None = None
        self.left = 0
        self.item = False
        self.via = ""
        self.command = ""
        self.fired = 0


class Play(Protocol):
    """How a case moves: the light way, or by `step`."""

    def begin(self, case: Case) -> None: ...
    def done(self, token: Token) -> None: ...
    def came(self, token: Token, node: Node) -> None: ...


class Desk:
    """A team at work."""

    __slots__ = ("clock", "free", "name", "queue", "team")

    def __init__(self, name: str, team: Team, clock: Clock) -> None:
        self.name = name
        self.team = team
        self.clock = clock
        self.free = team.people
        self.queue: deque[Token] = deque()


class World:
    def __init__(self, compiled: Compiled, seed: int) -> None:
        self.compiled = compiled
        self.seed = seed
        self.now = 0.0
        self.out: list[Happening] = []
        self.desks = {
            name: Desk(name, team, Clock(team.hours, compiled.plan.begin))
            for name, team in compiled.plan.teams.items()
        }
        self._heap: list[tuple[float, int, Token, Node | None]] = []
        self._count = 0

    def run(self, play: Play, n: int) -> list[Happening]:
        """Let n cases come, and everything happen until nothing more does."""
        plan = self.compiled.plan
        clock, gap = Clock(plan.arrivals.hours, plan.begin), plan.arrivals.gap.at
        begin = seeded(self.seed, -1 & 0xFFFF)
        heap = self._heap
        coming = self._next(clock, 0.0, gap(uniform(begin, _ARRIVE, 0))) if n else 0.0
        number = 0
        while heap or number < n:
            if number < n and (not heap or coming <= heap[0][0]):
                self.now = coming
                number += 1
                case = Case(number, seeded(self.seed, number), coming)
                play.begin(case)
                self._look(case)
                coming = self._next(clock, coming, gap(uniform(begin, _ARRIVE, number)))
                continue
            moment, _, token, node = heappop(heap)
            case = token.case
            if case.ended:
                self.leave_desk(token)
            elif token.live:
                self.now = moment
                case.happened += 1
                if node is None:
                    self._done(token, play)
                else:
                    token.open -= 1
                    case.pending -= 1
                    play.came(token, node)
                self._look(case)
        return self.out

    @staticmethod
    def _next(clock: Clock, after: float, gap: float) -> float:
        """Requests come in the hours of arrival only."""
        return round(clock.opens(clock.after(clock.opens(after), gap)), 6)

    def _look(self, case: Case) -> None:
        """A case for which nothing more can happen, and that has not ended, is stuck."""
        if case.ended:
            return
        if not case.pending or case.happened > LIMIT:
            self.end(case, "stuck")

    def end(self, case: Case, outcome: str = "ended") -> None:
        case.ended = True
        process, now = self.compiled.process.id, self.now
        self.out.append((case.number, process, case.arrival, case.arrival, now, "", outcome))

    # Work

    def work(self, token: Token) -> None:
        """Have something done: by somebody of a team, or by itself."""
        case, node = token.case, token.node
        token.open += 1
        case.pending += 1
        if not node.team:
            visit = case.visit(node.key)
            if node.work.chance < 1 and not self._comes(case, node, visit):
                token.open -= 1
                case.pending -= 1
                return
            token.begin = self.now
            self._push(self.now + node.takes(uniform(case.seed, node.key, visit)), token, None)
            return
        token.team = desk = self.desks[node.team]
        if desk.free:
            desk.free -= 1
            self._start(desk, token)
        else:
            desk.queue.append(token)

    def _start(self, desk: Desk, token: Token) -> None:
        case, node = token.case, token.node
        seconds = node.takes(uniform(case.seed, node.key, case.visit(node.key)))
        clock = desk.clock
        token.begin = begin = clock.opens(self.now)
        self._push(clock.after(begin, seconds), token, None)

    def _done(self, token: Token, play: Play) -> None:
        self.leave_desk(token)
        play.done(token)

    def leave_desk(self, token: Token) -> None:
        """Its work is over, or taken away: whoever did it takes the next from the queue."""
        desk = token.team
        if desk is None or token.begin < 0:
            return
        token.team = None
        while desk.queue:
            following = desk.queue.popleft()
            if following.live and not following.case.ended:
                self._start(desk, following)
                return
        desk.free += 1

    def close(self, token: Token) -> None:
        """Nothing of a token is waited for any more."""
        token.live = False
        token.case.pending -= token.open
        token.open = 0

    def fails(self, token: Token) -> Node | None:
        """The error event by which a task ends this time, if any."""
        case = token.case
        planned = self.compiled.plan.work
        errors = [e for e in token.node.boundaries if e.element.error is not None and e.id in planned]
        return next((event for event in errors if self._comes(case, event, case.visit(event.key))), None)

    # Waiting

    def wait(self, token: Token, node: Node, due: float | None = None) -> None:
        """For a timer, or for what comes from outside; a message that may cut something short needs a figure."""
        if node.due is not None:
            self.at(token, node, node.due(self.now) if due is None else due)
            return
        if node.kind != "catch" and node.id not in self.compiled.plan.work:
            return
        case, visit = token.case, token.case.visit(node.key)
        if node.work.chance >= 1 or self._comes(case, node, visit):
            self.at(token, node, self.now + node.takes(uniform(case.seed, node.key, visit)))

    def _comes(self, case: Case, node: Node, visit: int) -> bool:
        return uniform(case.seed, node.key + _CHANCE, visit) < node.work.chance

    def at(self, token: Token, node: Node, moment: float) -> None:
        token.open += 1
        token.case.pending += 1
        self._push(moment, token, node)

    def _push(self, moment: float, token: Token, node: Node | None) -> None:
        """Moments are counted in microseconds, as `step` does: what is due at once is due at once for both."""
        self._count += 1
        heappush(self._heap, (round(moment, 6), self._count, token, node))
