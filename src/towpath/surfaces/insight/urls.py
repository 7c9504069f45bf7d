"""The addresses of insight."""

from django.urls import path

from towpath.surfaces.insight import views, what_if

app_name = "insight"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("services/<slug:code>/", views.service, name="service"),
    path("services/<slug:code>/what-if/", what_if.what_if, name="what-if"),
    path("open/", views.waiting, name="open"),
    path("requests/", views.requests, name="requests"),
    path("definitions/", views.definitions, name="definitions"),
]
