"""Detached signatures (RFC 7515, appendix F) with Ed25519 (RFC 8037, RFC 9864) over canonical JSON."""

import base64
import binascii
import json
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from towpath.exchange import canonical
from towpath.foundation import crypto

ALGORITHM = "Ed25519"
LONGEST = 4096  # characters of a signature


def sign(document: Any) -> str:
    """This body's own signature: `header..signature`."""
    header = _encoded(canonical.encode({"alg": ALGORITHM, "kid": crypto.signing_key_id()}))
    return f"{header}..{_encoded(crypto.sign(_statement(header, document)))}"


def is_ours(signature: str, document: Any) -> bool:
    """Whether this installation signed the document, with its present key or a retired one."""
    header, _, rest = signature.partition(".")
    try:
        kid = json.loads(_decoded(header))["kid"]
        return crypto.verify(_statement(header, document), _decoded(rest.removeprefix(".")), kid)
    except (ValueError, KeyError, TypeError):
        return False


def is_signed_by(key: str, signature: str, document: Any) -> bool:
    """Whether the holder of a raw Ed25519 public key (base64url) signed the document. Never raises on junk."""
    if len(signature) > LONGEST or signature.count(".") != 2:
        return False
    try:
        public = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": key})
        jws.deserialize_compact(signature, public, [ALGORITHM], payload=canonical.encode(document))
    except (JoseError, ValueError, TypeError, KeyError):
        return False
    return True


def is_public_key(key: str) -> bool:
    try:
        return len(_decoded(key)) == 32
    except ValueError:
        return False


def _statement(header: str, document: Any) -> bytes:
    return f"{header}.{_encoded(canonical.encode(document))}".encode()


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
