from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "towpath.documents"
    label = "documents"

    def ready(self) -> None:
        from towpath.documents import actions, events  # noqa: F401  (declares event types, registers the job)
