"""All that changes agreements and calls. Each runs inside the body's transaction."""

from towpath.exchange.actions.agree import WrongAgreement, agree, revoke
from towpath.exchange.actions.ask import ask
from towpath.exchange.actions.ask_now import ask_now
from towpath.exchange.actions.see_to import InvalidAnswer, answer_by_hand, retry
from towpath.exchange.stand_in import Fault, NoAnswer, standing_in

__all__ = [
    "Fault",
    "InvalidAnswer",
    "NoAnswer",
    "WrongAgreement",
    "agree",
    "answer_by_hand",
    "ask",
    "ask_now",
    "retry",
    "revoke",
    "standing_in",
]
