"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


def body(request: HttpRequest) -> dict[str, Any]:
    tenant = getattr(request, "tenant", None)
    offered = (tenant.languages if tenant else None) or [code for code, _ in settings.LANGUAGES]
    language = translation.get_language() or "en"
    return {
        "tenant": tenant,
        "DEMO": settings.DEMO and bool(tenant and tenant.is_demo),
        "LANGUAGE_CODE": language,
        "LANGUAGE_BIDI": translation.get_language_bidi(),
        "languages": [(code, name) for code, name in settings.LANGUAGES if code in offered],
        "resident": request.session.get("resident") if tenant else None,
    }
