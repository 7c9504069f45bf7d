"""The form of a what-if: what somebody entered about today, and the change that they would like to see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from towpath.catalogue import queries as catalogue
from towpath.engines import bpmn
from towpath.people import queries as people
from towpath.surfaces.insight import planned
from towpath.surfaces.insight.planned import Entered
from towpath.surfaces.look import Choice, Field

PEOPLE, MINUTES, PER_DAY = 2, 20, 10.0


@dataclass(frozen=True)
class Change:
    """`more`: requests, in per cent. `extra`: people by team. `automatic`: a task that needs nobody any more."""

    more: int
    extra: Mapping[str, int]
    automatic: str
    version: int

    def of(self, plan: bpmn.Plan) -> bpmn.Plan:
        plan = plan.with_arrivals(1 + self.more / 100) if self.more else plan
        for team, extra in self.extra.items():
            plan = plan.with_people(team, extra) if extra else plan
        return plan.without_work_on(self.automatic) if self.automatic else plan


@dataclass
class Asked:
    """`today` and `change` are the fields of the two parts of the form; `sent` says whether it was filled in."""

    query: QueryDict
    sent: bool
    today: list[Field] = field(default_factory=list)
    changes: list[Field] = field(default_factory=list)

    @property
    def wrong(self) -> list[Field]:
        return [one for one in (*self.today, *self.changes) if one.error]

    def number(self, part: list[Field], one: Field, usual: float, low: int, high: int) -> float:
        """A number between two bounds; where it is none, the usual one, and the field says so."""
        text = self.query.get(one.name, "").strip() if self.sent else ""
        try:
            value = float(text.replace(",", ".").replace("−", "-")) if text else usual
        except ValueError:
            value = high + 1.0
        error = ""
        if not low <= value <= high:
            error = _("Enter a number from %(low)s to %(high)s.") % {"low": low, "high": high}
        part.append(replace(one, value=text or f"{usual:g}", error=error, width=5, inputmode="decimal"))
        return usual if error else value

    def choice(self, part: list[Field], one: Field) -> str:
        value = self.query.get(one.name, "")
        value = value if value in {choice.value for choice in one.choices} else ""
        part.append(replace(one, value=value))
        return value


def asked(query: QueryDict, sent: bool) -> Asked:
    return Asked(query, sent)


def entered(form: Asked, package: catalogue.Package, language: str, per_day: float) -> Entered:
    """The fields of today, filled with what is known or usual."""
    process, part = package.process, form.today
    requests = Field("text", "per-day", _("Requests on a working day"))
    arrivals = form.number(part, requests, round(per_day, 1) or PER_DAY, 0, 10_000)
    found = {
        team: int(form.number(part, Field("text", f"people-{team}", _people(team)), PEOPLE, 1, 1_000))
        for team in teams(process)
    }
    minutes = {
        task.id: int(
            form.number(part, _minutes(task.id, package.name(task.id, language)), MINUTES, 0, 10_000)
        )
        for task in planned.tasks(process)
    }
    return Entered(max(arrivals, 0.1), minutes, found)


def change(
    form: Asked, package: catalogue.Package, language: str, versions: Sequence[catalogue.ServiceVersion]
) -> Change:
    """The fields of the change; nothing is changed as long as they stay as they are."""
    process, part = package.process, form.changes
    more = form.number(part, Field("text", "more", _("More requests, in per cent")), 0, -90, 400)
    extra = {
        team: int(form.number(part, Field("text", f"extra-{team}", _extra(team)), 0, -100, 100))
        for team in teams(process)
    }
    steps = [Choice(task.id, package.name(task.id, language)) for task in planned.tasks(process)]
    gone = Field(
        "select",
        "automatic",
        _("A step that nobody has to do any more"),
        hint=_("It is done by a machine at once, or not at all."),
        choices=[Choice("", _("None")), *steps],
    )
    automatic = form.choice(part, gone)
    others = [Choice(str(one.number), _("Version %(n)s") % {"n": one.number}) for one in versions]
    other = Field("select", "version", _("Another version"), choices=[Choice("", _("The same")), *others])
    version = form.choice(part, other) if others else ""
    return Change(int(more), extra, automatic, int(version or 0))


def until(form: Asked, package: catalogue.Package, language: str) -> frozenset[str]:
    """What counts as the end of a request."""
    found = planned.milestones(package.process)
    if not found:
        return frozenset()
    choices = [
        *(Choice(id_, _("“%(part)s” is over") % {"part": package.name(id_, language)}) for id_ in found),
        Choice("end", _("The whole process has ended")),
    ]
    field_ = Field("select", "until", _("A request counts as over when"), choices=choices)
    value = form.choice(form.today, field_)
    if not value:
        value = choices[0].value
        form.today[-1] = replace(form.today[-1], value=value)
    return found.get(value, frozenset())


def teams(process: bpmn.Process) -> list[str]:
    found = (planned.team_of(task) for task in planned.tasks(process))
    return list(dict.fromkeys(team for team in found if team))


def _people(team: str) -> str:
    return _("People in the team %(team)s") % {"team": people.team_name(team)}


def _extra(team: str) -> str:
    return _("More people in the team %(team)s") % {"team": people.team_name(team)}


def _minutes(element: str, title: str) -> Field:
    return Field("text", f"minutes-{element}", title, suffix=_("minutes"))
