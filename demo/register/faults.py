"""Ways to be a bad register, for tests: `python -m demo.register --faults` lets them be set from this machine."""

import threading
from dataclasses import dataclass, field
from typing import Any

MODES = (
    "ok",
    "slow",
    "dead",
    "lost",
    "error",
    "wrong-json",
    "wrong-receipt",
    "wrong-question",
    "wrong-answer",
)


@dataclass
class Faults:
    """`slow` answers after `seconds`; `dead` hangs up at once; `lost` does the work and then hangs up."""

    allowed: bool = False
    mode: str = "ok"
    seconds: float = 0.0
    woken: threading.Event = field(default_factory=threading.Event)

    def set(self, wish: Any) -> str:
        """What is wrong with the wish; empty when it is granted."""
        mode = wish.get("mode") if isinstance(wish, dict) else None
        if mode not in MODES:
            return f"`mode` must be one of {', '.join(MODES)}."
        seconds = wish.get("seconds", 0)
        if not isinstance(seconds, int | float) or not 0 <= seconds <= 60:
            return "`seconds` must be between 0 and 60."
        self.woken.set()  # whoever is held up by the former mode goes on
        self.mode, self.seconds, self.woken = mode, float(seconds), threading.Event()
        return ""

    def hold_up(self) -> None:
        if self.mode == "slow":
            self.woken.wait(self.seconds)

    def spoil(self, reply: bytes, envelope: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
        """The body that is sent, and the document that is signed."""
        if self.mode == "wrong-json":
            return b'{"found": tru', envelope
        if self.mode == "wrong-receipt":
            return reply, {**envelope, "key": "another"}
        if self.mode == "wrong-question":
            return b"", {**envelope, "question": "0" * 64}
        if self.mode == "wrong-answer":
            return b"", {**envelope, "found": True, "answer": {"name": 7}}
        return reply, envelope
