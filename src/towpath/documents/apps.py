from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "towpath.documents"
    label = "documents"
