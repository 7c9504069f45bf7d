"""Insight with signing in, without the other surfaces."""

from django.urls import include, path

handler403 = "towpath.surfaces.errors.forbidden"
handler404 = "towpath.surfaces.errors.not_found"
handler500 = "towpath.surfaces.errors.failed"

urlpatterns = [
    path("accounts/", include("towpath.surfaces.accounts.urls")),
    path("", include("towpath.surfaces.signin.urls")),
    path("insight/", include("towpath.surfaces.insight.urls")),
]
