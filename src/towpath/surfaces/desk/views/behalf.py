"""A request for somebody who calls, comes by or writes: who they are, which service, then its form."""

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from towpath.casework import actions as casework
from towpath.casework import rules
from towpath.foundation import tenancy
from towpath.foundation.access import Channel
from towpath.people import actions as people_actions
from towpath.people import queries as people
from towpath.surfaces.desk import pages, services, words
from towpath.surfaces.desk.filling import filling, read
from towpath.surfaces.desk.scene import ON_BEHALF
from towpath.surfaces.look import Choice, Field
from towpath.surfaces.staff_access import desk_actor, staff_page

NEW_PERSON = ("given_name", "family_name", "email", "phone", "postal", "language")


@require_safe
@staff_page("case.open")
def new(request: HttpRequest) -> HttpResponse:
    """First the person; with one chosen, the service."""
    chosen = request.GET.get("person", "")
    if chosen:
        return _choose_service(request, _person_id(chosen), {})
    return _choose_person(request, _new_person({}, {}), 200)


def _choose_person(request: HttpRequest, fields: list[Field], status: int) -> HttpResponse:
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    values = {
        "text": text,
        "people": people.find_people(desk_actor(request), text) if text else [],
        "fields": fields,
        "errors": [one for one in fields if one.error],
    }
    return pages.show(request, "new_person", values, here="new", status=status)


def _new_person(typed: dict[str, str], errors: dict[str, str]) -> list[Field]:
    languages = [Choice(code, pages.language_name(code)) for code in tenancy.current().languages or ["en"]]
    fields = [
        Field("text", "given_name", _("Given name"), spellcheck="false"),
        Field("text", "family_name", _("Family name"), spellcheck="false"),
        Field("text", "email", _("E-mail"), type="email", dir="ltr", optional=True),
        Field("text", "phone", _("Telephone"), type="tel", dir="ltr", optional=True, width=20),
        Field("text", "postal", _("Postal address"), optional=True),
        Field("select", "language", _("Language of letters"), choices=languages, value=languages[0].value),
    ]
    return [replace(f, value=typed.get(f.name, f.value), error=errors.get(f.name, "")) for f in fields]


@require_POST
@staff_page("case.open")
def register(request: HttpRequest) -> HttpResponse:
    """Makes a person known who was not found."""
    typed: dict[str, Any] = {name: request.POST.get(name, "").strip() for name in NEW_PERSON}
    errors = {}
    if not typed["given_name"] and not typed["family_name"]:
        errors["family_name"] = _("Write at least one name.")
    if not any(typed[way] for way in ("email", "phone", "postal")):
        errors["email"] = _("Write one way to reach them: e-mail, telephone or address.")
    if not errors:
        try:
            with transaction.atomic():
                made = people_actions.register_person(desk_actor(request), **typed)
        except people_actions.WrongContactPoint as wrong:
            errors[wrong.kind] = words.explained(wrong)
        else:
            return redirect(f"{reverse('desk:new')}?person={made.pk}")
    return _choose_person(request, _new_person(typed, errors), 422)


def _choose_service(request: HttpRequest, person_id: UUID, errors: dict[str, str]) -> HttpResponse:
    try:
        person = people.person(desk_actor(request), person_id, "on-behalf")
    except ObjectDoesNotExist as missing:
        raise Http404(str(person_id)) from missing
    ways = {
        "phone": _("By telephone"),
        "counter": _("At the counter"),
        "post": _("By letter"),
        "email": _("By e-mail"),
    }
    offered = [Choice(one.code, one.title, hint=one.summary) for one in services.offered(pages.language())]
    typed = request.POST
    fields = [
        Field("radios", "channel", _("How do they tell us?"), choices=[Choice(c, ways[c]) for c in ON_BEHALF],
              value=typed.get("channel", ""), error=errors.get("channel", ""), inline=True, small=True),
        Field("radios", "service", _("What do they want?"), choices=offered, small=True,
              value=typed.get("service", ""), error=errors.get("service", "")),
    ]  # fmt: skip
    values = {"person": person, "fields": fields, "errors": [one for one in fields if one.error]}
    return pages.show(request, "new_service", values, here="new", status=422 if errors else 200)


def _person_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404(text) from None


@require_POST
@staff_page("case.open")
def start(request: HttpRequest) -> HttpResponse:
    """Begins the draft in the applicant's stead."""
    person_id = _person_id(request.POST.get("person", ""))
    channel, service = request.POST.get("channel", ""), request.POST.get("service", "")
    errors = {}
    if channel not in ON_BEHALF:
        errors["channel"] = _("Choose how they tell us.")
    if service not in {one.code for one in services.offered(pages.language())}:
        errors["service"] = _("Choose what they want.")
    if errors:
        return _choose_service(request, person_id, errors)
    person = people.person(desk_actor(request), person_id, "on-behalf")
    actor = desk_actor(request).on_behalf_of(person.pk, cast(Channel, channel))
    draft = casework.start_draft(actor, service, person.language)
    found = filling(request, draft.pk)
    return redirect(found.address(found.pages[0]))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("case.open")
def page(request: HttpRequest, draft_id: UUID, page_id: str) -> HttpResponse:
    """One page of the form; what is wrong stands beside the question, with all that was typed."""
    found = filling(request, draft_id)
    here = found.page(page_id)
    typed, errors = None, dict[str, str]()
    if request.method == "POST":
        reading, typed = read(request, found, here)
        errors = reading.errors
        right = {key: value for key, value in reading.values.items() if key not in errors}
        casework.save_answers(found.actor, draft_id, right, page=page_id)
        found = filling(request, draft_id)
        if not errors:
            return redirect(found.after(page_id))
    fields = found.fields(here, typed, errors)
    values: dict[str, Any] = {
        "filling": found,
        "fields": fields,
        "errors": [one for one in fields if one.error],
        "title": found.page_title(here),
        "intro": found.page_intro(here),
        "back": found.before(page_id),
        "number": [one.id for one in found.pages].index(page_id) + 1 if here in found.pages else 1,
        "count": len(found.pages),
    }
    return pages.show(request, "draft_page", values, here="new", status=422 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("case.open")
def check(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """All answers in one look, and sending them."""
    if request.method == "POST":
        return _send(request, draft_id)
    found = filling(request, draft_id)
    values = {"filling": found, "rows": found.rows(), "missing": found.missing()}
    return pages.show(request, "draft_check", values, here="new")


def _send(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Sending twice leads to the same case."""
    try:
        found = filling(request, draft_id)
        sent = casework.submit(found.actor, draft_id)
    except Http404:
        sent = _sent_before(request, draft_id)
    except rules.NotComplete:
        values = {"filling": found, "rows": found.rows(), "missing": found.missing()}
        return pages.show(request, "draft_check", values, here="new", status=422)
    pages.say(
        request,
        _("The request is sent. Its reference is %(reference)s.") % {"reference": sent.case.reference},
    )
    return redirect("desk:case", sent.case.pk)


def _sent_before(request: HttpRequest, draft_id: UUID) -> casework.Submitted:
    """Sending empties the draft: it is found as the case that it became."""
    try:
        return casework.submit(desk_actor(request), draft_id)
    except ObjectDoesNotExist as missing:
        raise Http404(str(draft_id)) from missing
