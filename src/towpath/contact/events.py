"""What happens in contact. Facts are codes and numbers; words and addresses stay in rows that can be erased."""

from towpath.foundation.journal import event_type

OPENED = event_type("contact.opened", "A conversation began.", "state")
STATE_CHANGED = event_type("contact.state-changed", "A conversation's state changed.", "before", "after")
WRITTEN = event_type(
    "contact.written", "An entry was added to a conversation.", "entry", "number", "direction", "kind"
)
RECEIVED = event_type(
    "contact.received", "A message came in from outside.", "entry", "number", "attachments", "known"
)
LINKED = event_type("contact.person-linked", "It became known with whom a conversation is.")

SENDING = event_type("contact.sending", "An attempt to deliver began.", "entry", "delivery", "attempt")
TO_PRINT = event_type("contact.to-print", "A letter waits to be printed.", "entry", "delivery", "attempt")
SENT = event_type("contact.sent", "The mail server, or the post, took it.", "entry", "delivery", "attempt")
DELIVERED = event_type("contact.delivered", "It arrived.", "entry", "delivery", "attempt")
POSTPONED = event_type(
    "contact.delivery-postponed", "An attempt failed for now.", "entry", "delivery", "attempt", "status"
)
FAILED = event_type(
    "contact.delivery-failed", "It could not be delivered.", "entry", "delivery", "attempt", "status"
)
CANCELLED = event_type("contact.delivery-cancelled", "It is no longer to go.", "entry", "delivery", "attempt")

FILED = event_type("contact.mail-filed", "An e-mail was kept outside any conversation.", "mail", "outcome")
SORTED = event_type("contact.mail-sorted", "A person saw to a kept e-mail.", "mail", "how")

OF_STATUS = {
    "created": None,
    "sending": SENDING,
    "pending": TO_PRINT,
    "sent": SENT,
    "delivered": DELIVERED,
    "temporary-failure": POSTPONED,
    "technical-failure": FAILED,
    "permanent-failure": FAILED,
    "returned-letter": FAILED,
    "cancelled": CANCELLED,
}
