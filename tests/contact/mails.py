"""E-mails as residents' programs, and stranger things, write them."""

from email import policy
from email.message import EmailMessage
from typing import Any


def mail(
    sender: str = "sam@example.org",
    to: str = "contact@town.localhost",
    subject: str = "A question",
    body: str = "Hello, when do you open?",
    message_id: str = "<1@example.org>",
    line: int = 900,
    **headers: str,
) -> bytes:
    message = EmailMessage(policy=policy.default.clone(max_line_length=line))
    message["From"], message["To"], message["Subject"] = sender, to, subject
    if message_id:
        message["Message-ID"] = message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message.as_bytes()


def report(about: str, action: str = "failed", status: str = "5.1.1") -> bytes:
    """A delivery report as RFC 3464 has it; `about` is the Message-ID of the message that it is about."""
    return "\r\n".join(
        [
            "From: MAILER-DAEMON@example.org",
            "To: contact@town.localhost",
            "Subject: Undelivered Mail Returned to Sender",
            f"Message-ID: <report-{action}-{status}@example.org>",
            "Auto-Submitted: auto-replied",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "",
            "--b",
            "Content-Type: text/plain",
            "",
            "I'm sorry to have to inform you that your message could not be delivered.",
            "--b",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.example.org",
            "",
            "Final-Recipient: rfc822; sam@example.org",
            f"Action: {action}",
            f"Status: {status}",
            "",
            "--b",
            "Content-Type: text/rfc822-headers",
            "",
            f"Message-ID: {about}",
            "Subject: Your request",
            "",
            "--b--",
            "",
        ]
    ).encode()


def nested(depth: int) -> bytes:
    head = b"From: a@example.org\r\nMessage-ID: <deep@example.org>\r\n"
    body = b""
    for level in range(depth):
        body += b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level)
    return head + body + b"Content-Type: text/plain\r\n\r\ndeep down\r\n"


def many_parts(count: int) -> bytes:
    head = b'From: a@example.org\r\nMessage-ID: <many@example.org>\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    return head + b"--b\r\nContent-Type: text/plain\r\n\r\npart\r\n" * count + b"--b--\r\n"


HOSTILE: dict[str, Any] = {
    "nothing": b"",
    "no headers": b"just words",
    "no body": b"From: a@example.org\r\nSubject: nothing\r\n\r\n",
    "NUL": b"From: a@example.org\r\nSubject: a\x00b\r\n\r\nwith \x00 inside",
    "unknown charset": b"From: a@example.org\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe",
    "broken encoded word": b"From: a@example.org\r\nSubject: =?utf-8?b?%%%?= =?x?q?=ff?=\r\n\r\nhello",
    "broken base64": b"From: a@example.org\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!=not base64",
    "half a surrogate": b"From: a@example.org\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n\xd8\x00\xd8",
    "raw bytes in headers": b"From: \xff\xfe <\xf0@example.org>\r\nSubject: \xff\xff\r\n\r\nhello",
    "no boundary": b"From: a@example.org\r\nContent-Type: multipart/mixed\r\n\r\n--x\r\nhello",
    "strange names": b"From: a@example.org\r\nContent-Type: application/pdf; name*0*=klingon''%ff; name*1=b\r\n\r\nPDF",
    "codec that is none": b"From: a@example.org\r\nContent-Type: text/plain; charset=rot13\r\n\r\nhello",
    "idna bomb": b"From: a@example.org\r\nContent-Type: text/plain; charset=idna\r\n\r\n" + b"a." * 5000,
    "endless references": b"From: a@example.org\r\nReferences: " + b"<x@y> " * 100_000 + b"\r\n\r\nhello",
    "endless sender": b"From: " + b"(" * 100_000 + b"\r\n\r\nhello",
    "deep nesting": nested(40),
    "deeper nesting": nested(3000),
    "1000 parts": many_parts(1000),
    "a report without a status": b"From: a@example.org\r\nContent-Type: multipart/report\r\n\r\n",
    "HTML of tags only": b"From: a@example.org\r\nContent-Type: text/html\r\n\r\n"
    + b"<div><blockquote>" * 20_000,
    "tags that never end": b"From: a@example.org\r\nContent-Type: text/html\r\n\r\n" + b"<a " * 200_000,
    "many parameters": b"From: a@example.org\r\nContent-Type: a/b" + b"; x" * 300_000 + b"\r\n\r\nhello",
    "slow codec": b"From: a@example.org\r\nContent-Type: text/plain; charset=punycode\r\n\r\na-"
    + b"z" * 500_000,
    "one endless rule": b"From: a@example.org\r\n\r\n---x" + b"-" * 300_000 + b"y",
    "open markup": b"From: a@example.org\r\nContent-Type: text/html\r\n\r\n<![CDATA[<!--<script>hello",
}
