"""A page that was open for too long: its token is old, nothing was done, and what was typed comes back with it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from towpath.surfaces.portal import visitors


def returns(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Marks a page that takes GET as well. `surfaces.errors.csrf_failed` asks for the mark."""
    vars(view)["when_expired"] = _come_back
    return view


def _come_back(request: HttpRequest, **_more: Any) -> HttpResponse | None:
    """None without a session: browsers send none along from other sites, and those get no page of ours."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    visitors.keep_typed(request, request.path, dict(request.POST.lists()))
    messages.info(
        request, _("This page had been open for too long, so we did nothing yet. Please send it again.")
    )
    return redirect(request.get_full_path())
