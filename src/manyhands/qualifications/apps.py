from django.apps import AppConfig


class QualificationsConfig(AppConfig):
    name = "manyhands.qualifications"
    label = "qualifications"
