"""The register's own secrets, in its own folder, for the owner only: `sign.key` and `token`; `public.key` is no secret.

`token` is what a body shows to be let in; `public.key` (base64url) belongs into the agreement.
"""

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def token(folder: Path) -> str:
    return (
        os.environ.get("TOWPATH_REGISTER_TOKEN")
        or _kept(folder / "token", secrets.token_urlsafe(24).encode()).decode()
    )


def signing_key(folder: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.from_private_bytes(_kept(folder / "sign.key", secrets.token_bytes(32)))
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    (folder / "public.key").write_text(encoded(raw))
    return key


def _kept(path: Path, fresh: bytes) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(fresh)
    return fresh


def canonical(value: Any) -> bytes:
    """RFC 8785 for what the register says: names in ASCII, texts, truth values and small whole numbers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def receipt(key: Ed25519PrivateKey, document: Any) -> str:
    """A detached JWS (RFC 7515, appendix F) under the document."""
    header = encoded(canonical({"alg": "Ed25519", "kid": "register"}))
    statement = f"{header}.{encoded(canonical(document))}".encode()
    return f"{header}..{encoded(key.sign(statement))}"


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
