"""Only the pages that are used. The names are django-allauth's, since its views lead to each other by them."""

from django.contrib.auth.decorators import login_required
from django.urls import path

from towpath.surfaces.accounts import views

urlpatterns = [
    path("login/", views.Login.as_view(), name="account_login"),
    path("logout/", views.Logout.as_view(), name="account_logout"),
    path("inactive/", views.Inactive.as_view(), name="account_inactive"),
    path("reauthenticate/", views.Reauthenticate.as_view(), name="account_reauthenticate"),
    path("password/change/", login_required(views.ChangePassword.as_view()), name="account_change_password"),
    path("2fa/", views.Factors.as_view(), name="mfa_index"),
    path("2fa/authenticate/", views.Authenticate.as_view(), name="mfa_authenticate"),
    path("2fa/reauthenticate/", views.ReauthenticateByCode.as_view(), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", views.Activate.as_view(), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", views.Deactivate.as_view(), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", views.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/", views.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"
    ),
]
