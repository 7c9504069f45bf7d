"""The gate to staff screens: signed in, with a second factor in this session, and staff of this body."""

import time
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast
from urllib.parse import urlencode, urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from towpath.foundation.access import Actor, NotAllowed
from towpath.people import queries
from towpath.people.staff_signin import FRESH
from towpath.surfaces.frames import staff_frame

if TYPE_CHECKING:
    from towpath.people.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
ACTIVATED = "second-factor-set-up"  # in the session: for whom; setting one up proves holding it


def desk_actor(request: HttpRequest) -> Actor:
    """Who works at this screen; `NotAllowed` where `staff_page` does not stand before the view."""
    actor: Actor | None = getattr(request, "desk_actor", None)
    if actor is None:
        raise NotAllowed("This view lies outside the gate for staff (staff_page).")
    return actor


def staff_page(permission: str | None = None, *, fresh: bool = False) -> Callable[[View[P]], View[P]]:
    """Lets only staff of this body in, and with a permission only those who hold it for some team.

    Others are led to sign in, to set up or show their second factor, or are told why they may not enter.
    A `fresh` page wants the second factor shown just now, so that a stolen session does not reach it; it answers GET.
    """

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            elsewhere = _still_to_do(request, fresh=fresh)
            if elsewhere:
                return _lead(request, elsewhere, back_from_post=fresh)
            actor = queries.staff_actor(signed_in(request))
            if actor is None:
                return _not_staff(request)
            if permission and not actor.may_somewhere(permission):
                raise NotAllowed(f"staff {actor.id} may not {permission}")
            vars(request)["desk_actor"] = actor
            return view(request, *args, **kwargs)

        return guarded

    return guard


def signed_in(request: HttpRequest) -> "User":
    """The account, where it is certain that there is one."""
    return cast("User", request.user)


def note_second_factor(request: HttpRequest) -> None:
    """The account has just set up its authenticator, and typed a code of it."""
    request.session[ACTIVATED] = str(request.user.pk)


def _still_to_do(request: HttpRequest, *, fresh: bool) -> str:
    """The name of the page to be seen first, or nothing."""
    user = request.user
    if not user.is_authenticated:
        return "account_login"
    shown = [r["at"] for r in get_authentication_records(request, user) if r["method"] == "mfa"]
    if any(time.time() - at < FRESH for at in shown):
        return ""
    if not fresh and (shown or request.session.get(ACTIVATED) == str(user.pk)):
        return ""
    if get_adapter().is_mfa_enabled(user, [Authenticator.Type.TOTP]):
        return "mfa_reauthenticate"
    return "mfa_activate_totp"


def _lead(request: HttpRequest, page: str, *, back_from_post: bool) -> HttpResponse:
    """To another page, and back here after it. A part of a page (htmx) leads the whole page there."""
    part = request.headers.get("HX-Request") == "true"
    back = _page_around(request) if part else request.get_full_path()
    address = f"{reverse(page)}?{urlencode({'next': back})}"
    if part:
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    if request.method not in {"GET", "HEAD"} and not back_from_post:
        address = reverse(page)
    return HttpResponseRedirect(address)


def _page_around(request: HttpRequest) -> str:
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


def _not_staff(request: HttpRequest) -> HttpResponse:
    port = request.get_port()
    suffix = "" if port in {"80", "443"} else f":{port}"
    bodies = [
        (tenant.name, f"{request.scheme}://{tenant.host}{suffix}/desk/")
        for tenant in queries.bodies_of(signed_in(request))
    ]
    values = {"frame": staff_frame(request), "bodies": bodies, "account": request.user}
    return render(request, "towpath/accounts/not_staff.html", values, status=403)
