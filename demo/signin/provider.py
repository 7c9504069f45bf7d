"""The protocol, without HTTP: what is asked, granted and signed (OpenID Connect Core 1.0, RFC 7636)."""

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from joserfc import jwk, jwt

from demo.signin.people import Resident

# Regulation (EU) 910/2014, as its technical specifications name the levels.
LEVELS = {level: f"http://eidas.europa.eu/LoA/{level}" for level in ("low", "substantial")}
CODE_LIFE = 60  # seconds
ASKED_LIFE = 600
TOKEN_LIFE = 300
CALLBACK = "/sign-in/callback"


class Refused(Exception):
    """What the caller did wrong, by an OAuth error code. `back` is where the browser may be sent, if anywhere."""

    def __init__(self, code: str, why: str, back: str = "", state: str = "", status: int = 400) -> None:
        super().__init__(why)
        self.code, self.why, self.back, self.state, self.status = code, why, back, state, status

    @property
    def address(self) -> str:
        return with_query(self.back, error=self.code, error_description=self.why, state=self.state)


@dataclass(frozen=True)
class Asked:
    """A request for authorisation that waits for the person at the screen."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    level: str
    at: float


@dataclass(frozen=True)
class Granted:
    asked: Asked
    person: Resident
    level: str
    at: float


@dataclass
class Provider:
    """Holds what is under way in memory; a restart forgets it and signs with a new key."""

    issuer: str
    client_id: str
    client_secret: str
    people: list[Resident]
    key: jwk.ECKey = field(default_factory=lambda: jwk.ECKey.generate_key("P-256", auto_kid=True))
    asked: dict[str, Asked] = field(default_factory=dict)
    codes: dict[str, Granted] = field(default_factory=dict)
    tokens: dict[str, Granted] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/end-session",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "profile", "email"],
            "acr_values_supported": list(LEVELS.values()),
        }

    def keys(self) -> dict[str, Any]:
        return {"keys": [{**self.key.as_dict(private=False), "use": "sig", "alg": "ES256"}]}

    def ask(self, query: Mapping[str, str]) -> str:
        """Checks a request and returns the name under which it waits."""
        asked = self._checked(query)
        name = secrets.token_urlsafe(16)
        with self.lock:
            self._forget_old()
            self.asked[name] = asked
        return name

    def _checked(self, query: Mapping[str, str]) -> Asked:
        back, state = query.get("redirect_uri", ""), query.get("state", "")
        if query.get("client_id") != self.client_id:
            raise Refused("unauthorized_client", "The site that sent you is not known here.")
        if not is_demo_address(back):
            raise Refused("invalid_request", "The address to go back to is not one of the demonstration's.")
        wanted = {
            "unsupported_response_type": query.get("response_type") == "code",
            "invalid_scope": "openid" in query.get("scope", "").split(),
            "invalid_request": query.get("code_challenge_method") == "S256"
            and bool(query.get("code_challenge") and state and query.get("nonce")),
        }
        for code, right in wanted.items():
            if not right:
                raise Refused(
                    code, "The request must be for a code, with state, nonce and S256.", back, state
                )
        return Asked(back, state, query["nonce"], query["code_challenge"], _level(query), time.time())

    def grant(self, name: str, number: str, level: str) -> str:
        """The person chose who they are: the address to go back to, with a code for one use."""
        with self.lock:
            asked = self._fresh(name)
            person = next((p for p in self.people if p.number == number), None)
            if person is None or level not in LEVELS:
                raise Refused("invalid_request", "Choose one of the people and one of the levels.")
            del self.asked[name]
            code = secrets.token_urlsafe(24)
            self.codes[code] = Granted(asked, person, level, time.time())
        return with_query(asked.redirect_uri, code=code, state=asked.state, iss=self.issuer)

    def deny(self, name: str) -> str:
        with self.lock:
            asked = self._fresh(name)
            del self.asked[name]
        why = "The person did not want to sign in."
        return Refused("access_denied", why, asked.redirect_uri, asked.state).address

    def _fresh(self, name: str) -> Asked:
        asked = self.asked.get(name)
        if asked is None or time.time() - asked.at > ASKED_LIFE:
            raise Refused(
                "invalid_request", "You waited too long here. Go back to the town and sign in again."
            )
        return asked

    def exchange(self, form: Mapping[str, str], authorization: str) -> dict[str, Any]:
        """The code against tokens. A code is good once, for a minute, for who holds secret and verifier."""
        self._check_client(authorization)
        if form.get("grant_type") != "authorization_code":
            raise Refused("unsupported_grant_type", "Only authorization_code is supported.")
        with self.lock:
            granted = self.codes.pop(form.get("code", ""), None)
        if granted is None or time.time() - granted.at > CODE_LIFE:
            raise Refused("invalid_grant", "The code is unknown, used or older than a minute.")
        if form.get("redirect_uri") != granted.asked.redirect_uri:
            raise Refused("invalid_grant", "redirect_uri is not the one that was asked with.")
        if not hmac.compare_digest(challenge(form.get("code_verifier", "")), granted.asked.challenge):
            raise Refused("invalid_grant", "code_verifier does not match the challenge.")
        token = secrets.token_urlsafe(24)
        with self.lock:
            self.tokens[token] = granted
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": TOKEN_LIFE,
            "id_token": self._id_token(granted),
        }

    def _id_token(self, granted: Granted) -> str:
        now = int(time.time())
        claims = {
            **granted.person.claims(),
            "iss": self.issuer,
            "aud": self.client_id,
            "iat": now,
            "exp": now + TOKEN_LIFE,
            "auth_time": int(granted.at),
            "nonce": granted.asked.nonce,
            "acr": LEVELS[granted.level],
        }
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key)

    def userinfo(self, authorization: str) -> dict[str, Any]:
        with self.lock:
            granted = self.tokens.get(authorization.removeprefix("Bearer "))
        if granted is None or time.time() - granted.at > TOKEN_LIFE + CODE_LIFE:
            raise Refused("invalid_token", "The access token is unknown or expired.", status=401)
        return {**granted.person.claims(), "acr": LEVELS[granted.level]}

    def _check_client(self, authorization: str) -> None:
        sent = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if not hmac.compare_digest(authorization.encode(), f"Basic {sent}".encode()):
            raise Refused("invalid_client", "Wrong client or secret.", status=401)

    def _forget_old(self) -> None:
        now = time.time()
        self.asked = {k: v for k, v in self.asked.items() if now - v.at < ASKED_LIFE}
        self.codes = {k: v for k, v in self.codes.items() if now - v.at < CODE_LIFE}
        self.tokens = {k: v for k, v in self.tokens.items() if now - v.at < TOKEN_LIFE + CODE_LIFE}


def challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def is_demo_address(address: str) -> bool:
    """Only pages of this machine: a stand-in must not vouch for anybody elsewhere."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    near = host in {"localhost", "127.0.0.1"} or host.endswith(".localhost")
    return parts.scheme in {"http", "https"} and near and parts.path == CALLBACK and not parts.fragment


def _level(query: Mapping[str, str]) -> str:
    """The first level asked for that we know; the lower one when none is asked for."""
    names = {uri: level for level, uri in LEVELS.items()}
    return next((names[v] for v in query.get("acr_values", "").split() if v in names), "low")


def with_query(address: str, **values: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(values)}"
