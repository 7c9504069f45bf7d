"""Links and codes in letters. A letter is kept with marks in their places, and filled in on its way out.

So neither the database nor a colleague at the desk holds what opens a resident's request.
"""

from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from towpath.foundation import crypto, tenancy

LINK, CODE = "⟦link⟧", "⟦code⟧"


def address() -> str:
    """Where the current body is reached."""
    scheme = "https" if settings.SECURE else "http"
    port = "" if settings.SECURE else f":{settings.PORT}"
    return f"{scheme}://{tenancy.current().host}{port}"


def filled(text: str, case: UUID | None) -> str:
    """The text as its reader gets it."""
    if case is None:
        return shown(text)
    link = f"{address()}/track/{crypto.link_secret('case', case)}"
    return text.replace(LINK, link).replace(CODE, crypto.typed_code("case", case))


def shown(text: str) -> str:
    """The text as others see it, and as it is seen later."""
    return text.replace(LINK, _("(the link is in the letter)")).replace(
        CODE, _("(the code is in the letter)")
    )
