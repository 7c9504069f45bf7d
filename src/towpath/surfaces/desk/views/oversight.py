"""For those who look after people, and those who look after the looking: staff and grants, reads, the journal."""

from collections.abc import Collection, Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from towpath.foundation import clock, tenancy
from towpath.foundation.journal import seal, verify
from towpath.foundation.models import AccessRecord, Event
from towpath.people import actions as people_actions
from towpath.people import queries as people
from towpath.surfaces.desk import pages, words
from towpath.surfaces.desk.cases import opened_case
from towpath.surfaces.desk.views.renewal import renewals
from towpath.surfaces.look import Cell, Choice, Column, Field, Table
from towpath.surfaces.staff_access import desk_actor, staff_page

ROLES = {
    "advisor": gettext_lazy("Advisor"),
    "caseworker": gettext_lazy("Caseworker"),
    "lead": gettext_lazy("Team lead"),
    "manager": gettext_lazy("Manager"),
    "designer": gettext_lazy("Designer"),
    "administrator": gettext_lazy("Administrator"),
    "auditor": gettext_lazy("Auditor"),
}
READS = 200


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("staff.manage")
def staff(request: HttpRequest) -> HttpResponse:
    """Teams, people and grants, as the journal tells of them; a grant can be given."""
    typed = {name: request.POST.get(name, "").strip() for name in ("email", "role", "team", "until")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _grant(request, typed)
        if not errors:
            pages.say(request, _("The grant is given."))
            return redirect("desk:staff")
    names = {team.code: team.name for team in people.teams()}
    fields = _grant_fields(typed, errors, names)
    values = {
        "teams": sorted(names.values()),
        "staff": _staff_table(names, {str(key) for key in people.renewable(desk_actor(request))}),
        "grants": _grants_table(names),
        "renewals": renewals(),
        "fields": fields,
        "errors": [one for one in fields if one.error],
    }
    return pages.show(request, "staff", values, here="staff", status=422 if errors else 200)


def _grant(request: HttpRequest, typed: Mapping[str, str]) -> dict[str, str]:
    """What is wrong; nothing when the grant was given."""
    day = parse_date(typed["until"]) if _is_day(typed["until"]) else None
    if day is None:
        return {"until": _("Write the last day as year-month-day, such as 2027-03-31.")}
    if typed["role"] not in ROLES:
        return {"role": _("Choose a role.")}
    until = datetime.combine(day, time.max, ZoneInfo(tenancy.current().zone))
    if until <= clock.now():
        return {"until": _("The last day must not be over.")}
    values = {"email": typed["email"], "role": typed["role"], "team": typed["team"]}
    try:
        people_actions.give_grant(desk_actor(request), until=until, **values)
    except ObjectDoesNotExist:
        return {"email": _("Nobody has an account with this e-mail address, or there is no such team.")}
    return {}


def _is_day(text: str) -> bool:
    try:
        return parse_date(text) is not None
    except ValueError:
        return False


def _grant_fields(
    typed: Mapping[str, str], errors: Mapping[str, str], names: Mapping[str, str]
) -> list[Field]:
    teams = [Choice("", _("All teams")), *(Choice(code, name) for code, name in names.items())]
    roles = [Choice("", _("Choose one")), *(Choice(code, str(name)) for code, name in ROLES.items())]
    about: list[tuple[Any, str, str, dict[str, Any]]] = [
        ("text", "email", _("E-mail address of the account"), {"type": "email", "dir": "ltr"}),
        ("select", "role", _("Role"), {"choices": roles}),
        ("select", "team", _("Team"), {"choices": teams}),
        (
            "text",
            "until",
            _("Last day"),
            {"hint": _("Year-month-day, such as 2027-03-31"), "width": 10, "dir": "ltr"},
        ),
    ]
    return [
        Field(kind, name, label, value=typed[name], error=errors.get(name, ""), **more)
        for kind, name, label, more in about
    ]


def _staff_table(names: Mapping[str, str], renewable: Collection[str]) -> Table:
    latest = {}
    for event in Event.objects.filter(type="staff.set-up").order_by("occurred_at")[:5000]:
        latest[event.data["staff"]] = event.data["roles"]
    rows: list[list[object]] = [
        [words.staff_name(id_), "; ".join(_role(told, names) for told in roles), _renewing(id_, renewable)]
        for id_, roles in latest.items()
    ]
    columns = [Column(_("Name")), Column(_("Roles")), Column(_("Access"))]
    return Table(_("Who works here"), columns, sorted(rows, key=lambda row: (str(row[0]), str(row[1]))))


def _renewing(staff_id: str, renewable: Collection[str]) -> Cell:
    if staff_id not in renewable:
        return Cell("")
    return Cell(_("Give new access"), href=reverse("desk:renew", args=[staff_id]))


def _role(told: str, names: Mapping[str, str]) -> str:
    role, _sep, team = told.partition(":")
    where = _("all teams") if team == "*" else names.get(team, team)
    return f"{ROLES.get(role, role)} ({where})"


def _grants_table(names: Mapping[str, str]) -> Table:
    rows: list[list[object]] = []
    for event in Event.objects.filter(type="staff.granted").order_by("-occurred_at")[:500]:
        until = datetime.fromisoformat(event.data["until"])
        over = until <= clock.now()
        role = _role(f"{event.data['role']}:{event.data['team'] or '*'}", names)
        state = Cell(_("Over"), tag="") if over else Cell(_("In force"), tag="active")
        rows.append([words.staff_name(event.data["staff"]), role, words.written_day(until), state])
    columns = [Column(_("Name")), Column(_("Role")), Column(_("Until")), Column(_("State"))]
    return Table(_("Grants to staff of others"), columns, rows)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("journal.verify")
def audit(request: HttpRequest) -> HttpResponse:
    """How far the ledgers are sealed; and, asked for, whether they hold."""
    values: dict[str, Any] = {"ledgers": [_ledger(name) for name in seal.LEDGERS], "checked": False}
    values["renewals"] = renewals()
    if request.method == "POST":
        findings = [finding for name in seal.LEDGERS for finding in verify.verify(name)]
        values |= {"checked": True, "findings": findings[:200]}
    return pages.show(request, "audit", values, here="audit")


def _ledger(name: str) -> dict[str, Any]:
    labels = {"journal": _("The journal"), "access": _("The log of what was read")}
    return {"name": labels.get(name, name), "seal": seal.newest(name)}


@require_safe
@staff_page("journal.verify")
def reads(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Who has read a case, and what for."""
    found = opened_case(request, case_id)
    records = AccessRecord.objects.filter(subject_kind="case", subject_id=str(case_id))
    if found.case.person_id:
        # The index is by person; the case's own reads are those of its applicant.
        records = records.filter(person=people.pseudonym(found.case.person_id))
    rows = [
        [
            f"{words.written_day(one.window)}, {words.written_time(one.window)}",
            _reader(one),
            words.purpose(one.purpose),
        ]
        for one in records.order_by("-seq")[:READS]
    ]
    columns = [Column(_("When (quarter of an hour)")), Column(_("Who")), Column(_("What for"))]
    table = Table(_("Who read this request"), columns, rows)
    return pages.show(request, "reads", {"case": found.case, "table": table}, here="audit")


def _reader(record: AccessRecord) -> str:
    if record.actor_kind == "staff":
        return words.staff_name(record.actor_id)
    return _("Our computer") if record.actor_kind == "system" else _("The applicant")
