"""The token game without its data: the common elements, as `step` plays them, some fifty times as fast."""

from __future__ import annotations

from collections import deque

from towpath.engines.bpmn.simulate.compiled import Node
from towpath.engines.bpmn.simulate.world import Case, Token, World

_PASSING = frozenset({"start", "exclusive", "parallel", "inclusive"})


class Scope:
    """A case, a subprocess or a multi-instance: what is inside of it. `token` is its own, None for a case."""

    __slots__ = ("case", "live", "token", "tokens")

    def __init__(self, case: Case, token: Token | None) -> None:
        self.case = case
        self.token = token
        self.tokens: dict[Token, None] = {}
        self.live = True


class Light:
    def __init__(self, world: World) -> None:
        self.world = world
        self.compiled = world.compiled
        self.moving: deque[tuple[Node, str, Scope]] = deque()

    # What happens

    def begin(self, case: Case) -> None:
        case.top = Scope(case, None)
        self.moving.append((self.compiled.start, "", case.top))
        self._settle(case)

    def done(self, token: Token) -> None:
        node = token.node
        if node.boundaries and (event := self.world.fails(token)) is not None:
            self._catch(self._body(token), event)
        else:
            self._note(token, "done")
            self._finish(token)
        self._settle(token.case)

    def came(self, token: Token, node: Node) -> None:
        """A timer or a message, in the element itself, after an event-based gateway or on the border."""
        scope = token.scope
        assert scope is not None
        if node.kind == "catch":
            self._emit(token.case, node, token.ready)
            if token.node is node:
                self._finish(token)
            else:
                self._remove(token)
                self._leave(node, scope)
        elif node.element.interrupting:
            self._catch(token, node)
        else:
            token.fired += 1
            if node.due is not None and (node.repeats < 0 or token.fired < node.repeats):
                self.world.wait(token, node)
            self._emit(token.case, node)
            self._leave(node, scope)
        self._settle(token.case)

    def _settle(self, case: Case) -> None:
        moving = self.moving
        while moving or (case.joining and self._pass_inclusive(case.top)):
            node, via, scope = moving.popleft()
            if scope.live:
                self._arrive(node, via, scope)

    # Moving

    def _arrive(self, node: Node, via: str, scope: Scope) -> None:
        kind = node.kind
        if node.join:
            token = self._put(node, scope)
            token.via = via
            scope.case.joining += 1
            if kind == "parallel":
                self._pass_parallel(node, scope)
        elif node.element.many is not None:
            self._begin_many(node, scope)
        elif kind in _PASSING:
            if kind == "start":
                self._emit(scope.case, node)
            self._leave(node, scope)
        elif node.element.asked or kind in ("catch", "event", "subprocess"):
            self._activate(node, self._put(node, scope))
        else:
            self._emit(scope.case, node)
            if kind == "end":
                self._end(node, scope)
            else:
                self._leave(node, scope)

    def _put(self, node: Node, scope: Scope) -> Token:
        token = Token(scope.case, node, scope, self.world.now)
        scope.tokens[token] = None
        return token

    def _leave(self, node: Node, scope: Scope) -> None:
        out = node.out
        if not out:
            self._over(scope)
        elif node.gateway:
            case = scope.case
            visit = case.visit(node.key)
            for number in self.compiled.choose(node, case.number, case.seed, visit):
                target, flow = out[number]
                self.moving.append((target, flow, scope))
        else:
            for target, flow in out:
                self.moving.append((target, flow, scope))

    def _activate(self, node: Node, token: Token) -> None:
        world = self.world
        if node.kind == "event":
            for target in node.targets:
                world.wait(token, target)
            return
        if node.element.asked:
            world.work(token)
        elif node.kind == "catch":
            world.wait(token, node)
        if not token.item:
            self._watch(token)
        if node.kind == "subprocess":
            token.inner = Scope(token.case, token)
            for start in node.starts:
                self.moving.append((start, "", token.inner))

    def _watch(self, token: Token) -> None:
        """Boundary events that come from outside; errors come from inside."""
        for event in token.node.boundaries:
            if event.element.error is None:
                self.world.wait(token, event)

    def _finish(self, token: Token) -> None:
        scope = token.scope
        assert scope is not None
        self._remove(token)
        if token.item:
            self._end_instance(scope)
        else:
            self._leave(token.node, scope)

    def _remove(self, token: Token) -> None:
        self.world.close(token)
        assert token.scope is not None
        del token.scope.tokens[token]
        if token.inner is not None:
            token.inner.live = False

    def _withdraw(self, token: Token) -> None:
        """Take a token away with all that is inside of it."""
        if token.inner is not None:
            for inside in list(token.inner.tokens):
                self._withdraw(inside)
        if token.via:
            token.case.joining -= 1
        if token.node.element.asked and token.inner is None:
            self._note(token, "cancelled")
        self._remove(token)
        self.world.leave_desk(token)

    def _withdraw_all(self, scope: Scope) -> None:
        for token in list(scope.tokens):
            self._withdraw(token)
        self.moving = deque(item for item in self.moving if item[2] is not scope)

    # Multi-instance

    def _begin_many(self, node: Node, scope: Scope) -> None:
        body = self._put(node, scope)
        body.left = node.work.times
        inner = body.inner = Scope(scope.case, body)
        self._watch(body)
        for _ in range(node.work.times):
            token = self._put(node, inner)
            token.item = True
            self._activate(node, token)
        if not node.work.times:
            self._end_many(body)

    def _end_instance(self, scope: Scope) -> None:
        body = scope.token
        assert body is not None
        body.left -= 1
        if not body.left:
            self._end_many(body)

    def _end_many(self, body: Token) -> None:
        assert body.scope is not None
        self._remove(body)
        self._leave(body.node, body.scope)

    def _body(self, token: Token) -> Token:
        """What the boundary events of an activity belong to."""
        body = token.scope.token if token.item and token.scope is not None else None
        return body or token

    # Joins

    def _pass_parallel(self, node: Node, scope: Scope) -> None:
        waiting = _waiting_at(node, scope)
        if len(waiting) == len(node.element.incoming):
            self._pass_join(node, scope, waiting)

    def _pass_join(self, node: Node, scope: Scope, waiting: dict[str, Token]) -> None:
        for token in waiting.values():
            self._remove(token)
            scope.case.joining -= 1
        self._leave(node, scope)

    def _pass_inclusive(self, scope: Scope | None) -> bool:
        if scope is None:
            return False
        for token in list(scope.tokens):
            node = token.node
            if token.inner is not None and token.inner.live and self._pass_inclusive(token.inner):
                return True
            if token.via and node.kind == "inclusive":
                waiting = _waiting_at(node, scope)
                if not _still_to_come(node, scope, waiting):
                    self._pass_join(node, scope, waiting)
                    return True
        return False

    # Ends

    def _end(self, node: Node, scope: Scope) -> None:
        element = node.element
        if element.error is not None:
            if self._raise(scope, element.error):
                return
            assert scope.case.top is not None
            scope = scope.case.top  # an error that nothing catches ends the whole case
        if element.terminate or element.error is not None:
            self._withdraw_all(scope)
        self._over(scope)

    def _over(self, scope: Scope) -> None:
        """A token has ended; so has its scope if it was the last one."""
        if scope.tokens or any(inside is scope for _, _, inside in self.moving):
            return
        if scope.token is None:
            self.world.end(scope.case)
        else:
            self._finish(scope.token)

    def _raise(self, scope: Scope, code: str) -> bool:
        """Go where the error is caught, looking outwards; False if nothing catches it."""
        token = scope.token
        while token is not None and token.scope is not None:
            if not token.item:
                catching = [event for event in token.node.boundaries if event.element.error in (code, "")]
                if catching:
                    self._catch(token, next((e for e in catching if e.element.error == code), catching[0]))
                    return True
            token = token.scope.token
        return False

    def _catch(self, token: Token, event: Node) -> None:
        scope = token.scope
        assert scope is not None
        self._withdraw(token)
        self._emit(token.case, event)
        self._leave(event, scope)

    # Telling

    def _emit(self, case: Case, node: Node, since: float | None = None) -> None:
        now = self.world.now
        ready = now if since is None else since
        self.world.out.append((case.number, node.id, ready, ready, now, "", "done"))

    def _note(self, token: Token, outcome: str) -> None:
        now, node = self.world.now, token.node
        begin = min(token.begin, now) if token.begin >= 0 else now
        self.world.out.append((token.case.number, node.id, token.ready, begin, now, node.team, outcome))


def _waiting_at(node: Node, scope: Scope) -> dict[str, Token]:
    """The first token that waits on each incoming flow."""
    waiting: dict[str, Token] = {}
    for token in scope.tokens:
        if token.node is node and token.via:
            waiting.setdefault(token.via, token)
    return waiting


def _still_to_come(node: Node, scope: Scope, waiting: dict[str, Token]) -> bool:
    """As BPMN 2.0 has it: a token elsewhere can reach a flow without a token, and none that has one."""
    before = node.element.before
    for token in scope.tokens:
        if token.node is not node:
            ways = {flow for flow, reach in before.items() if token.node.id in reach}
            if ways and ways.isdisjoint(waiting):
                return True
    return False
