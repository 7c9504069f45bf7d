"""What holds whatever happens: random orders of events on processes of every kind."""

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.bpmn.builder import (
    Case,
    both,
    declared,
    definition,
    element,
    env,
    formal,
    many,
    message,
    on,
    process,
    some,
    step_task,
    sub,
    timer,
    undone,
    xor,
)
from towpath.engines import bpmn

DATA = {"water": True, "roads": True, "departments": ["water", "roads", "fire"], "again": False}
PROCESSES = [
    process(
        "start -> m -> g -> a -> j -> x\n g -> b -> c -> j\n x -> m if again\n x => end",
        xor("m"),
        both("g"),
        both("j"),
        xor("x"),
    ),
    process(
        "start -> o\n o -> a if water\n o -> b if roads\n o => c\n a -> x\n x -> b2 if again\n x => j\n"
        "b -> j\n b2 -> j\n c -> j -> d -> end",
        some("o"),
        xor("x"),
        some("j"),
    ),
    process(
        "start -> sub -> d -> end\n t -> e -> end\n w -> f -> end",
        sub(
            "sub",
            "start1 -> g\n g -> a -> j\n g -> b -> j\n j -> end1\n r -> c -> end2",
            both("g"),
            both("j"),
            on("a", "r", timer("R3/P1D", "timeCycle"), interrupting=False),
        ),
        on("sub", "t", timer()),
        on("sub", "w", message(), interrupting=False),
        top=declared(),
    ),
    process(
        "start -> a -> g\n g -> t -> b -> end\n g -> w -> c -> end\n f -> d -> end",
        step_task("a", loop=many(inputCollection="=departments", inputElement="department")),
        on("a", "f", "<errorEventDefinition/>"),
        element("eventBasedGateway", "g"),
        element("intermediateCatchEvent", "t", timer()),
        element("intermediateCatchEvent", "w", message()),
        top=declared(),
    ),
    process(
        "start -> sub -> r -> end",
        sub(
            "sub",
            "start1 -> a -> b -> end1\n t -> end2",
            on("a", "t", timer()),
            inside=many(
                inputCollection="=departments",
                inputElement="department",
                outputCollection="advice",
                outputElement="=department",
            ),
        ),
        element("receiveTask", "r", messageRef="m"),
        top=declared(),
    ),
]
LOOP = "<standardLoopCharacteristics loopMaximum='4'><loopCondition>=again</loopCondition></standardLoopCharacteristics>"
PROCESSES += [
    process(  # compensation, thrown in the flow and by a transaction's end
        "start -> a -> tx -> t -> d -> end\n z -> e -> t",
        undone("a", "undo1"),
        sub(
            "tx",
            "start1 -> g -> b -> x\n g -> c -> end1\n x -> end2 if again\n x => end1",
            both("g"),
            xor("x"),
            undone("b", "undo2"),
            undone("c", "undo3"),
            element("endEvent", "end2", "<cancelEventDefinition/>"),
        ).replace("subProcess", "transaction"),
        on("tx", "z", "<cancelEventDefinition/>"),
        element("intermediateThrowEvent", "t", "<compensateEventDefinition/>"),
    ),
    process(  # event subprocesses, signals and escalations
        "start -> sub -> d -> end\n z -> e -> end",
        sub(
            "sub",
            "start1 -> g -> a -> t1 -> c -> end1\n g -> w1 -> b -> t2 -> end1",
            both("g"),
            element("intermediateThrowEvent", "t1", definition("signal", "s")),
            element("intermediateThrowEvent", "t2", definition("escalation", "esc")),
            element("intermediateCatchEvent", "w1", definition("signal", "s")),
            sub(
                "h",
                "start2 -> r -> end2",
                element("startEvent", "start2", message(), isInterrupting="false"),
                triggeredByEvent="true",
            ),
            sub(
                "k", "start3 -> f -> end3", element("startEvent", "start3", timer()), triggeredByEvent="true"
            ),
        ),
        on("sub", "z", definition("escalation", "esc"), interrupting=False),
        top=declared() + '<signal id="s" name="flood"/><escalation id="esc" escalationCode="E"/>',
    ),
    process(  # loops, several tokens, a complex join, ad hoc
        "start -> g -> a -> k\n g -> b -> k\n g -> c -> k -> h -> d -> end",
        both("g"),
        element("userTask", "a", LOOP),
        element("complexGateway", "k", formal("activationCondition", "activationCount >= 2")),
        element(
            "adHocSubProcess", "h", element("userTask", "u") + element("userTask", "v"), ordering="Sequential"
        ),
        element("userTask", "d", startQuantity="1"),
    ),
]
cases = st.sampled_from(range(len(PROCESSES))).map(PROCESSES.__getitem__)
choices = st.lists(st.tuples(st.integers(0, 50), st.booleans(), st.booleans()), max_size=40)


def event_for(case: Case, choice: tuple[int, bool, bool]) -> bpmn.Event | None:
    which, again, fails = choice
    commands = list(case.open.values())
    if not commands:
        return None
    match commands[which % len(commands)]:
        case bpmn.Do(id=command, kind="step") if fails:
            return bpmn.Failed(command, "E")
        case bpmn.Do(id=command):
            return bpmn.Completed(command, {"again": again})
        case bpmn.Schedule(id=command):
            return bpmn.Fired(command)
        case bpmn.Subscribe(message=name, kind="signal"):
            return bpmn.Signal(name)
        case bpmn.Subscribe(id=command):
            return bpmn.Message("paper", command_id=command)
    raise AssertionError


def awaited(case: Case) -> set[str]:
    return {waiting.command_id for waiting in bpmn.enabled(case.process, case.state)}


@settings(max_examples=150)
@given(cases, choices)
def test_what_the_host_was_asked_is_exactly_what_the_case_waits_for(model, order):
    """No token is lost or doubled: `Case` asserts that nothing is asked twice or taken back that is not open."""
    case = Case(model, DATA)
    for choice in order:
        assert {command for _, command in case.open} == awaited(case)
        event = event_for(case, choice)
        if event is None:
            break
        case.step(event)
    assert bool(case.state["tokens"]) == (not case.finished)
    assert len([command for command in case.log if isinstance(command, bpmn.Finish)]) <= 1
    assert len(json.dumps(case.state)) < 1500


@settings(max_examples=100)
@given(cases, choices)
def test_saving_and_restoring_between_steps_changes_nothing(model, order):
    """`Case` stores its state with the keys turned round; here the very objects are passed on."""
    case = Case(model, DATA)
    kept = bpmn.start(model, DATA, env())
    data: dict[str, Any] = DATA | kept.changes
    for choice in order:
        event = event_for(case, choice)
        if event is None:
            break
        kept = bpmn.step(model, kept.state, event, data, env())
        data |= kept.changes
        case.step(event)
        assert (kept.state, kept.commands, kept.passed) == (case.state, case.last.commands, case.last.passed)
        assert data == case.data


@settings(max_examples=100)
@given(
    cases,
    choices,
    st.sampled_from(["a:2", "a:3", "t:2", "w:2", "b:4", "r:5", "sub:2", "g:3", "end:9", "a:99"]),
)
def test_no_event_changes_what_was_passed_in_and_a_done_one_is_refused(model, order, stray):
    case = Case(model, DATA)
    for choice in order:
        event = event_for(case, choice)
        if event is None:
            break
        before = copy.deepcopy((case.state, case.data))
        state, data = case.state, case.data
        bpmn.step(model, state, event, data, case.env)
        for wrong in (bpmn.Completed(stray), bpmn.Fired(stray), bpmn.Message("other", command_id=stray)):
            if stray not in awaited(case):
                try:
                    bpmn.step(model, state, wrong, data, case.env)
                except bpmn.Refused:
                    pass
                else:
                    raise AssertionError(f"{wrong} was taken")
        assert before == (state, data)
        case.step(event)
        assert_done_is_seen(case, event)


def assert_done_is_seen(case: Case, event: bpmn.Event) -> None:
    if isinstance(event, bpmn.Completed | bpmn.Failed | bpmn.Fired):
        try:
            bpmn.step(case.process, case.state, event, case.data, case.env)
        except bpmn.Refused as refused:
            assert refused.already
        else:
            raise AssertionError(f"{event} was taken twice")


@settings(max_examples=100)
@given(cases, choices)
def test_a_case_that_is_always_answered_comes_to_its_end_or_goes_on(model, order):
    """Nothing is stuck: as long as a case has not finished, somebody is asked for something."""
    case = Case(model, DATA)
    for choice in order:
        event = event_for(case, choice)
        if event is None:
            break
        case.step(event)
    assert case.finished or case.open


@settings(max_examples=60)
@given(st.sampled_from([0, 1]).map(PROCESSES.__getitem__), choices)
def test_what_has_run_fits_its_own_model(model, order):
    case = Case(model, DATA)
    for choice in order:
        event = event_for(case, choice)
        if event is None:
            break
        case.step(event)
    trace = [
        passage.name for passage in case.passed if passage.kind == "user" and passage.lifecycle == "completed"
    ]
    found = bpmn.replay(model, trace)
    assert (found.played, found.leaves) == (len(trace), "")
    assert found.fits or not case.finished


class Forgetful:
    """A host that is killed again and again: it has state and commands in one store, but the world outside forgets
    nothing that it was told, and is told things again."""

    def __init__(self) -> None:
        self.world: dict[tuple[str, str], str] = {}
        self.effects: list[tuple[str, str]] = []

    def carry_out(self, commands: tuple[bpmn.Command, ...], killed_after: int) -> None:
        for command in [*commands[:killed_after], *commands]:
            key = type(command).__name__, command.id
            if key in self.world:
                continue  # seen by its id
            self.world[key] = "done"
            self.effects.append(key)


@settings(max_examples=100)
@given(cases, choices, st.lists(st.integers(0, 5), min_size=41, max_size=41))
def test_a_kill_between_commands_and_their_execution_loses_and_doubles_nothing(model, order, kills):
    case, calm, killed = Case(model, DATA), Forgetful(), Forgetful()
    calm.carry_out(case.last.commands, 0)
    killed.carry_out(case.last.commands, kills[-1])
    for choice, kill in zip(order, kills, strict=False):
        event = event_for(case, choice)
        if event is None:
            break
        case.step(event)
        calm.carry_out(case.last.commands, 0)
        killed.carry_out(case.last.commands, kill)
    assert killed.effects == calm.effects
    assert len(calm.effects) == len(case.log), "an id came twice"


@settings(max_examples=100)
@given(cases, choices)
def test_a_case_moves_onto_its_own_version_at_any_moment(model, order):
    case = Case(model, DATA)
    for choice in order:
        event = event_for(case, choice)
        if event is None:
            break
        case.step(event)
        found = bpmn.migrate(model, model, case.state, {}, case.data, case.env)
        assert (found.unplaced, found.commands, dict(found.renamed)) == ((), (), {})
        assert found.state == case.state
