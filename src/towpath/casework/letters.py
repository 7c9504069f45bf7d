"""Letters: the package's words, with what belongs in their places, in the resident's language."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats, translation
from django.utils.translation import gettext as _

from towpath.casework import commands, variables
from towpath.casework.models import Case, CaseConversation, Question
from towpath.catalogue import form
from towpath.catalogue import queries as catalogue
from towpath.contact import actions as contact
from towpath.foundation import clock, links, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.steps import StepContext, step_kind

PLACE = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
Written = Callable[[Any], str]


@step_kind("contact.send", means="Sends a letter of the package to the applicant.", headers=("letter",))
def send_by_process(context: StepContext) -> dict[str, Any]:
    case: Case = Case.objects.get(pk=context.case_id)
    package = catalogue.package(case.version_id)
    send_letter(case, package, context.headers["letter"], cause=f"{case.pk}:{context.command_id}")
    return {}


def send_letter(case: Case, package: catalogue.Package, letter: str, *, cause: str) -> None:
    """Sends it once for a cause; doing it again changes nothing."""
    subject, body = rendered(case, package, package.letters[letter])
    _send(case, subject, body, cause)


def send_question(case: Case, package: catalogue.Package, question: Question) -> None:
    """What a caseworker asks in their own words."""
    with translation.override(case.language):
        subject = _("We need something from you (%(reference)s)") % {"reference": case.reference}
        parts = [
            _("Dear %(name)s,") % {"name": case.applicant_name},
            question.text,
            _("You can answer by replying to this message, or here: %(link)s") % {"link": links.LINK},
        ]
        if question.stops_clock:
            parts.append(_("The time that we have to decide stands still until you answer."))
        parts.append(tenancy.current().name)
    _send(case, subject, "\n\n".join(parts), f"{case.pk}:question:{question.pk}")


def send_receipt(case: Case) -> None:
    """Tells the applicant at once that the request has arrived, and how to follow it."""
    package = catalogue.package(case.version_id)
    with translation.override(case.language):
        title = package.text("service.title", case.language)
        subject = _("We have received your request (%(reference)s)") % {"reference": case.reference}
        parts = [
            _("Dear %(name)s,") % {"name": case.applicant_name},
            _("We have received your request: %(title)s.") % {"title": title},
            _("Your reference is %(reference)s. Your code is %(code)s.")
            % {"reference": case.reference, "code": links.CODE},
            _("Follow your request here: %(link)s") % {"link": links.LINK},
            tenancy.current().name,
        ]
    _send(case, subject, "\n\n".join(parts), f"{case.pk}:receipt")


def _send(case: Case, subject: str, body: str, cause: str) -> None:
    if case.person_id is None:
        return
    conversation = CaseConversation.objects.get(case=case, own=True).conversation_id
    contact.send(SYSTEM, conversation, to_person=case.person_id, subject=subject, body=body, cause=cause)


def rendered(case: Case, package: catalogue.Package, letter: catalogue.Letter) -> tuple[str, str]:
    """(subject, body) in the language of the case."""
    given = variables.context(case, package)
    with translation.override(case.language):
        places = _always(case, package) | {
            name: _written(case, package, place)(place.value(given)) for name, place in letter.places.items()
        }
    shown = [p.id for p in letter.paragraphs if p.show_if is None or p.show_if(given) is True]
    key = f"letters.{letter.id}"
    texts = [package.text(f"{key}.paragraphs.{one}", case.language) for one in shown]
    body = "\n\n".join(filled(text, places) for text in texts)
    return filled(package.text(f"{key}.subject", case.language), places), body


def filled(text: str, places: Mapping[str, str]) -> str:
    return PLACE.sub(lambda found: places.get(found[1], ""), text).strip()


def _always(case: Case, package: catalogue.Package) -> dict[str, str]:
    tenant = tenancy.current()
    return {
        "name": case.applicant_name,
        "reference": case.reference,
        "link": links.LINK,
        "service": package.text("service.title", case.language),
        "body": tenant.name,
        "contact": str(tenant.settings.get("contact", "")),
        "today": _date(clock.today(tenant.zone)),
    }


def _written(case: Case, package: catalogue.Package, place: Any) -> Written:
    """How a value is written, in the reader's language."""
    language = case.language
    texts: dict[str, Written] = {
        "text": str,
        "date": _date,
        "number": lambda value: formats.localize(value),
        "money": _money,
        "address": form.one_line,
        "option": lambda v: package.text(f"questions.{place.question}.options.{v}", language, str(v)),
        "reason": lambda v: package.text(f"reasons.{v}", language, str(v)),
        "outcome": lambda v: package.text(f"outcomes.{v}.label", language, str(v)),
        "legal-resource": lambda v: package.text(f"legal-resources.{v}", language, str(v)),
        "explanation": lambda v: _explained(case, package, str(v)),
    }
    write = texts[place.written_as]
    return lambda value: "" if value is None else write(value)


def _explained(case: Case, package: catalogue.Package, decision: str) -> str:
    """Which rules of a decision held, and on what ground; not what they saw, which may be sensitive."""
    evaluation = commands.evaluation_of(variables.rules_used(case).get(decision, {}))
    labels = {
        step.decision: package.text(f"decisions.{step.decision}", case.language, step.decision)
        for step in evaluation.trace
    }
    try:
        return " ".join(evaluation.explain(case.language, labels, brief=True))
    except LookupError:  # a language that the engine has no phrases for: the ground says it too
        rules = [rule for step in evaluation.trace for rule in step.rules]
        return " ".join(dict.fromkeys(text for rule in rules for text in rule.annotations.values()))


def _date(value: Any) -> str:
    return formats.date_format(value, "DATE_FORMAT") if isinstance(value, date) else str(value)


def _money(value: Any) -> str:
    currency = str(tenancy.current().settings.get("currency", "€"))
    return f"{currency}\u00a0{formats.number_format(Decimal(value), 2)}"
