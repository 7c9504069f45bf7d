"""The provider over HTTP."""

import json
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from demo.signin import pages
from demo.signin.people import of_town
from demo.signin.provider import Provider, Refused, is_demo_address, with_query

LONGEST = 20_000  # bytes of a form
# No form-action: the form leads back to the town, whose address browsers would count.
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, provider: Provider) -> None:
        super().__init__(("127.0.0.1", port), Pages)
        self.provider = provider


class Pages(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 30
    GETS: ClassVar[dict[str, str]] = {
        "/health": "health",
        "/.well-known/openid-configuration": "discovery",
        "/jwks": "jwks",
        "/authorize": "authorize",
        "/userinfo": "userinfo",
        "/end-session": "end_session",
        "/style.css": "style",
    }
    POSTS: ClassVar[dict[str, str]] = {"/authorize": "choose", "/token": "token"}

    def do_GET(self) -> None:
        self._answer(self.GETS, {})

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LONGEST:
            self.close_connection = True
            return self._page(400, pages.refused("The form is too large."))
        body = self.rfile.read(int(length)).decode(errors="replace")
        return self._answer(self.POSTS, dict(parse_qsl(body)))

    def _answer(self, known: Mapping[str, str], form: Mapping[str, str]) -> None:
        parts = urlsplit(self.path)
        name = known.get(parts.path)
        if name is None:
            return self._page(404, pages.refused("There is no such page here."))
        try:
            getattr(self, f"_{name}")(form or dict(parse_qsl(parts.query)))
        except Refused as refusal:
            self._refuse(refusal, machine=parts.path in {"/token", "/userinfo"})

    def _refuse(self, refusal: Refused, machine: bool) -> None:
        if machine:
            self._json({"error": refusal.code, "error_description": refusal.why}, refusal.status)
        elif refusal.back:
            self._redirect(refusal.address)
        else:
            self._page(refusal.status, pages.refused(refusal.why))

    def _health(self, _: Mapping[str, str]) -> None:
        self._json({"status": "ok", "what": "demonstration sign-in"})

    def _discovery(self, _: Mapping[str, str]) -> None:
        self._json(self.server.provider.discovery())

    def _jwks(self, _: Mapping[str, str]) -> None:
        self._json(self.server.provider.keys())

    def _authorize(self, query: Mapping[str, str]) -> None:
        provider = self.server.provider
        name = provider.ask(query)
        asked = provider.asked[name]
        host = urlsplit(asked.redirect_uri).hostname or ""
        self._page(200, pages.choose(name, of_town(provider.people, host), asked.level, host))

    def _choose(self, form: Mapping[str, str]) -> None:
        provider, name = self.server.provider, form.get("request", "")
        if form.get("answer") == "deny":
            return self._redirect(provider.deny(name))
        return self._redirect(provider.grant(name, form.get("person", ""), form.get("level", "")))

    def _token(self, form: Mapping[str, str]) -> None:
        self._json(self.server.provider.exchange(form, self.headers.get("Authorization", "")))

    def _userinfo(self, _: Mapping[str, str]) -> None:
        self._json(self.server.provider.userinfo(self.headers.get("Authorization", "")))

    def _end_session(self, query: Mapping[str, str]) -> None:
        """We keep no session, so all that is left is to go back, within the demonstration."""
        back = query.get("post_logout_redirect_uri", "")
        parts = urlsplit(back)
        if is_demo_address(f"{parts.scheme}://{parts.netloc}/sign-in/callback"):
            return self._redirect(with_query(back, state=query["state"]) if "state" in query else back)
        return self._page(200, pages.signed_out())

    def _style(self, _: Mapping[str, str]) -> None:
        self._send(200, pages.STYLE, "text/css; charset=utf-8")

    def _json(self, value: dict[str, Any], status: int = 200) -> None:
        self._send(status, json.dumps(value), "application/json")

    def _page(self, status: int, html: str) -> None:
        self._send(status, html, "text/html; charset=utf-8")

    def _redirect(self, address: str) -> None:
        self._send(303, "", "text/plain; charset=utf-8", address)

    def _send(self, status: int, text: str, kind: str, location: str = "") -> None:
        body = text.encode()
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The path alone: queries carry codes and states."""
        print(f"{self.command} {urlsplit(self.path).path} {code}", flush=True)
