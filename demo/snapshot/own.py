"""What each installation has of its own: keys, links, codes, the sign-in provider's name. A snapshot holds none of it.

Sealed values travel in plain text: they are made up. `opened` prepares a row for a snapshot; `closed` is its reverse.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.utils import formats, translation

from demo.snapshot.tables import tables
from towpath.contact import marks
from towpath.contact.models import Entry, reply_token
from towpath.foundation import crypto, tenancy
from towpath.foundation.ids import hashed

Row = dict[str, Any]
SEALED_TEXTS: Final = {
    "casework_draft": ("sealed_answers",),
    "casework_case": ("sealed_answers",),
    "exchange_call": ("question", "answer"),
    "people_person": ("register_number",),
}
HASHED: Final = {"casework_draft": "draft", "casework_case": "case"}
DAY = re.compile(r"⟦day ([a-z-]+) ([0-9-]{10})⟧")


@cache
def sealed(table: str) -> tuple[str, ...]:
    """The columns whose texts are encrypted: by their field, or by the room's own actions."""
    by_field = [c for t in tables().values() if t.name == table for c in t.sealed]
    return tuple(dict.fromkeys([*SEALED_TEXTS.get(table, ()), *by_field]))


def opened(table: str, row: Row) -> Row:
    row = dict(row)
    for column in sealed(table):
        if row[column]:
            row[column] = crypto.decrypt(row[column], table, column, UUID(row["id"]))
    if table in HASHED:
        row |= {"link_hash": "", "code_hash": ""}
    if table == "contact_conversation":
        row["token"] = ""
    if table == "people_identity":
        row["issuer"] = ""
    if table == "contact_delivery" and row["provider_ref"]:
        row["provider_ref"] = "ours"
    return row


def closed(table: str, row: Row, days: int) -> Row:
    """`days` is by how much the year was moved."""
    for column in sealed(table):
        if row.get(column):  # a column may be younger than the snapshot
            row[column] = crypto.encrypt(row[column], table, column, UUID(row["id"]))
    if table in HASHED:
        kind, id_ = HASHED[table], UUID(row["id"])
        row["link_hash"] = hashed(crypto.link_secret(kind, id_))
        row["code_hash"] = hashed(crypto.typed_code(kind, id_))
    fill = _CLOSED.get(table)
    if fill:
        fill(row, days)
    return row


def _talk(row: Row, days: int) -> None:
    row["token"] = reply_token()


def _identity(row: Row, days: int) -> None:
    row["issuer"] = settings.SIGN_IN_ISSUER


def _delivery(row: Row, days: int) -> None:
    if row["provider_ref"]:
        row["provider_ref"] = marks.message_id(UUID(row["entry_id"]), tenancy.current().host)


def _token(row: Row, days: int) -> None:
    row["rank"] += days * 86_400


def _text(row: Row, days: int) -> None:
    for column in ("subject", "body"):
        row[column] = DAY.sub(lambda found: _moved(found[2], days, found[1]), row[column])


def _moved(day: str, days: int, language: str) -> str:
    return _written(date.fromisoformat(day) + timedelta(days=days), language)


_CLOSED: Final[dict[str, Callable[[Row, int], None]]] = {
    "contact_conversation": _talk,
    "contact_delivery": _delivery,
    "contact_entrytext": _text,
    "foundation_searchtoken": _token,
    "people_identity": _identity,
}


def _written(day: date, language: str) -> str:
    with translation.override(language):
        return str(formats.date_format(day, "DATE_FORMAT"))


@dataclass(frozen=True)
class Letters:
    """Puts marks into letters where dates are written, so that they can be moved with the year."""

    languages: Mapping[str, str]  # entry -> its language
    days: Mapping[str, tuple[re.Pattern[str], dict[str, str]]]

    def marked(self, row: Row) -> Row:
        language = self.languages[row["entry_id"]]
        pattern, known = self.days[language]
        for column in ("subject", "body"):
            row[column] = pattern.sub(lambda found: f"⟦day {language} {known[found[0]]}⟧", row[column])
        return row


def letters_between(first: date, last: date) -> Letters:
    """For all letters of the current town; dates from `first` to `last` are found."""
    entries = Entry.objects.values_list("pk", "conversation__language")
    languages = {str(entry): language for entry, language in entries}
    return Letters(languages, {one: _days(one, first, last) for one in set(languages.values())})


def _days(language: str, first: date, last: date) -> tuple[re.Pattern[str], dict[str, str]]:
    every = [first + timedelta(days=n) for n in range((last - first).days)]
    known = {_written(day, language): day.isoformat() for day in every}
    longest = sorted(known, key=len, reverse=True)  # `13 May` before `3 May`
    return re.compile("|".join(map(re.escape, longest))), known
