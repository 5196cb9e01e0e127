from django.apps import AppConfig


class MTurkConfig(AppConfig):
    name = "manyhands.mturk"
    label = "mturk"
