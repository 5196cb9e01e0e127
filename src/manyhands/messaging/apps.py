from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "manyhands.messaging"
    label = "messaging"
