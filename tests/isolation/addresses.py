"""Every address of the product, filled with the ids of another body; and what is sent along."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from tests.isolation.living import Life
from towpath.surfaces.desk.acts import KINDS

PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
LABELS = {
    "attachment_id": "contact.EntryAttachment",
    "call_id": "exchange.Call",
    "case_id": "casework.Case",
    "conversation_id": "contact.Conversation",
    "delivery_id": "contact.Delivery",
    "document_id": "documents.Document",
    "draft_id": "casework.Draft",
    "job_id": "foundation.GivenUp",
    "mail_id": "contact.Mail",
    "person_id": "people.Person",
    "question_id": "casework.Question",
    "staff_id": "people.Staff",
    "task_id": "casework.Task",
}
FIELDS = (
    "q", "queue", "service", "after", "known", "head", "seq", "task", "person", "case", "document", "conversation",
    "question", "remove", "reference", "code", "text", "reason", "answer", "team", "to", "name", "do", "next",
    "subscriber", "channel", "email", "outcome", "score", "comment", "stay", "check", "month", "period", "step",
    "full_name", "activities", "lives_here", "how", "again", "state", "staff", "actor", "subject", "body", "kind",
)  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """A request: its method, path and fields."""

    method: str
    path: str
    fields: dict[str, str]


def routes() -> list[str]:
    return sorted(_routes(get_resolver("towpath.project.urls"), "/"))


def _routes(resolver: URLResolver, before: str) -> Iterator[str]:
    for one in resolver.url_patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield here
        else:
            yield from _routes(one, here)


@dataclass(frozen=True)
class Wishes:
    """Whose ids go into the addresses: theirs, and now and then one of ours before one of theirs."""

    ours: Life
    theirs: Life
    chance: Random

    def of(self, route: str) -> Wish:
        places = PLACE.findall(route)
        own = self.chance.randrange(len(places)) if len(places) > 1 and self.chance.random() < 0.5 else -1
        filled = iter(
            [
                self._id(kind, name, self.ours if i == own else self.theirs)
                for i, (kind, name) in enumerate(places)
            ]
        )
        path = PLACE.sub(lambda match: str(next(filled)), route)
        names = self.chance.sample(FIELDS, 6)
        fields = {name: str(self._value(name)) for name in names}
        return Wish(self.chance.choice(["GET", "GET", "POST", "POST"]), path, fields)

    def _id(self, kind: str, name: str, life: Life) -> Any:
        if kind == "uuid":
            keys = life.town.keys
            found = next((k for m, k in keys.items() if m._meta.label == LABELS.get(name)), None)
            return self.chance.choice(found) if found and self.chance.random() < 0.85 else self._any(life)
        if kind == "slug":
            return self.chance.choice(_SLUGS.get(name, ["resident-parking-permit", "environmental-permit"]))
        return self.chance.choice(life.secrets)

    def _any(self, life: Life) -> UUID:
        ids = [key for keys in life.town.keys.values() for key in keys if isinstance(key, UUID)]
        return self.chance.choice(ids)

    def _value(self, name: str) -> Any:
        reference, code = self.chance.choice(self.theirs.codes)
        known = {
            "reference": reference,
            "code": code,
            "q": self.chance.choice([reference, *sorted(self.theirs.town.marks)[:20]]),
            "service": "resident-parking-permit",
            "team": "parking",
            "subscriber": "receipts",
            "score": 3,
            "reason": "both",
            "do": self.chance.choice(["save", "complete", "again", "aside"]),
            "next": "/desk/",
        }
        return known.get(name) or self._any(self.theirs)


_SLUGS = {
    "name": [*KINDS, "nothing"],
    "page_id": ["full_name", "typed_address", "contact", "site_plan", "activities", "start_date"],
    "question_id": ["lives_here", "vehicle_kind", "work"],
}
