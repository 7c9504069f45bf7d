from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "towpath.catalogue"
    label = "catalogue"
