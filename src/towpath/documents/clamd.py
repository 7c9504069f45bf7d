"""Asking clamd, by its INSTREAM command, whether a file carries something bad."""

import socket
import struct
from dataclasses import dataclass
from typing import Final

CHUNK: Final = 64 * 1024
PATIENCE: Final = 30.0  # seconds


class NoVerdict(ConnectionError):
    """The scanner did not answer, or not in a way that says anything about the file."""


@dataclass(frozen=True)
class Verdict:
    """`found` names what was found; empty for a clean file."""

    found: str = ""


def scan(content: bytes, address: str) -> Verdict:
    """`address` is host:port. Raises NoVerdict."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise NoVerdict(f"TOWPATH_CLAMD is {address!r}; it must look like 127.0.0.1:3310.")
    try:
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK):
                chunk = content[start : start + CHUNK]
                connection.sendall(struct.pack("!I", len(chunk)) + chunk)
            connection.sendall(struct.pack("!I", 0))
            return _verdict(_answer(connection))
    except OSError as error:
        if isinstance(error, NoVerdict):
            raise
        raise NoVerdict(f"The scanner at {address} does not answer ({error}).") from error


def _answer(connection: socket.socket) -> str:
    said = b""
    while b"\0" not in said and len(said) < 4096:
        more = connection.recv(4096)
        if not more:
            break
        said += more
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _verdict(said: str) -> Verdict:
    if said == "stream: OK":
        return Verdict()
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return Verdict(said.removeprefix("stream: ").removesuffix(" FOUND"))
    raise NoVerdict(f"The scanner said {said[:200]!r}.")
