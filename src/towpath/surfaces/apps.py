"""The Django application that carries the look shared by every surface: templates, components, style sheets."""

from django.apps import AppConfig


class SurfacesConfig(AppConfig):
    name = "towpath.surfaces"
    label = "surfaces"
