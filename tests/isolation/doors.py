"""The doors of all rooms, called by people of one body with the ids of another body's rows."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.isolation.rows import Town
from towpath.casework import actions as casework
from towpath.casework import queries as cases
from towpath.casework.rules import Upload
from towpath.contact import actions as contact
from towpath.contact import queries as letters
from towpath.documents import actions as documents
from towpath.documents import queries as files
from towpath.exchange import actions as exchange
from towpath.exchange import queries as calls
from towpath.foundation import jobs, search
from towpath.foundation.access import SYSTEM, Actor
from towpath.foundation.journal.follow import Subscriber, release
from towpath.people import actions as people_actions
from towpath.people import queries as people
from towpath.people.rules import ROLES

ALL = frozenset((permission, "*") for held in ROLES.values() for permission in held)


@dataclass(frozen=True)
class Call:
    theirs: Town
    actor: Actor
    chance: Random

    def __getattr__(self, name: str) -> Any:
        """`call.case` is the id of one of their cases."""
        return self.theirs.key(LABELS[name])

    @property
    def mark(self) -> str:
        return self.chance.choice(sorted(self.theirs.marks))


LABELS = {
    "attachment": "contact.EntryAttachment",
    "agreement": "exchange.Agreement",
    "call": "exchange.Call",
    "case": "casework.Case",
    "conversation": "contact.Conversation",
    "delivery": "contact.Delivery",
    "document": "documents.Document",
    "draft": "casework.Draft",
    "entry": "contact.Entry",
    "given_up": "foundation.GivenUp",
    "grant": "people.Grant",
    "mail": "contact.Mail",
    "person": "people.Person",
    "question": "casework.Question",
    "staff": "people.Staff",
    "task": "casework.Task",
    "version": "catalogue.ServiceVersion",
}


def actors(town: Town) -> list[Actor]:
    """Of our body: somebody who holds every permission, a resident, a visitor; all of them claim what is theirs."""
    case, draft, person = (town.key(label) for label in ("casework.Case", "casework.Draft", "people.Person"))
    return [
        Actor("staff", "s", "desk", ALL),
        Actor("staff", "s", "phone", ALL, person=person),
        Actor("resident", "r", "portal", person=person, assurance="high"),
        Actor("visitor", f"case:{case}", "portal"),
        Actor("visitor", f"draft:{draft}", "portal"),
        SYSTEM,
    ]


FILE = Upload("a.txt", "text/plain", b"hello")
DOORS: dict[str, Callable[[Call], Any]] = {
    "case": lambda c: cases.case(c.actor, c.case),
    "may see": lambda c: cases.may_see(c.actor, c.case),
    "tracking": lambda c: cases.tracking(c.actor, c.case, "en", "UTC"),
    "links": lambda c: cases.links_of(c.case),
    "draft": lambda c: cases.draft(c.actor, c.draft),
    "find cases": lambda c: cases.find_cases(c.actor, c.mark),
    "find tokens": lambda c: search.find("case", c.mark[:8]),
    "save answers": lambda c: casework.save_answers(c.actor, c.draft, {"full_name": "X"}, page="x"),
    "prefill": lambda c: casework.prefill(c.actor, c.draft, {"full_name": "X"}, "population-register"),
    "adopt": lambda c: casework.adopt_draft(c.actor, c.draft, began_as=c.actor),
    "renew": lambda c: casework.renew_draft(c.actor, c.draft),
    "attach": lambda c: casework.attach_to_draft(c.actor, c.draft, "q", FILE),
    "submit": lambda c: casework.submit(c.actor, c.draft),
    "claim": lambda c: casework.claim(c.actor, c.task),
    "release": lambda c: casework.release(c.actor, c.task),
    "save task": lambda c: casework.save_task(c.actor, c.task, {"x": "y"}),
    "complete": lambda c: casework.complete_task(c.actor, c.task, {}),
    "refer": lambda c: casework.refer(c.actor, c.task, "parking", "why"),
    "ask resident": lambda c: casework.ask_resident(c.actor, c.case, "What?", c.task),
    "answer": lambda c: casework.answer_question(c.actor, c.question, text="This.", files=[FILE]),
    "withdraw": lambda c: casework.withdraw(c.actor, c.case, "why"),
    "review": lambda c: casework.ask_review(c.actor, c.case, "again"),
    "rate": lambda c: casework.rate(c.actor, c.case, 1, "bad"),
    "note": lambda c: casework.note(c.actor, c.case, "text"),
    "receipt": lambda c: casework.send_receipt(c.case),
    "finish step": lambda c: casework.finish_step(c.case, "x", {}),
    "fail step": lambda c: casework.fail_step(c.case, "x", "broken"),
    "trouble": lambda c: casework.step_needs_person(c.case, "x", "why"),
    "take mail": lambda c: casework.take_mail(c.actor, c.conversation, "text", []),
    "person": lambda c: people.person(c.actor, c.person, "casework"),
    "card": lambda c: people.person_card(c.person),
    "pseudonym": lambda c: people.pseudonym(c.person),
    "register number": lambda c: people.register_number(c.person),
    "staff name": lambda c: people.staff_name(c.staff),
    "find people": lambda c: people.find_people(c.actor, c.mark),
    "by e-mail": lambda c: people.person_by_email(f"{c.mark}@example.org"),
    "resident": lambda c: people.resident_actor(c.person, "high"),
    "change contact": lambda c: people_actions.change_contact(c.actor, c.person, email="x@example.org"),
    "language": lambda c: people_actions.set_language(c.actor, c.person, "fr"),
    "end grant": lambda c: people_actions.end_grant(c.actor, c.grant),
    "renew access": lambda c: people_actions.renew_access(c.actor, c.staff, "both"),
    "conversation": lambda c: letters.conversation(c.actor, c.conversation),
    "conversations of": lambda c: letters.conversations_of(c.person),
    "entries": lambda c: letters.entries_after([c.conversation]),
    "deliveries": lambda c: letters.deliveries([c.entry]),
    "attachments": lambda c: letters.attachments([c.entry]),
    "attachment": lambda c: letters.attachment(c.actor, c.attachment),
    "letter": lambda c: letters.letter(c.actor, c.delivery),
    "mail": lambda c: letters.mail(c.actor, c.mail),
    "write": lambda c: contact.write(c.actor, c.conversation, direction="out", kind="message", body="x"),
    "send": lambda c: contact.send(
        c.actor, c.conversation, to_person=c.person, subject="s", body="b", cause="c"
    ),
    "close": lambda c: contact.close(c.actor, c.conversation),
    "link": lambda c: contact.link_person(c.actor, c.conversation, c.person),
    "printed": lambda c: contact.letter_printed(c.actor, c.delivery),
    "returned": lambda c: contact.letter_returned(c.actor, c.delivery),
    "enter mail": lambda c: contact.enter_mail(c.actor, c.mail),
    "mail aside": lambda c: contact.set_mail_aside(c.actor, c.mail),
    "document": lambda c: files.document(c.actor, c.document, case_id=c.case),
    "documents of case": lambda c: files.of_case(c.case),
    "documents of draft": lambda c: files.of_draft(c.draft),
    "attach files": lambda c: documents.attach(c.draft, c.case),
    "discard": lambda c: documents.discard(c.actor, c.document, c.draft),
    "call": lambda c: calls.call(c.call),
    "call's answer": lambda c: calls.answer(c.call),
    "question": lambda c: calls.question(c.call),
    "calls": lambda c: calls.calls_of(c.case),
    "proof": lambda c: calls.receipt(c.call),
    "ask again": lambda c: exchange.retry(c.actor, c.call),
    "by hand": lambda c: exchange.answer_by_hand(c.actor, c.call, None),
    "revoke": lambda c: exchange.revoke(c.actor, c.agreement),
    "settle": lambda c: jobs.settle(c.actor, c.given_up, again=True),
    "release parked": lambda c: release(Subscriber("x", frozenset(), lambda event: None), c.case),
}
