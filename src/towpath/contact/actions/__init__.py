"""All that changes conversations. Each runs inside the body's transaction; only `deliver` enters it by itself."""

from towpath.contact.actions.converse import close, link_person, open_conversation, write
from towpath.contact.actions.deliver import deliver
from towpath.contact.actions.letters import letter_printed, letter_returned
from towpath.contact.actions.receive import Received, receive
from towpath.contact.actions.send import send
from towpath.contact.actions.sort import enter_mail, set_mail_aside
from towpath.contact.rules import NotPossible

__all__ = [
    "NotPossible",
    "Received",
    "close",
    "deliver",
    "enter_mail",
    "letter_printed",
    "letter_returned",
    "link_person",
    "open_conversation",
    "receive",
    "send",
    "set_mail_aside",
    "write",
]
