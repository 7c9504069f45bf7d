"""What a running case could not go on from is refused at publication, with the element's name."""

import pytest

from tests.catalogue import parking
from tests.engines.bpmn.builder import (
    declared,
    definition,
    element,
    message,
    timer,
    xml,
    zeebe,
)
from towpath.catalogue.check import check, errors

SIGNAL = '<signal id="s" name="flood"/>'
CALL = element("callActivity", "other", zeebe('<zeebe:calledElement processId="p"/>'))
HOURS = zeebe('<zeebe:properties><zeebe:property name="calendar" value="working-hours"/></zeebe:properties>')


def refused(text: str, *elements: str, top: str = "") -> list[str]:
    files = parking.files() | {"process.bpmn": xml(text, *elements, top=top)}
    return [f"{p.place} {p.what}" for p in errors(check(files)) if p.file == "process.bpmn"]


@pytest.mark.parametrize(
    ("text", "drawn", "top", "told"),
    [
        ("start -> other -> end", CALL, "", "'Other' (other) calls another process"),
        (
            "start -> cry -> end",
            element("intermediateThrowEvent", "cry", definition("signal", "s")),
            SIGNAL,
            "'Cry' (cry) sends or awaits a signal",
        ),
        (
            "start -> hear -> end",
            element("intermediateCatchEvent", "hear", definition("signal", "s")),
            SIGNAL,
            "'Hear' (hear) sends or awaits a signal",
        ),
        (
            "start -> up -> end",
            element("intermediateThrowEvent", "up", definition("escalation", "e")),
            '<escalation id="e" escalationCode="LATE"/>',
            "'Up' (up) escalates",
        ),
        (
            "start -> tell -> end",
            element("intermediateThrowEvent", "tell", message()),
            declared(),
            "'Tell' (tell) sends a message to another process",
        ),
        (
            "start -> rest -> end",
            element("intermediateCatchEvent", "rest", HOURS + timer("PT8H")),
            "",
            "'Rest' (rest) counts working hours",
        ),
    ],
)
def test_what_no_case_drives_is_refused_by_name(text, drawn, top, told):
    assert any(told in what for what in refused(text, drawn, top=top)), refused(text, drawn, top=top)


@pytest.mark.parametrize(
    ("trigger", "top"),
    [(timer(), ""), (message(), declared("resident.replied")), (definition("signal", "s"), SIGNAL)],
)
def test_a_request_begins_when_it_is_sent_in_and_by_nothing_else(trigger, top):
    told = refused("start -> a -> end", element("startEvent", "start", trigger), top=top)
    assert any("'Start' (start) begins with an event" in what for what in told), told
