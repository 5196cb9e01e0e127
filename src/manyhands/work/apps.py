from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "manyhands.work"
    label = "work"
