"""The addresses of one body."""

from django.urls import include, path

from towpath.surfaces import health

handler403 = "towpath.surfaces.errors.forbidden"
handler404 = "towpath.surfaces.errors.not_found"
handler500 = "towpath.surfaces.errors.failed"

urlpatterns = [
    path("health", health.alive),
    path("favicon.ico", health.no_icon),
    path("accounts/", include("towpath.surfaces.accounts.urls")),
    path("", include("towpath.surfaces.signin.urls")),
    path("desk/", include("towpath.surfaces.desk.urls")),
    path("insight/", include("towpath.surfaces.insight.urls")),
    path("", include("towpath.surfaces.portal.urls")),
]
