from django.apps import AppConfig


class JourneysConfig(AppConfig):
    name = "towpath.journeys"
    label = "journeys"
