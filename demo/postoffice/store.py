"""Mailboxes on disk: a Maildir for each address, so that a message is there whole or not at all."""

import mailbox
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote, unquote

LONGEST = 200  # characters of an address


@dataclass(frozen=True)
class Message:
    """A message as it is shown: its plain text only."""

    key: str
    sender: str
    to: str
    subject: str
    date: str
    message_id: str
    reply_to: str
    references: str
    language: str
    automatic: bool
    text: str


class Store:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, address: str, content: bytes) -> str:
        """Returns the message's key within the mailbox."""
        return self._mailbox(address).add(content)

    def addresses(self) -> dict[str, int]:
        """Each mailbox with its number of messages."""
        found = sorted(path.name for path in self.folder.iterdir() if (path / "new").is_dir())
        return {unquote(name): len(self._mailbox(unquote(name))) for name in found}

    def messages(self, address: str) -> list[Message]:
        """Newest first."""
        if not self._path(address).is_dir():
            return []
        kept = self._mailbox(address)
        return [read(key, kept.get_bytes(key)) for key in sorted(kept.keys(), reverse=True)]

    def message(self, address: str, key: str) -> Message | None:
        if not self._path(address).is_dir():
            return None
        kept = self._mailbox(address)
        return read(key, kept.get_bytes(key)) if key in kept else None

    def _mailbox(self, address: str) -> mailbox.Maildir:
        return mailbox.Maildir(self._path(address), factory=None, create=True)

    def _path(self, address: str) -> Path:
        # Quoted, an address is one plain name: no separators, no leading dot.
        return self.folder / quote(address.strip().lower()[:LONGEST], safe="@+").replace(".", "%2E")


def read(key: str, content: bytes) -> Message:
    """Whatever can't be read is shown as it came."""
    try:
        return _read(key, message_from_bytes(content, policy=policy.default))
    except Exception:
        return Message(key, "", "", "(can't be read)", "", "", "", "", "", False, content.decode("latin-1"))


def _read(key: str, message: EmailMessage) -> Message:
    body = message.get_body(("plain",))
    return Message(
        key=key,
        sender=str(message.get("From", "")),
        to=str(message.get("To", "")),
        subject=str(message.get("Subject", "")),
        date=str(message.get("Date", "")),
        message_id=str(message.get("Message-ID", "")),
        reply_to=str(message.get("Reply-To", "") or message.get("From", "")),
        references=str(message.get("References", "")),
        language=str(message.get("Content-Language", "")),
        automatic=str(message.get("Auto-Submitted", "no")) != "no",
        text=str(body.get_content()) if body else "",
    )
