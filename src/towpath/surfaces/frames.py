"""What surrounds the pages of signing in: for staff, and for residents."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from towpath.foundation import tenancy
from towpath.surfaces.look import Frame, Language, Link


def staff_frame(request: HttpRequest) -> Frame:
    user = request.user
    if not user.is_authenticated:
        return Frame(body=tenancy.current().name, demo=is_demo(), languages=_languages(request))
    return Frame(
        body=tenancy.current().name,
        home="/desk/",
        demo=is_demo(),
        person=user.name,
        sign_out=reverse("account_logout"),
        account=[
            Link(_("Change password"), reverse("account_change_password")),
            Link(_("Second factor"), reverse("mfa_index")),
        ],
        languages=_languages(request),
    )


def resident_frame(request: HttpRequest) -> Frame:
    return Frame(body=tenancy.current().name, demo=is_demo(), languages=_languages(request))


def is_demo() -> bool:
    """Only then may a page show what would be a secret elsewhere."""
    return bool(settings.DEMO and tenancy.current().is_demo)


def _languages(request: HttpRequest) -> list[Language]:
    shown = []
    for code in tenancy.current().languages or [settings.LANGUAGE_CODE]:
        info = get_language_info(code)
        query = request.GET.copy()
        query["lang"] = code
        shown.append(
            Language(
                code=code,
                name=info["name_local"],
                href=f"?{query.urlencode()}",
                current=code == get_language(),
                rtl=info["bidi"],
            )
        )
    return shown
