from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "manyhands.moderation"
    label = "moderation"
