"""Questions as fields on a page: with the answer that is kept, or with what was typed and what is wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from towpath.catalogue import form
from towpath.catalogue.queries import Question
from towpath.surfaces.look import DATE_PARTS, Choice, Field, FieldKind
from towpath.surfaces.portal.wording import Words

Raw = Mapping[str, Sequence[str]]
KINDS: Mapping[str, FieldKind] = {
    "long-text": "textarea",
    "yes-no": "radios",
    "choice": "radios",
    "choices": "checkboxes",
    "date": "date",
    "file": "file",
}
INPUTS: Mapping[str, Mapping[str, Any]] = {
    "email": {"type": "email", "autocomplete": "email", "spellcheck": "false", "dir": "ltr"},
    "phone": {"type": "tel", "autocomplete": "tel", "dir": "ltr", "width": 20},
    "number": {"inputmode": "decimal", "width": 5, "dir": "ltr"},
    "money": {"inputmode": "decimal", "width": 10, "dir": "ltr"},
}
ADDRESS_FIELDS: Mapping[str, str] = {
    "line_1": "address-line1",
    "line_2": "address-line2",
    "town": "address-level2",
    "postcode": "postal-code",
}
ACCEPT = ".pdf,.png,.jpg,.jpeg,.docx,.odt,.txt"


@dataclass(frozen=True)
class Asked:
    """A question on a page. An address has `parts`; evidence has `lines`, what a register said; all others a field."""

    question: Question
    field: Field
    why: str = ""
    parts: Sequence[Field] = ()
    lines: Sequence[str] = ()

    @property
    def kind(self) -> str:
        if self.question.type in ("address", "evidence", "file"):
            return self.question.type
        return "field"

    @property
    def anchor(self) -> str:
        return self.parts[0].ident if self.parts else self.field.anchor


def asked(
    question: Question,
    words: Words,
    value: Any,
    *,
    typed: Raw | None = None,
    error: str = "",
    heading: bool = False,
) -> Asked:
    """`typed` replaces the kept value where it was sent but not taken; `error` is a message, not a key."""
    shown = value if typed is None else _as_typed(question, typed)
    field = Field(
        kind=KINDS.get(question.type, "text"),
        name=question.id,
        label=words.label(question),
        hint=words.of(question, "hint"),
        error=error,
        value=_in_control(question, shown),
        choices=_choices(question, words),
        heading=heading,
        optional=question.optional and question.type != "evidence",
        inline=question.type == "yes-no",
        multiple=question.type == "file" and question.max_files > 1,
        accept=ACCEPT if question.type == "file" else "",
        **_input(question),
    )
    parts = _address(question, shown, error) if question.type == "address" else ()
    lines = words.lines(question, value) if question.type == "evidence" else ()
    return Asked(question, field, words.of(question, "why"), parts, lines)


def _input(question: Question) -> dict[str, Any]:
    found = dict(INPUTS.get(question.type, {}))
    if question.fills == "name":
        found["autocomplete"] = "name"
    return found


def _choices(question: Question, words: Words) -> list[Choice]:
    if question.type == "yes-no":
        return [Choice("yes", _("Yes")), Choice("no", _("No"))]
    return [Choice(option, words.option(question, option)) for option in question.options]


def _as_typed(question: Question, typed: Raw) -> Any:
    def one(name: str) -> str:
        return next(iter(typed.get(name, [])), "")

    match question.type:
        case "date":
            return {part: one(f"{question.id}-{part}") for part in DATE_PARTS}
        case "address":
            return {part: one(f"{question.id}-{part}") for part in form.ADDRESS_PARTS}
        case "choices" | "file":
            return list(typed.get(question.id, []))
    return one(question.id)


def _in_control(question: Question, value: Any) -> Any:
    """A kept value as its control holds it."""
    if question.type == "yes-no" and isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return format(value, "f")
    return "" if value is None or question.type == "file" else value


def _address(question: Question, value: Any, error: str) -> list[Field]:
    labels = {
        "line_1": _("Street and number"),
        "line_2": _("Second line of the address"),
        "town": _("Town"),
        "postcode": _("Postcode"),
    }
    given = value if isinstance(value, Mapping) else {}
    return [
        Field(
            kind="text",
            name=f"{question.id}-{part}",
            label=labels[part],
            value=given.get(part, ""),
            autocomplete=autocomplete if question.fills == "address" else "",
            optional=part not in form.ADDRESS_NEEDED,
            width=10 if part == "postcode" else 0,
            # The message stands above the group; the parts that are missing are marked by it.
            error=_("Missing") if error and part in form.ADDRESS_NEEDED and not given.get(part) else "",
        )
        for part, autocomplete in ADDRESS_FIELDS.items()
    ]


def error_pairs(questions: Iterable[Asked]) -> list[tuple[str, str]]:
    """For the summary on top of the page, in the order of the questions."""
    return [(one.anchor, one.field.error) for one in questions if one.field.error]
