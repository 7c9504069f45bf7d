"""One attempt over HTTP. It knows no database and must be called outside any transaction that can wait."""

import os
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from towpath.exchange import canonical, stand_in
from towpath.exchange.reply import LARGEST, Question, Reply, Unreachable, WrongReply, read


@dataclass(frozen=True)
class Peer:
    name: str
    url: str
    token: str = field(repr=False)


def peer(name: str, registers: Mapping[str, Any]) -> Peer:
    """Where a body's register stands: its entry `{url, token-file | token-env}`, else the installation's own."""
    if stand_in.present():
        return Peer(name, "", "")
    entry = registers.get(name) or {}
    url = str(entry.get("url") or settings.REGISTER_URL).rstrip("/")
    return Peer(name, url, _token(entry))


def _token(entry: Mapping[str, Any]) -> str:
    variable = str(entry.get("token-env") or "TOWPATH_REGISTER_TOKEN")
    if not entry.get("token-file") and variable in os.environ:
        return os.environ[variable]
    try:
        return Path(entry.get("token-file") or settings.VAR / "register" / "token").read_text().strip()
    except OSError:
        raise Unreachable("no-token") from None


def send(to: Peer, question: Question, seconds: float) -> Reply:
    """The checked reply, within about `seconds`; `reply.Failed` says why there is none."""
    if register := stand_in.present():
        return stand_in.answer(register, question)
    deadline = time.monotonic() + seconds
    try:
        # The register is named by the body's settings; the environment's proxies have no say.
        with (
            httpx.Client(timeout=seconds, trust_env=False, verify=_authorities()) as client,
            client.stream(
                "POST",
                to.url + question.operation.path,
                content=canonical.encode(question.document()),
                headers=_headers(to, question),
            ) as response,
        ):
            raw = _body(response, deadline)
            return read(question, response.status_code, raw, response.headers.get("X-Receipt", ""))
    except httpx.TimeoutException:
        raise Unreachable("timeout") from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
        raise Unreachable("no-connection") from None


@lru_cache(maxsize=1)
def _authorities() -> ssl.SSLContext:
    """Whose certificates are believed; to read them takes as long as the rest of a call."""
    return httpx.create_ssl_context(trust_env=False)


def _headers(to: Peer, question: Question) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {to.token}",
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        question.operation.key_header: question.key,
    }


def _body(response: httpx.Response, deadline: float) -> bytes:
    """As it came over the wire, so that nothing small unpacks into something large."""
    raw = bytearray()
    for piece in response.iter_raw():
        raw += piece
        if len(raw) > LARGEST:
            raise WrongReply("too-large")
        if time.monotonic() > deadline:
            raise Unreachable("timeout")
    return bytes(raw)
