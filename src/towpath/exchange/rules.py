"""The rules of asking, without I/O: the states of a call, the policy, minimising, and when to stop trying."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

State = Literal["waiting", "sending", "failed", "answered", "refused", "given-up", "answered-by-hand"]
Change = Literal["send", "answer", "refuse", "fail", "give up", "retry", "answer by hand"]

WAITING: Final = "waiting"
# State x change -> state. A worker may die while sending, so `sending` can be sent again. What was given up is
# still asked now and then, so it can be sent too, and stays given up while that fails.
TRANSITIONS: Final[Mapping[tuple[str, Change], State]] = {
    ("waiting", "send"): "sending",
    ("waiting", "refuse"): "refused",
    ("waiting", "give up"): "given-up",
    ("waiting", "answer by hand"): "answered-by-hand",
    ("sending", "send"): "sending",
    ("sending", "answer"): "answered",
    ("sending", "refuse"): "refused",
    ("sending", "fail"): "failed",
    ("sending", "give up"): "given-up",
    ("failed", "send"): "sending",
    ("failed", "refuse"): "refused",
    ("failed", "give up"): "given-up",
    ("failed", "retry"): "waiting",
    ("failed", "answer by hand"): "answered-by-hand",
    ("refused", "retry"): "waiting",
    ("refused", "answer by hand"): "answered-by-hand",
    ("given-up", "retry"): "waiting",
    ("given-up", "answer by hand"): "answered-by-hand",
}
ENDED: Final = frozenset({"answered", "refused", "answered-by-hand"})
