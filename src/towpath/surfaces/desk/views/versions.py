"""Running cases that keep an older version of their service are moved to another one, once a person has looked."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from towpath.casework import actions as casework
from towpath.casework import queries as cases
from towpath.catalogue import queries as catalogue
from towpath.engines.bpmn.model import Element
from towpath.foundation import clock, tenancy
from towpath.foundation.access import Actor
from towpath.surfaces.desk import pages
from towpath.surfaces.look import Cell, Choice, Column, Field, Pages, Table
from towpath.surfaces.staff_access import desk_actor, staff_page

TOLD = 50  # cases that stay, of one look
PLACE = "place-"


@require_safe
@staff_page("case.migrate")
def versions(request: HttpRequest) -> HttpResponse:
    """Each service, and how many running cases each of its versions has."""
    actor, rows = desk_actor(request), []
    for service in catalogue.Service.objects.order_by("code"):
        newest, *_rest = catalogue.versions(service.code)
        title = catalogue.package(newest.pk).text("service.title", pages.language())
        running = {each.version.pk: each.cases for each in cases.older_cases(actor, service.code)}
        older = sum(number for version, number in running.items() if version != newest.pk)
        href = reverse("desk:move", args=[service.code])
        rows.append([Cell(title, href=href), newest.number, running.get(newest.pk, 0), older])
    columns = [Column(_("Service")), *(Column(label, numeric=True) for label in _labels())]
    table = Table(_("Running requests by version"), columns, rows)
    return pages.show(request, "versions", {"table": table}, here="versions")


def _labels() -> list[str]:
    return [_("Newest version"), _("Requests on it"), _("Requests on older ones")]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("case.migrate")
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Choose the version, say where things are now, look what would become of each request, and move."""
    actor, known = desk_actor(request), catalogue.versions(code)
    if not known:
        raise Http404(code)
    target = _target(request, known)
    older = [each for each in cases.older_cases(actor, code) if each.version.pk != target.pk]
    typed = request.POST if request.method == "POST" else request.GET
    fields = _places(actor, code, target, typed)
    mapping = {field.name.removeprefix(PLACE): field.value for field in fields if field.value}
    after = _after(typed.get("after", ""))
    moving = casework.moving(code)
    if request.method == "POST" and typed.get("do") == "move-all":
        if not moving:
            casework.move_all(actor, code, target.pk, mapping)
        return redirect(_address(code, target))
    if request.method == "POST" and typed.get("do") == "move":
        moved = casework.migrate_cases(actor, code, target.pk, mapping, dry=False, after=after)
        _tell(request, len(moved.fit), len(moved.stay))
        there = _going_on(code, target, fields, moved) if moved.left else _address(code, target)
        return redirect(there)
    look = None
    if older and not moving:
        look = casework.migrate_cases(actor, code, target.pk, mapping, dry=True, after=after)
    values = {
        "title": catalogue.package(target.pk).text("service.title", pages.language()),
        "target": target,
        "choice": _choice(known, target),
        "older": _older(older),
        "fields": fields,
        "look": look,
        "stays": _stays(look) if look else [],
        "moving": moving,
        "after": after,
        "pages": Pages(next=_going_on(code, target, fields, look) if look and look.left else ""),
    }
    return pages.show(request, "move", values, here="versions")


def _address(code: str, target: catalogue.ServiceVersion) -> str:
    return f"{reverse('desk:move', args=[code])}?to={target.number}"


def _going_on(
    code: str, target: catalogue.ServiceVersion, fields: list[Field], looked: casework.Moved
) -> str:
    """The page of the next ones, with the same places."""
    places = {field.name: field.value for field in fields}
    return f"{_address(code, target)}&{urlencode({'after': looked.last, **places})}"


def _after(text: str) -> UUID | None:
    """A garbled place begins at the first one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _target(request: HttpRequest, known: list[catalogue.ServiceVersion]) -> catalogue.ServiceVersion:
    wanted = request.POST.get("to") or request.GET.get("to") or ""
    today = clock.today(tenancy.current().zone)
    now = next((version for version in known if version.effective_from <= today), known[0])
    return next((version for version in known if str(version.number) == wanted), now)


def _choice(known: list[catalogue.ServiceVersion], target: catalogue.ServiceVersion) -> Field:
    choices = [Choice(str(version.number), _version(version)) for version in known]
    return Field("select", "to", _("Move to version"), choices=choices, value=str(target.number))


def _version(version: catalogue.ServiceVersion) -> str:
    told = {"n": version.number, "day": formats.date_format(version.effective_from, "DATE_FORMAT")}
    return _("%(n)s, in force from %(day)s") % told


def _older(older: list[cases.Older]) -> Table:
    rows = [[_version(each.version), each.cases] for each in older]
    columns = [Column(_("Version")), Column(_("Running requests"), numeric=True)]
    return Table(_("Requests on other versions"), columns, rows)


def _places(
    actor: Actor, code: str, target: catalogue.ServiceVersion, typed: Mapping[str, Any]
) -> list[Field]:
    """Where the requests stand, each with its place in the new version; the same name is the same place."""
    new = catalogue.package(target.pk)
    fields = []
    for place in cases.places_of(cases.on_other_versions(actor, code, target.pk)):
        element, number = place.element, place.cases
        alike = [each for each in new.elements.values() if each.kind == element.kind]
        same = element.id if any(each.id == element.id for each in alike) else ""
        name = f"{PLACE}{element.id}"
        choices = [Choice("", _("No place")), *(Choice(each.id, _named(new, each)) for each in alike)]
        hint = ngettext("%(n)s request is there", "%(n)s requests are there", number) % {"n": number}
        value = str(typed.get(name, same))
        label = _named(place.package, element)
        fields.append(Field("select", name, label, hint, value=value, choices=choices))
    return fields


def _named(package: catalogue.Package, element: Element) -> str:
    name = package.name(element.id, pages.language(), element.name)
    return f"{name} ({element.id})" if name else element.id


def _stays(look: casework.Moved) -> list[dict[str, Any]]:
    """Who has no place, and what of them, in the words of their own version."""
    found = []
    for one in look.stay[:TOLD]:
        package = catalogue.package(one.case.version_id)
        parts = [(package.name(each.element, pages.language(), each.name), each) for each in one.unplaced]
        told = [{"name": name or each.element, "why": each.why} for name, each in parts]
        found.append({"reference": one.case.reference, "unplaced": told})
    return found


def _tell(request: HttpRequest, moved: int, left: int) -> None:
    if moved:
        pages.say(
            request, ngettext("%(n)s request was moved.", "%(n)s requests were moved.", moved) % {"n": moved}
        )
    if left:
        text = ngettext("%(n)s request stays on its version.", "%(n)s requests stay on their versions.", left)
        pages.warn(request, text % {"n": left})
