"""Residents, and advisors for them: they apply, reply, ask to look again, withdraw, and say how it was."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings

from demo.residents import Resident
from demo.year.papers import paper
from demo.year.season import spread
from demo.year.story import Story, case_of
from demo.year.world import World
from towpath.casework import actions as casework
from towpath.casework import queries
from towpath.casework.models import Case, CaseConversation, Question
from towpath.catalogue import form
from towpath.catalogue import queries as catalogue
from towpath.contact import actions as contact
from towpath.contact import marks
from towpath.contact import queries as conversations
from towpath.exchange import actions as exchange
from towpath.foundation.access import Actor
from towpath.people import actions as people
from towpath.people import queries as persons

OPERATION = "population-register.resident-by-number"


class Applicants:
    """The residents of one town. `submitted` is called with each request that was sent."""

    def __init__(self, world: World, advisor: str, submitted: Callable[[Story], None]) -> None:
        self.world, self.advisor, self.submitted = world, advisor, submitted
        self.known: dict[str, UUID] = {}  # register number -> person, for those whom staff know

    def apply(self, story: Story) -> None:
        """The whole form, page after page; sent, or left."""
        actor = self._actor(story)
        language = story.who.language
        draft = casework.start_draft(actor, story.service, language)
        story.case_id = draft.pk
        if actor.kind == "visitor":
            actor = Actor("visitor", f"draft:{draft.pk}", "portal")
        given = self._prefilled(actor, draft.pk, story) if story.signed_in else {}
        if not self._fill(actor, draft.pk, story, given):
            return
        case = casework.submit(actor, draft.pk).case
        story.person_id = case.person_id
        self.world.stirred = True
        self.submitted(story)

    def _actor(self, story: Story) -> Actor:
        if story.signed_in:
            claims = people.Claims(
                story.who.entry.given,
                story.who.entry.family,
                email=story.who.email,
                register_number=story.who.entry.number,
                language=story.who.language,
            )
            person = people.sign_in_resident(
                settings.SIGN_IN_ISSUER, story.who.subject, claims, "substantial"
            )
            return persons.resident_actor(person.pk, "substantial")
        if not story.by_staff:
            return Actor("visitor", "draft:new", "portal")
        advisor = self.world.colleague(self.advisor, story.channel)
        return advisor.on_behalf_of(self._person(advisor, story), story.channel)

    def _person(self, advisor: Actor, story: Story) -> UUID:
        number = story.who.entry.number
        if number not in self.known:
            made = people.register_person(
                advisor,
                given_name=story.who.entry.given,
                family_name=story.who.entry.family,
                email=story.answers.get("email", ""),
                phone=story.who.phone,
                postal=form.one_line(story.who.address),
                language=story.who.language,
            )
            self.known[number] = made.pk
        return self.known[number]

    def _prefilled(self, actor: Actor, draft_id: UUID, story: Story) -> dict[str, Any]:
        """What the register says of who is signed in, put in as the portal does."""
        answer = exchange.ask_now(actor, OPERATION)
        if answer is None or answer.values is None:
            return {}
        address = answer.values["address"]
        told = {
            "full_name": answer.values["name"]["full"],
            "register_address": address,
            "postal_address": address,
        }
        casework.prefill(actor, draft_id, told, "population-register")
        return told

    def _fill(self, actor: Actor, draft_id: UUID, story: Story, told: dict[str, Any]) -> bool:
        """False where the form was left half-way."""
        package = catalogue.package(queries.draft(actor, draft_id).version_id)
        given = dict(told)
        for place, page in enumerate(package.form.pages):
            context = form.with_all(package.form, queries.form_context(actor, given))
            if not form.is_shown(page, context):
                continue
            if story.gives_up_at is not None and place >= story.gives_up_at:
                return False
            self.world.clock.advance(timedelta(seconds=round(spread(self.world.rng, 16, 0.5))))
            values = {q.id: self._value(actor, draft_id, story, q) for q in page.questions}
            values = {key: value for key, value in values.items() if value is not None}
            given |= values
            casework.save_answers(actor, draft_id, values, page=page.id)
        return True

    def _value(self, actor: Actor, draft_id: UUID, story: Story, question: Any) -> Any:
        if question.type != "file":
            return story.answers.get(question.id)
        file = story.files.get(question.id)
        if file is None:
            return None
        casework.attach_to_draft(actor, draft_id, question.id, file)
        return [file.name]

    def reply(self, story: Story, question_id: UUID) -> None:
        """Answers a question: by the link, by e-mail, or through an advisor."""
        question = Question.objects.get(pk=question_id)
        if question.state != "open":
            return
        text = self.world.say("answers", story.who.language)
        files = [paper("answer.pdf", f"Answer of {story.who.entry.house_number} {story.who.entry.street}")]
        if story.writes_mail and self.world.rng.random() < 0.4:
            self._by_mail(story, text, files[0])
        else:
            actor = story.actor(self.world, self.advisor)
            casework.answer_question(actor, question_id, text=text, files=files)
        self.world.stirred = True

    def _by_mail(self, story: Story, text: str, file: casework.Upload) -> None:
        talk = conversations.conversations_of(case_of(story).person_id)
        own = CaseConversation.objects.get(case_id=story.case_id, own=True).conversation_id
        token = next(one.token for one in talk if one.pk == own)
        mail = EmailMessage()
        mail["From"], mail["To"] = story.who.email, marks.reply_address(token, self.world.tenant.host)
        mail["Subject"] = f"Re: {case_of(story).reference}"
        mail["Message-ID"] = f"<{uuid4()}@mail.{self.world.tenant.code}.localhost>"
        mail.set_content(text)
        mail.add_attachment(file.content, maintype="application", subtype="pdf", filename=file.name)
        contact.receive(mail.as_bytes(), recipients=[mail["To"]], sender=story.who.email)

    def write_in(self, who: Resident, letter: dict[str, str]) -> None:
        """An e-mail about something else, from somebody who has no request here."""
        mail = EmailMessage()
        mail["From"], mail["To"] = who.email, f"contact@{self.world.tenant.host}"
        mail["Subject"], mail["Message-ID"] = letter["subject"], f"<{uuid4()}@mail.localhost>"
        mail.set_content(letter["body"])
        contact.receive(mail.as_bytes(), recipients=[mail["To"]], sender=who.email)
        self.world.stirred = True

    def withdraw(self, story: Story) -> None:
        if case_of(story).state == "open":
            reason = self.world.say("withdrawals")
            casework.withdraw(story.actor(self.world, self.advisor), self._id(story), reason)
            self.world.stirred = True

    def ask_review(self, story: Story) -> None:
        text = self.world.say("parking", "review", story.who.language)
        casework.ask_review(story.actor(self.world, self.advisor), self._id(story), text)

    def call(self, story: Story) -> None:
        """Somebody rings to ask how it stands."""
        if case_of(story).state != "open":
            return
        own = CaseConversation.objects.get(case_id=story.case_id, own=True).conversation_id
        actor = self.world.colleague(self.advisor, "phone")
        contact.write(actor, own, direction="in", kind="call", body=self.world.say("calls"), channel="phone")

    def rate(self, story: Story) -> None:
        case = case_of(story)
        score = self._score(case)
        mood = "good" if score >= 4 else "fair" if score == 3 else "bad"
        comment = (
            self.world.say("comments", mood, story.who.language) if self.world.rng.random() < 0.35 else ""
        )
        casework.rate(story.actor(self.world, self.advisor), case.pk, score, comment)

    def _score(self, case: Case) -> int:
        """Who got what they wanted, and soon, is content."""
        ended = case.decided_at or case.closed_at or self.world.now
        days = (ended - case.submitted_at) / timedelta(days=1)
        patience, slope = (30, 25) if case.service_code == "environmental-permit" else (2, 7)
        good = {"refused": 2.5, "not-considered": 2.0, "withdrawn": 3.6}.get(case.outcome, 4.5)
        middle = good - max(0.0, days - patience) / slope + (0.2 if case.channel == "portal" else 0)
        return min(5, max(1, round(self.world.rng.gauss(middle, 0.8))))

    def _id(self, story: Story) -> UUID:
        assert story.case_id is not None
        return story.case_id
