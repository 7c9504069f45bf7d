"""Questions as they stand on a page of the portal: with what is kept, or what was typed and what is wrong with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from towpath.catalogue import form
from towpath.catalogue.queries import Question
from towpath.surfaces.look import Field
from towpath.surfaces.questions import Filled, Wording, field_of, fields_of, said


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


def asked(filled: Filled, words: Wording, *, heading: bool = False) -> Asked:
    question = filled.question
    return Asked(
        question,
        field_of(filled, words, heading=heading),
        words.of(question, "why"),
        _parts(filled, words) if question.type == "address" else (),
        said(question, filled.value, words) if question.type == "evidence" else (),
    )


def _parts(filled: Filled, words: Wording) -> list[Field]:
    """The message stands above the group; the parts that are missing are marked by it."""
    fields = zip(form.ADDRESS_PARTS, fields_of(filled, words), strict=True)
    return [
        replace(
            field,
            error=_("Missing") if filled.error and part in form.ADDRESS_NEEDED and not field.value else "",
        )
        for part, field in fields
    ]


def error_pairs(questions: Iterable[Asked]) -> list[tuple[str, str]]:
    """For the summary on top of the page, in the order of the questions."""
    return [(one.anchor, one.field.error) for one in questions if one.field.error]
