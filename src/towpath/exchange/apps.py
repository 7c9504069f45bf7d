from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "towpath.exchange"
    label = "exchange"

    def ready(self) -> None:
        from towpath.exchange import calling, steps  # noqa: F401 (they register the job and the step kind)
