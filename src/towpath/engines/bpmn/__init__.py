"""BPMN 2.0 processes: load, run, replay, draw. See `commands` for what goes in and out of a step."""

from towpath.engines.bpmn.commands import (
    LOCALS,
    Assignment,
    Calendar,
    Cancel,
    Command,
    Completed,
    Do,
    Env,
    Event,
    Failed,
    Finish,
    Fired,
    Message,
    Passage,
    Schedule,
    Step,
    Subscribe,
    Throw,
    Unschedule,
    Unsubscribe,
    Waiting,
)
from towpath.engines.bpmn.diagram import sketch
from towpath.engines.bpmn.draw import Deviation, Overlay, Row, draw, table
from towpath.engines.bpmn.errors import BpmnError, Incident, Problem, Refused
from towpath.engines.bpmn.figures import Diagram
from towpath.engines.bpmn.load import load
from towpath.engines.bpmn.model import Model, Process, Reference
from towpath.engines.bpmn.replay import Replay, replay
from towpath.engines.bpmn.run import enabled, start, step

__all__ = [
    "LOCALS",
    "Assignment",
    "BpmnError",
    "Calendar",
    "Cancel",
    "Command",
    "Completed",
    "Deviation",
    "Diagram",
    "Do",
    "Env",
    "Event",
    "Failed",
    "Finish",
    "Fired",
    "Incident",
    "Message",
    "Model",
    "Overlay",
    "Passage",
    "Problem",
    "Process",
    "Reference",
    "Refused",
    "Replay",
    "Row",
    "Schedule",
    "Step",
    "Subscribe",
    "Throw",
    "Unschedule",
    "Unsubscribe",
    "Waiting",
    "draw",
    "enabled",
    "load",
    "replay",
    "sketch",
    "start",
    "step",
    "table",
]
