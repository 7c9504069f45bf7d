"""How often one caller may do what costs us: begin, send files, send requests. Counted in the database."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from towpath.foundation import clock, lockout

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
HOUR: Final = timedelta(hours=1)


def limited(what: str, an_hour: int) -> Callable[[View[P]], View[P]]:
    """At most so many POSTs an hour from one address to one body; then a page says when to come back."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method == "POST" and not within(request, what, an_hour):
                return render(request, "towpath/error.html", {"status": 429, "kind": "too-often"}, status=429)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def within(request: HttpRequest, what: str, an_hour: int) -> bool:
    """Counts this time; False where it was once too often."""
    return not settings.LIMITS or _count(request, what) <= an_hour


def _count(request: HttpRequest, what: str) -> int:
    """How often in this hour, this time included."""
    over = clock.real_now().replace(minute=0, second=0, microsecond=0) + HOUR
    caller = get_adapter().get_client_ip(request)
    return lockout.times(f"limit\n{what}\n{caller}\n{over.isoformat()}", over)
