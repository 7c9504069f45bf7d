"""Identifiers: time-ordered ones, secret ones, and the ones that people read aloud."""

import hashlib
import hmac
import os
import secrets
import time
from uuid import UUID, uuid5

# Letters and digits that are not mistaken for each other on paper or on the phone.
READABLE = "23456789BCDFGHJKLMNPQRSTVWXYZ"


def uuid7() -> UUID:
    """A version 7 UUID (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def derived(parent: UUID, name: str) -> UUID:
    """Always the same identifier for the same parent and name, so that doing a thing twice is seen."""
    return uuid5(parent, name)


def secret() -> str:
    """128 random bits, for links."""
    return secrets.token_urlsafe(16)


def code(length: int = 8) -> str:
    """A short code that people can type. Guessing is held back by lock-out, not by its length."""
    return "".join(secrets.choice(READABLE) for _ in range(length))


def hashed(value: str) -> str:
    """How links and codes are kept. They are random, so a plain digest suffices."""
    return hashlib.sha256(value.encode()).hexdigest()


def same(value: str, digest: str) -> bool:
    return hmac.compare_digest(hashed(value), digest)
