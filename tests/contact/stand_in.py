"""Servers for tests, on loopback and a free port: a mail server that can refuse, and one that never answers."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.smtp import SMTP
from django.test import override_settings

from towpath.contact import intake


@dataclass
class MailServer:
    """Keeps what it took. `to_rcpt` and `to_data` are its next answers; the last one stays."""

    to_rcpt: list[str] = field(default_factory=lambda: ["250 OK"])
    to_data: list[str] = field(default_factory=lambda: ["250 OK"])
    taken: list[tuple[str, list[str], Any]] = field(default_factory=list)
    tries: int = 0

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answer = self.to_rcpt.pop(0) if len(self.to_rcpt) > 1 else self.to_rcpt[0]
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        else:
            self.tries += 1
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.tries += 1
        answer = self.to_data.pop(0) if len(self.to_data) > 1 else self.to_data[0]
        if answer.startswith("250"):
            message = message_from_bytes(envelope.original_content, policy=policy.default)
            self.taken.append((envelope.mail_from, envelope.rcpt_tos, message))
        return answer


@contextlib.contextmanager
def listening(begin: Callable[[], Coroutine[Any, Any, asyncio.Server]]) -> Iterator[int]:
    """Runs an asyncio server in a thread of its own; yields its port."""
    loop, ready, ports = asyncio.new_event_loop(), threading.Event(), []

    async def run() -> None:
        server = await begin()
        ports.append(server.sockets[0].getsockname()[1])
        ready.set()
        await stopped.wait()
        server.close()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    stopped = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=[run()])
    thread.start()
    try:
        assert ready.wait(10)
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(10)
        loop.close()


@contextlib.contextmanager
def mail_server(**answers: Any) -> Iterator[MailServer]:
    server = MailServer(**answers)

    async def begin() -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(lambda: SMTP(server), "127.0.0.1", 0)

    with listening(begin) as port, sending_to(port):
        yield server


@contextlib.contextmanager
def sending_to(port: int, patience: float = 10) -> Iterator[None]:
    backend = "django.core.mail.backends.smtp.EmailBackend"
    with override_settings(
        EMAIL_BACKEND=backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_TIMEOUT=patience
    ):
        yield


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@contextlib.contextmanager
def intake_server() -> Iterator[int]:
    door = intake.Door()
    with listening(lambda: intake.listen(0, door=door)) as port:
        yield port
    door.threads.shutdown()
