"""Reading an e-mail, whatever it looks like: either a `Letter`, or `Poison` that says why not. Pure.

Nothing here trusts the message: its size, depth, encodings and headers are the sender's choice. The lenient
(`compat32`) parser is used on purpose; the modern one raises on headers that real mail programs send.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from hashlib import sha256
from typing import Any, Final, TypeAlias

from towpath.contact.quotes import split_quote
from towpath.contact.rules import Report
from towpath.contact.webtext import text_of

PARTS: Final = 100
# What a stranger may make the parser do (measured: at most some seconds for ten megabytes of malice).
MULTIPARTS: Final = 30  # nested or not: each line is compared with the boundaries of all levels
LINES: Final = 1_000_000
DASHES: Final = 2_000  # lines that may be boundaries
CONTENT_HEADER: Final = 5_000  # characters; the library splits parameters in quadratic time
NO_CHARSETS: Final = frozenset({"punycode", "idna"})  # codecs of Python, not of mail, and slow
BODY: Final = 200_000  # characters shown; the original is kept whole
HEADER: Final = 2_000
REFERENCES: Final = 10_000
MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
BULK: Final = frozenset({"bulk", "list", "junk", "auto_reply"})
ROBOTS: Final = ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond")

Part: TypeAlias = "Message[Any, Any]"


class Poison(ValueError):
    """A message that can't be read. The text says why, for the person who looks at it."""


@dataclass(frozen=True)
class Attachment:
    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Letter:
    """What an e-mail says. `answers` holds the Message-IDs that it answers, newest first."""

    message_id: str
    digest: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    answers: str
    body: str
    quoted: str
    attachments: tuple[Attachment, ...]
    automatic: bool
    report: Report | None
    about: str  # what a report gives back of the message that it is about


class Bounded(policy.Compat32):
    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if name.lower().startswith("content-") and len(value) > CONTENT_HEADER:
            raise Poison(f"Its header {name[:40]} is longer than {CONTENT_HEADER} characters.")
        return name, value


def read(raw: bytes, envelope_sender: str = "?") -> Letter:
    """Raises Poison. An empty `envelope_sender` means the null return path."""
    if raw.lower().count(b"multipart/") > MULTIPARTS or raw.count(b"\n--") > DASHES:
        raise Poison("It has too many parts.")
    if raw.count(b"\n") > LINES:
        raise Poison(f"It has more than {LINES} lines.")
    try:
        return _letter(message_from_bytes(raw, policy=Bounded()), raw, envelope_sender)
    except Poison:
        raise
    except Exception as error:  # the parser meets what its authors didn't expect
        raise Poison(f"It can't be read ({type(error).__name__}).") from error


def sealed(raw: bytes) -> Letter:
    """A message that can't be read, as a file that came with an empty one."""
    whole = Attachment("message.eml", "message/rfc822", raw)
    return Letter(message_id(raw), body_digest(raw), "", (), "", "", "", "", (whole,), False, None, "")


def body_digest(raw: bytes) -> str:
    """SHA-256 of what stands below the headers; the mail systems on the way only change the headers."""
    _, _, below = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    return sha256(below.strip()).hexdigest()


def message_id(raw: bytes) -> str:
    """The Message-ID even of a message that can't be read; empty where there is none."""
    head = raw[:100_000].replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("ascii", "replace")
    found = re.search(r"^message-id:\s*(<[^<>\s]{1,900}>)", head, re.IGNORECASE | re.MULTILINE)
    return found[1] if found else ""


def _letter(message: Part, raw: bytes, envelope_sender: str) -> Letter:
    parts = list(_leaves(message))
    said, quoted = split_quote(_words(parts))
    report, about = _report(message, parts)
    addresses = _addresses(message, "To", "Cc", "Delivered-To", "X-Original-To")
    return Letter(
        message_id=message_id(raw),
        digest=body_digest(raw),
        sender=next(iter(_addresses(message, "From", "Sender")), ""),
        recipients=tuple(addresses),
        subject=_header(message, "Subject")[:300],
        answers=_answers(message),
        body=said,
        quoted=quoted,
        attachments=tuple(_attachments(parts)),
        automatic=_automatic(message, envelope_sender),
        report=report,
        about=about,
    )


def _leaves(message: Part) -> Iterator[Part]:
    """The parts in their order. An attached message counts as one, and is not looked into."""
    waiting, seen = [message], 0
    while waiting:
        part, seen = waiting.pop(0), seen + 1
        if seen > PARTS:
            raise Poison(f"It has more than {PARTS} parts.")
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting[:0] = [one for one in inner if isinstance(one, Message)]
        else:
            yield part


def clean(text: str) -> str:
    """Text that PostgreSQL takes: no NUL, no half characters."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def _decoded_words(value: str) -> str:
    try:
        value = str(make_header(decode_header(value)))
    except Exception:  # unknown charsets, broken base64: shown as it came
        value = value.encode("utf-8", "replace").decode()
    return clean(value)


def _header(message: Part, name: str) -> str:
    return " ".join(_decoded_words(str(message.get(name, ""))[:HEADER]).split())


def _addresses(message: Part, *names: str) -> list[str]:
    values = [str(value)[:HEADER] for name in names for value in message.get_all(name, [])[:5]]
    found = [clean(address.strip().lower())[:320] for _, address in getaddresses(values)]
    return [address for address in found if "@" in address]


def _answers(message: Part) -> str:
    """Some programs encode long Message-IDs as if they were words, so they are decoded first."""
    direct = MESSAGE_ID.findall(_decoded_words(str(message.get("In-Reply-To", ""))[:HEADER]))
    earlier = MESSAGE_ID.findall(_decoded_words(str(message.get("References", ""))[-REFERENCES:]))
    return " ".join([*direct, *reversed(earlier)])


def _automatic(message: Part, envelope_sender: str) -> bool:
    """RFC 3834, section 2, and the older signs."""
    submitted = _header(message, "Auto-Submitted").lower().partition(";")[0].strip()
    return (
        submitted not in {"", "no"}
        or envelope_sender in {"", "<>"}
        or _header(message, "Return-Path") == "<>"
        or _header(message, "Precedence").lower() in BULK
        or any(name in message for name in ROBOTS)
    )


def _is_text(part: Part, kind: str) -> bool:
    shown = "attachment" not in str(part.get("Content-Disposition", "")).lower()
    return part.get_content_type() == kind and shown and not part.get_filename()


def _words(parts: list[Part]) -> str:
    plain = "\n".join(_decoded(part) for part in parts if _is_text(part, "text/plain")).strip()
    if not plain:
        html = next((_decoded(part) for part in parts if _is_text(part, "text/html")), "")
        plain = text_of(html)
    return clean(plain[:BODY].replace("\r\n", "\n")).strip()


def _content(part: Part) -> bytes:
    if part.get_content_maintype() == "message":
        inner = part.get_payload()
        return (
            b"\n".join(one.as_bytes() for one in inner if isinstance(one, Message))
            if isinstance(inner, list)
            else str(inner).encode()
        )
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _decoded(part: Part) -> str:
    content = _content(part)[: 4 * BODY]
    for charset in (str(part.get_content_charset() or "utf-8").lower(), "utf-8"):
        try:
            if charset not in NO_CHARSETS:
                return content.decode(charset)
        except (LookupError, UnicodeError, ValueError):
            continue
    return content.decode("latin-1")


def _attachments(parts: list[Part]) -> Iterator[Attachment]:
    for number, part in enumerate(parts, 1):
        if _is_text(part, "text/plain") or _is_text(part, "text/html"):
            continue
        content = _content(part)
        if content:
            yield Attachment(_name(part, number), clean(part.get_content_type())[:100], content)


def _name(part: Part, number: int) -> str:
    """Without folders and control characters; numbered where there is none."""
    try:
        given = _decoded_words(str(part.get_filename() or ""))
    except Exception:  # parameters may be broken too
        given = ""
    last = re.split(r"[/\\]", given)[-1]
    return "".join(c for c in last if c.isprintable()).strip(" .")[:200] or f"attachment-{number}"


def _report(message: Part, parts: list[Part]) -> tuple[Report | None, str]:
    """A delivery report (RFC 3464) and the headers that it gives back."""
    if message.get_content_type() != "multipart/report":
        return None, ""
    report, about = None, ""
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            report = _status(part)
        elif part.get_content_type() in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}:
            about += _content(part)[: HEADER * 10].decode("latin-1")
    return report, clean(about)


def _status(part: Part) -> Report | None:
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, Message) and block.get("Action"):
            status = re.search(r"\d\.\d{1,3}\.\d{1,3}", _header(block, "Status"))
            return Report(_header(block, "Action").lower(), status[0] if status else "")
    return None
