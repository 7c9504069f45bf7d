"""Keys and what is done with them: field encryption for each body, and the signature on seals and receipts.

The installation's secrets lie outside the database, in the folder `settings.SECRETS` (readable by the owner only):
`master.key` wraps each body's data key, `seal.key` signs. A body's data key encrypts field values with AES-GCM; the
place of a value (tenant, table, column, row) is authenticated with it, so that it can't be moved elsewhere.
"""

import base64
import contextlib
import hmac
import os
import secrets
import tempfile
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from towpath.foundation import tenancy
from towpath.foundation.ids import READABLE
from towpath.foundation.models import TenantKey

NONCE = 12  # bytes
SECRET = 32  # bytes
KEY_ID = 16  # characters of a fingerprint


class WrongSecret(RuntimeError):
    """A secret file holds something else than a key. Says which file, and what would be right."""


def secret_file(name: str) -> bytes:
    """The 32 bytes of a secret file; made at random, for the owner only, when it is not there yet."""
    path = Path(settings.SECRETS) / name
    if not path.exists():
        _make_secret(path)
    content = path.read_bytes()
    if len(content) != SECRET:
        raise WrongSecret(
            f"{path} holds {len(content)} bytes; a key has {SECRET}. Put the file back from a copy: "
            "what was encrypted or signed with it can't be read or checked with another."
        )
    return content


def _make_secret(path: Path) -> None:
    """Whole or not at all, even when the machine stops half-way; of several who make it the first one wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Made for the owner only, under a name that nobody else takes.
    descriptor, passing = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SECRET))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(passing, path)
    finally:
        Path(passing).unlink()
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """The names in the folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@lru_cache
def _signing_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret_file("seal.key"))


def public_key() -> bytes:
    return (
        _signing_key().public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    )


def signing_key_id() -> str:
    return _fingerprint(public_key())


def _fingerprint(key: bytes) -> str:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(key)
    return digest.finalize().hex()[:KEY_ID]


def sign(statement: bytes) -> bytes:
    return _signing_key().sign(statement)


def verify(statement: bytes, signature: bytes, key_id: str) -> bool:
    """Whether one of this installation's keys signed. Retired public keys lie in `retired/<key id>.pub`."""
    raw = public_key()
    if key_id != _fingerprint(raw):
        retired = Path(settings.SECRETS) / "retired" / f"{Path(key_id).name}.pub"
        if not retired.exists():
            return False
        raw = retired.read_bytes()
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, statement)
    except InvalidSignature:
        return False
    return True


def _master() -> AESGCM:
    return AESGCM(secret_file("master.key"))


# (tenant, key id) -> key, and tenant -> id of its newest key; in memory only.
_open_keys: dict[tuple[int, str], AESGCM] = {}
_newest: dict[int, str] = {}
SETTLED = timedelta(minutes=1)


def _data_key() -> tuple[str, AESGCM]:
    tenant = tenancy.current_id()
    if key_id := _newest.get(tenant):
        return key_id, _open_keys[tenant, key_id]
    newest = TenantKey.objects.order_by("-made_at", "-pk").first() or _make_key()
    key = _open_keys[tenant, newest.key_id] = _unwrapped(newest)
    # A key that was made just now may yet be rolled back with its transaction.
    if datetime.now(tz=UTC) - newest.made_at > SETTLED:
        _newest[tenant] = newest.key_id
    return newest.key_id, key


def _key_named(key_id: str) -> AESGCM:
    place = tenancy.current_id(), key_id
    if place not in _open_keys:
        _open_keys[place] = _unwrapped(TenantKey.objects.get(key_id=key_id))
    return _open_keys[place]


def _make_key() -> TenantKey:
    key_id, nonce = secrets.token_hex(8), os.urandom(NONCE)
    wrapped = nonce + _master().encrypt(nonce, secrets.token_bytes(32), _wrap_place(key_id))
    made: TenantKey = TenantKey.objects.create(key_id=key_id, wrapped=wrapped)
    return made


def _unwrapped(key: TenantKey) -> AESGCM:
    wrapped = bytes(key.wrapped)
    return AESGCM(_master().decrypt(wrapped[:NONCE], wrapped[NONCE:], _wrap_place(key.key_id)))


def _wrap_place(key_id: str) -> bytes:
    return f"tenant-key|{tenancy.current_id()}|{key_id}".encode()


def encrypt(text: str, table: str, column: str, row: UUID) -> str:
    """`key id : nonce+ciphertext in hex`, bound to its place."""
    key_id, key = _data_key()
    nonce = os.urandom(NONCE)
    sealed = nonce + key.encrypt(nonce, text.encode(), _place(key_id, table, column, row))
    return f"{key_id}:{sealed.hex()}"


def decrypt(value: str, table: str, column: str, row: UUID) -> str:
    """The text again. `cryptography.exceptions.InvalidTag` where the value was moved or changed."""
    key_id, _, sealed = value.partition(":")
    raw = bytes.fromhex(sealed)
    return _key_named(key_id).decrypt(raw[:NONCE], raw[NONCE:], _place(key_id, table, column, row)).decode()


def _place(key_id: str, table: str, column: str, row: UUID) -> bytes:
    return "|".join([str(tenancy.current_id()), table, column, key_id, str(row)]).encode()


def link_secret(purpose: str, row: UUID) -> str:
    """The secret of a link to a row: 160 bits that only this installation can derive, so letters can carry it.

    The database keeps its hash alone.
    """
    return base64.urlsafe_b64encode(_derived(purpose, row)[:20]).decode().rstrip("=")


def typed_code(purpose: str, row: UUID) -> str:
    """A code of 8 readable characters for a row, to be typed with its reference."""
    number = int.from_bytes(_derived(f"{purpose}-code", row))
    return "".join(READABLE[(number // len(READABLE) ** i) % len(READABLE)] for i in range(8))


def _derived(purpose: str, row: UUID) -> bytes:
    place = f"{purpose}|{tenancy.current_id()}|{row}".encode()
    return hmac.digest(secret_file("link.key"), place, "sha256")
