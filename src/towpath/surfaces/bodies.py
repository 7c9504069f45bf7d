"""The bare address: which bodies are served here."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from towpath.foundation.models import Tenant


def listed(request: HttpRequest) -> HttpResponse:
    port = request.get_port()
    suffix = "" if port in {"80", "443"} else f":{port}"
    scheme = "https" if request.is_secure() else "http"
    bodies = [
        {"name": t.name, "address": f"{scheme}://{t.host}{suffix}/"}
        for t in Tenant.objects.filter(is_rehearsal=False).order_by("name")
    ]
    return render(request, "towpath/bodies.html", {"bodies": bodies, "demonstration": settings.DEMO})
