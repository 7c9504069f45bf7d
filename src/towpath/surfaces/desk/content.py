"""What a case holds, as lines to read: answers, papers, decisions with their rules, what the process knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from towpath.casework import queries as casework
from towpath.catalogue.queries import Package
from towpath.foundation.typed import unpack
from towpath.surfaces.desk import words
from towpath.surfaces.look import Row, TagKind
from towpath.surfaces.questions import Wording, in_words, said

FILE_STATES: Mapping[str, tuple[Any, TagKind]] = {
    "clean": (gettext_lazy("Scanned, nothing found"), "done"),
    "unscanned": (gettext_lazy("Not scanned for viruses"), ""),
    "quarantined": (gettext_lazy("Waits for the scanner"), "active"),
    "refused": (gettext_lazy("Refused: the scanner found something"), "attention"),
}


@dataclass(frozen=True)
class Paper:
    name: str
    about: str
    size: str
    state: str
    tag: TagKind
    href: str
    purpose: str


@dataclass(frozen=True)
class Answers:
    """What the applicant gave. `sensitive` ones are folded away until somebody needs them."""

    plain: Sequence[Row]
    sensitive: Sequence[Row]


@dataclass(frozen=True)
class Rule:
    """One decision table that was asked: what it saw, what it gave, and which rules said so."""

    name: str
    saw: Sequence[Row]
    rules: Sequence[str]
    gave: Sequence[str]


@dataclass(frozen=True)
class Decided:
    outcome: str
    favourable: bool
    about: str
    rows: Sequence[Row]
    rules: Sequence[Rule]


@dataclass(frozen=True)
class Reader:
    """Reads a case out in the words of its package, in one language."""

    package: Package
    language: str

    def answers(self, case: Any, papers: Sequence[Paper]) -> Answers:
        given, words_ = casework.answers_of(case), Wording(self.package, self.language)
        plain: list[Row] = []
        sensitive: list[Row] = []
        for page in self.package.form.pages:
            for question in page.questions:
                value = given.get(question.id)
                if value is None:
                    continue
                href = _file_of(question.id, papers) if question.type == "file" else ""
                row = Row(words_.label(question), said(question, value, words_), href=href)
                (sensitive if question.sensitive else plain).append(row)
        return Answers(plain, sensitive)

    def named(self, name: str) -> str:
        """A question, a field of staff or a variable by the words that the package has for it."""
        for group in ("questions", "fields", "register-answers"):
            if found := self.package.text(f"{group}.{name}.label", self.language, " ").strip():
                return found
        return name.replace("_", " ").capitalize()

    def value(self, name: str, value: Any, part_of: str = "") -> list[str]:
        """In words: codes by the options of a question or field of that name, or of what the value is part of."""
        many = value if isinstance(value, list) else [value]
        if many and all(isinstance(one, str) for one in many):
            for room in (f"questions.{name}", f"fields.{name}", f"fields.{part_of}"):
                options = [self.package.text(f"{room}.options.{one}", self.language, " ") for one in many]
                if all(option.strip() for option in options):
                    return options
        if isinstance(value, Mapping) and "line_1" not in value:
            parts = {key: self.value(key, one, name) for key, one in value.items() if one is not None}
            return [f"{_led(self.named(key))} {', '.join(texts)}" for key, texts in parts.items()]
        return [self._reason(line) for line in in_words(value)]

    def _reason(self, text: str) -> str:
        return self.package.text(f"reasons.{text}", self.language, text) if text.isidentifier() else text

    def variables(self, found: Mapping[str, Any]) -> list[Row]:
        return [
            Row(self.named(name), self.value(name, value))
            for name, value in sorted(found.items())
            if value is not None and name not in ("applicant",)
        ]

    def shown(self, names: Sequence[str], context: Mapping[str, Any], papers: Sequence[Paper]) -> list[Row]:
        """What a task's form shows beside its questions: answers and variables by name."""
        answers = context.get("answers", {})
        rows = []
        for name in names:
            value = answers.get(name) if answers.get(name) is not None else context.get(name)
            if value is None:
                continue
            rows.append(Row(self.named(name), self._lines(name, value), href=_file_of(name, papers)))
        return rows

    def _lines(self, name: str, value: Any) -> list[str]:
        question = self.package.form.question(name)
        if question is not None:
            return said(question, value, Wording(self.package, self.language))
        return self.value(name, value)

    def decided(self, decision: Any) -> Decided:
        basis = decision.legal_basis
        who = _("By the rules") if decision.automatic else words.staff_name(decision.decided_by)
        moment = f"{words.written_day(decision.decided_at)}, {words.written_time(decision.decided_at)}"
        rows = [
            Row.said(_("Reason"), decision.reason or "–"),
            Row.said(
                _("Legal basis"), self.package.text(f"legal-resources.{basis}", self.language, basis) or "–"
            ),
            Row.said(_("Law as of"), formats.date_format(decision.law_date, "DATE_FORMAT")),
        ]
        return Decided(
            outcome=self.package.text(f"outcomes.{decision.outcome}.label", self.language, decision.outcome),
            favourable=decision.favourable,
            about=f"{who}, {moment}",
            rows=rows,
            rules=[rule for used in decision.rules for rule in self._rules(used)],
        )

    def _rules(self, used: Mapping[str, Any]) -> list[Rule]:
        return [self._rule(step) for step in used.get("trace", [])]

    def _rule(self, step: Mapping[str, Any]) -> Rule:
        saw = [Row(self._plain_name(k), self.value(_last(k), unpack(v))) for k, v in step["inputs"].items()]
        fired = []
        for rule in step["rules"]:
            notes = "; ".join(str(text) for text in rule["annotations"].values() if text)
            fired.append(_("Rule %(n)s. %(notes)s") % {"n": rule["number"], "notes": notes})
        return Rule(self._plain_name(step["decision"]), saw, fired, self.value("", unpack(step["output"])))

    def _plain_name(self, expression: str) -> str:
        return self.named(_last(expression)) if _last(expression).isidentifier() else expression


def _last(expression: str) -> str:
    """The name at the end of a path such as answers.vehicle_kind."""
    return expression.rpartition(".")[2]


def papers(documents: Sequence[Any], reader: Reader) -> list[Paper]:
    return [_paper(document, reader) for document in documents]


def _paper(document: Any, reader: Reader) -> Paper:
    state, tag = FILE_STATES.get(document.state, (document.state, ""))
    readable = document.state in ("clean", "unscanned")
    href = reverse("desk:document", args=[document.case_id, document.pk]) if readable else ""
    return Paper(
        name=document.name,
        about=f"{reader.named(document.purpose) if document.purpose else ''} {words.written_day(document.kept_at)}".strip(),
        size=_size(document.size),
        state=str(state),
        tag=tag,
        href=href,
        purpose=document.purpose,
    )


def _size(count: int) -> str:
    return _("%(n)s KB") % {"n": max(1, round(count / 1000))}


def _led(label: str) -> str:
    """A question leads to its answer as it is; other labels with a colon."""
    return label if label.endswith(("?", "؟")) else f"{label}:"


def _file_of(question: str, papers: Sequence[Paper]) -> str:
    """Where the one file that answers a question is read; of several the list of papers."""
    found = [paper.href for paper in papers if paper.purpose == question and paper.href]
    return found[0] if len(found) == 1 else ("#papers" if found else "")


def filter_address(case_id: Any, kind: str, query: str) -> str:
    base = reverse("desk:case", args=[case_id]) + query
    return (
        base + ("&" if query else "?") + urlencode({"show": kind}) + "#timeline"
        if kind
        else base + "#timeline"
    )
