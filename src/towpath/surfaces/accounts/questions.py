"""The questions of django-allauth's forms as our components show them."""

from django.forms import Form
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from towpath.surfaces.look import Field

LABELS = {
    "login": gettext_noop("E-mail address"),
    "password": gettext_noop("Password"),
    "code": gettext_noop("Six-digit code"),
    "oldpassword": gettext_noop("Your password now"),
    "password1": gettext_noop("New password"),
    "password2": gettext_noop("New password once more"),
}
HINTS = {"password1": gettext_noop("At least 12 characters. A few words that you can remember are best.")}
AUTOCOMPLETE = {
    "login": "username",
    "password": "current-password",
    "code": "one-time-code",
    "oldpassword": "current-password",
    "password1": "new-password",
    "password2": "new-password",
}
WIDTHS = {"code": 10}


def questions(form: Form) -> list[Field]:
    return [_question(form[name]) for name in form.fields]


def general_errors(form: Form) -> list[tuple[str, str]]:
    """For the error summary: what belongs to no single question."""
    return [("", str(message)) for message in form.non_field_errors()]


def _question(bound: BoundField) -> Field:
    name = bound.name
    secret = "password" in name
    return Field(
        kind="text",
        name=bound.html_name,
        label=_(LABELS[name]) if name in LABELS else str(bound.label),
        hint=_(HINTS[name]) if name in HINTS else "",
        error=str(bound.errors[0]) if bound.errors else "",
        value="" if secret or name == "code" else bound.value() or "",
        type="password" if secret else "email" if name == "login" else "text",
        autocomplete=AUTOCOMPLETE.get(name, ""),
        spellcheck="false",
        width=WIDTHS.get(name, 0),
        dir="ltr",
    )
