from django.apps import AppConfig
from django.db.backends.signals import connection_created


class FoundationConfig(AppConfig):
    name = "towpath.foundation"
    label = "foundation"

    def ready(self) -> None:
        from towpath.foundation import counter

        connection_created.connect(counter.admit)
