"""The relying party: what we ask the provider, and what of its answer we believe.

Authorization code with PKCE (RFC 7636), state and nonce; the ID token is checked as OpenID Connect Core 1.0, 3.1.3.7
says, and `acr` against the levels that this provider may vouch for.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlencode, urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from joserfc import jwk, jws, jwt
from joserfc.errors import JoseError

from towpath.foundation import ids
from towpath.foundation.access import LEVELS, Assurance
from towpath.foundation.models import Tenant
from towpath.people.actions import Claims

# The assurance levels of Regulation (EU) 910/2014 as providers write them in `acr`.
EIDAS: Final[dict[str, Assurance]] = {
    "http://eidas.europa.eu/LoA/low": "low",
    "http://eidas.europa.eu/LoA/substantial": "substantial",
    "http://eidas.europa.eu/LoA/high": "high",
}
ALGORITHMS: Final = ["ES256", "RS256", "PS256"]
PATIENCE: Final = 5  # seconds for each call to the provider
LEEWAY: Final = 30  # seconds by which clocks may differ
REMEMBERED: Final = 600  # seconds for which addresses and keys are kept

Trouble = Literal["unavailable", "denied", "expired", "untrusted", "too-weak", "unset"]


class SignInError(Exception):
    """Signing in did not work: `trouble` chooses what the person is told, the text is for the log."""

    def __init__(self, trouble: Trouble, why: str) -> None:
        super().__init__(why)
        self.trouble = trouble


@dataclass(frozen=True)
class Provider:
    """Who vouches for a body's residents. `levels` maps its `acr` values to assurance."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    levels: Mapping[str, Assurance]


@dataclass(frozen=True)
class Attempt:
    """One try to sign in, kept in the session between leaving and coming back."""

    nonce: str
    verifier: str
    next: str
    wanted: Assurance
    at: float


@dataclass(frozen=True)
class Vouched:
    """What the provider has vouched for, after all checks."""

    subject: str
    claims: Claims
    assurance: Assurance


def provider_of(tenant: Tenant) -> Provider:
    """The body's own provider (`settings["sign-in"]`: issuer, client_id, levels), else the installation's.

    A body's own secret lies in the file `sign-in-<code>` beside the other secrets; the installation's is never
    sent to another issuer.
    """
    own = tenant.settings.get("sign-in") or {}
    levels = own.get("levels") or EIDAS
    issuer = own.get("issuer") or settings.SIGN_IN_ISSUER
    if issuer == settings.SIGN_IN_ISSUER:
        client = own.get("client_id") or settings.SIGN_IN_CLIENT
        return Provider(issuer, client, settings.SIGN_IN_SECRET, levels)
    secret = Path(settings.SECRETS) / f"sign-in-{tenant.code}"
    if not secret.is_file() or not own.get("client_id"):
        raise SignInError(
            "unset", f"{tenant.code}: {issuer} needs a client_id and the secret file {secret.name}"
        )
    return Provider(issuer, own["client_id"], secret.read_text().strip(), levels)


def begin(provider: Provider, callback: str, next_page: str, wanted: Assurance) -> tuple[str, str, Attempt]:
    """Where to send the browser, the state that it brings back, and what to keep until then."""
    asked = _addresses(provider)["authorization_endpoint"]
    attempt = Attempt(ids.secret(), ids.secret() + ids.secret(), next_page, wanted, time.time())
    enough = [acr for acr, level in provider.levels.items() if LEVELS.index(level) >= LEVELS.index(wanted)]
    with _session(provider, callback) as session:
        address, state = session.create_authorization_url(
            asked,
            state=ids.secret(),
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
            acr_values=" ".join(enough),
        )
    return address, state, attempt


def finish(provider: Provider, callback: str, attempt: Attempt, code: str) -> Vouched:
    """Exchanges the code and believes the answer, or says why not."""
    addresses = _addresses(provider)
    try:
        with _session(provider, callback) as session:
            answer = session.fetch_token(
                addresses["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=attempt.verifier,
            )
    except AuthlibBaseError as error:
        raise SignInError("expired", f"the provider refused the code: {error}") from error
    except (requests.RequestException, ValueError) as error:
        raise SignInError("unavailable", f"the token endpoint did not answer: {error}") from error
    token = str(answer.get("id_token", ""))
    vouched = believe(token, _keys(provider, token), provider, attempt.nonce, time.time())
    if LEVELS.index(vouched.assurance) < LEVELS.index(attempt.wanted):
        raise SignInError("too-weak", f"{attempt.wanted} was wanted, {vouched.assurance} came")
    return vouched


def believe(token: str, keys: Mapping[str, Any], provider: Provider, nonce: str, now: float) -> Vouched:
    """Signature, issuer, audience, times, nonce and level; `SignInError("untrusted")` when one is wrong."""
    registry = jwt.JWTClaimsRegistry(
        now=int(now),
        leeway=LEEWAY,
        iss={"essential": True, "value": provider.issuer},
        sub={"essential": True},
        aud={"essential": True, "value": provider.client_id},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims = jwt.decode(
            token, jwk.KeySet.import_key_set({"keys": keys["keys"]}), algorithms=ALGORITHMS
        ).claims
        registry.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise SignInError(
            "untrusted", f"the ID token does not hold: {type(error).__name__} {error}"
        ) from error
    if isinstance(claims["aud"], list) and claims["aud"] != [provider.client_id]:
        raise SignInError("untrusted", "the ID token is for others too")
    level = provider.levels.get(str(claims.get("acr", "")))
    if level is None:
        raise SignInError("untrusted", f"the level {claims.get('acr')!r} is not one that counts here")
    return Vouched(str(claims["sub"]), _claims(claims), level)


def _claims(said: Mapping[str, Any]) -> Claims:
    return Claims(
        given_name=_text(said, "given_name"),
        family_name=_text(said, "family_name"),
        birth_date=_date(said.get("birthdate")),
        email=_text(said, "email") if said.get("email_verified") is True else "",
        register_number=_text(said, "register_number"),
    )


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return value.strip()[:200] if isinstance(value, str) else ""


def _date(value: object) -> date | None:
    """OpenID Connect allows a year alone and 0000 for an unknown one; only whole dates are kept."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def end_address(provider: Provider, back: str) -> str:
    """Where the provider ends its own session and sends the browser back; empty where it has no such page."""
    try:
        asked = _addresses(provider).get("end_session_endpoint", "")
    except SignInError:
        return ""
    query = urlencode({"client_id": provider.client_id, "post_logout_redirect_uri": back})
    return f"{asked}?{query}" if asked else ""


_known: dict[tuple[str, str], tuple[float, dict[str, Any]]] = {}  # by issuer and what, until when


def _addresses(provider: Provider) -> dict[str, Any]:
    url = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    found = _fetched(provider, "addresses", url)
    needed = {"authorization_endpoint", "token_endpoint", "jwks_uri"}
    if found.get("issuer") != provider.issuer or not needed <= set(found):
        raise SignInError("unavailable", f"{url} does not describe {provider.issuer}")
    return found


def _keys(provider: Provider, token: str) -> dict[str, Any]:
    """The provider's keys, fetched anew when the token names one that we don't know yet."""
    url = str(_addresses(provider)["jwks_uri"])
    keys = _fetched(provider, "keys", url)
    if _key_name(token) not in {key.get("kid") for key in keys.get("keys", [])}:
        _known.pop((provider.issuer, "keys"), None)
        keys = _fetched(provider, "keys", url)
    return keys


def _key_name(token: str) -> str | None:
    try:
        return jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError):
        return None


def _fetched(provider: Provider, what: str, url: str) -> dict[str, Any]:
    until, value = _known.get((provider.issuer, what), (0.0, {}))
    if time.monotonic() < until:
        return value
    try:
        with _plain_session(url) as session:
            response = session.get(url, timeout=PATIENCE, allow_redirects=False)
            response.raise_for_status()
            value = response.json()
    except (requests.RequestException, ValueError) as error:
        raise SignInError("unavailable", f"{url} did not answer: {error}") from error
    if not isinstance(value, dict):
        raise SignInError("unavailable", f"{url} is not an object")
    _known[provider.issuer, what] = (time.monotonic() + REMEMBERED, value)
    return value


def _plain_session(url: str) -> requests.Session:
    session = requests.Session()
    session.trust_env = not _is_here(url)
    return session


def _session(provider: Provider, callback: str) -> OAuth2Session:
    session = OAuth2Session(
        provider.client_id,
        provider.secret or None,
        token_endpoint_auth_method="client_secret_basic" if provider.secret else "none",
        scope="openid profile email",
        redirect_uri=callback,
        code_challenge_method="S256",
        default_timeout=PATIENCE,
    )
    session.trust_env = not _is_here(provider.issuer)
    return session


def _is_here(url: str) -> bool:
    """A provider on this machine is reached directly, whatever proxy the environment names."""
    return (urlsplit(url).hostname or "") in {"127.0.0.1", "::1", "localhost"}
