from django.apps import AppConfig


class HelpConfig(AppConfig):
    name = "manyhands.help"
    label = "help"
