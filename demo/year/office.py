"""The town hall at work: tasks are taken and done, questions sent, letters printed, troubles seen to."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from demo.register.operations import resident_by_number
from demo.register.store import Store
from demo.staff import CENTRE, STAFF
from demo.year import environment, parking
from demo.year.season import spread
from demo.year.story import Ask, Done, Refer, Story
from demo.year.world import World
from towpath.casework import actions as casework
from towpath.casework import queries
from towpath.casework.models import Case, Question, Task
from towpath.contact import actions as contact
from towpath.contact import queries as letters
from towpath.exchange import actions as exchange
from towpath.exchange import queries as calls
from towpath.foundation.access import Actor
from towpath.foundation.models import Event

MOVES = {parking.SERVICE: parking.move, environment.SERVICE: environment.move}
# Hours of opening between the moment at which a task appears and the one at which it is done.
HOURS = {
    "check_address": 7, "decide_permit": 26, "look_again": 40,
    "check_acknowledgement": 6, "sign_acknowledgement": 5, "decide_advice": 11,
    "advise_environment": 52, "advise_fire_safety": 38, "advise_structure": 46, "advise_heritage": 60,
    "advise_planning": 30, "ask_outside_bodies": 12, "record_outside_advice": 110,
    "decide_next_step": 10, "decide_without_reply": 20,
}  # fmt: skip
USUAL = 6.0
ENDS = ["case.decided", "case.withdrawn", "case.closed"]


class Office:
    """The staff of one town. `heard` is called when a request came to an end, with its automatic decisions."""

    def __init__(self, world: World, stories: dict[UUID, Story], store: Store, asked: Callable[[Story, Question], None],
                 ended: Callable[[Story, bool], None]) -> None:  # fmt: skip
        self.world, self.stories, self.store = world, stories, store
        self.asked, self.ended = asked, ended
        self.tasks: set[UUID] = set()
        self.questions: set[UUID] = set()
        self.looked = world.now
        self.over: set[UUID] = set()

    def look(self) -> None:
        """Sees what is new: work, questions to residents, requests that came to an end."""
        since, self.looked = self.looked, self.world.now
        fresh = Task.objects.filter(state="open", kind="user", made_at__gte=since)
        for task in fresh.order_by("made_at", "id"):
            if task.pk not in self.tasks:
                self.tasks.add(task.pk)
                self._plan(task)
        for question in Question.objects.filter(state="open", asked_at__gte=since):
            if question.pk not in self.questions:
                self.questions.add(question.pk)
                self.asked(self.stories[question.case_id], question)
        self._see_ends(since)

    def _see_ends(self, since: datetime) -> None:
        for event in Event.objects.filter(type__in=ENDS, occurred_at__gte=since).order_by("seq"):
            story = self.stories.get(event.case_id)
            if story is not None and event.case_id not in self.over:
                self.over.add(event.case_id)
                self.ended(story, bool(event.data.get("automatic")))

    def _plan(self, task: Task) -> None:
        if self.stories[task.case_id].plan.get("stays") == task.form:
            return
        rng = self.world.rng
        needed = timedelta(hours=spread(rng, HOURS.get(task.form, USUAL) * self._strain(task), 0.55))
        done = self.world.hours.after(self.world.now, needed)
        if rng.random() < 0.3:  # taken early, and thought about
            self.world.at(self.world.hours.after(self.world.now, needed / 2), lambda: self._take(task.pk))
        self.world.at(done, lambda: self._begin(task.pk))

    def _strain(self, task: Task) -> float:
        """How much longer than usual: somebody left fire safety in winter; parking is busy in late summer."""
        left = (self.world.until - self.world.now) / timedelta(days=1)
        if task.form == "advise_fire_safety" and 60 < left < 190:
            return 2.8
        if task.team == "parking" and self.world.now.month in (8, 9):
            return 1.7
        return 1.0

    def _who(self, team: str) -> Actor:
        own = [
            c.email
            for c in STAFF[self.world.tenant.settings["demo-code"]]
            if any(t == team for t, _ in c.roles)
        ]
        away = self.world.rng.random() < (0.12 if own else 1)
        return self.world.colleague(CENTRE.email if away else self.world.rng.choice(own))

    def _take(self, task_id: UUID) -> None:
        task = Task.objects.get(pk=task_id)
        if task.state == "open" and not task.assignee:
            casework.claim(self._who(task.team), task_id)

    def _begin(self, task_id: UUID) -> None:
        task = Task.objects.get(pk=task_id)
        if task.state != "open":
            return
        if task.waiting_for_resident:
            self.world.at(self._later(timedelta(hours=8)), lambda: self._begin(task_id))
            return
        actor = self._holder(task) or self._who(task.team)
        casework.claim(actor, task_id)
        minutes = timedelta(minutes=round(self.world.rng.uniform(3, 25)))
        self.world.at(self.world.now + minutes, lambda: self._finish(actor, task_id))

    def _holder(self, task: Task) -> Actor | None:
        """Whoever took it, if they still may work on it: it may have been handed to another team."""
        held = [c.email for c in STAFF[self.world.tenant.settings["demo-code"]]]
        actors = (self.world.colleague(email) for email in [*held, CENTRE.email]) if task.assignee else ()
        return next((a for a in actors if a.id == task.assignee and a.may("task.work", task.team)), None)

    def _finish(self, actor: Actor, task_id: UUID) -> None:
        task = Task.objects.get(pk=task_id)
        if task.state != "open":
            return
        story = self.stories[task.case_id]
        page = queries.case(actor, task.case_id)
        if actor.may("case.note") and self.world.rng.random() < 0.3:
            casework.note(actor, task.case_id, self.world.say("notes"))
        match MOVES[story.service](self.world, story, task, page.variables):
            case Done(values, verdict):
                casework.complete_task(actor, task_id, values, verdict)
            case Ask(text):
                casework.ask_resident(actor, task.case_id, text, task_id)
                self.world.at(self._later(timedelta(hours=8)), lambda: self._begin(task_id))
            case Refer(team, reason):
                casework.refer(actor, task_id, team, reason)
                self.world.at(self._later(timedelta(hours=30)), lambda: self._begin(task_id))

    def _later(self, work: timedelta) -> datetime:
        return self.world.hours.after(self.world.now, work)

    def every_few_hours(self) -> None:
        here = self.world.now.astimezone(self.world.hours.zone)
        if here.hour == 3:
            casework.expire_drafts()
        if here.hour == 10 and self.world.hours.is_open(here.date()):
            self._post()
            self._see_to_troubles()

    def _post(self) -> None:
        """The morning's post: letters on paper are printed and sent. Those of the last days still lie there."""
        if self.world.until - self.world.now < timedelta(days=4):
            return
        advisor = self.world.colleague(STAFF[self.world.tenant.settings["demo-code"]][0].email, "post")
        for delivery in letters.letters_to_print():
            contact.letter_printed(advisor, delivery.pk)
            if self.world.rng.random() < 0.03:
                contact.letter_returned(advisor, delivery.pk)

    def _see_to_troubles(self) -> None:
        """Calls that a register never answered are answered by hand after a day."""
        for call in calls.open_failures():
            if self.world.now - call.asked_at < timedelta(hours=20) or self.world.rng.random() < 0.4:
                continue
            answer: dict[str, Any] | None = resident_by_number(self.store, calls.question(call.pk))
            exchange.answer_by_hand(self.world.colleague(CENTRE.email), call.pk, answer)
            self.world.stirred = True


def is_open(story: Story) -> bool:
    return bool(Case.objects.filter(pk=story.case_id, state="open").exists())
