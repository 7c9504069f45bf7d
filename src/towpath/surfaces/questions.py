"""A package's questions as fields of a page, and its values in words. Portal and desk ask with the same code.

Texts stand in the package under `<group>.<question>`: `questions` for residents, `fields` for forms of staff.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from towpath.catalogue import form
from towpath.catalogue.queries import Package, Question
from towpath.foundation import tenancy
from towpath.surfaces.look import Choice, Field, FieldKind

Raw = Mapping[str, Sequence[str]]  # what was typed, by the name of the control

KINDS: dict[str, FieldKind] = {
    "long-text": "textarea",
    "yes-no": "radios",
    "choice": "radios",
    "choices": "checkboxes",
    "date": "date",
    "file": "file",
}
MANY = 8  # more options than this make a menu of a choice, where there is little room
# What is wrong with an answer, where the package has no words of its own for it.
WRONG = {
    "not-a-number": gettext_lazy("Write a number, such as 12."),
    "not-a-date": gettext_lazy("Write a real date, such as 27 3 2027."),
    "not-an-email": gettext_lazy("Write an e-mail address, such as name@example.org."),
    "not-a-phone": gettext_lazy("Write a telephone number, such as 01632 960 001."),
    "not-an-option": gettext_lazy("Choose one of the answers."),
    "too-long": gettext_lazy("The text is too long. Make it shorter."),
    "min": gettext_lazy("The number is too low."),
    "max": gettext_lazy("The number is too high."),
    "too-many-files": gettext_lazy("These are too many files. Take some away."),
    "address-incomplete": gettext_lazy("Write street and number, town and postcode."),
    "empty": gettext_lazy("The file is empty. Choose one that has something in it."),
    "too-big": gettext_lazy("The file must be smaller than 10 MB."),
    "wrong-type": gettext_lazy(
        "The file must be a PDF, a picture (PNG or JPEG), a text document or plain text."
    ),
    "not-what-it-says": gettext_lazy(
        "The file is not what its name says. Save it again and choose that one."
    ),
    "macros": gettext_lazy("The document has macros in it. Save it without them, or as PDF."),
}
CHOSEN = frozenset({"yes-no", "choice", "choices"})
ADDRESS_LABELS = {
    "line_1": gettext_lazy("Street and number"),
    "line_2": gettext_lazy("Flat, floor or name of the house"),
    "town": gettext_lazy("Town"),
    "postcode": gettext_lazy("Postcode"),
}
ADDRESS_FILL = {
    "line_1": "address-line1",
    "line_2": "address-line2",
    "town": "address-level2",
    "postcode": "postal-code",
}
FILES = ".pdf,.png,.jpg,.jpeg,.docx,.odt,.txt"


@dataclass(frozen=True)
class Wording:
    """Whose texts are used, in which language; `group` is where the questions' texts stand."""

    package: Package
    language: str
    group: str = "questions"

    def text(self, key: str) -> str:
        """Empty where the package has no such text."""
        return self.package.text(key, self.language, " ").strip()

    def of(self, question: Question, what: str) -> str:
        return self.text(f"{self.group}.{question.id}.{what}")

    def label(self, question: Question) -> str:
        return self.of(question, "label") or _humanly(question.id)

    def option(self, question: Question, value: str) -> str:
        return self.of(question, f"options.{value}") or _humanly(value)

    def message(self, question: Question, key: str) -> str:
        """What is wrong, in the package's own words where it has some."""
        own = self.of(question, f"messages.{key}")
        if own or key in WRONG:
            return own or str(WRONG[key])
        if key != "required":
            return _("This answer does not fit. Check it.")
        if question.type in CHOSEN:
            return _("Choose an answer.")
        return _("Choose a file.") if question.type == "file" else _("Write an answer.")


def _humanly(code: str) -> str:
    return code.replace("_", " ").replace("-", " ").capitalize()


@dataclass(frozen=True)
class Filled:
    """A question with what is known of its answer: `value` as kept, `raw` as typed just now, `error` its key."""

    question: Question
    value: Any = None
    raw: Raw | None = None
    error: str = ""


def fields_of(filled: Filled, words: Wording, *, heading: bool = False, small: bool = False) -> list[Field]:
    """The controls of a question: one, or for an address one for each part. Evidence is shown, not asked."""
    question = filled.question
    if question.type == "evidence":
        return []
    if question.type == "address":
        return _address(filled, words)
    return [field_of(filled, words, heading=heading, small=small)]


def field_of(filled: Filled, words: Wording, *, heading: bool = False, small: bool = False) -> Field:
    """The one control of a question; of an address or evidence, what stands around its parts."""
    question = filled.question
    kind = KINDS.get(question.type, "text")
    if small and question.type == "choice" and len(question.options) > MANY:
        kind = "select"
    return Field(
        kind=kind,
        name=question.id,
        label=words.label(question),
        hint=words.of(question, "hint"),
        error=words.message(question, filled.error) if filled.error else "",
        value=typed_value(filled),
        choices=_choices(question, words, kind),
        heading=heading,
        optional=question.optional and question.type != "evidence",
        small=small,
        inline=question.type == "yes-no",
        multiple=question.type == "file" and question.max_files > 1,
        accept=FILES if question.type == "file" else "",
        **_control(question),
    )


def _control(question: Question) -> dict[str, Any]:
    """How the control helps with typing."""
    by_type: dict[str, dict[str, Any]] = {
        "number": {"inputmode": "decimal", "width": 10, "dir": "ltr"},
        "money": {"inputmode": "decimal", "width": 10, "dir": "ltr", "prefix": currency()},
        "email": {"type": "email", "autocomplete": "email", "spellcheck": "false", "dir": "ltr"},
        "phone": {"type": "tel", "autocomplete": "tel", "width": 20, "dir": "ltr"},
    }
    found = by_type.get(question.type, {})
    if question.fills == "name":
        return {**found, "autocomplete": "name", "spellcheck": "false"}
    if question.type == "text" and question.max_length and question.max_length <= 20:
        return {**found, "width": 20}
    return found


def _choices(question: Question, words: Wording, kind: str) -> list[Choice]:
    if question.type == "yes-no":
        return [Choice("yes", _("Yes")), Choice("no", _("No"))]
    if question.type not in ("choice", "choices"):
        return []
    empty = [Choice("", _("Choose one"))] if kind == "select" else []
    return empty + [Choice(value, words.option(question, value)) for value in question.options]


def _address(filled: Filled, words: Wording) -> list[Field]:
    """Four lines under the question's own words; the error stands at the first line that is wrong."""
    question = filled.question
    kept = filled.value if isinstance(filled.value, Mapping) else {}
    given = {
        part: _first(filled.raw, f"{question.id}-{part}")
        if filled.raw is not None
        else str(kept.get(part) or "")
        for part in form.ADDRESS_PARTS
    }
    wrong = [part for part in form.ADDRESS_NEEDED if not given[part]] or ["line_1"]
    return [
        Field(
            kind="text",
            name=f"{question.id}-{part}",
            label=str(ADDRESS_LABELS[part]),
            value=given[part],
            error=words.message(question, filled.error) if filled.error and part == wrong[0] else "",
            optional=question.optional or part not in form.ADDRESS_NEEDED,
            autocomplete=ADDRESS_FILL[part] if question.fills == "address" else "",
            width=10 if part == "postcode" else 0,
        )
        for part in form.ADDRESS_PARTS
    ]


def _first(raw: Raw | None, name: str) -> str:
    return next(iter((raw or {}).get(name, [])), "")


def typed_value(filled: Filled) -> Any:
    """What the control shows: what was just typed, however wrong, else what is kept."""
    question, raw = filled.question, filled.raw
    value = filled.value if form.of_type(question, filled.value) else None
    if question.type == "date" and raw is not None:
        return {part: _first(raw, f"{question.id}-{part}") for part in ("day", "month", "year")}
    if question.type in ("choices", "file"):
        return list(raw.get(question.id, [])) if raw is not None else list(value or [])
    if raw is not None:
        return _first(raw, question.id)
    return _as_typed(value, question.type)


def _as_typed(value: Any, kind: str) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal | int):
        return formats.localize(value, use_l10n=False) if kind != "money" else f"{value:.2f}"
    return "" if value is None else value


def said(question: Question, value: Any, words: Wording) -> list[str]:
    """An answer in words, line by line; empty where there is none."""
    if value is None or value in ("", []):
        return []
    if not form.of_type(question, value):
        return in_words(value)
    match question.type:
        case "choice":
            return [words.option(question, str(value))]
        case "choices":
            return [words.option(question, str(one)) for one in value]
        case "money":
            return [money(value)]
    return in_words(value)


def in_words(value: Any) -> list[str]:
    """Any value of a case in words: dates, numbers and yes or no in the reader's language."""
    if value is None or value == "":
        return []
    if isinstance(value, bool):
        return [_("Yes") if value else _("No")]
    if isinstance(value, datetime):
        local = value.astimezone(ZoneInfo(tenancy.current().zone))
        return [formats.date_format(local, "DATETIME_FORMAT")]
    if isinstance(value, date):
        return [formats.date_format(value, "DATE_FORMAT")]
    if isinstance(value, Decimal | int | float):
        return [formats.localize(value)]
    if isinstance(value, Mapping):
        return _mapping_in_words(value)
    if isinstance(value, list | tuple):
        return [" ".join(in_words(one)) for one in value]
    return str(value).splitlines() or [str(value)]


def _mapping_in_words(value: Mapping[str, Any]) -> list[str]:
    if "line_1" in value:
        parts: Iterable[str] = (str(value[part]) for part in form.ADDRESS_PARTS if value.get(part))
        return list(parts)
    return [f"{_humanly(key)}: {', '.join(in_words(one))}" for key, one in value.items() if in_words(one)]


def currency() -> str:
    return str(tenancy.current().settings.get("currency", "€"))


def money(value: Any) -> str:
    return f"{currency()}\u00a0{formats.number_format(Decimal(value), 2)}"
