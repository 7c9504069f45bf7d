"""E-mail in: an SMTP server that answers 250 only once the message is committed.

It stands behind a body's own mail server, which sees to TLS, spam and the rest of the world. Whatever we can't take
now gets a 4xx answer, so that the sender keeps it and tries again; a repeat is known by its Message-ID.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection

from towpath.contact.actions import receive
from towpath.foundation import tenancy
from towpath.foundation.models import Tenant

log = logging.getLogger(__name__)
SIZE: Final = 10_000_000  # bytes of a whole message
RECIPIENTS: Final = 50
THREADS: Final = 4  # messages filed at the same time, each with a database connection
BEAT: Final = 5.0  # seconds
T = TypeVar("T")


class Door:
    """What the server asks for each recipient and each message."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(THREADS, "intake")

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return "452 4.5.3 Too many recipients at once"
        try:
            known = await self._aside(lambda: body_of(address) is not None)
        except Exception:
            log.exception("The body of a recipient could not be looked up")
            return "451 4.3.0 Not now; please try again"
        if not known:
            return "550 5.1.2 Nobody here takes e-mail for this domain"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        raw = envelope.original_content or b""
        sender, recipients = envelope.mail_from or "", list(envelope.rcpt_tos)
        try:
            await self._aside(lambda: take(raw, sender, recipients))
        except Exception:
            log.exception("An e-mail could not be kept; the sender was asked to try again")
            return "451 4.3.0 Not now; please try again"
        return "250 2.0.0 Kept"

    async def _aside(self, work: Callable[[], T]) -> T:
        """Database work in a thread of its own, which keeps no connection open between messages."""

        def run() -> T:
            try:
                return work()
            finally:
                connection.close()

        return await asyncio.get_running_loop().run_in_executor(self.threads, run)


class Server(SMTP):
    """Lenient about long lines: RFC 5321 allows 1,000 characters, many programs send more."""

    line_length_limit = 65_536


def body_of(address: str) -> Tenant | None:
    """The body whose host stands in an address."""
    host = address.strip("<> ").rpartition("@")[2].lower().rstrip(".")
    return Tenant.objects.filter(host=host, is_rehearsal=False).first()


def take(raw: bytes, sender: str, recipients: list[str]) -> None:
    """Files a message with each body that it is for; returns when all of it is committed."""
    bodies: dict[int, tuple[Tenant, list[str]]] = {}
    for address in recipients:
        if tenant := body_of(address):
            bodies.setdefault(tenant.pk, (tenant, []))[1].append(address)
    for tenant, addresses in bodies.values():
        with tenancy.inside(tenant):
            done = receive(raw, recipients=addresses, sender=sender)
        log.info("E-mail for %s: %s", tenant.code, done.outcome)


async def listen(port: int, host: str = "127.0.0.1", door: Door | None = None) -> asyncio.Server:
    """The server, listening. The size limit is told to senders (RFC 1870)."""
    at_door = door or Door()
    options: dict[str, Any] = {"data_size_limit": SIZE, "enable_SMTPUTF8": True, "ident": "Towpath"}
    return await asyncio.get_running_loop().create_server(lambda: Server(at_door, **options), host, port)


def serve(port: int, host: str = "127.0.0.1", heartbeat: Path | None = None) -> None:
    """Runs until SIGTERM or Ctrl-C; touches `heartbeat` every few seconds where one is given."""
    asyncio.run(_serve(port, host, heartbeat))


async def _serve(port: int, host: str, heartbeat: Path | None) -> None:
    told, door = asyncio.Event(), Door()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    server = await listen(port, host, door)
    log.info("E-mail comes in at %s:%s", host, port)
    while not told.is_set():
        if heartbeat:
            heartbeat.touch()
        try:
            await asyncio.wait_for(told.wait(), BEAT)
        except TimeoutError:
            continue
    server.close()
    door.threads.shutdown()  # what is being filed is finished; what was not answered comes again
