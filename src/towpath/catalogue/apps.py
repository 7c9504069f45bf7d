from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "towpath.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        from towpath.catalogue import events  # noqa: F401  (declares event types)
