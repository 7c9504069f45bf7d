"""The register over HTTP: `POST /v1/<operation>`, with a bearer token and an Idempotency-Key; `GET /health`.

A reply is `{operation, key, question, found, answer, at}`, where `question` is the SHA-256 of the inputs' canonical
JSON. The header `X-Receipt` holds the register's detached signature over the reply's canonical JSON.
"""

import contextlib
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from demo.register import keys
from demo.register.faults import Faults
from demo.register.operations import OPERATIONS, wrong_inputs
from demo.register.store import Done, OtherRequest, Store

LARGEST = 64 * 1024  # bytes of a request
LONGEST_KEY = 200


@dataclass
class Register:
    store: Store
    key: Ed25519PrivateKey
    token: str
    faults: Faults
    admin_token: str = ""


class HungUp(Exception):
    pass


class Refused(Exception):
    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], register: Register) -> None:
        super().__init__(address, Conversation)
        self.register = register

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is everyday life."""


class Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Register/1"
    sys_version = ""
    timeout = 30
    server: Server

    def do_GET(self) -> None:
        self._guarded(self._get)

    def do_POST(self) -> None:
        self._guarded(self._post)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name in the library)
        """Requests are personal: only the path and the status are written down, by `_say`."""

    def _guarded(self, work: Any) -> None:
        try:
            work()
        except Refused as refusal:
            self.close_connection = True  # the body may still lie unread in the connection
            self._say(refusal.status, keys.canonical({"why": refusal.why}))
        except HungUp:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(2)

    def _get(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/health":
            if self.server.register.faults.mode == "dead":
                raise HungUp
            self._say(200, b'{"ok":true}')
            return
        self._let_in()
        if parts.path != "/effects":
            raise Refused(405 if parts.path in OPERATIONS else 404, "There is nothing to get here.")
        key = (parse_qs(parts.query).get("key") or [""])[0]
        self._say(200, keys.canonical({"key": key, **self.server.register.store.effects(key)}))

    def _post(self) -> None:
        if self.path == "/faults" and self.server.register.faults.allowed:
            self._set_faults()
            return
        faults = self.server.register.faults
        if faults.mode == "dead":
            raise HungUp
        self._let_in()
        raw = self._body()
        key = self.headers.get("Idempotency-Key", "")
        if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
            raise Refused(
                400, f"The header Idempotency-Key must be given, of at most {LONGEST_KEY} characters."
            )
        done = self._carried_out(key, raw)
        faults.hold_up()
        if faults.mode == "error":
            raise Refused(503, "The register is out of order.")
        if faults.mode == "lost":
            raise HungUp
        body, signed = faults.spoil(done.reply, json.loads(done.reply))
        self._say(done.status, body or keys.canonical(signed), keys.receipt(self.server.register.key, signed))

    def _carried_out(self, key: str, raw: bytes) -> Done:
        register = self.server.register
        if self.path not in OPERATIONS:
            raise Refused(400, "There is no such operation.")
        name, forms, answer = OPERATIONS[self.path]
        inputs, fields = _read(raw)
        if wrong := wrong_inputs(inputs, forms):
            raise Refused(422, wrong)

        def carry_out() -> Done:
            found = answer(register.store, inputs)
            granted = None if found is None else {n: v for n, v in found.items() if n in fields}
            envelope = {
                "operation": name,
                "key": key,
                "question": hashlib.sha256(keys.canonical(inputs)).hexdigest(),
                "found": found is not None,
                "answer": granted,
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
            }
            return Done(404 if found is None else 200, keys.canonical(envelope))

        try:
            return register.store.once(key, name, keys.canonical(inputs), carry_out)
        except OtherRequest:
            raise Refused(409, "This Idempotency-Key was used for another request.") from None

    def _let_in(self) -> None:
        given = self.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {self.server.register.token}".encode()):
            raise Refused(401, "The bearer token is missing or wrong.")

    def _set_faults(self) -> None:
        register = self.server.register
        given = self.headers.get("X-Admin-Token", "").encode()
        ours = register.admin_token.encode()
        here = self.client_address[0] in ("127.0.0.1", "::1")
        if not (here and ours and hmac.compare_digest(given, ours)):
            raise Refused(403, "Faults are set from this machine, with the admin token.")
        if wrong := register.faults.set(_json(self._body())):
            raise Refused(422, wrong)
        self._say(200, b"{}")

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            raise Refused(411, "The header Content-Length must be given.")
        if len(length) > 9 or int(length) > LARGEST:
            raise Refused(413, f"A request has at most {LARGEST} bytes.")
        raw = self.rfile.read(int(length))
        if len(raw) < int(length):
            raise HungUp
        return raw

    def _say(self, status: int, body: bytes, receipt: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if receipt:
            self.send_header("X-Receipt", receipt)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise Refused(400, "The body is no JSON.") from None


def _read(raw: bytes) -> tuple[Any, frozenset[str]]:
    document = _json(raw)
    if not isinstance(document, dict):
        raise Refused(422, "The body must be an object with `inputs` and `fields`.")
    fields = document.get("fields")
    if not isinstance(fields, list) or not all(isinstance(name, str) for name in fields):
        raise Refused(422, "`fields` must list the names of the fields that are granted.")
    return document.get("inputs"), frozenset(fields)
