"""The addresses of insight."""

from django.urls import path

from towpath.surfaces.insight import views

app_name = "insight"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("services/<slug:code>/", views.service, name="service"),
    path("open/", views.waiting, name="open"),
    path("requests/", views.requests, name="requests"),
    path("definitions/", views.definitions, name="definitions"),
]
