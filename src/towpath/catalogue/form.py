"""Forms, pure: which pages are shown, what was typed as values, what is wrong with an answer.

`context` is what FEEL sees: `answers` (question -> value), `applicant`, `case`. A message key is `required`, the id
of a check, or one of the type's own: `not-a-number`, `not-a-date`, `not-an-email`, `not-a-phone`, `not-an-option`,
`too-long`, `min`, `max`, `too-many-files`, `address-incomplete`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from towpath.catalogue.package import Form, Page, Question

ADDRESS_PARTS = ("line_1", "line_2", "town", "postcode")
ADDRESS_NEEDED = ("line_1", "town", "postcode")
TEXT_LIMIT = 5_000  # characters, where the question sets no limit of its own
EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s.,;<>\"]{1,63}(\.[^@\s.,;<>\"]{1,63})+")
PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{4,24}[0-9]")
YES_NO = {"yes": True, "no": False}
# Digits of Arabic and Persian keyboards are digits too.
DIGITS = {ord(c): str(i % 10) for i, c in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")} | {ord("٫"): "."}


@dataclass(frozen=True)
class Reading:
    """What a page's fields hold: values by question, and the message key of each that is wrong."""

    values: dict[str, Any]
    errors: dict[str, str]


def is_shown(item: Page | Question, context: Mapping[str, Any]) -> bool:
    return item.show_if is None or item.show_if(context) is True


def visible_pages(form: Form, context: Mapping[str, Any]) -> list[Page]:
    return [page for page in form.pages if is_shown(page, context) and visible_questions(page, context)]


def visible_questions(page: Page, context: Mapping[str, Any]) -> list[Question]:
    return [question for question in page.questions if is_shown(question, context)]


def shown_questions(form: Form, context: Mapping[str, Any]) -> Iterator[Question]:
    for page in visible_pages(form, context):
        yield from visible_questions(page, context)


def shown_answers(form: Form, context: Mapping[str, Any], prefilled: Mapping[str, str]) -> dict[str, Any]:
    """The answers that count: of questions that are shown once the others that don't count are gone.

    What a register said counts only if the register said it: an `evidence` answer must stand in `prefilled`.
    """
    kept: dict[str, Any] = {}
    for page in form.pages:
        seen = {**context, "answers": {**_all_null(form), **kept}}
        for question in page.questions if is_shown(page, seen) else ():
            value = context["answers"].get(question.id)
            if (
                value is None
                or not is_shown(question, seen)
                or (question.type == "evidence" and question.id not in prefilled)
            ):
                continue
            # A later question of the same page may depend on this one.
            kept[question.id] = seen["answers"][question.id] = value
    return kept


def _all_null(form: Form) -> dict[str, Any]:
    return {q.id: None for page in form.pages for q in page.questions}


def with_all(form: Form, context: Mapping[str, Any]) -> dict[str, Any]:
    """The context with every question present: one that has no answer is null."""
    return {**context, "answers": {**_all_null(form), **context.get("answers", {})}}


def missing(form: Form, context: Mapping[str, Any]) -> dict[str, str]:
    """Of all questions that are shown: those without a right answer, with the message key."""
    full = with_all(form, context)
    found = {q.id: wrong(q, full["answers"][q.id], full) for q in shown_questions(form, full)}
    return {id_: key for id_, key in found.items() if key}


def first_open_page(form: Form, context: Mapping[str, Any]) -> Page | None:
    """The first shown page that still needs an answer; None when the form is complete."""
    full = with_all(form, context)
    for page in visible_pages(form, full):
        if any(wrong(q, full["answers"][q.id], full) for q in visible_questions(page, full)):
            return page
    return None


def read(
    questions: Sequence[Question], raw: Mapping[str, Sequence[str]], context: Mapping[str, Any]
) -> Reading:
    """What was typed into the fields of `questions`, checked. Raw values are kept beside by the caller.

    A date comes as <id>-day, -month, -year; an address as <id>-line_1 and so on; a file's names are given
    by the caller as <id>.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    # No text of a person's holds a NUL, and the database takes none.
    raw = {name: [text.replace("\0", "") for text in texts] for name, texts in raw.items()}
    for question in questions:
        value, error = _typed(question, raw)
        values[question.id] = value
        if error:
            errors[question.id] = error
    answers = {**context.get("answers", {}), **values}
    full = {**context, **values, "answers": answers}
    for question in questions:
        if question.id in errors or not is_shown(question, full):
            continue
        if key := wrong(question, values[question.id], full):
            errors[question.id] = key
    return Reading(values, errors)


def _typed(question: Question, raw: Mapping[str, Sequence[str]]) -> tuple[Any, str]:
    """(value, message key): the text of a field as a value of the question's type."""
    texts = [text.strip() for text in raw.get(question.id, []) if text.strip()]
    match question.type:
        case "date":
            return _date(question.id, raw)
        case "address":
            return _address(question.id, raw), ""
        case "choices":
            return texts or None, ""
        case "file":
            return texts or None, ""
        case "evidence":
            return None, ""
    if not texts:
        return None, ""
    text = texts[0]
    match question.type:
        case "yes-no":
            return YES_NO.get(text), "" if text in YES_NO else "not-an-option"
        case "number" | "money":
            return _number(text)
    return text, ""


def _number(text: str) -> tuple[Decimal | None, str]:
    """Takes `1 234,50` and `1,234.50` alike: the last separator is the decimal one when 1 or 2 digits follow."""
    plain = re.sub(r"[\s\u00a0\u202f€$£]", "", text.translate(DIGITS))
    if found := re.fullmatch(r"(-?[0-9.,]*?)[.,]([0-9]{1,2})", plain):
        plain = f"{re.sub('[.,]', '', found[1])}.{found[2]}"
    else:
        plain = re.sub(r"[.,](?=[0-9]{3}(?:[.,]|$))", "", plain)
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None, "not-a-number"
    return (value, "") if value.is_finite() and len(plain) <= 20 else (None, "not-a-number")


def _date(id_: str, raw: Mapping[str, Sequence[str]]) -> tuple[date | None, str]:
    parts = ["".join(raw.get(f"{id_}-{part}", [""])[:1]).strip() for part in ("year", "month", "day")]
    if not any(parts):
        return None, ""
    try:
        year, month, day = (int(part.translate(DIGITS)) for part in parts)
        return date(year, month, day), "" if year >= 1900 else "not-a-date"
    except ValueError:
        return None, "not-a-date"


def _address(id_: str, raw: Mapping[str, Sequence[str]]) -> dict[str, str] | None:
    found = {part: "".join(raw.get(f"{id_}-{part}", [""])[:1]).strip() for part in ADDRESS_PARTS}
    return found if any(found.values()) else None


def wrong(question: Question, value: Any, context: Mapping[str, Any]) -> str:
    """The message key of what is wrong with an answer, or an empty text."""
    if value is None or value == [] or value == "":
        needed = not question.optional and question.type != "evidence"
        # An optional question may still have to hold together with another: either a file or a note.
        return "required" if needed else _checks(question, None, context)
    return _of_type(question, value) or _bounds(question, value) or _checks(question, value, context)


_EXPECTED: Final[dict[str, tuple[type, ...]]] = {
    "number": (Decimal, int),
    "money": (Decimal, int),
    "date": (date,),
    "yes-no": (bool,),
    "choices": (list,),
    "file": (list,),
    "address": (dict,),
    "evidence": (object,),
}


def of_type(question: Question, value: Any) -> bool:
    """False of what was answered when the question was another one."""
    return isinstance(value, _EXPECTED.get(question.type, (str,)))


def _of_type(question: Question, value: Any) -> str:
    if not of_type(question, value):
        return {"date": "not-a-date", "number": "not-a-number", "money": "not-a-number"}.get(
            question.type, "not-an-option"
        )
    return _of_kind(question, value)


def _of_kind(question: Question, value: Any) -> str:
    match question.type:
        case "choice":
            return "" if value in question.options else "not-an-option"
        case "choices":
            return "" if set(value) <= set(question.options) else "not-an-option"
        case "email":
            return "" if EMAIL.fullmatch(value) else "not-an-email"
        case "phone":
            return "" if PHONE.fullmatch(value.translate(DIGITS)) else "not-a-phone"
        case "address":
            return "" if all(value.get(part) for part in ADDRESS_NEEDED) else "address-incomplete"
    return ""


def _bounds(question: Question, value: Any) -> str:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        if question.min is not None and value < question.min:
            return "min"
        if question.max is not None and value > question.max:
            return "max"
    if isinstance(value, str) and len(value) > (question.max_length or TEXT_LIMIT):
        return "too-long"
    if isinstance(value, dict) and any(len(str(part)) > 200 for part in value.values()):
        return "too-long"
    if question.type == "file" and len(value) > question.max_files:
        return "too-many-files"
    return ""


def _checks(question: Question, value: Any, context: Mapping[str, Any]) -> str:
    seen = {**context, question.id: value, "answers": {**context.get("answers", {}), question.id: value}}
    return next((check.id for check in question.checks if check.holds(seen) is not True), "")


def fills(form: Form, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the answers say of the applicant: name, email, phone, address. A later answer replaces an earlier."""
    filled = [(q.fills, given.get(q.id)) for page in form.pages for q in page.questions if q.fills]
    return {what: value for what, value in filled if value}


def one_line(address: Any) -> str:
    """An address in one line, for letters and search."""
    if not isinstance(address, Mapping):
        return str(address or "")
    return ", ".join(str(address[part]) for part in ADDRESS_PARTS if address.get(part))
