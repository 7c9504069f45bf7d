"""The ports and addresses of one installation on one machine, counted from PORT."""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass

HOST = "127.0.0.1"
USUAL = 8000


@dataclass(frozen=True)
class Ports:
    web: int = USUAL

    @property
    def signin(self) -> int:
        return self.web + 1

    @property
    def register(self) -> int:
        return self.web + 2

    @property
    def postoffice(self) -> int:
        return self.web + 3

    @property
    def intake(self) -> int:
        """E-mail in, by SMTP."""
        return self.web + 25

    @property
    def smtp(self) -> int:
        """The demo post office, which takes what we send."""
        return self.web + 26

    def all(self) -> dict[str, int]:
        names = ("web", "signin", "register", "postoffice", "intake", "smtp")
        return {name: getattr(self, name) for name in names}

    def url(self, port: int) -> str:
        return f"http://{HOST}:{port}"

    def taken(self) -> dict[str, int]:
        return {name: port for name, port in self.all().items() if not is_free(port)}


def from_environment() -> Ports:
    """Reads PORT; ValueError says what would be right."""
    value = os.environ.get("PORT", "") or str(USUAL)
    if not value.isdigit() or not 1024 <= int(value) <= 65000:
        raise ValueError(f"PORT is {value!r}; it must be a whole number from 1024 to 65000.")
    return Ports(int(value))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: connections that are only waiting to be forgotten don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Something listens there."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def free_base() -> int | None:
    """A PORT whose whole set is free, to be suggested."""
    return next((base for base in _bases() if not Ports(base).taken()), None)


def _bases() -> Iterator[int]:
    yield from range(9000, 20000, 100)
