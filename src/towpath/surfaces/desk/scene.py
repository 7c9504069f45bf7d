"""Who acts on which case, with what was typed: what every act of the desk is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from towpath.casework import queries as cases
from towpath.casework import rules
from towpath.foundation.access import Actor, Channel
from towpath.surfaces.look import Choice, Field

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


def words_field(scene: Scene, label: str, hint: str = "", rows: int = 3) -> Field:
    return scene.field("textarea", "text", label, hint=hint, rows=rows)


def needed(scene: Scene, **messages: str) -> None:
    """Raises for controls that were left empty."""
    missing = {name: message for name, message in messages.items() if not scene.typed.get(name)}
    if missing:
        raise rules.NotComplete(missing)
