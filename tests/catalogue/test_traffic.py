"""What a running case could not go on from is refused at publication, with the element's name."""

import pytest

from tests.casework.drawn import process
from tests.catalogue import parking
from tests.engines.bpmn.builder import declared, definition, element, message, timer, xml, zeebe
from towpath.catalogue.check import check, errors

SIGNAL = '<signal id="s" name="flood"/>'
CALL = element("callActivity", "call", zeebe('<zeebe:calledElement processId="inner"/>'))
TELL = element("intermediateThrowEvent", "tell", message())
HEAR = element("intermediateCatchEvent", "hear", message())


def refused(text: str, *elements: str, top: str = "", after: str = "") -> list[str]:
    files = parking.files() | {"process.bpmn": xml(text, *elements, top=top, after=after)}
    return [f"{p.place} {p.what}" for p in errors(check(files)) if p.file == "process.bpmn"]


@pytest.mark.parametrize(
    ("trigger", "top"),
    [(timer(), ""), (message(), declared("resident.replied")), (definition("signal", "s"), SIGNAL)],
)
def test_a_request_begins_when_it_is_sent_in_and_by_nothing_else(trigger, top):
    told = refused("start -> a -> end", element("startEvent", "start", trigger), top=top)
    assert any("'Start' (start) begins with an event" in what for what in told), told


@pytest.mark.parametrize(
    ("text", "drawn", "name", "told"),
    [
        ("start -> hear -> end", HEAR, "paper", "'Hear' (hear) waits for the message 'paper', which nobody"),
        ("start -> tell -> end", TELL, "paper", "'Tell' (tell) sends the message 'paper' without a correlation"),
        ("start -> tell -> end", TELL, "resident.withdrew", "'Tell' (tell) sends the message 'resident.withdrew', which only"),
        ("start -> tell -> end", TELL, "p" * 81, "'Tell' (tell) 'pppppppppppppppppppp…' is longer than 80"),
    ],
)  # fmt: skip
def test_messages_that_cannot_arrive_are_refused(text, drawn, name, told):
    found = refused(text, drawn, top=declared(name))
    assert any(told in what for what in found), found


@pytest.mark.parametrize(
    ("text", "drawn", "top"),
    [
        ("start -> tell -> hear -> end", [TELL, HEAR], declared("paper")),
        ("start -> tell -> end", [TELL], declared("paper", "=reference")),
        ("start -> hear -> end", [HEAR], declared("paper", "=reference")),
        ("start -> hear -> end", [HEAR], declared("resident.replied")),
        (
            "start -> cry -> end",
            [element("intermediateThrowEvent", "cry", definition("signal", "s"))],
            SIGNAL,
        ),
    ],
)
def test_messages_that_somebody_sends_and_signals_are_taken(text, drawn, top):
    assert refused(text, *drawn, top=top) == []


def test_a_process_that_is_called_is_taken_and_another_one_is_refused():
    inner = process("inner", "start2 -> end2")
    assert refused("start -> call -> end", CALL, after=inner) == []
    assert refused("start -> end", after=inner) == ["inner a process that nothing calls"]


def test_what_a_called_process_names_is_looked_at_too():
    task = element("userTask", "look", zeebe('<zeebe:userTask/><zeebe:formDefinition formId="no_such"/>'))
    found = refused("start -> call -> end", CALL, after=process("inner", "start2 -> look -> end2", task))
    assert any("'Look' (look)" in what and "'no_such'" in what for what in found), found
