"""The one timeline in plain words: events of the journal, messages, calls and notes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from towpath.casework import queries as casework
from towpath.catalogue.queries import Package
from towpath.foundation.journal import event_types
from towpath.people import queries as people
from towpath.surfaces.desk import registers, words
from towpath.surfaces.look import TagKind

LONG = 240  # characters; longer texts are folded

Kind = str
KINDS: Mapping[Kind, Any] = {
    "": gettext_lazy("Everything that counts"),
    "talk": gettext_lazy("Messages and calls"),
    "notes": gettext_lazy("Notes"),
    "decisions": gettext_lazy("Decisions"),
    "work": gettext_lazy("Work"),
    "all": gettext_lazy("Each single step"),
}
# Said already by the entry, the task or the decision that goes with it.
SMALL = frozenset(
    {"draft.saved", "case.noted", "activity.started", "task.released", "documents.attached", "clock.started"}
)
ENTRY_WORDS: Mapping[tuple[str, str], Any] = {
    ("message", "in"): gettext_lazy("Message from %(name)s"),
    ("message", "out"): gettext_lazy("Message to the applicant"),
    ("call", "in"): gettext_lazy("Call from the applicant"),
    ("call", "out"): gettext_lazy("Call to the applicant"),
    ("visit", "in"): gettext_lazy("Visit"),
    ("visit", "out"): gettext_lazy("Visit"),
    ("note", "internal"): gettext_lazy("Note"),
    ("answer", "in"): gettext_lazy("The applicant answered"),
}


@dataclass(frozen=True)
class Told:
    """A line of the timeline. `ident` stays the same while the page is open, so that nothing jumps."""

    ident: str
    when: datetime
    title: str
    text: str = ""
    who: str = ""
    channel: str = ""
    kind: TagKind = ""

    @property
    def beginning(self) -> str:
        """Of a text that is folded; empty where it is short."""
        long = len(self.text) > LONG or self.text.count("\n") > 4
        return " ".join(self.text.split())[:90].rsplit(" ", 1)[0] if long else ""


@dataclass(frozen=True)
class Teller:
    """Who tells: in which service's words, in which language, about whom."""

    package: Package
    language: str
    applicant: str

    def told(self, lines: Iterable[casework.Happening], kind: Kind = "") -> list[Told]:
        """The newest first; of all lines those of one kind."""
        shown = [line for line in lines if _belongs(line, kind)]
        return [self._one(line) for line in reversed(shown)]

    def _one(self, line: casework.Happening) -> Told:
        if line.entry is not None:
            return self._entry(line)
        title, text = self._sentence(line)
        return Told(
            ident=f"e{line.seq}",
            when=line.at,
            title=title,
            text=text,
            who=line.who,
            channel=words.channel(line.channel) if line.channel not in ("desk", "system") else "",
            kind=_mark(line),
        )

    def _entry(self, line: casework.Happening) -> Told:
        entry = line.entry
        said = ENTRY_WORDS.get((entry.kind, entry.direction)) or entry.kind.capitalize()
        sent = line.deliveries[-1] if line.deliveries else None
        state = words.DELIVERIES.get(sent.status, (sent.status, "")) if sent else ("", "")
        body = entry.body or (_("The words were erased.") if entry.text is None else "")
        subject = f"{entry.subject}\n\n" if entry.subject else ""
        return Told(
            ident=f"t{entry.pk}",
            when=line.at,
            title=str(said) % {"name": line.who or self.applicant},
            text=subject + body,
            who=line.who if entry.direction != "in" else "",
            channel=" – ".join(filter(None, [words.channel(line.channel), str(state[0])])),
            kind="attention" if state[1] == "attention" else "",
        )

    def _sentence(self, line: casework.Happening) -> tuple[str, str]:
        """(title, what more there is to say)"""
        tell = SENTENCES.get(line.kind)
        if tell is not None:
            return tell(self, line)
        means = event_types().get(line.kind)
        return (means.means.rstrip(".") if means else line.kind), ""

    def activity(self, line: casework.Happening) -> str:
        """The step in the reader's words. What is done with a task is told by its name alone."""
        element = str(line.data.get("element") or "")
        return self.package.name(element, self.language) or self.package.activity(
            line.activity, self.language
        )

    def outcome(self, code: str) -> str:
        return self.package.text(f"outcomes.{code}.label", self.language, code)


def _belongs(line: casework.Happening, kind: Kind) -> bool:
    if kind == "all":
        return True
    if kind == "talk":
        return line.entry is not None and line.entry.kind != "note"
    if kind == "notes":
        return line.entry is not None and line.entry.kind == "note"
    if kind == "decisions":
        return line.kind in ("case.decided", "case.review-asked", "case.withdrawn", "case.closed")
    if kind == "work":
        return line.kind.startswith(("activity.", "task.", "question.", "exchange.", "clock."))
    return line.kind not in SMALL and not _silent(line)


def _silent(line: casework.Happening) -> bool:
    """Passing an event of the process that has no name for people, or where it only begins."""
    unnamed = line.activity == line.data.get("element")
    return line.kind == "activity.completed" and (unnamed or line.data.get("kind") == "start")


def _mark(line: casework.Happening) -> TagKind:
    if line.kind in ("task.trouble", "case.incident", "exchange.given-up", "exchange.refused"):
        return "attention"
    if line.kind == "case.decided":
        return "done" if line.data.get("favourable") else "attention"
    return "active" if line.kind in ("case.submitted", "case.stage-reached") else ""


def _submitted(teller: Teller, line: casework.Happening) -> tuple[str, str]:
    return (_("Request taken for the applicant") if line.data.get("assisted") else _("Request sent")), ""


def _stage(teller: Teller, line: casework.Happening) -> tuple[str, str]:
    label = teller.package.text(f"stages.{line.data.get('stage', '')}.label", teller.language)
    return _("Stage: %(stage)s") % {"stage": label}, ""


def _decided(teller: Teller, line: casework.Happening) -> tuple[str, str]:
    outcome = teller.outcome(str(line.data.get("outcome", "")))
    by = _("By the rules, without a person.") if line.data.get("automatic") else ""
    return _("Decided: %(outcome)s") % {"outcome": outcome}, by


def _closed(teller: Teller, line: casework.Happening) -> tuple[str, str]:
    return _("Closed"), ""


def _rated(teller: Teller, line: casework.Happening) -> tuple[str, str]:
    return _("Rated %(score)s of 5") % {"score": line.data.get("score", "")}, ""


def _migrated(teller: Teller, line: casework.Happening) -> tuple[str, str]:
    return _("Moved to version %(version)s of the service") % {"version": line.data.get("to_version", "")}, ""


def _referred(teller: Teller, line: casework.Happening) -> tuple[str, str]:
    names = {"to": people.team_name(str(line.data.get("to_team", ""))), "task": teller.activity(line)}
    return _("Referred to %(to)s: %(task)s") % names, ""


def _trouble(teller: Teller, line: casework.Happening) -> tuple[str, str]:
    return _("A step needs a person"), registers.trouble(str(line.data.get("why", "")))


def _clock(teller: Teller, line: casework.Happening) -> tuple[str, str]:
    days = int(line.data.get("left_seconds", 0)) // 86400
    return _("The legal clock stands still, %(days)s days are left") % {"days": days}, ""


def _step(pattern: Any) -> Callable[[Teller, casework.Happening], tuple[str, str]]:
    def tell(teller: Teller, line: casework.Happening) -> tuple[str, str]:
        return str(pattern) % {"step": teller.activity(line)}, ""

    return tell


def _plain(text: Any) -> Callable[[Teller, casework.Happening], tuple[str, str]]:
    def tell(teller: Teller, line: casework.Happening) -> tuple[str, str]:
        return str(text), ""

    return tell


SENTENCES: Mapping[str, Callable[[Teller, casework.Happening], tuple[str, str]]] = {
    "draft.started": _plain(gettext_lazy("Began to apply")),
    "draft.saved": _plain(gettext_lazy("Saved a page of the form")),
    "draft.adopted": _plain(gettext_lazy("Signed in while filling in the form")),
    "draft.renewed": _plain(gettext_lazy("Went on under the new rules")),
    "documents.kept": _plain(gettext_lazy("A file came in")),
    "documents.attached": _plain(gettext_lazy("The files of the form went to the request")),
    "documents.scanned": _plain(gettext_lazy("The scanner found nothing in a file")),
    "documents.refused": _plain(gettext_lazy("The scanner found something; the file is gone")),
    "documents.discarded": _plain(gettext_lazy("A file was taken back")),
    "case.noted": _plain(gettext_lazy("A note was written")),
    "case.submitted": _submitted,
    "case.stage-reached": _stage,
    "case.decided": _decided,
    "case.withdrawn": _plain(gettext_lazy("Request taken back")),
    "case.closed": _closed,
    "case.rated": _rated,
    "case.review-asked": _plain(gettext_lazy("Asked a person to look again")),
    "case.incident": _plain(gettext_lazy("The process could not go on; a person must look")),
    "case.migrated": _migrated,
    "case.escalated": _plain(gettext_lazy("The process called for attention")),
    "message.unheard": _plain(gettext_lazy("A message to another request was never heard")),
    "activity.started": _step(gettext_lazy("Began: %(step)s")),
    "activity.completed": _step(gettext_lazy("Done: %(step)s")),
    "activity.cancelled": _step(gettext_lazy("Called off: %(step)s")),
    "task.claimed": _step(gettext_lazy("Taken in hand: %(step)s")),
    "task.released": _step(gettext_lazy("Given back: %(step)s")),
    "task.referred": _referred,
    "task.trouble": _trouble,
    "question.asked": _plain(gettext_lazy("The applicant was asked for something")),
    "question.answered": _plain(gettext_lazy("The applicant answered")),
    "clock.stopped": _clock,
    "clock.started": _plain(gettext_lazy("The legal clock runs again")),
    "date.kept": _plain(gettext_lazy("A date was noted")),
    "exchange.asked": _plain(gettext_lazy("A register was asked")),
    "exchange.asked-again": _plain(gettext_lazy("A register was asked once more")),
    "exchange.failed": _plain(gettext_lazy("No proper answer from the register; it is tried again")),
    "exchange.answered": _plain(gettext_lazy("The register answered")),
    "exchange.answered-by-hand": _plain(gettext_lazy("A colleague gave the register's answer by hand")),
    "exchange.refused": _plain(gettext_lazy("The register refused, or its answer was wrong")),
    "exchange.given-up": _plain(gettext_lazy("The register does not answer")),
}
