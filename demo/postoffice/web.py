"""The post office's web server: for one person on one machine."""

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from demo.postoffice import letters, pages
from demo.postoffice.store import Store

LONGEST = 1_000_000  # bytes of a form
HTML = "text/html; charset=utf-8"
Values = dict[str, str]


class Office(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], store: Store, intake: tuple[str, int]) -> None:
        self.store, self.intake = store, intake
        super().__init__(address, Counter)


class Counter(BaseHTTPRequestHandler):
    server: Office
    server_version = "Postoffice"
    sys_version = ""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        places: dict[str, Callable[[Values], None]] = {
            "/": lambda values: self._page(pages.overview(self.server.store.addresses())),
            "/health": lambda values: self._answer(HTTPStatus.OK, "text/plain", "ok\n"),
            "/style.css": lambda values: self._answer(HTTPStatus.OK, "text/css; charset=utf-8", pages.STYLE),
            "/mailbox": self._mailbox,
            "/message": self._message,
        }
        self._go(places, parts.path, parts.query)

    def do_POST(self) -> None:
        origin = self.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != self.headers.get("Host"):
            self._page(
                pages.page("Not from here", "<p>This form was sent by another site.</p>"),
                HTTPStatus.FORBIDDEN,
            )
            return
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LONGEST:
            self._page(
                pages.page("Too long", "<p>The message is too long.</p>"), HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            )
            return
        form = self.rfile.read(int(length)).decode("utf-8", "replace")
        self._go({"/reply": self._reply, "/write": self._write}, self.path, form)

    def _go(self, places: dict[str, Callable[[Values], None]], path: str, query: str) -> None:
        place = places.get(path)
        if place is None:
            self._missing()
        else:
            place({name: values[-1] for name, values in parse_qs(query, max_num_fields=20).items()})

    def _mailbox(self, values: Values) -> None:
        address = values.get("address", "")
        told = "Your message was taken." if "sent" in values else ""
        self._page(pages.one_mailbox(address, self.server.store.messages(address), told))

    def _message(self, values: Values) -> None:
        address = values.get("address", "")
        message = self.server.store.message(address, values.get("key", ""))
        if message is None:
            self._missing()
        else:
            self._page(pages.one_message(address, message))

    def _reply(self, values: Values) -> None:
        address, typed = values.get("address", ""), values.get("text", "")
        message = self.server.store.message(address, values.get("key", ""))
        if message is None:
            self._missing()
        elif error := self._posted(lambda: letters.answer(address, message, typed)):
            page = pages.one_message(address, message, error=error, typed=typed)
            self._page(page, HTTPStatus.BAD_GATEWAY)
        else:
            self._back(address)

    def _write(self, values: Values) -> None:
        address = values.get("address", "")
        given = {name: values.get(name, "") for name in ("to", "subject", "text")}
        if error := self._posted(lambda: letters.new(address, **given)):
            form = pages.write_form(address, error=error, **given)
            self._page(pages.page(address, form), HTTPStatus.BAD_GATEWAY)
        else:
            self._back(address)

    def _posted(self, write: Callable[[], EmailMessage]) -> str:
        """Empty when it was taken, else what to tell."""
        try:
            letters.post(write(), self.server.intake)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            return f"Your message was not taken: {error}. What you typed is still here."
        return ""

    def _back(self, address: str) -> None:
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", f"/mailbox?{urlencode({'address': address, 'sent': '1'})}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _missing(self) -> None:
        self._page(pages.page("Not here", "<p>There is nothing at this address.</p>"), HTTPStatus.NOT_FOUND)

    def _page(self, html: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._answer(status, HTML, html)

    def _answer(self, status: HTTPStatus, kind: str, text: str) -> None:
        content = text.encode("utf-8", "replace")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header(
            "Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'"
        )
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's name)
        """Quiet: the log is for what goes wrong."""
