"""The addresses of signing in for residents."""

from django.urls import path

from towpath.surfaces.signin import views

app_name = "signin"
urlpatterns = [
    path("sign-in", views.begin, name="begin"),
    path("sign-in/callback", views.callback, name="callback"),
    path("sign-out", views.leave, name="leave"),
]
