"""What one can do with a case beside its tasks: write, note, ask, refer; and on behalf of the applicant.

Each act is a small form of its own. `offered` says which ones there are for this actor; `carry_out` does one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from towpath.casework import queries as cases
from towpath.casework import rules
from towpath.foundation.access import Actor, NotAllowed
from towpath.surfaces.desk import acts_of_staff as staff
from towpath.surfaces.desk import acts_on_behalf as behalf
from towpath.surfaces.desk.pages import once
from towpath.surfaces.desk.scene import Scene, Typed
from towpath.surfaces.look import Field


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


KINDS: Mapping[str, Kind] = {
    "ask": Kind(lambda: _("Ask the applicant"), lambda: _("Send the question"), "task", "case.ask", staff.ask_fields, staff.ask, "a"),
    "refer": Kind(lambda: _("Refer to another team"), lambda: _("Refer"), "task", "task.refer", staff.refer_fields, staff.refer, "r"),
    "note": Kind(lambda: _("Write a note"), lambda: _("Keep the note"), "case", "case.note", staff.note_fields, staff.note, "o"),
    "write": Kind(lambda: _("Write to the applicant"), lambda: _("Send"), "case", "contact.write", staff.write_fields, staff.write, "e"),
    "log": Kind(lambda: _("Log a call or visit"), lambda: _("Keep it"), "case", "contact.write", staff.log_fields, staff.log, "l"),
    "answer": Kind(
        lambda: _("Give their answer"), lambda: _("Take the answer"), "behalf", "case.open", behalf.answer_fields, behalf.answer, upload=True
    ),
    "withdraw": Kind(
        lambda: _("Take the request back"), lambda: _("Take it back"), "behalf", "case.withdraw", behalf.withdraw_fields, behalf.withdraw,
        kind="warning",
    ),
    "review": Kind(
        lambda: _("Ask a person to look again"), lambda: _("Ask for it"), "behalf", "case.ask", behalf.review_fields, behalf.review
    ),
    "rate": Kind(lambda: _("Say how it was"), lambda: _("Keep the rating"), "behalf", "case.open", behalf.rate_fields, behalf.rate),
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
