"""A browser without a face: keeps cookies and its connection, and asks again when the server went away."""

import http.client
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

AWAY = (ConnectionError, http.client.HTTPException, TimeoutError, OSError)


@dataclass(frozen=True)
class Page:
    status: int
    path: str
    text: str
    location: str = ""
    size: int = 0


class Stopped(Exception):
    """Told to stop while it waited for the server."""


@dataclass
class Browser:
    """`host` chooses the body; the address is always this machine."""

    port: int
    host: str
    stop: threading.Event = field(default_factory=threading.Event)
    patience: float = 10.0  # seconds for one answer
    cookies: dict[str, str] = field(default_factory=dict)
    answered: Callable[[], object] = lambda: None
    repeated: int = 0
    _line: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Page:
        return self._until_answered("GET", path, None)

    def post(self, path: str, fields: Mapping[str, str | list[str]]) -> Page:
        """As a browser whose user presses the button again while nothing comes back."""
        if "csrftoken" not in self.cookies:
            self.get(path)
        return self._until_answered("POST", path, fields)

    def follow(self, page: Page) -> Page:
        while page.location:
            page = self.get(page.location)
        return page

    def _until_answered(self, method: str, path: str, fields: Mapping[str, str | list[str]] | None) -> Page:
        while not self.stop.is_set():
            try:
                page = self.once(method, path, fields)
            except AWAY:
                self.close()
                page = None
            # 400 is also what Django says when the database goes away while it keeps the session.
            if page is not None and page.status < 500 and page.status != 400:
                self.answered()
                return page
            self.repeated += 1
            time.sleep(0.05)
        raise Stopped

    def once(self, method: str, path: str, fields: Mapping[str, str | list[str]] | None = None) -> Page:
        """One request, without a second try."""
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
        headers = {"Host": self.host, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if fields is not None:
            token = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
            body = urlencode({**fields, **token}, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._line.request(method, path, body, headers)
        response = self._line.getresponse()
        raw = response.read()
        for line in response.headers.get_all("Set-Cookie") or []:
            self._keep(line)
        parts = urlsplit(response.headers.get("Location", ""))
        location = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return Page(response.status, path, raw.decode("utf-8", "replace"), location, len(raw))

    def _keep(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            if morsel.value and morsel["max-age"] != "0":
                self.cookies[name] = morsel.value
            else:
                self.cookies.pop(name, None)

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
