"""New access for a colleague who lost their password or second factor; and who was given it so far."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from towpath.foundation.models import Event
from towpath.people import actions
from towpath.people import queries as people
from towpath.surfaces.desk import pages, words
from towpath.surfaces.limits import limited
from towpath.surfaces.look import Choice, Column, Field, Table
from towpath.surfaces.staff_access import desk_actor, staff_page

REASONS = {
    "password": gettext_lazy("They lost the password"),
    "second-factor": gettext_lazy("They lost the second factor"),
    "both": gettext_lazy("They lost both"),
    "known-to-others": gettext_lazy("Somebody else may know or have them"),
}
AN_HOUR = 20
SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("staff.manage", fresh=True)
@limited("renew", AN_HOUR)
def renew(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    """Asks why; then shows, this once, what the colleague comes in with."""
    actor = desk_actor(request)
    colleague = people.renewable(actor).get(staff_id)
    if colleague is None:
        raise Http404(str(staff_id))
    values: dict[str, Any] = {"colleague": colleague}
    reason = request.POST.get("reason", "")
    if reason in REASONS:
        values["passphrase"] = actions.renew_access(actor, staff_id, reason)
        return pages.show(request, "renewed", values, here="staff")
    wrong = request.method == "POST"
    choices = [Choice(code, str(text)) for code, text in REASONS.items()]
    why = Field("radios", "reason", _("Why do they need it?"), choices=choices, small=True,
                error=_("Choose why they need it.") if wrong else "")  # fmt: skip
    values |= {"why": why, "errors": [why] if wrong else []}
    return pages.show(request, "renew", values, here="staff", status=422 if wrong else 200)


def renewals() -> Table:
    """Who was given new access, by whom and why; the latest first."""
    rows = [
        [
            words.staff_name(event.data["staff"]),
            _by(event),
            f"{words.written_day(event.occurred_at)}, {words.written_time(event.occurred_at)}",
            REASONS.get(event.data["reason"], event.data["reason"]),
        ]
        for event in Event.objects.filter(type="staff.access-renewed").order_by("-occurred_at")[:SHOWN]
    ]
    columns = [Column(_("Name")), Column(_("By")), Column(_("When")), Column(_("Why"))]
    return Table(_("Who was given new access"), columns, rows)


def _by(event: Event) -> str:
    """By command, nobody is signed in: the journal knows no name."""
    return words.staff_name(event.actor_id) if event.actor_kind == "staff" else _("By command, on the server")
