"""To the provider and back. Whatever goes wrong is told with a way on; drafts are saved and wait."""

import logging
import time
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from towpath.foundation import tenancy
from towpath.foundation.access import LEVELS, Assurance
from towpath.people.actions import sign_in_resident
from towpath.surfaces import resident_access
from towpath.surfaces.frames import resident_frame
from towpath.surfaces.signin import provider as rp
from towpath.surfaces.signin.provider import Attempt, SignInError

log = logging.getLogger(__name__)

TRIES: Final = "sign-in"  # in the session: state -> attempt
TRIES_KEPT: Final = 5  # several tabs may be on their way at once
TRY_LIFE: Final = 900  # seconds
STATUS: Final = {"unavailable": 503, "unset": 503}


@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """`/sign-in?next=/my-place&assurance=substantial`"""
    next_page, wanted = _local(request.GET.get("next", "")), _level(request.GET.get("assurance", ""))
    if resident_access.resident(request).assured(wanted):
        return HttpResponseRedirect(next_page)
    try:
        provider = rp.provider_of(tenancy.current())
        address, state, attempt = rp.begin(provider, _callback(request), next_page, wanted)
    except SignInError as error:
        return _trouble(request, error, next_page, wanted)
    tries = {**request.session.get(TRIES, {}), state: asdict(attempt)}
    newest = sorted(tries, key=lambda key: float(tries[key]["at"]))[-TRIES_KEPT:]
    request.session[TRIES] = {key: tries[key] for key in newest}
    return HttpResponseRedirect(address)


@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """The browser comes back. A state is good once."""
    attempt = _taken(request, request.GET.get("state", ""))
    if attempt is None:
        error = SignInError("expired", "no attempt of this session has this state")
        return _trouble(request, error, "/", "low")
    try:
        return _signed_in(request, attempt)
    except SignInError as error:
        return _trouble(request, error, attempt.next, attempt.wanted)


def _signed_in(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    provider = rp.provider_of(tenancy.current())
    if time.time() - attempt.at > TRY_LIFE:
        raise SignInError("expired", "the person came back too late")
    if request.GET.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
        raise SignInError("untrusted", "another issuer answered")
    if problem := request.GET.get("error"):
        kind: rp.Trouble = "denied" if problem == "access_denied" else "unavailable"
        raise SignInError(kind, f"the provider said {problem[:80]!r}")
    vouched = rp.finish(provider, _callback(request), attempt, request.GET.get("code", ""))
    person = sign_in_resident(provider.issuer, vouched.subject, vouched.claims, vouched.assurance)
    resident_access.sign_in(request, person.pk, vouched.assurance)
    return HttpResponseRedirect(attempt.next)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Signed out here, and at the provider where it has a page for that."""
    resident_access.sign_out(request)
    home = request.build_absolute_uri("/")
    try:
        return HttpResponseRedirect(rp.end_address(rp.provider_of(tenancy.current()), home) or home)
    except SignInError:
        return HttpResponseRedirect(home)


def _taken(request: HttpRequest, state: str) -> Attempt | None:
    tries: dict[str, Any] = request.session.get(TRIES, {})
    kept = tries.pop(state, None)
    if kept is None:
        return None
    request.session[TRIES] = tries
    return Attempt(**kept)


def _callback(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("signin:callback"))


def _local(address: str) -> str:
    """The page to go on to, if it is one of ours; else the start page."""
    own = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if own else "/"


def _level(asked: str) -> Assurance:
    return next((level for level in LEVELS if level == asked and level != "none"), "low")


def _trouble(request: HttpRequest, error: SignInError, next_page: str, wanted: Assurance) -> HttpResponse:
    log.warning("sign-in at %s: %s", tenancy.current().code, error)
    again = f"{reverse('signin:begin')}?{urlencode({'next': next_page, 'assurance': wanted})}"
    values = {"frame": resident_frame(request), "trouble": error.trouble, "again": again, "next": next_page}
    page = "towpath/signin/trouble.html"
    return render(request, page, values, status=STATUS.get(error.trouble, 400))
