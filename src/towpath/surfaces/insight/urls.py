"""The addresses of insight."""

from django.urls import path

from towpath.surfaces.insight import process, views, what_if

app_name = "insight"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("services/<slug:code>/", views.service, name="service"),
    path("services/<slug:code>/what-if/", what_if.what_if, name="what-if"),
    path("services/<slug:code>/process/", process.process, name="process"),
    path("logs/", process.logs, name="logs"),
    path("logs/<slug:code>/", process.log, name="log"),
    path("logs/<slug:code>/cases/", process.log_cases, name="log-cases"),
    path("open/", views.waiting, name="open"),
    path("requests/", views.requests, name="requests"),
    path("definitions/", views.definitions, name="definitions"),
]
