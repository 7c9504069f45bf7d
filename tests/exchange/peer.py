"""A register in miniature, for tests of what is believed of a reply."""

import base64
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from towpath.exchange import canonical


class Peer:
    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.public = _text(self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, document: Any) -> str:
        header = _text(b'{"alg":"Ed25519"}')
        statement = f"{header}.{_text(canonical.encode(document))}"
        return f"{header}..{_text(self.key.sign(statement.encode()))}"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
