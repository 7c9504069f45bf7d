from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "towpath.contact"
    label = "contact"

    def ready(self) -> None:
        from towpath.contact import actions, events  # noqa: F401  (declares event types, registers the job)
