from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "manyhands.quality"
    label = "quality"
