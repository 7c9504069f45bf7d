from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "towpath.exchange"
    label = "exchange"

    def ready(self) -> None:
        pass
