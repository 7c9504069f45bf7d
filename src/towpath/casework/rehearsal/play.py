"""Playing one case of a log on the designed process: its steps in their order and at their times, by real actions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from towpath.casework import actions, rules
from towpath.casework.models import Case, Task
from towpath.casework.played import Body
from towpath.casework.rehearsal.log import Event, LogCase
from towpath.casework.rehearsal.mapping import Plan, answers
from towpath.casework.scenarios.play import FRONT_DESK, prefilled, typed, worker
from towpath.foundation.access import Actor, NotAllowed
from towpath.foundation.typed import unpack

LETTERS = "contact.deliver"


@dataclass(frozen=True)
class Parting:
    """Where a case and the design part: at which of the log's activities, and why."""

    at: str
    why: str


class _Parts(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class Played:
    """What became of one case. `other_team`: tasks that a department did to which the design does not give them."""

    id: str
    parting: Parting | None = None
    steps: int = 0
    other_team: Counter[str] = field(default_factory=Counter)


def play(body: Body, plan: Plan, case: LogCase) -> Played:
    """Within `body.apart(...)`, which begins when the case arrives."""
    return _Player(body, plan, case).play()


class _Player:
    def __init__(self, body: Body, plan: Plan, case: LogCase) -> None:
        self.body, self.plan, self.log = body, plan, case
        self.played = Played(case.id)
        self.counted: Counter[str] = Counter()
        self.case: Case | None = None

    def play(self) -> Played:
        for number, event in enumerate(self.log.events):
            try:
                self._take(event, self.log.events[number + 1 :])
            except _Parts as parts:
                self.played.parting = Parting(event.activity, parts.why)
                break
            self.played.steps += 1
        return self.played

    def _take(self, event: Event, coming: Sequence[Event]) -> None:
        if event.activity == self.plan.arrival:
            self._arrive(event)
            return
        step = self.plan.steps[event.activity]
        if "ignore" in step:
            return
        if self.case is None:
            raise _Parts("it comes before the request has arrived")
        self.body.until(event.at)
        if "automatic" in step:
            self._automatic(step["automatic"])
        else:
            self._work(event, step, coming)

    def _arrive(self, event: Event) -> None:
        if self.case is not None:
            raise _Parts("the request arrives a second time")
        channel: Any = self.plan.channels.get(self.log.channel, "portal")
        service = self.body.package.service
        applicant = (
            Actor("visitor", "draft:new", "portal")
            if channel == "portal"
            else Actor("staff", "front-desk", channel, FRONT_DESK)
        )
        questions = [q for page in self.body.package.form.pages for q in page.questions]
        kinds = {question.id: question.type for question in questions}
        given = {key: typed(kinds.get(key, ""), value) for key, value in self.plan.answers.items()}
        try:
            draft = actions.start_draft(applicant, service.identifier, service.languages[0])
            if applicant.kind == "visitor":
                applicant = Actor("visitor", f"draft:{draft.pk}", channel)
            actions.save_answers(applicant, draft.pk, given, page="all")
            self.case = actions.submit(applicant, draft.pk).case
        except rules.CaseError as error:
            raise _Parts(f"the request can't be submitted: {error}") from error
        self._settle()

    def _settle(self) -> None:
        """Letters stay unsent; only what may bring the case on is waited for."""
        self.body.waiting.waiting = [job for job in self.body.waiting.waiting if job[1] != LETTERS]
        if self.body.waiting.waiting:
            self.body.settle()

    def _automatic(self, element: str) -> None:
        passed = sum(p.element == element and p.lifecycle == "completed" for p in self.body.passed)
        self.counted[element] += 1
        if self.counted[element] > passed:
            raise _Parts(f"the platform has not done {element} by then; {self._open()}")

    def _work(self, event: Event, step: Mapping[str, Any], coming: Sequence[Event]) -> None:
        task = self._task(step)
        team = self.plan.teams.get(event.team, task.team)
        if team != task.team:
            self._hand_over(task, team)
        form = self.body.package.tasks[task.form]
        assert self.case is not None
        kinds = {question.id: question.type for question in form.fields}
        given = {key: typed(kinds.get(key, ""), value) for key, value in answers(step, coming).items()}
        values = {**prefilled(self.case, self.body.package, form), **given}
        told = self.plan.decides.get(task.form)
        verdict = actions.Verdict(told["outcome"], told["reason"], told["legal-basis"]) if told else None
        person = worker(team)
        try:
            self.case = actions.complete_task(person, task.pk, values, verdict)
        except (rules.CaseError, NotAllowed) as error:
            raise _Parts(f"the task {task.form} can't be done so: {error}") from error
        self._settle()

    def _hand_over(self, task: Task, team: str) -> None:
        """As it was in the log: another department did it, so the owning one refers it."""
        self.played.other_team[f"{task.form}: {team} instead of {task.team}"] += 1
        actions.refer(worker(task.team), task.pk, team, "As in the log.")

    def _task(self, step: Mapping[str, Any]) -> Task:
        found = list(Task.objects.filter(case=self.case, state="open", kind="user", form=step["task"]))
        if "for" in step:
            found = [task for task in found if step["for"] in unpack(task.inputs).values()]
        if not found:
            item = f" for {step['for']}" if "for" in step else ""
            raise _Parts(f"the task {step['task']}{item} is not open; {self._open()}")
        first: Task = min(found, key=lambda task: (task.made_at, task.pk))
        return first

    def _open(self) -> str:
        forms = Task.objects.filter(case=self.case, state="open", kind="user").values_list("form", flat=True)
        return f"open is: {', '.join(sorted(set(forms))) or 'no task'}"


def start_of(case: LogCase, plan: Plan) -> Event:
    """The event with which the play begins."""
    return next((event for event in case.events if event.activity == plan.arrival), case.events[0])
