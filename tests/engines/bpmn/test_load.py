"""What is read, and what is refused: by name, with the line, and everything at once."""

import pytest

from tests.engines.bpmn.builder import (
    both,
    declared,
    element,
    flows,
    many,
    message,
    on,
    script,
    step_task,
    sub,
    timer,
    xml,
    xor,
    zeebe,
)
from towpath.engines import bpmn


def problems(*texts: str | bytes) -> list[bpmn.Problem]:
    with pytest.raises(bpmn.BpmnError) as error:
        bpmn.load(*texts)
    return list(error.value.problems)


def told(*texts: str | bytes) -> str:
    return "\n".join(str(problem) for problem in problems(*texts))


def test_everything_wrong_is_told_at_once_with_element_name_and_line():
    text = xml(
        "start -> x\n x -> a\n x -> b -> end\n a -> call -> end",
        xor("x"),
        element("callChoreography", "call"),
        on("b", "t", timer("10 days")),
    )
    found = problems(text.replace("<boundaryEvent", "\n<boundaryEvent"))
    assert [(problem.element, problem.name) for problem in found if problem.element == "call"] == [
        ("call", "Call")
    ]
    assert {problem.element for problem in found} == {"call", "t", "f2", "f3"}
    assert {problem.line for problem in found} == {1, 2}
    assert "'Call' (call): callChoreography is not supported; a choreography is not run by one body" in told(
        text
    )
    assert "'10 days' is not a duration; write it like P10D" in told(text)


UNSUPPORTED = {
    "choreographyTask is not supported": element("choreographyTask", "a"),
    "potentialOwner is not supported; say who does it": element("userTask", "a", "<potentialOwner/>"),
    "zeebe:executionListeners is not supported": element(
        "userTask", "a", zeebe("<zeebe:executionListeners/>")
    ),
    "waitForCompletion='false'": element(
        "intermediateThrowEvent", "a", '<compensateEventDefinition waitForCompletion="false"/>'
    ),
    "bindingType='versionTag'": element(
        "userTask", "a", zeebe('<zeebe:formDefinition bindingType="versionTag"/>')
    ),
    "the language 'python' of the condition is not supported": element(
        "intermediateCatchEvent",
        "a",
        "<conditionalEventDefinition><condition language='python'>x</condition></conditionalEventDefinition>",
    ),
    "is written for people, not to be run": element(
        "intermediateCatchEvent",
        "a",
        "<conditionalEventDefinition><condition>rain</condition></conditionalEventDefinition>",
    ),
    "its operationRef 'o' points to nothing": element("receiveTask", "a", messageRef="m", operationRef="o"),
    "the calendar 'lunar' is not known": element(
        "userTask",
        "a",
        zeebe('<zeebe:properties><zeebe:property name="calendar" value="lunar"/></zeebe:properties>'),
    ),
}


@pytest.mark.parametrize("what", UNSUPPORTED)
def test_what_is_not_supported_is_refused_by_name(what):
    found = problems(xml("start -> a -> end", UNSUPPORTED[what], top=declared()))
    assert [problem.element for problem in found] == ["a"]
    assert what in str(found[0])


@pytest.mark.parametrize(
    ("tag", "definition"),
    [
        ("endEvent", "conditional"),
        ("endEvent", "link"),
        ("endEvent", "timer"),
        ("intermediateThrowEvent", "timer"),
        ("intermediateThrowEvent", "error"),
        ("intermediateCatchEvent", "cancel"),
        ("intermediateCatchEvent", "compensate"),
        ("startEvent", "error"),
        ("startEvent", "link"),
    ],
)
def test_an_event_where_it_means_nothing_is_refused(tag, definition):
    name = {"endEvent": "end", "startEvent": "start"}.get(tag, "a")
    there = element(tag, name, f"<{definition}EventDefinition/>")
    assert f"{definition}EventDefinition is not supported on a" in told(xml("start -> a -> end", there))


WRONG = {
    "no flow leads to it": ("start -> end\n a -> end",),
    "it leads nowhere": ("start -> a\n start -> end",),
    "it can never be reached": ("start -> end\n a -> b -> a",),
    "has no start event": ("a -> end",),
    "is empty": ("",),
    "has no end event": ("start -> a -> a",),
    "a second start event": ("start -> end\n start2 -> end",),
    "a flow leads into it": ("start -> a -> start\n a -> end",),
    "a flow leads out of an end": ("start -> end -> a -> end",),
    "has no condition": ("start -> x -> end\n x -> a -> end", xor("x")),
    "is the default and has a condition": ("start -> x\n x => end if ok\n x -> a if ok\n a -> end", xor("x")),
    "does not leave a gateway": (
        "start -> t\n t -> end if ok\n t -> a -> end",
        element("intermediateThrowEvent", "t"),
    ),
    "is the only flow out of 'a' and has a condition": ("start -> a\n a -> end if ok",),
    "is converging and has several flows out": (
        "start -> x\n x -> a if ok\n x => end\n a -> end",
        element("exclusiveGateway", "x", gatewayDirection="Converging"),
    ),
    "is not one of its flows": ("start -> x -> end", element("exclusiveGateway", "x", default="f1")),
    "'nowhere', which is no element": ("start -> end", flows("start -> nowhere", "g")),
    "is no activity": ("start -> end\n t -> end", on("start", "t", timer())),
    "attached to nothing": ("start -> end\n t -> end", element("boundaryEvent", "t", timer())),
    "attached to 'gone'": ("start -> end\n t -> end", on("gone", "t", timer())),
    "is done at once": ("start -> s -> end\n t -> end", script("s", "=1", "n"), on("s", "t", timer())),
    "crosses the border": ("start -> sub -> end", sub("sub", "start1 -> end1"), flows("start1 -> end", "g")),
    "lies in another subprocess": (
        "start -> a -> sub -> end",
        sub("sub", "start1 -> end1\n t -> end1", on("a", "t", timer())),
    ),
    "fewer than two events": (
        "start -> g -> t -> end",
        element("eventBasedGateway", "g"),
        element("intermediateCatchEvent", "t", timer()),
    ),
    "is no event to wait for": ("start -> g -> a -> end\n g -> b -> end", element("eventBasedGateway", "g")),
    "waits for nothing": ("start -> t -> end", element("intermediateCatchEvent", "t")),
    "names no message": (
        "start -> t -> end",
        element("intermediateCatchEvent", "t", "<messageEventDefinition/>"),
    ),
    "the message 'm' does not exist": ("start -> t -> end", element("receiveTask", "t", messageRef="m")),
    "the error 'e' does not exist": (
        "start -> a -> end\n b -> end",
        on("a", "b", '<errorEventDefinition errorRef="e"/>'),
    ),
    "an error always interrupts": (
        "start -> a -> end\n b -> end",
        on("a", "b", "<errorEventDefinition/>", interrupting=False),
    ),
    "names no error": ("start -> end", element("endEvent", "end", "<errorEventDefinition/>")),
    "repeats without any time between": (
        "start -> a -> end\n t -> end",
        on("a", "t", timer("R/PT0S", "timeCycle"), interrupting=False),
    ),
    "'tomorrow' is not a date": (
        "start -> t -> end",
        element("intermediateCatchEvent", "t", timer("tomorrow", "timeDate")),
    ),
    "counts days only": (
        "start -> t -> end",
        element(
            "intermediateCatchEvent",
            "t",
            zeebe(
                '<zeebe:properties><zeebe:property name="calendar" value="working-days"/></zeebe:properties>'
            )
            + timer("PT36H"),
        ),
    ),
    "nothing says what the service task does": ("start -> a -> end", element("serviceTask", "a")),
    "the zeebe:taskDefinition has no type": ("start -> a -> end", step_task("a", "")),
    "no FEEL expression": ("start -> a -> end", element("scriptTask", "a")),
    "names no decision": ("start -> a -> end", element("businessRuleTask", "a")),
    "nothing says for what the instances are": (
        "start -> a -> end",
        element("userTask", "a", "<multiInstanceLoopCharacteristics/>"),
    ),
    "go together": (
        "start -> a -> end",
        element("userTask", "a", many(inputCollection="=x", outputCollection="y")),
    ),
    "is not a variable": ("start -> a -> end", script("a", "=1", "not a name")),
    "the script '=1 +' is not FEEL": ("start -> a -> end", script("a", "=1 +", "n")),
    "the condition '=1 >' is not FEEL": ("start -> x\n x -> a if 1 >\n x => end\n a -> end", xor("x")),
    "lacks a source or a target": (
        "start -> a -> end",
        element("userTask", "a", zeebe('<zeebe:ioMapping><zeebe:input target="x"/></zeebe:ioMapping>')),
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_run_is_refused(what):
    text, *elements = WRONG[what]
    assert what in told(xml(text, *elements))


def test_problems_do_not_breed_others():
    assert len(problems(xml("start -> x\n x -> end if amount >\n x => end", xor("x")))) == 1
    assert len(problems(xml("start -> t -> end", element("intermediateCatchEvent", "t", timer("=1 +"))))) == 1
    assert len(problems(xml("start -> a -> b -> end", element("callActivity", "a")))) == 1


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<definitions", "not well-formed"),
        ("", "line 1"),
        ("<a/>", "'a' is not BPMN 2.0"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "DOCTYPE"),
        (xml("start -> end").replace('isExecutable="true"', 'isExecutable="false"'), "no executable process"),
        (xml("start -> a -> end").replace('id="a"', 'id="f1"'), "the id is also used on line 1"),
        (xml("start -> a -> end").replace('id="a" ', ""), "a userTask without an id"),
        (xml("start -> a -> end").replace('id="a"', 'id="a:1"'), "is not an id"),
        (xml("start -> end", top='<message id="m"/>'), "the message has no fixed name"),
        (xml("start -> end", top='<error id="e"/>'), "the error has no fixed errorCode"),
        (xml("start -> end", top='<choreography id="c"/>'), "choreography is not supported"),
    ],
)
def test_a_broken_file_is_refused(text, what):
    assert what in told(text)


def test_a_process_that_nobody_could_read_is_refused_in_bounded_time():
    way = " -> ".join(["start", *(f"a{number}" for number in range(2_000)), "end"])
    assert "more than 2000 elements" in told(xml(way))


def test_two_files_may_not_hold_the_same_process():
    assert "another process has the same id" in told(xml("start -> end"), xml("start -> end"))


def test_two_files_together_hold_both_processes():
    other = xml("start -> end").replace('id="p"', 'id="q"')
    assert list(bpmn.load(xml("start -> end"), other.encode()).processes) == ["p", "q"]


def test_what_only_people_read_is_ignored():
    text = xml(
        "start -> a -> end",
        element(
            "userTask",
            "a",
            "<documentation>Read.</documentation><incoming>f1</incoming><outgoing>f2</outgoing>",
        ),
        '<startEvent id="start"><outgoing>f1</outgoing></startEvent>',
        '<endEvent id="end"><incoming>f2</incoming></endEvent>',
        "<laneSet id='ls'><lane id='l' name='Planning'><flowNodeRef>a</flowNodeRef></lane></laneSet>"
        "<textAnnotation id='n'><text>Careful</text></textAnnotation>"
        "<association id='as' sourceRef='a' targetRef='n'/>",
        top="<collaboration id='c'><participant id='pa' processRef='p'/></collaboration>",
    )
    assert set(bpmn.load(text).processes["p"].elements) == {"start", "a", "end"}


def test_the_host_gets_the_names_that_it_has_to_resolve():
    user = element(
        "userTask",
        "a",
        zeebe(
            '<zeebe:formDefinition formKey="advice"/><zeebe:assignmentDefinition candidateGroups="planning, legal"/>'
        ),
    )
    rule = element(
        "businessRuleTask", "d", zeebe('<zeebe:calledDecision decisionId="fee" resultVariable="fee"/>')
    )
    model = bpmn.load(xml("start -> a -> d -> s -> end", user, rule, step_task("s", "letter")))
    assert [(reference.kind, reference.name, reference.element_id) for reference in model.references] == [
        ("form", "advice", "a"),
        ("team", "planning", "a"),
        ("team", "legal", "a"),
        ("decision", "fee", "d"),
        ("step", "letter", "s"),
    ]
    assert {reference.element_name for reference in model.references} == {"A", "D", "S"}


def test_words_are_no_condition():
    text = xml("start -> x\n x -> a if it rains\n x => end\n a -> end", xor("x")).replace(">=it", ">it")
    assert "is words, nothing that can be run" in told(text)


def test_doubts_are_warnings():
    model = bpmn.load(xml("start -> x\n x -> a if ok\n x -> end if not(ok)\n a -> end", xor("x")))
    assert ["no condition holds" in str(warning) for warning in model.warnings] == [True]


def test_messages_are_read_with_their_key():
    model = bpmn.load(
        xml(
            "start -> w -> g -> end",
            element("intermediateCatchEvent", "w", message()),
            both("g"),
            top=declared(key="=id"),
        )
    )
    waiting = model.processes["p"].elements["w"].message
    assert waiting is not None
    assert waiting.name == "paper"
