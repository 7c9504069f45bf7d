"""Words for questions and answers: the package's own where it has them, else plain ones of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from towpath.catalogue import form
from towpath.catalogue.queries import Package, Question

MESSAGES: Mapping[str, Any] = {
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
THEMES: Mapping[str, Any] = {
    "transport": gettext_lazy("Transport and parking"),
    "housing": gettext_lazy("Home and housing"),
    "environment": gettext_lazy("Building and environment"),
    "health": gettext_lazy("Health and care"),
    "education": gettext_lazy("School and learning"),
    "work": gettext_lazy("Work and income"),
    "family": gettext_lazy("Family"),
    "taxes": gettext_lazy("Taxes and fees"),
}
REGISTERS: Mapping[str, Any] = {"population-register": gettext_lazy("the population register")}


def theme(code: str) -> str:
    return str(THEMES.get(code) or code.replace("-", " ").capitalize())


def register(code: str) -> str:
    return str(REGISTERS.get(code) or code.replace("-", " "))


@dataclass(frozen=True)
class Words:
    """The texts of a package in one language; `room` is where its questions' texts lie."""

    package: Package
    language: str
    room: str = "questions"

    def text(self, key: str) -> str:
        """Empty where the package has no such text."""
        return self.package.text(key, self.language, " ").strip()

    def of(self, question: Question, part: str) -> str:
        return self.text(f"{self.room}.{question.id}.{part}")

    def label(self, question: Question) -> str:
        return self.package.text(f"{self.room}.{question.id}.label", self.language, question.id)

    def option(self, question: Question, value: str) -> str:
        return self.package.text(f"{self.room}.{question.id}.options.{value}", self.language)

    def message(self, question: Question, key: str) -> str:
        own = self.of(question, f"messages.{key}")
        if own or key in MESSAGES:
            return own or str(MESSAGES[key])
        if key != "required":
            return _("This answer does not fit. Check it.")
        if question.type in CHOSEN:
            return _("Choose an answer.")
        return _("Choose a file.") if question.type == "file" else _("Write an answer.")

    def legal(self, basis: str) -> str:
        """A legal resource by its code; what is no code is a text already."""
        return self.package.text(f"legal-resources.{basis}", self.language, basis)

    def lines(self, question: Question, value: Any) -> list[str]:
        """An answer as people read it, line by line; none where there is no answer."""
        if value is None or value == []:
            return []
        match question.type:
            case "yes-no":
                return [_("Yes") if value else _("No")]
            case "choice":
                return [self.option(question, str(value))]
            case "choices":
                return [self.option(question, str(one)) for one in value]
            case "file":
                return [str(one) for one in value]
        if isinstance(value, Mapping):
            parts = [str(value[part]) for part in form.ADDRESS_PARTS if value.get(part)]
            return parts or [str(one) for one in value.values() if isinstance(one, str)]
        return plain(value).splitlines()


def plain(value: Any) -> str:
    """A value in the reader's language."""
    if isinstance(value, date):
        return formats.date_format(value, "DATE_FORMAT")
    if isinstance(value, Decimal):
        return formats.number_format(value)
    return str(value)
