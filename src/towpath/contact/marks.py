"""The marks by which our own letters are known again: Message-ID, bounce address, reply address.

A mark carries the entry's id and a code that only we can make, so that nobody enters a conversation by guessing.
The key lies with the installation's other secrets and is none of the database's.
"""

import hashlib
import hmac
import re
from uuid import UUID

from towpath.foundation import crypto

OURS = re.compile(r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([0-9a-f]{32})@")
# A local part may have 64 characters (RFC 5321, section 4.5.3.1.1): 7 for the name, 32 for the id, 24 for the code.
BOUNCE = re.compile(r"bounce\+([0-9a-f]{32})\.([0-9a-f]{24})@")
REPLY = re.compile(r"reply\+([0-9a-f]{32})@")


def _code(entry_id: UUID, use: str) -> str:
    key = crypto.secret_file("mail.key")
    return hmac.new(key, f"{use}|{entry_id}".encode(), hashlib.sha256).hexdigest()


def message_id(entry_id: UUID, host: str) -> str:
    """Always the same for an entry, so that a repeated letter is seen to be one."""
    return f"<{entry_id}.{_code(entry_id, 'message')[:32]}@{host}>"


def bounce_address(entry_id: UUID, host: str) -> str:
    return f"bounce+{entry_id.hex}.{_code(entry_id, 'bounce')[:24]}@{host}"


def reply_address(token: str, host: str) -> str:
    return f"reply+{token}@{host}"


def entries_named(text: str) -> list[UUID]:
    """The entries whose Message-IDs stand in `text`, in its order; forged ones are left out."""
    found = [(UUID(number), code) for number, code in OURS.findall(text.lower())]
    return [entry for entry, code in found if hmac.compare_digest(code, _code(entry, "message")[:32])]


def entry_bounced(address: str) -> UUID | None:
    match = BOUNCE.match(address.lower())
    if not match or not hmac.compare_digest(match[2], _code(UUID(match[1]), "bounce")[:24]):
        return None
    return UUID(match[1])


def reply_token(address: str) -> str:
    match = REPLY.match(address.strip("<> ").lower())
    return match[1] if match else ""
