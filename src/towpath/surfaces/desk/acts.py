"""What one can do with a case beside its tasks: write, note, ask, refer; and on behalf of the applicant.

Each act is a small form of its own. `offered` says which ones there are for this actor; `carry_out` does one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _

from towpath.casework import actions as casework
from towpath.casework import queries as cases
from towpath.casework import rules
from towpath.contact import actions as contact
from towpath.documents import actions as documents
from towpath.foundation import tenancy
from towpath.foundation.access import Actor, Channel, NotAllowed
from towpath.people import queries as people
from towpath.surfaces.desk.pages import language, once
from towpath.surfaces.look import Choice, Field
from towpath.surfaces.questions import FILES, WRONG

ON_BEHALF: tuple[Channel, ...] = ("phone", "counter", "post", "email")


@dataclass(frozen=True)
class Typed:
    """What somebody sent for one act, and what is wrong with it (name of the control -> message)."""

    act: str
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    files: Sequence["UploadedFile[Any]"] = ()

    def get(self, name: str) -> str:
        return self.values.get(name, "").strip()


@dataclass(frozen=True)
class Act:
    """A form as the page shows it. `group`: what it is about (task, case, behalf)."""

    name: str
    title: str
    send: str
    href: str
    group: str
    fields: Sequence[Field]
    key: str = ""
    hint: str = ""
    task: str = ""
    kind: str = "secondary"
    once: str = field(default_factory=once)
    open: bool = False
    upload: bool = False

    @property
    def wrong(self) -> list[Field]:
        return [one for one in self.fields if one.error]


@dataclass(frozen=True)
class Scene:
    """Who acts on which case, perhaps from one of its tasks."""

    actor: Actor
    page: cases.CasePage
    task: Any
    typed: Typed

    @property
    def case(self) -> Any:
        return self.page.case

    @property
    def tracking(self) -> cases.Tracking:
        return cases.tracking(self.actor, self.case.pk, language(), tenancy.current().zone)

    @property
    def open_questions(self) -> list[Any]:
        return [question for question in self.page.questions if question.state == "open"]

    def field(self, kind: Any, name: str, label: str, **more: Any) -> Field:
        """A control of the act, with what was typed and what is wrong; its id is unique on the page."""
        first = more.pop("value", "")
        value = self.typed.get(name) or first
        error = self.typed.errors.get(name, "")
        ident = f"{self.typed.act}-{name}"
        return Field(kind, name, label, id=ident, value=value, error=error, **more)

    def channel(self) -> Field:
        labels = {
            "phone": _("By telephone"),
            "counter": _("At the counter"),
            "post": _("By letter"),
            "email": _("By e-mail"),
        }
        choices = [Choice(code, labels[code]) for code in ON_BEHALF]
        return self.field("select", "channel", _("How did they tell us?"), choices=choices, value="phone")

    def through(self) -> Actor:
        """The actor in the applicant's stead, through the channel that was named."""
        chosen = self.typed.get("channel")
        way: Channel = next((code for code in ON_BEHALF if code == chosen), "phone")
        person = self.case.person_id
        return self.actor.on_behalf_of(person, way) if person else self.actor.through(way)


@dataclass(frozen=True)
class Kind:
    """`fields` gives the controls, or None where the act is not possible now; `run` does it and says what was done."""

    title: Callable[[], str]
    send: Callable[[], str]
    group: str
    permission: str
    fields: Callable[[Scene], Sequence[Field] | None]
    run: Callable[[Scene], str]
    key: str = ""
    kind: str = "secondary"
    upload: bool = False


def _text(scene: Scene, label: str, hint: str = "", rows: int = 3) -> Field:
    return scene.field("textarea", "text", label, hint=hint, rows=rows)


def _needed(scene: Scene, **messages: str) -> None:
    """Raises for controls that were left empty."""
    missing = {name: message for name, message in messages.items() if not scene.typed.get(name)}
    if missing:
        raise rules.NotComplete(missing)


def _ask_fields(scene: Scene) -> Sequence[Field] | None:
    team = scene.task.team if scene.task is not None else scene.case.team
    if not scene.actor.may("case.ask", team) or scene.case.state in rules.ENDED:
        return None
    return [
        _text(
            scene,
            _("What do you need, and why?"),
            _("The applicant reads this. The legal clock stands still until they answer."),
        )
    ]


def _ask(scene: Scene) -> str:
    _needed(scene, text=_("Write what you need from the applicant."))
    task = scene.task.pk if scene.task is not None else None
    casework.ask_resident(scene.actor, scene.case.pk, scene.typed.get("text"), task)
    return _("The question is on its way to the applicant.")


def _refer_fields(scene: Scene) -> Sequence[Field] | None:
    if scene.task is None or scene.task.state != "open" or not scene.actor.may("task.refer", scene.task.team):
        return None
    teams = [Choice(t.code, t.name) for t in people.teams() if t.code != scene.task.team]
    return [
        scene.field("select", "team", _("To which team?"), choices=[Choice("", _("Choose one")), *teams]),
        _text(scene, _("Why?"), _("The other team reads this.")),
    ]


def _refer(scene: Scene) -> str:
    _needed(scene, team=_("Choose a team."), text=_("Say why you refer it."))
    casework.refer(scene.actor, scene.task.pk, scene.typed.get("team"), scene.typed.get("text"))
    name = people.team_name(scene.typed.get("team"))
    return _("The task is with %(team)s now.") % {"team": name}


def _note_fields(scene: Scene) -> Sequence[Field] | None:
    return [_text(scene, _("Note"), _("Only staff read this."))]


def _note(scene: Scene) -> str:
    _needed(scene, text=_("Write the note."))
    actor = scene.actor
    casework.note(_with(actor, "case.note"), scene.case.pk, scene.typed.get("text"))
    return _("The note is kept.")


def _with(actor: Actor, permission: str) -> Actor:
    """Notes belong to the case and to no team: who may write them for one team may write them here."""
    return replace(actor, permissions=actor.permissions | {(permission, "*")})


def _write_fields(scene: Scene) -> Sequence[Field] | None:
    if scene.case.person_id is None:
        return None
    return [
        scene.field("text", "subject", _("Subject")),
        _text(
            scene,
            _("Message"),
            _("It goes by e-mail, or as a letter to those who wish so or have no e-mail."),
            6,
        ),
    ]


def _write(scene: Scene) -> str:
    _needed(scene, subject=_("Write a subject."), text=_("Write the message."))
    contact.send(
        scene.actor,
        _conversation(scene),
        to_person=scene.case.person_id,
        subject=scene.typed.get("subject"),
        body=scene.typed.get("text"),
        cause=f"desk:{_nonce(scene)}",
    )
    return _("The message is on its way.")


CALLS = {
    "call-in": ("phone", "in", "call"),
    "call-out": ("phone", "out", "call"),
    "visit": ("counter", "in", "visit"),
}


def _log_fields(scene: Scene) -> Sequence[Field] | None:
    kinds = [
        Choice("call-in", _("They called")),
        Choice("call-out", _("I called")),
        Choice("visit", _("They came by")),
    ]
    return [
        scene.field(
            "radios", "what", _("What was it?"), choices=kinds, value="call-in", small=True, inline=True
        ),
        _text(scene, _("What was said?")),
    ]


def _log(scene: Scene) -> str:
    _needed(scene, text=_("Write what was said."))
    channel, direction, kind = CALLS.get(scene.typed.get("what"), CALLS["call-in"])
    contact.write(
        scene.actor,
        _conversation(scene),
        direction=cast(Any, direction),
        kind=kind,
        body=scene.typed.get("text"),
        cause=f"desk:{_nonce(scene)}",
        channel=cast(Channel, channel),
    )
    return _("It is on the timeline.")


def _conversation(scene: Scene) -> UUID:
    return cases.links_of(scene.case.pk)[0]


def _nonce(scene: Scene) -> UUID:
    try:
        return UUID(scene.typed.get("once"))
    except ValueError:
        raise rules.NotComplete({"text": _("Load the page again and send it once more.")}) from None


def _answer_fields(scene: Scene) -> Sequence[Field] | None:
    if not scene.open_questions:
        return None
    choices = [Choice(str(one.pk), one.text[:200]) for one in scene.open_questions]
    first = choices[0].value
    return [
        scene.field("radios", "question", _("Which question?"), choices=choices, value=first, small=True),
        scene.channel(),
        _text(scene, _("Their answer")),
        scene.field(
            "file", "files", _("Papers that they sent or brought"), multiple=True, accept=FILES, optional=True
        ),
    ]


def _answer(scene: Scene) -> str:
    if not scene.typed.get("text") and not scene.typed.files:
        raise rules.NotComplete({"text": _("Write their answer, or add a paper.")})
    known = {str(one.pk): one.pk for one in scene.open_questions}
    question = known.get(scene.typed.get("question"))
    if question is None:
        raise rules.NotComplete({"question": _("Choose the question that they answer.")})
    files = [rules.Upload(f.name or "", f.content_type or "", f.read()) for f in scene.typed.files]
    try:
        casework.answer_question(scene.through(), question, text=scene.typed.get("text"), files=files)
    except documents.NotTaken as refused:
        raise rules.NotComplete({"files": str(WRONG.get(refused.code, refused))}) from refused
    except rules.NotComplete as missing:
        raise rules.NotComplete({"text": _("The answer is not complete.")}) from missing
    return _("The answer is taken.")


def _withdraw_fields(scene: Scene) -> Sequence[Field] | None:
    if scene.case.state != "open":
        return None
    return [scene.channel(), scene.field("textarea", "text", _("Why?"), optional=True, rows=2)]


def _withdraw(scene: Scene) -> str:
    casework.withdraw(scene.through(), scene.case.pk, scene.typed.get("text"))
    return _("The request is taken back.")


def _review_fields(scene: Scene) -> Sequence[Field] | None:
    if scene.case.state != "decided":
        return None
    if not scene.tracking.may_ask_review:
        return None
    return [scene.channel(), _text(scene, _("What should a person look at?"))]


def _review(scene: Scene) -> str:
    _needed(scene, text=_("Write what a person should look at."))
    casework.ask_review(scene.through(), scene.case.pk, scene.typed.get("text"))
    return _("A person will look at it again.")


def _rate_fields(scene: Scene) -> Sequence[Field] | None:
    ended = scene.case.state != "open" and scene.page.rating is None
    if not ended:
        return None
    labels = [_("Very bad"), _("Bad"), _("Fair"), _("Good"), _("Very good")]
    scores = [Choice(str(n), label) for n, label in enumerate(labels, start=1)]
    return [
        scene.field("radios", "score", _("How was it for them?"), choices=scores, small=True, inline=True),
        scene.channel(),
        scene.field("textarea", "text", _("What they said"), optional=True, rows=2),
    ]


def _rate(scene: Scene) -> str:
    _needed(scene, score=_("Choose how it was for them."))
    score = scene.typed.get("score")
    casework.rate(
        scene.through(), scene.case.pk, int(score) if score.isdecimal() else 0, scene.typed.get("text")
    )
    return _("The rating is kept.")


KINDS: Mapping[str, Kind] = {
    "ask": Kind(lambda: _("Ask the applicant"), lambda: _("Send the question"), "task", "case.ask", _ask_fields, _ask, "a"),
    "refer": Kind(lambda: _("Refer to another team"), lambda: _("Refer"), "task", "task.refer", _refer_fields, _refer, "r"),
    "note": Kind(lambda: _("Write a note"), lambda: _("Keep the note"), "case", "case.note", _note_fields, _note, "o"),
    "write": Kind(lambda: _("Write to the applicant"), lambda: _("Send"), "case", "contact.write", _write_fields, _write, "e"),
    "log": Kind(lambda: _("Log a call or visit"), lambda: _("Keep it"), "case", "contact.write", _log_fields, _log, "l"),
    "answer": Kind(
        lambda: _("Give their answer"), lambda: _("Take the answer"), "behalf", "case.open", _answer_fields, _answer, upload=True
    ),
    "withdraw": Kind(
        lambda: _("Take the request back"), lambda: _("Take it back"), "behalf", "case.withdraw", _withdraw_fields, _withdraw,
        kind="warning",
    ),
    "review": Kind(
        lambda: _("Ask a person to look again"), lambda: _("Ask for it"), "behalf", "case.ask", _review_fields, _review
    ),
    "rate": Kind(lambda: _("Say how it was"), lambda: _("Keep the rating"), "behalf", "case.open", _rate_fields, _rate),
}  # fmt: skip


def offered(actor: Actor, page: cases.CasePage, task: Any, typed: Typed | None = None) -> list[Act]:
    """The acts that are possible now; the one that was just sent has what was typed and is open."""
    found = []
    for name, kind in KINDS.items():
        if not actor.may_somewhere(kind.permission):
            continue
        mine = typed if typed is not None and typed.act == name else Typed(name)
        fields = kind.fields(Scene(actor, page, task, mine))
        if fields is not None:
            found.append(_act(name, kind, page, task, fields, mine))
    return found


def _act(
    name: str, kind: Kind, page: cases.CasePage, task: Any, fields: Sequence[Field], typed: Typed
) -> Act:
    return Act(
        name=name,
        title=kind.title(),
        send=kind.send(),
        href=reverse("desk:act", args=[page.case.pk, name]),
        group=kind.group,
        fields=fields,
        key=kind.key,
        task=str(task.pk) if task is not None else "",
        kind=kind.kind,
        once=typed.get("once") or once(),
        open=bool(typed.errors),
        upload=kind.upload,
    )


def wrong(acts: Iterable[Act]) -> list[Field]:
    return [field for act in acts for field in act.wrong]


def carry_out(actor: Actor, page: cases.CasePage, task: Any, typed: Typed) -> str:
    """Does it and says what was done. `rules.NotComplete` has messages, not keys; KeyError for no such act."""
    kind, scene = KINDS[typed.act], Scene(actor, page, task, typed)
    if not actor.may_somewhere(kind.permission):
        raise NotAllowed(f"staff {actor.id} may not {kind.permission}")
    if kind.fields(scene) is None:
        raise rules.WrongMove(page.case.state, typed.act)
    return kind.run(scene)
