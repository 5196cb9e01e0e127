from django.apps import AppConfig


class ProofreadingConfig(AppConfig):
    name = "manyhands.proofreading"
    label = "proofreading"
