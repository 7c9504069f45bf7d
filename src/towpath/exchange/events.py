"""What the journal hears of exchange: codes and numbers, never a question or an answer."""

from towpath.foundation.journal import event_type

_CALL = ("operation", "peer", "call", "command_id", "purpose", "attempt", "seconds", "why")

ASKED = event_type("exchange.asked", "A register was to be asked.", *_CALL)
ASKED_AGAIN = event_type("exchange.asked-again", "A person had a register asked once more.", *_CALL)
ANSWERED = event_type("exchange.answered", "A register answered; its receipt is kept.", *_CALL, "found")
REFUSED = event_type(
    "exchange.refused", "No agreement covers the question, or the register refused it.", *_CALL
)
FAILED = event_type("exchange.failed", "One attempt brought no proper answer; it is tried again.", *_CALL)
GIVEN_UP = event_type("exchange.given-up", "The last attempt failed; a person must see to it.", *_CALL)
BY_HAND = event_type("exchange.answered-by-hand", "A person gave the answer instead.", *_CALL, "found")
AGREED = event_type(
    "exchange.agreed", "An agreement with a register was signed.", "agreement", "operation", "peer", "purpose"
)
REVOKED = event_type("exchange.revoked", "An agreement ended early.", "agreement", "operation", "peer")
