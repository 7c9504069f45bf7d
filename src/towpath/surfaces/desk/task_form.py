"""The form of a task: what it shows, what it asks, and the decision that some of them make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from towpath.casework import actions as casework_actions
from towpath.casework import queries as casework
from towpath.catalogue import form
from towpath.catalogue.queries import Package, Question, TaskForm
from towpath.foundation.typed import unpack
from towpath.surfaces.look import Choice, Field
from towpath.surfaces.questions import Filled, Raw, Wording, fields_of

VERDICT = ("outcome", "reason", "legal_basis")


def raw(posted: QueryDict) -> Raw:
    return {name: [str(value) for value in values] for name, values in posted.lists()}


@dataclass(frozen=True)
class Work:
    """A task in the hands of somebody: what was entered so far, just now or earlier."""

    task: Any
    package: Package
    context: Mapping[str, Any]
    language: str
    values: Mapping[str, Any]
    typed: Raw | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def form(self) -> TaskForm | None:
        return self.package.tasks.get(self.task.form)

    @property
    def seen(self) -> dict[str, Any]:
        return {**self.context, **self.values}

    @property
    def asked(self) -> list[Question]:
        """The fields that are shown for what was entered so far."""
        fields = self.form.fields if self.form else ()
        return [q for q in fields if q.show_if is None or q.show_if(self.seen) is True]

    @property
    def depends(self) -> bool:
        """Whether an answer changes what is asked next."""
        if self.form is None:
            return False
        return any(q.show_if for q in self.form.fields) or bool(self.form.decides and self.form.decides.when)

    @property
    def decides(self) -> bool:
        if self.form is None or self.form.decides is None:
            return False
        when = self.form.decides.when
        return when is None or when(self.seen) is True

    @property
    def fields(self) -> list[Field]:
        wording = Wording(self.package, self.language, "fields")
        shown = []
        for question in self.asked:
            filled = Filled(
                question, self.values.get(question.id), self.typed, self.errors.get(question.id, "")
            )
            shown += fields_of(filled, wording, small=True)
        return [*shown, *(self._verdict() if self.decides else [])]

    @property
    def wrong(self) -> list[Field]:
        return [one for one in self.fields if one.error]

    def _typed(self, name: str) -> str:
        return next(iter((self.typed or {}).get(name, [])), "")

    def _verdict(self) -> list[Field]:
        """Outcome, reason and legal basis: what only people give."""
        service = self.package.service
        decides = self.form.decides if self.form else None
        outcomes = [Choice(id_, self._text("outcomes", id_)) for id_ in (decides.outcomes if decides else ())]
        bases = [Choice(id_, self._text("legal-resources", id_)) for id_ in service.legal_resources]
        wrong = {
            "outcome": _("Choose what you decide."),
            "reason": _("Say why. The applicant reads this."),
            "legal_basis": _("Choose the law on which it is based."),
        }
        error = {name: text if name in self.errors else "" for name, text in wrong.items()}
        return [
            Field(
                "radios", "outcome", _("Decision"), error=error["outcome"], choices=outcomes, small=True,
                value=self._typed("outcome"),
            ),
            Field(
                "textarea", "reason", _("Reason"), hint=_("In plain words. The applicant reads this."),
                error=error["reason"], value=self._typed("reason"), rows=4,
            ),
            Field(
                "select", "legal_basis", _("Legal basis"), error=error["legal_basis"],
                choices=[Choice("", _("Choose one")), *bases], value=self._typed("legal_basis"),
            ),
        ]  # fmt: skip

    def _text(self, group: str, id_: str) -> str:
        key = f"{group}.{id_}.label" if group == "outcomes" else f"{group}.{id_}"
        return self.package.text(key, self.language)

    def verdict(self) -> casework_actions.Verdict | None:
        return (
            casework_actions.Verdict(*(self._typed(name).strip() for name in VERDICT))
            if self.decides
            else None
        )

    def wrong_verdict(self) -> dict[str, str]:
        """Checked here too, so that all that is wrong is said at once."""
        return {name: "required" for name in VERDICT if not self._typed(name).strip()} if self.decides else {}


def opened(case: Any, task: Any, package: Package, language: str) -> Work:
    """With what was saved; where nothing was, with what the package suggests."""
    context = casework.task_context(case)
    task_form = package.tasks.get(task.form)
    values = {key: unpack(value) for key, value in task.values.items()}
    for question in task_form.fields if task_form else ():
        if question.id not in values and question.prefill is not None:
            values[question.id] = question.prefill(context)
    return Work(task, package, context, language, values)


def read(case: Any, task: Any, package: Package, language: str, posted: QueryDict) -> Work:
    """With what was typed just now; `errors` says what is wrong with it."""
    context, typed = casework.task_context(case), raw(posted)
    task_form = package.tasks.get(task.form)
    fields: Sequence[Question] = task_form.fields if task_form else ()
    reading = form.read(fields, typed, context)
    return Work(task, package, context, language, reading.values, typed, reading.errors)
