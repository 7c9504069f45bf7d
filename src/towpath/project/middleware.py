"""What happens around each request: headers, the body that the host name chooses, the language."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import get_language_from_request

from towpath.foundation import tenancy
from towpath.foundation.models import Tenant

Next = Callable[[HttpRequest], HttpResponseBase]
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'{issuers}",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "manifest-src 'self'",
    ]
)
LANGUAGE_COOKIE = "language"
YEAR = 365 * 24 * 3600


def security_headers(get_response: Next) -> Next:
    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        policy = POLICY.format(issuers=_issuer(request))
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return respond


def _issuer(request: HttpRequest) -> str:
    """A form that leads to sign-in is redirected to the provider, which browsers count as form-action."""
    tenant: Tenant | None = getattr(request, "tenant", None)
    own = tenant.settings.get("sign-in", {}).get("issuer") if tenant else None
    address = urlsplit(str(own or settings.SIGN_IN_ISSUER))
    return f" {address.scheme}://{address.netloc}"


class TenantMiddleware:
    """Runs each request inside its body's transaction, and undoes all of it when the view fails."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        host = request.get_host().partition(":")[0].lower()
        with tenancy.at(host) as tenant:
            vars(request)["tenant"] = tenant
            if tenant is not None:
                response = self.get_response(request)
                if getattr(request, "failed", False) or response.status_code >= 500:
                    transaction.set_rollback(True)
                return response
        request.urlconf = "towpath.project.urls_bare"
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Also a 403 or 404 raised half-way leaves nothing behind."""
        vars(request)["failed"] = True
        return None


class PlainText:
    """No NUL in what a view reads: no text of a person's holds one, and the database takes none.

    It comes with text pasted from broken files, so it is left out rather than refused: nothing typed is lost.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        if "\0" in request.path:
            raise Http404(repr(request.path))
        if _has_nul(request.GET):
            vars(request)["GET"] = _without_nul(request.GET)
        # The check against forged requests, which stands before, has read the form already.
        if request.method == "POST" and _has_nul(request.POST):
            request.POST = _without_nul(request.POST)  # type: ignore[assignment]  # it may be set, once, like this


def _has_nul(given: QueryDict) -> bool:
    return any("\0" in name or any("\0" in value for value in values) for name, values in given.lists())


def _without_nul(given: QueryDict) -> QueryDict:
    clean = QueryDict(mutable=True)
    for name, values in given.lists():
        clean.setlist(name.replace("\0", ""), [value.replace("\0", "") for value in values])
    clean._mutable = False
    return clean


def language(get_response: Next) -> Next:
    """The language asked for (`?lang=`), remembered, or the browser's, among those that the body offers."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        tenant: Tenant | None = getattr(request, "tenant", None)
        offered = tenant.languages if tenant else []
        offered = offered or [code for code, _ in settings.LANGUAGES]
        asked = request.GET.get("lang", "")
        wanted = asked or request.COOKIES.get(LANGUAGE_COOKIE) or get_language_from_request(request)
        chosen = wanted if wanted in offered else offered[0]
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            if asked in offered and request.method == "GET":
                response: HttpResponseBase = _without_language(request)
                response.set_cookie(
                    LANGUAGE_COOKIE,
                    chosen,
                    max_age=YEAR,
                    samesite="Lax",
                    secure=settings.SECURE,
                    httponly=True,
                )
                return response
            response = get_response(request)
            response.headers.setdefault("Content-Language", chosen)
            return response

    return respond


def _without_language(request: HttpRequest) -> HttpResponseBase:
    """The same address without `lang`, so that links and bookmarks stay neutral."""
    query = request.GET.copy()
    del query["lang"]
    path = "/" + request.path.lstrip("/")
    return redirect(f"{path}?{query.urlencode()}" if query else path)
