"""A kept e-mail as far as it can be read: who wrote it, about what, and its words. It is shown as plain text only."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

MOST = 20_000  # characters of a message that are shown


@dataclass(frozen=True)
class MailText:
    sender: str
    subject: str
    body: str


def mail_text(raw: bytes) -> MailText:
    """Never raises: what can't be read stays empty, the whole message can be downloaded."""
    try:
        message = message_from_bytes(raw, policy=policy.default)
        sender, subject = _header(message, "From"), _header(message, "Subject")
        return MailText(sender, subject, _body(message))
    except Exception:
        return MailText("", "", "")


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())[:300]


def _body(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain",))
    if part is None:
        return ""
    return str(part.get_content())[:MOST]
