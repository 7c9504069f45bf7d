from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "towpath.casework"
    label = "casework"

    def ready(self) -> None:
        # They register the step kinds that a process may name.
        from towpath.casework import letters  # noqa: F401
        from towpath.casework.actions import decisions, questions, steps  # noqa: F401
