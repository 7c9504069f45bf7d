"""A body in full swing, made by the product's own actions; what people wrote bears marks that nobody can guess."""

import secrets
from datetime import timedelta
from typing import Any

from tests.contact.mails import mail
from tests.desk import town as desk
from tests.isolation.rows import Town
from towpath.casework import actions as casework
from towpath.casework.models import Case, Draft, Question, Task
from towpath.casework.rules import Upload
from towpath.contact import actions as contact
from towpath.contact.models import Delivery
from towpath.exchange import actions as exchange
from towpath.foundation import clock, crypto, tenancy
from towpath.foundation.access import SYSTEM, Actor
from towpath.foundation.models import GivenUp, Parked
from towpath.foundation.protection import tenant_models
from towpath.people import actions as people
from towpath.people import queries as people_queries

PLACES = ("typed_address", "postal_address", "site_address")


class Life:
    """`secrets` are the links of drafts and cases, `codes` their (reference, code)."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.secrets: list[str] = []
        self.codes: list[tuple[str, str]] = []
        with tenancy.inside(town.tenant):
            self._staff()
            self._resident()
            self._visitors()
            self._post()
            self._troubles()
            for model in tenant_models():
                town.keys[model] = list(model.objects.values_list("pk", flat=True))

    def mark(self) -> str:
        made = f"zq{secrets.token_hex(12)}"
        self.town.marks.add(made)
        return made

    def _staff(self) -> None:
        desk.publish()
        roles = [
            (None, role) for role in ("lead", "advisor", "administrator", "auditor", "designer", "manager")
        ]
        self.staff = desk.worker(*roles, name="Ana Ruiz")
        self.actor = desk.actor(self.staff)
        until = clock.now() + timedelta(days=9)
        people.give_grant(self.actor, email=self.staff.user.email, role="advisor", until=until)

    def _resident(self) -> None:
        claims = people.Claims(self.mark(), self.mark(), email=f"{self.mark()}@example.org")
        self.person = people.sign_in_resident(
            "https://id.example.org", secrets.token_hex(), claims, "substantial"
        )
        self.resident = people_queries.resident_actor(self.person.pk, "substantial")
        self.own_case = self._sent(self.resident, desk.PARKING)
        self.own_draft = casework.start_draft(self.resident, desk.PARKING, "en")
        self._decided(self.own_case)

    def _visitors(self) -> None:
        visitor = Actor("visitor", "draft:new", "portal")
        self.draft = casework.start_draft(visitor, desk.ENVIRONMENT, "en")
        me = Actor("visitor", f"draft:{self.draft.pk}", "portal")
        casework.save_answers(me, self.draft.pk, {"full_name": self.mark()}, page="full_name")
        casework.attach_to_draft(me, self.draft.pk, "site_plan", self._file())
        self.case = self._sent(visitor, desk.ENVIRONMENT)
        task = desk.open_task(self.case)
        casework.save_task(self.actor, task.pk, {"correction_needed": self.mark()})
        casework.ask_resident(self.actor, self.case.pk, self.mark(), task.pk)
        casework.note(self.actor, self.case.pk, self.mark())
        for draft in Draft.objects.all():
            self.secrets.append(crypto.link_secret("draft", draft.pk))
            self.codes.append((draft.reference, crypto.typed_code("draft", draft.pk)))
        for case in Case.objects.all():
            self.secrets.append(crypto.link_secret("case", case.pk))
            self.codes.append((case.reference, crypto.typed_code("case", case.pk)))

    def _sent(self, actor: Actor, service: str) -> Case:
        draft = casework.start_draft(actor, service, "en")
        me = actor if actor.person else Actor("visitor", f"draft:{draft.pk}", "portal")
        answers: dict[str, Any] = dict(desk.CAR if service == desk.PARKING else desk.SHED)
        place = {"line_1": self.mark(), "line_2": "", "town": "Millbrook", "postcode": "MB1 2AB"}
        answers |= {"full_name": f"{self.mark()} {self.mark()}", "email": f"{self.mark()}@example.org"}
        answers |= {key: place for key in answers if key in PLACES}
        if service == desk.ENVIRONMENT:
            answers["description"] = f"A shed behind the house: {self.mark()}."
        casework.save_answers(me, draft.pk, answers, page="all")
        if service == desk.ENVIRONMENT:
            casework.attach_to_draft(me, draft.pk, "site_plan", self._file())
        return casework.submit(me, draft.pk).case

    def _file(self) -> Upload:
        return Upload(f"{self.mark()}.txt", "text/plain", f"Here it stands: {self.mark()}".encode())

    def _decided(self, case: Case) -> None:
        task = desk.open_task(case)
        casework.claim(self.actor, task.pk)
        casework.complete_task(self.actor, task.pk, {"lives_here": True, "address_note": self.mark()})
        casework.rate(self.resident, case.pk, 4, self.mark())

    def _post(self) -> None:
        host = self.town.tenant.host
        raw = mail(
            f"{self.mark()}@example.org",
            f"contact@{host}",
            self.mark(),
            self.mark(),
            f"<{self.mark()}@x.org>",
        )
        contact.receive(raw, recipients=[f"contact@{host}"])
        sender = f"{self.mark()}@example.org"
        report = mail(
            sender,
            f"contact@{host}",
            self.mark(),
            self.mark(),
            f"<{self.mark()}@x.org>",
            Auto_Submitted="auto-replied",
        )
        contact.receive(report, recipients=[f"contact@{host}"])
        on_paper = people.register_person(
            SYSTEM, given_name=self.mark(), family_name=self.mark(), postal=f"{self.mark()} 3, Millbrook"
        )
        talk = contact.open_conversation(SYSTEM, subject=self.mark(), person_id=on_paper.pk, language="en")
        contact.send(
            SYSTEM, talk.pk, to_person=on_paper.pk, subject=self.mark(), body=self.mark(), cause=self.mark()
        )
        assert Delivery.objects.filter(status="pending").exists()

    def _troubles(self) -> None:
        """A register that may not be asked, a job that failed to the last, an event that could not be taken."""
        exchange.ask(
            SYSTEM,
            "population-register.resident-by-number",
            {"number": "104820317"},
            case_id=self.case.pk,
            command_id="bench",
        )
        GivenUp.objects.create(
            job="contact.deliver",
            arguments={"entry": str(self.case.pk)},
            case_id=self.case.pk,
            error=self.mark(),
            given_up_at=clock.now(),
        )
        Parked.objects.create(
            subscriber="receipts", seq=1, case_id=self.case.pk, error=self.mark(), parked_at=clock.now()
        )
        assert Question.objects.exists() and Task.objects.filter(assignee=self.actor.id).exists()
