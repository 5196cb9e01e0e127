from django.apps import AppConfig


class ReputationConfig(AppConfig):
    name = "manyhands.reputation"
    label = "reputation"
