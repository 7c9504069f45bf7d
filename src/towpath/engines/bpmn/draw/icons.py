"""The signs of BPMN as paths around 0, 0: what an event is about, who does a task, how an activity goes on."""

from __future__ import annotations

from collections.abc import Mapping

_ENVELOPE = "M-9-6.5H9V6.5H-9z"
_FLAP = "M-9-6.5 0 1 9-6.5"

EVENTS: Mapping[str, str] = {
    "message": _ENVELOPE + _FLAP,
    "error": "M-9 8.5-4-7.5 2.5 2.5 9-8.5 4 7.5-2.5-2.5z",
    "escalation": "M0-9.5 7 8.5 0 1.5-7 8.5z",
    "signal": "M0-9.5 9 6.5H-9z",
    "compensate": "M-1-7V7L-10 0zM8-7V7L-1 0z",
    "conditional": "M-7-9H7V9H-7zM-4-5H4M-4-1.7H4M-4 1.7H4M-4 5H4",
    "link": "M-9-3.5H1.5V-8.5L10 0 1.5 8.5V3.5H-9z",
    "cancel": "M-8.5-5.5-5.5-8.5 0-3 5.5-8.5 8.5-5.5 3 0 8.5 5.5 5.5 8.5 0 3-5.5 8.5-8.5 5.5-3 0z",
    "multiple": "M0-9.5 9-2.9 5.6 7.7H-5.6L-9-2.9z",
    "parallel-multiple": "M-3-9H3V-3H9V3H3V9H-3V3H-9V-3H-3z",
}
CLOCK = "M0-11.5v3M0 11.5v-3M-11.5 0h3M11.5 0h-3M0-7V0L4.5 3"

TASKS: Mapping[str, str] = {
    "userTask": "M-7 8V5.5C-7 2-4 .5 0 .5S7 2 7 5.5V8zM-3.5-4a3.5 3.8 0 1 0 7 0a3.5 3.8 0 1 0-7 0z",
    "manualTask": "M-8-2-4.5-6H5q1.5 0 1.5 1.3T5-3.4H0 7q1.3 0 1.3 1.3T7-.8H1 6.3q1.2 0 1.2 1.2T6.3 1.6H1 "
    "5q1.1 0 1.1 1.1T5 3.9H-4Q-8 3.9-8 0z",
    "serviceTask": "M-1.4-8h2.8l.5 2.2 1.7.7 1.9-1.2 2 2-1.2 1.9.7 1.7 2.2.5v2.8l-2.2.5-.7 1.7 1.2 1.9-2 2-1.9-1.2"
    "-1.7.7-.5 2.2h-2.8l-.5-2.2-1.7-.7-1.9 1.2-2-2 1.2-1.9-.7-1.7-2.2-.5v-2.8l2.2-.5.7-1.7-1.2-1.9 2-2 1.9 1.2 "
    "1.7-.7zM-3 1.2a3 3 0 1 0 6 0a3 3 0 1 0-6 0z",
    "scriptTask": "M-3.5-8H7Q3-4.5 5-1T3 8H-7.5Q-3.5 4.5-5.5 1T-3.5-8zM-2-4.5H3M-3-1H2.5M-2 2H4M-3.5 5H2.5",
    "businessRuleTask": "M-8-7H8V7H-8zM-8-3H8M-8 2H8M-3-3V7",
    "receiveTask": "M-8-5.5H8V5.5H-8zM-8-5.5 0 1 8-5.5",
}
SENT = "M-8-5.5H8V5.5H-8z"
SENT_FLAP = "M-8-5.5 0 1 8-5.5"

MARKS: Mapping[str, str] = {
    "loop": "M-2 5.5A5.5 5.5 0 1 1 2.5 5M-2 5.5h-4M-2 5.5v-4",
    "parallel": "M-4-5.5V5.5M0-5.5V5.5M4-5.5V5.5",
    "sequential": "M-5.5-4H5.5M-5.5 0H5.5M-5.5 4H5.5",
    "compensation": "M0-5V5L-6 0zM6-5V5L0 0z",
    "adhoc": "M-6 2Q-3-4 0 0T6-2",
    "collapsed": "M-6-6H6V6H-6zM0-3.5V3.5M-3.5 0H3.5",
}

DONE = "M-4 .5-1 3.5 4.5-3"
