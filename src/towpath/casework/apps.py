from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "towpath.casework"
    label = "casework"
