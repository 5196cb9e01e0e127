from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "manyhands.work"
    label = "work"

    def ready(self) -> None:
        # Only once the apps are there may modules with statements be imported.
        from manyhands.work import checks

        checks.register()
