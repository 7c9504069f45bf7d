"""What happens in a scenario, done as it is done in the product: by applicants, staff, registers and time."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from towpath.casework import actions, rules, variables
from towpath.casework.models import Case, Question, Task
from towpath.casework.played import Body
from towpath.casework.scenarios.registers import Registers
from towpath.catalogue import queries as catalogue
from towpath.foundation import clock
from towpath.foundation.access import Actor, NotAllowed
from towpath.foundation.journal import follow
from towpath.foundation.typed import unpack
from towpath.people import actions as people
from towpath.people import queries as people_queries

Path = tuple[str | int, ...]
FRONT_DESK = frozenset((permission, "*") for permission in ("case.open", "case.read", "case.withdraw"))
OF_A_VERDICT = ("outcome", "reason", "legal_basis")
CAN_NOT = (rules.CaseError, NotAllowed, catalogue.NoSuchService)


class Stopped(Exception):
    """A step of the scenario could not be done; what follows it has no sense."""

    def __init__(self, problem: catalogue.Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Play:
    def __init__(self, body: Body, scenario: catalogue.Document, registers: Registers) -> None:
        self.body, self.scenario, self.registers = body, scenario, registers
        self.zone = ZoneInfo(body.tenant.zone)
        self.case_id: UUID | None = None
        self.person: UUID | None = None

    @property
    def case(self) -> Case:
        case: Case = Case.objects.get(pk=self.case_id)
        return case

    def stop(self, path: Path, what: str, right: str = "") -> Stopped:
        return Stopped(self.scenario.problem(path, what, right))

    # The request

    def submit(self) -> None:
        told = self.scenario.value
        applicant, language = self._applicant(), told.get("language", self.body.package.service.languages[0])
        try:
            draft = actions.start_draft(applicant, self.body.package.service.identifier, language)
            if applicant.kind == "visitor":
                applicant = Actor("visitor", f"draft:{draft.pk}", applicant.channel)
            self._fill(applicant, draft.pk, told["answers"])
            self.case_id = actions.submit(applicant, draft.pk).case.pk
        except CAN_NOT as error:
            right = (
                f"answer {' and '.join(sorted(error.errors))}" if isinstance(error, rules.NotComplete) else ""
            )
            raise self.stop(("answers",), f"the request can't be submitted: {error}", right) from error
        self.body.settle()

    def _applicant(self) -> Actor:
        told = self.scenario.value
        applicant, channel = told.get("applicant", {}), told.get("channel", "portal")
        if applicant.get("signed-in"):
            assurance = applicant.get("assurance", "low")
            claims = people.Claims(register_number=applicant.get("resident-number", ""))
            self.person = people.sign_in_resident("scenario", "applicant", claims, assurance).pk
            return people_queries.resident_actor(self.person, assurance, channel)
        if channel == "portal":
            return Actor("visitor", "draft:new", "portal")
        return Actor("staff", "front-desk", channel, FRONT_DESK)

    def _fill(self, applicant: Actor, draft_id: UUID, answers: Mapping[str, Any]) -> None:
        """What a register said comes in as prefill does; everything else is typed."""
        questions = [q for page in self.body.package.form.pages for q in page.questions]
        given = self._typed(("answers",), questions, answers)
        evidence = {q.id: q for q in questions if q.type == "evidence" and q.source and q.id in given}
        for question in evidence.values():
            register = question.source.register if question.source else ""
            actions.prefill(applicant, draft_id, {question.id: given[question.id]}, register)
        typed = {key: value for key, value in given.items() if key not in evidence}
        actions.save_answers(applicant, draft_id, typed, page="all")

    def _typed(
        self, path: Path, questions: Iterable[catalogue.Question], answers: Mapping[str, Any]
    ) -> dict[str, Any]:
        kinds = {question.id: question.type for question in questions}
        try:
            return {key: typed(kinds.get(key, ""), value) for key, value in answers.items()}
        except (ValueError, ArithmeticError) as error:
            raise self.stop(path, f"an answer is not of its question's type: {error}") from error

    # What happens afterwards

    def take(self, path: Path, step: Mapping[str, Any]) -> None:
        self.body.until(self._moment(step))
        try:
            if "task" in step:
                self._work(path, step)
            elif "resident" in step:
                self._resident(path, step)
            elif "register" in step:
                self.registers.set_state(step["register"], step["state"])
            elif "wait" in step:
                self.body.until(catalogue.terms.moment_after(clock.now(), step["wait"]))
        except rules.NotComplete as error:
            named = ", ".join(f"{key} ({why})" for key, why in sorted(error.errors.items()))
            raise self.stop(path, f"missing or wrong: {named}", "see the fields of the form") from error
        except CAN_NOT as error:
            raise self.stop(path, str(error)) from error
        self.body.settle()

    def _moment(self, step: Mapping[str, Any]) -> datetime:
        if "at" in step:
            return datetime.fromisoformat(step["at"]).replace(tzinfo=self.zone).astimezone(UTC)
        return catalogue.terms.moment_after(clock.now(), step["after"]) if "after" in step else clock.now()

    def _work(self, path: Path, step: Mapping[str, Any]) -> None:
        task = self._task(path, step)
        answers = dict(step.get("answers", {}))
        verdict = None
        if "outcome" in answers:
            verdict = actions.Verdict(*(str(answers.pop(key, "")) for key in OF_A_VERDICT))
        form = self.body.package.tasks[task.form]
        values = self._typed((*path, "answers"), form.fields, answers)
        person = worker(task.team)
        actions.claim(person, task.pk)
        actions.complete_task(
            person, task.pk, {**prefilled(self.case, self.body.package, form), **values}, verdict
        )

    def _task(self, path: Path, step: Mapping[str, Any]) -> Task:
        found = [task for task in open_tasks(self.case) if task.form == step["task"]]
        if "for" in step:
            found = [task for task in found if step["for"] in unpack(task.inputs).values()]
        if len(found) == 1:
            return found[0]
        if found:
            raise self.stop(path, f"{len(found)} open tasks are called {step['task']}", "say 'for: <item>'")
        there = ", ".join(task.form for task in open_tasks(self.case)) or "none"
        raise self.stop((*path, "task"), f"the task {step['task']} is not open", f"open is: {there}")

    def _resident(self, path: Path, step: Mapping[str, Any]) -> None:
        resident, answers = self._after_submission(), dict(step.get("answers", {}))
        assert self.case_id is not None
        if step["resident"] == "withdrew":
            actions.withdraw(resident, self.case_id)
        elif step["resident"] == "asked-review":
            actions.ask_review(
                resident, self.case_id, str(answers.get("what_to_look_at", "As in the scenario."))
            )
        else:
            self._reply(path, resident, answers)

    def _reply(self, path: Path, resident: Actor, answers: Mapping[str, Any]) -> None:
        question = Question.objects.filter(case_id=self.case_id, state="open").order_by("-asked_at").first()
        if question is None:
            raise self.stop(path, "the resident has not been asked anything", "let a task ask first")
        ask = self.body.package.asks.get(question.form)
        values = self._typed((*path, "answers"), ask.fields if ask else (), answers)
        text = "" if ask else str(answers.get("answer", ""))
        actions.answer_question(resident, question.pk, text=text, values=values)

    def _after_submission(self) -> Actor:
        """Whoever signed in comes again; others come by their link."""
        if self.person is not None:
            assurance = self.scenario.value["applicant"].get("assurance", "low")
            return people_queries.resident_actor(self.person, assurance)
        return Actor("visitor", f"case:{self.case_id}", "portal")

    def troubles(self) -> list[catalogue.Problem]:
        """What went wrong inside: no example holds by luck over a broken machine."""
        parked = {row.error for row in follow.parked_cases()}
        stuck = Task.objects.filter(case_id=self.case_id, step_kind="casework.incident", state="open")
        whys = [*(f"what follows an event failed: {error}" for error in sorted(parked))]
        whys += [f"the process can't go on: {task.trouble}" for task in stuck]
        return [self.scenario.problem((), why) for why in whys]


def open_tasks(case: Case) -> list[Task]:
    return list(Task.objects.filter(case=case, state="open", kind="user").order_by("made_at", "pk"))


def worker(team: str) -> Actor:
    """Somebody of the team whose task it is, with the permissions of one who works there."""
    held = frozenset(
        (permission, team) for permission in ("case.read", "task.work", "task.decide", "task.refer")
    )
    return Actor("staff", f"staff of {team}"[:64], "desk", held)


def prefilled(case: Case, package: catalogue.Package, form: catalogue.TaskForm) -> dict[str, Any]:
    """What the form's fields hold when it opens."""
    fields = [field for field in form.fields if field.prefill]
    context = variables.context(case, package) if fields else {}
    return {field.id: field.prefill(context) for field in fields if field.prefill}


def typed(kind: str, value: Any) -> Any:
    """A value of a YAML file as an answer of a question's type."""
    if value is None or isinstance(value, bool):
        return value
    match kind:
        case "date":
            return date.fromisoformat(str(value))
        case "number" | "money":
            return Decimal(str(value))
    return value
