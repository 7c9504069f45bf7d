"""What staff do with a case in their own name: ask, refer, note, write, log. `<act>_fields` gives None where it is not possible."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext as _

from towpath.casework import actions as casework
from towpath.casework import queries as cases
from towpath.casework import rules
from towpath.contact import actions as contact
from towpath.foundation.access import Actor, Channel
from towpath.people import queries as people
from towpath.surfaces.desk.scene import Scene, needed, words_field
from towpath.surfaces.look import Choice, Field


def ask_fields(scene: Scene) -> Sequence[Field] | None:
    team = scene.task.team if scene.task is not None else scene.case.team
    if not scene.actor.may("case.ask", team) or scene.case.state in rules.ENDED:
        return None
    return [
        words_field(
            scene,
            _("What do you need, and why?"),
            _("The applicant reads this. The legal clock stands still until they answer."),
        )
    ]


def ask(scene: Scene) -> str:
    needed(scene, text=_("Write what you need from the applicant."))
    task = scene.task.pk if scene.task is not None else None
    casework.ask_resident(scene.actor, scene.case.pk, scene.typed.get("text"), task)
    return _("The question is on its way to the applicant.")


def refer_fields(scene: Scene) -> Sequence[Field] | None:
    if scene.task is None or scene.task.state != "open" or not scene.actor.may("task.refer", scene.task.team):
        return None
    teams = [Choice(t.code, t.name) for t in people.teams() if t.code != scene.task.team]
    return [
        scene.field("select", "team", _("To which team?"), choices=[Choice("", _("Choose one")), *teams]),
        words_field(scene, _("Why?"), _("The other team reads this.")),
    ]


def refer(scene: Scene) -> str:
    needed(scene, team=_("Choose a team."), text=_("Say why you refer it."))
    casework.refer(scene.actor, scene.task.pk, scene.typed.get("team"), scene.typed.get("text"))
    name = people.team_name(scene.typed.get("team"))
    return _("The task is with %(team)s now.") % {"team": name}


def note_fields(scene: Scene) -> Sequence[Field] | None:
    return [words_field(scene, _("Note"), _("Only staff read this."))]


def note(scene: Scene) -> str:
    needed(scene, text=_("Write the note."))
    actor = scene.actor
    casework.note(_with(actor, "case.note"), scene.case.pk, scene.typed.get("text"))
    return _("The note is kept.")


def _with(actor: Actor, permission: str) -> Actor:
    """Notes belong to the case and to no team: who may write them for one team may write them here."""
    return replace(actor, permissions=actor.permissions | {(permission, "*")})


def write_fields(scene: Scene) -> Sequence[Field] | None:
    if scene.case.person_id is None:
        return None
    return [
        scene.field("text", "subject", _("Subject")),
        words_field(
            scene,
            _("Message"),
            _("It goes by e-mail, or as a letter to those who wish so or have no e-mail."),
            6,
        ),
    ]


def write(scene: Scene) -> str:
    needed(scene, subject=_("Write a subject."), text=_("Write the message."))
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


def log_fields(scene: Scene) -> Sequence[Field] | None:
    kinds = [
        Choice("call-in", _("They called")),
        Choice("call-out", _("I called")),
        Choice("visit", _("They came by")),
    ]
    return [
        scene.field(
            "radios", "what", _("What was it?"), choices=kinds, value="call-in", small=True, inline=True
        ),
        words_field(scene, _("What was said?")),
    ]


def log(scene: Scene) -> str:
    needed(scene, text=_("Write what was said."))
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
