"""Running cases move to a new version of their process: checked first, every token must have a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from towpath.engines.bpmn.commands import Command, Env
from towpath.engines.bpmn.model import Element, Process
from towpath.engines.bpmn.play import FORMAT, Play
from towpath.engines.bpmn.run import check_state
from towpath.engines.bpmn.variables import Token
from towpath.engines.bpmn.waits import closing, command_id, count_of, opened, waits_on

_SORTS = ("timer", "message", "signal", "condition", "error", "escalation", "link")


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A token, or a part of what it remembers, that has no place in the new version. `why` says what would help."""

    element: str
    name: str
    token: str
    why: str


@dataclass(frozen=True, slots=True)
class Migration:
    """What would become of a case; nothing has been done. It is whole (`ok`) if nothing is `unplaced`.

    `state` is then the new state, `commands` what begins and ends with it (new and old boundary events), and
    `renamed` the ids of commands that stay open under another name: old id -> new id. Dates that were set stay.
    """

    state: dict[str, Any]
    commands: tuple[Command, ...]
    renamed: Mapping[str, str]
    unplaced: tuple[Unplaced, ...]

    @property
    def ok(self) -> bool:
        return not self.unplaced


def migrate(
    old: Process,
    new: Process,
    state: Mapping[str, Any],
    mapping: Mapping[str, str],
    data: Mapping[str, Any] | None = None,
    env: Env | None = None,
) -> Migration:
    """Move a case. `mapping` takes elements (and flows into joins) of `old` to those of `new`; what it does not
    name stays where it is called the same. `data` and `env` are needed where new boundary events begin to wait.

    Refused if the state does not belong to `old`.
    """
    check_state(old, state)
    move = _Move(old, new, state, mapping)
    for number, token in sorted(state["tokens"].items(), key=lambda item: int(item[0])):
        move.token(number, token)
    done = move.done(state.get("done", []), "")
    if not move.unplaced:
        move.open(data, env, done)
    after: dict[str, Any] = {"format": FORMAT, "next": move.next, "tokens": move.tokens}
    if done:
        after["done"] = done
    if "end" in state:
        after["end"] = move.target(state["end"])
    return Migration(after, tuple(move.commands), move.renamed, tuple(move.unplaced))


class _Move:
    def __init__(
        self, old: Process, new: Process, state: Mapping[str, Any], mapping: Mapping[str, str]
    ) -> None:
        self.old, self.new, self.mapping = old, new, mapping
        self.before: Mapping[str, Token] = state["tokens"]
        self.next: int = state["next"]
        self.tokens: dict[str, Token] = {}
        self.commands: list[Command] = []
        self.renamed: dict[str, str] = {}
        self.unplaced: list[Unplaced] = []

    def target(self, name: str) -> str:
        whole, slash, part = name.partition("/")
        return self.mapping.get(whole, whole) + slash + part

    def token(self, number: str, token: Token) -> None:
        source = self.old.elements[token["at"]]
        target = self.new.elements.get(self.target(source.id))
        whys = (
            [f"there is no '{self.target(source.id)}' in the new version; map it to an element"]
            if target is None
            else list(self._differences(token, source, target))
        )
        self.unplaced += [Unplaced(source.id, source.name, number, why) for why in whys]
        if target is None or whys:
            return
        moved = {**token, "at": target.id}
        for flows in ("via", "fired"):
            if flows in token:
                told = token[flows]
                moved[flows] = (
                    self.target(told) if isinstance(told, str) else [self.target(flow) for flow in told]
                )
        if "waits" in token:
            moved["waits"] = self._waits(number, token, source, target)
        if "done" in token:
            moved["done"] = self.done(token["done"], number)
        if "undo" in token:
            moved["undo"] = [[self.target(name), times] for name, times in token["undo"]]
        self.tokens[number] = moved

    def _differences(self, token: Token, source: Element, target: Element) -> Iterator[str]:
        """Why a token that is at `source` cannot be at `target`."""
        if source.kind != target.kind or source.triggered != target.triggered:
            yield f"'{target.id}' is another kind of element ({target.kind}); map it to a {source.kind}"
            return
        for what in ("asked", "transaction"):
            if getattr(source, what) != getattr(target, what):
                yield f"'{target.id}' is done in another way; map it to one that is done alike"
        for several in ("many", "loop", "adhoc"):
            if bool(getattr(source, several)) != bool(getattr(target, several)) and (
                {"item", "left", "round"} & token.keys() or several == "adhoc"
            ):
                yield f"'{target.id}' is not done as often; finish it first, or map it to one that is"
        if target.many and source.many and target.many.sequential != source.many.sequential:
            yield f"the instances of '{target.id}' come one after another in one version only; finish it first"
        yield from self._around(token, target)
        incoming = {flow.id for flow in target.incoming}
        told: str | list[str] = token.get("via") or token.get("fired") or []
        for flow in [told] if isinstance(told, str) else told:
            if self.target(flow) not in incoming:
                yield f"it waits at a join for what comes with '{flow}', which is not there; map that flow"
        if source.kind == "catch" and _sort(source) != _sort(target):
            yield f"'{target.id}' waits for something else; map it to an event that waits for the same"
        for name, _ in token.get("undo", ()):
            undo = self.new.elements.get(self.target(name))
            if undo is None or not undo.undo:
                yield f"it compensates '{name}', which nothing compensates in the new version"

    def _around(self, token: Token, target: Element) -> Iterator[str]:
        """Whether the tokens around it come to be around it."""
        around = self.before.get(token.get("in", ""))
        if around is None:
            expected = None
        elif around["at"] == token["at"] and {"left", "round"} & around.keys():
            return  # an instance in its own multi-instance
        elif "undo" in around and "then" not in around:
            return  # what compensates runs at its thrower
        else:
            expected = self.target(around["at"])
        if target.scope != expected:
            there = f"in '{target.scope}'" if target.scope else "at the top"
            yield f"'{target.id}' lies {there}, not where its case is; map it to an element there"

    def _waits(self, number: str, token: Token, source: Element, target: Element) -> dict[str, Any]:
        waits = {}
        for name, remembered in token["waits"].items():
            awaited = self.old.awaited[name]
            other = self.new.awaited.get(self.target(name))
            if other is not None and _waited_alike(awaited, other, source, target, self):
                waits[other.id] = remembered
                count = count_of(awaited, remembered)
                ids = command_id(awaited, number, count), command_id(other, number, count)
                if ids[0] != ids[1] and awaited.condition is None:
                    self.renamed[ids[0]] = ids[1]
            elif awaited.kind == "boundary" or source.kind == "event" or "listens" in token:
                self.commands += closing(awaited, number, remembered)
            else:
                why = f"what it waits for is another thing at '{target.id}'; map it to one that waits for the same"
                self.unplaced.append(Unplaced(source.id, source.name, number, why))
        return waits

    def done(self, done: list[Any], number: str) -> list[Any]:
        """What was done stays compensable."""
        moved = []
        for name, times, *inside in done:
            target = self.new.elements.get(self.target(name))
            if target is None or not target.keeps:
                why = f"'{name}' was done and can be compensated; nothing in the new version compensates it"
                self.unplaced.append(Unplaced(name, self.old.elements[name].name, number, why))
            else:
                moved.append([target.id, times, *(self.done(each, number) for each in inside)])
        return moved

    def open(self, data: Mapping[str, Any] | None, env: Env | None, done: list[Any]) -> None:
        """The boundary events and event subprocesses that are new begin to wait."""
        fresh = [
            (number, part)
            for number, token in self.tokens.items()
            for part in self._to_wait_for(token)
            if part.id not in token.get("waits", {})
        ]
        scopes = list(self._without_listeners())
        if (fresh or scopes) and env is None:
            for number, part in fresh:
                why = "begins to wait with this version: pass data and env, so that it can"
                self.unplaced.append(Unplaced(part.whole or part.id, part.name, number, why))
            for inside in [inside for _, inside in scopes]:
                why = "begins to wait with this version: pass data and env, so that it can"
                self.unplaced.append(Unplaced(inside.id, inside.name, "", why))
        elif env is not None and (fresh or scopes):
            play = Play(self.new, {"next": self.next, "tokens": self.tokens, "done": done}, data or {}, env)
            for number, part in fresh:
                commands, remembered = opened(part, number, play.variables.seen_from(number), {}, env)
                play.commands += commands
                token = play.tokens[number]
                play.tokens[number] = token | {"waits": {**token.get("waits", {}), part.id: remembered}}
            for scope, inside in scopes:
                start = self.new.starts(inside.id)[0]
                play.rest(play.put(inside, scope, listens=1), [start])
            self.commands += play.commands
            self.tokens, self.next = play.tokens, play.next

    def _to_wait_for(self, token: Token) -> Iterator[Element]:
        element = self.new.elements[token["at"]]
        waiting: list[Element] = []
        if element.kind == "event":
            waiting = [self.new.elements[flow.target] for flow in element.outgoing]
        elif not ({"item", "listens", "via", "fired", "undo"} & token.keys()):
            waiting = element.boundaries
        for whole in waiting:
            yield from (part for part in whole.parts or (whole,) if waits_on(part))

    def _without_listeners(self) -> Iterator[tuple[str | None, Element]]:
        here = {(token.get("in"), token["at"]) for token in self.tokens.values()}
        scopes: list[tuple[str | None, str | None]] = [(None, None)]
        scopes += [
            (number, token["at"])
            for number, token in self.tokens.items()
            if {"left", "round", "listens", "undo", "via"}.isdisjoint(token)
        ]
        for scope, name in scopes:
            for inside, start in self.new.listening.get(name, ()):
                waits = any(waits_on(part) for part in start.parts or (start,))
                known = any(self.target(old.id) == inside.id for old in self.old.elements.values())
                if waits and not known and (scope, inside.id) not in here:
                    yield scope, inside


def _waited_alike(one: Element, other: Element, source: Element, target: Element, move: _Move) -> bool:
    if one.kind != other.kind or _sort(one) != _sort(other):
        return False
    if one.kind == "boundary":
        return other.attached == target.id and move.target(one.attached) == target.id
    return True


def _sort(element: Element) -> tuple[Any, ...]:
    """What an event waits for, as far as a host has been told of it."""
    message = element.message.name if element.message is not None else None
    kinds = tuple(name for name in _SORTS if getattr(element, name) not in (None, ""))
    return kinds, message, element.signal, len(element.parts)
