from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "manyhands.core"
    label = "core"
