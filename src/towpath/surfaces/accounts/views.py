"""django-allauth's views with our templates, and what a demonstration shows beside them."""

from typing import Any

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator

from towpath.foundation import tenancy
from towpath.people import queries
from towpath.surfaces.accounts.questions import general_errors, questions
from towpath.surfaces.frames import is_demo, staff_frame
from towpath.surfaces.staff_access import note_second_factor, signed_in

PLACE = "towpath/accounts/"


class Framed:
    """Adds the frame, and the form's questions as our components take them."""

    request: HttpRequest

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**values)  # type: ignore[misc]  # a mixin
        form = context.get("form")
        asked = questions(form) if form else []
        errors = general_errors(form) if form else []
        wrong = bool(errors or any(q.error for q in asked))
        context |= {"questions": asked, "summary": [*errors, *asked], "errors": wrong}
        return context | {"frame": staff_frame(self.request), "next": self.request.GET.get("next", "")}


class Login(Framed, account.LoginView):  # type: ignore[misc]  # untyped there, as below
    template_name = f"{PLACE}login.html"

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        shown = tenancy.current().settings.get("demo-accounts", []) if is_demo() else []
        return super().get_context_data(**values) | {"demo_accounts": shown}


class Authenticate(Framed, mfa.AuthenticateView):  # type: ignore[misc]
    template_name = f"{PLACE}authenticate.html"

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        code = queries.current_code(self.stage.login.user) if is_demo() else ""
        return super().get_context_data(**values) | {"demo_code": code}


class ReauthenticateByCode(Framed, mfa.ReauthenticateView):  # type: ignore[misc]
    template_name = f"{PLACE}authenticate.html"

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        code = queries.current_code(signed_in(self.request)) if is_demo() else ""
        return super().get_context_data(**values) | {"demo_code": code, "again": True}


class Reauthenticate(Framed, account.ReauthenticateView):  # type: ignore[misc]
    template_name = f"{PLACE}reauthenticate.html"


class Logout(Framed, account.LogoutView):  # type: ignore[misc]
    template_name = f"{PLACE}logout.html"


class Inactive(Framed, account.AccountInactiveView):  # type: ignore[misc]
    template_name = f"{PLACE}inactive.html"


class ChangePassword(Framed, account.PasswordChangeView):  # type: ignore[misc]
    template_name = f"{PLACE}password_change.html"

    def get_success_url(self) -> str:
        return f"{reverse('account_change_password')}?done=1"

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        return super().get_context_data(**values) | {"done": "done" in self.request.GET}


class Factors(Framed, mfa.IndexView):  # type: ignore[misc]
    template_name = f"{PLACE}factors.html"


class Activate(Framed, totp.ActivateTOTPView):  # type: ignore[misc]
    template_name = f"{PLACE}activate.html"

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        note_second_factor(self.request)
        return response


class Deactivate(Framed, totp.DeactivateTOTPView):  # type: ignore[misc]
    template_name = f"{PLACE}deactivate.html"


@method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
class RecoveryCodes(Framed, codes.ViewRecoveryCodesView):  # type: ignore[misc]
    """They stand in for the phone, so a stolen session must not read them."""

    template_name = f"{PLACE}recovery_codes.html"


class NewRecoveryCodes(Framed, codes.GenerateRecoveryCodesView):  # type: ignore[misc]
    template_name = f"{PLACE}recovery_codes_new.html"
