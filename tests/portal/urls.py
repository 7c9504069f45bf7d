"""The portal and signing in, without the desk."""

from django.urls import include, path

handler403 = "towpath.surfaces.errors.forbidden"
handler404 = "towpath.surfaces.errors.not_found"
handler500 = "towpath.surfaces.errors.failed"

urlpatterns = [
    path("", include("towpath.surfaces.signin.urls")),
    path("", include("towpath.surfaces.portal.urls")),
]
