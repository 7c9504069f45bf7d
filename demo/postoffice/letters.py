"""Writing to Towpath as a resident's mail program would: by SMTP, threaded by In-Reply-To and References."""

import smtplib
from email import policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from demo.postoffice.store import Message

# Shorter lines would make the library encode long Message-IDs as words, which breaks threads in many programs.
LONG_LINES = policy.SMTP.clone(max_line_length=900)


def answer(address: str, to: Message, text: str) -> EmailMessage:
    subject = to.subject if to.subject.lower().startswith("re:") else f"Re: {to.subject}"
    quoted = "\n".join(f"> {line}" for line in to.text.strip().splitlines())
    words = f"{text.strip()}\n\nOn {to.date}, {to.sender} wrote:\n{quoted}\n"
    message = new(address, to.reply_to, subject, words)
    if to.message_id:
        message["In-Reply-To"] = to.message_id
        message["References"] = " ".join([*to.references.split(), to.message_id])
    return message


def new(address: str, to: str, subject: str, text: str) -> EmailMessage:
    """ValueError where an address or the subject has a line break in it."""
    message = EmailMessage(policy=LONG_LINES)
    message["From"] = address
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = make_msgid(domain="postoffice.localhost")
    message.set_content(text)
    return message


def post(message: EmailMessage, intake: tuple[str, int]) -> None:
    """OSError or smtplib.SMTPException where the intake does not take it."""
    with smtplib.SMTP(*intake, local_hostname="postoffice.localhost", timeout=10) as connection:
        connection.send_message(message)
