"""A mail server that keeps nothing but the count: Message-ID -> how often it was taken, and when first."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Sink:
    taken: Counter[str] = field(default_factory=Counter)
    first: dict[str, float] = field(default_factory=dict)
    changed: threading.Event = field(default_factory=threading.Event)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        name = str(message_from_bytes(envelope.content).get("Message-ID", "")).strip()
        self.taken[name] += 1
        self.first.setdefault(name, time.time())
        self.changed.set()
        return "250 OK"


@contextmanager
def sink(port: int) -> Iterator[Sink]:
    made = Sink()
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield made
    finally:
        controller.stop()
