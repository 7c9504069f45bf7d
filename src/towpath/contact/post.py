"""Handing a message to the mail server, and what its answer means."""

import smtplib
from dataclasses import dataclass
from typing import Literal

from django.core.mail import EmailMultiAlternatives


@dataclass(frozen=True)
class Outcome:
    """`error` is what the server said."""

    status: Literal["sent", "temporary-failure", "permanent-failure"]
    error: str = ""


def hand_over(message: EmailMultiAlternatives) -> Outcome:
    """Talks to the mail server that the settings name; never raises for what the server or the network does."""
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()), (450, b""))
        return _refused(code, said)
    except smtplib.SMTPDataError as refused:
        return _refused(refused.smtp_code, refused.smtp_error)
    except smtplib.SMTPNotSupportedError as error:
        return Outcome("permanent-failure", f"The mail server can't write to this address: {error}")
    except (smtplib.SMTPException, OSError) as error:
        # A refused sign-in or sender is our own fault, not the recipient's: it is tried again, then a person sees it.
        return Outcome("temporary-failure", f"{type(error).__name__}: {error}")
    except ValueError as error:
        return Outcome("permanent-failure", f"This is no e-mail address that can be written to: {error}")
    return Outcome("sent")


def _refused(code: int, said: bytes | str) -> Outcome:
    """RFC 5321, section 4.2.1: 4yz may be tried again, 5yz not."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return Outcome("permanent-failure" if 500 <= code < 600 else "temporary-failure", f"{code} {words}")
