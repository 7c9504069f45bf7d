"""Staff accounts: nobody signs up, second factors are encrypted, one count of tries for all bodies.

What django-allauth asks of us; its views are put together in `surfaces/accounts`.
"""

import hashlib
import hmac
import io
import os
import struct
import time
from base64 import b32decode, b32encode
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from towpath.foundation import crypto, ids
from towpath.people.models import User

FRESH = 300  # seconds for which a sign-in counts as a proof that needs no repeating
PERIOD = 30  # seconds of one code (RFC 6238, 4.1)
NONCE = 12  # bytes
SECRET = 20  # bytes of an authenticator's secret (RFC 4226, section 4)
PURPOSE = b"towpath staff second factors"


class StaffAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # untyped there
    """django-allauth's account adapter."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "incorrect_password": _("The password is wrong."),
        "too_many_login_attempts": _("There were too many tries. Wait five minutes, then try again."),
        "rate_limited": _("There were too many tries. Wait a minute, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only this host: another body's pages are another place."""
        request = self.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Who has just signed in has just proven who they are."""
        records = get_authentication_records(self.request, self.request.user)
        return not any(time.time() - record["at"] < FRESH for record in records)

    def add_message(self, *what: Any, **more: Any) -> None:
        """Pages say themselves what has happened."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Accounts are shared by all bodies, so tries on another host count too."""
        return str(credentials.get("email", "")).lower()


class StaffFactors(DefaultMFAAdapter):  # type: ignore[misc]  # untyped there
    """django-allauth's adapter for second factors."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("The code is wrong or was used before. Type the one that the app shows now."),
    }

    def build_totp_svg(self, url: str) -> str:
        """Dark on white also where the page is dark: cameras need it."""
        picture = io.BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(picture)
        return picture.getvalue().decode()

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(NONCE)
        return (nonce + _cipher().encrypt(nonce, text.encode(), PURPOSE)).hex()

    def decrypt(self, encrypted_text: str) -> str:
        raw = bytes.fromhex(encrypted_text)
        return _cipher().decrypt(raw[:NONCE], raw[NONCE:], PURPOSE).decode()


def _cipher() -> AESGCM:
    """Accounts have no body, so this key comes from the installation's and not from a body's."""
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=PURPOSE)
    return AESGCM(derived.derive(crypto.secret_file("master.key")))


def end_sessions(user: User) -> None:
    """On every body's host; also a sign-in that waits for its second factor with a password that was right.

    A session names its account in what is signed, not in a column, so all are read: a second for some ten thousand.
    """
    for one in Session.objects.iterator():
        kept = one.get_decoded()
        begun = kept.get(LOGIN_SESSION_KEY) or {}
        if kept.get(SESSION_KEY) == str(user.pk) or begun.get("user_pk") == user_pk_to_url_str(user):
            one.delete()


def fresh_passphrase() -> str:
    """Five groups of four readable characters, 97 random bits: to be typed once and then changed."""
    return "-".join(ids.code(4).lower() for _ in range(5))


def fresh_secret() -> str:
    """A Base32 secret for an authenticator app."""
    return b32encode(os.urandom(SECRET)).decode()


def authenticator_address(email: str, secret: str) -> str:
    """The `otpauth://` address that an app takes, also as a QR code."""
    return str(StaffFactors().build_totp_url(User(email=email), secret))


def totp(secret: str, moment: float) -> str:
    """The six digits of RFC 6238 for a Base32 secret at a Unix time."""
    counter = struct.pack(">Q", int(moment) // PERIOD)
    digest = hmac.new(b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def current_code(user: User) -> str:
    """What the account's authenticator shows now; empty without one. For demonstrations and tests only.

    A code is taken once, so a used one gives way to the next, where the installation accepts a neighbour.
    """
    kept = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if kept is None:
        return ""
    secret, wrapped = StaffFactors().decrypt(kept.data["secret"]), kept.wrap()
    codes = [totp(secret, time.time() + shift) for shift in (0, PERIOD, -PERIOD)]
    unused = [code for code in codes if not cache.get(wrapped._get_used_cache_key(code))]
    return (unused or codes)[0]
