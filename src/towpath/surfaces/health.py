"""Whether the web application can serve: it answers, and it reaches the database."""

from django.db import connection
from django.http import HttpRequest, HttpResponse


def alive(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return HttpResponse("ok\n", content_type="text/plain")


def no_icon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it unasked; it is not worth a page."""
    return HttpResponse(status=204, headers={"Cache-Control": "public, max-age=86400"})
