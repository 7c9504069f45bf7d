"""The addresses of the installation itself: the bare host name lists the bodies."""

from django.urls import path

from towpath.surfaces import bodies, health

handler404 = "towpath.surfaces.errors.not_found"
handler500 = "towpath.surfaces.errors.failed"

urlpatterns = [
    path("health", health.alive),
    path("", bodies.listed, name="bodies"),
]
