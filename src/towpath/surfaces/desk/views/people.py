"""A person: how they are reached, and what they asked for."""

from dataclasses import replace
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from towpath.casework import queries as casework
from towpath.foundation.access import Actor
from towpath.people import actions, queries
from towpath.surfaces.desk import pages, words
from towpath.surfaces.desk.listed import listed
from towpath.surfaces.look import Choice, Field
from towpath.surfaces.staff_access import desk_actor, staff_page

POINTS = ("email", "phone", "postal")
WAYS = ("email", "letter")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("case.read")
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    actor = desk_actor(request)
    try:
        found = queries.person(actor, person_id, "casework")
    except ObjectDoesNotExist as missing:
        raise Http404(str(person_id)) from missing
    fields = _fields(queries.person_card(person_id))
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in (*POINTS, "channel")}
        if typed["channel"] not in WAYS:
            typed["channel"] = ""
        try:
            with transaction.atomic():
                actions.change_contact(actor, person_id, **typed)
        except actions.WrongContactPoint as wrong:
            fields = _with_error(fields, typed, wrong.kind, words.explained(wrong))
        else:
            pages.say(request, _("It is kept. From now on this is how they are reached."))
            return redirect("desk:person", person_id)
    errors = [one for one in fields if one.error]
    values = {
        "person": found,
        "fields": fields if actor.may_somewhere("contact.write") else [],
        "errors": errors,
        "cases": listed(_cases(actor, person_id), pages.language()),
        "may_open": actor.may_somewhere("case.open"),
    }
    return pages.show(request, "person", values, status=422 if errors else 200)


def _cases(actor: Actor, person_id: UUID) -> list[object]:
    """Of the person's requests those whose team the actor may read."""
    theirs = casework.my_cases(actor.on_behalf_of(person_id, actor.channel))
    return [case for case in theirs if actor.may("case.read", case.team)]


def _fields(card: queries.PersonCard) -> list[Field]:
    ways = [Choice("email", _("By e-mail")), Choice("letter", _("By letter"))]
    return [
        Field("text", "email", _("E-mail"), value=card.email, type="email", dir="ltr", optional=True),
        Field("text", "phone", _("Telephone"), value=card.phone, type="tel", dir="ltr", optional=True, width=20),
        Field("text", "postal", _("Postal address"), value=card.postal, optional=True),
        Field("radios", "channel", _("How do they want to be written to?"), value=card.channel, choices=ways, small=True),
    ]  # fmt: skip


def _with_error(fields: list[Field], typed: dict[str, str], name: str, text: str) -> list[Field]:
    return [
        replace(one, value=typed.get(one.name, ""), error=text if one.name == name else "") for one in fields
    ]
