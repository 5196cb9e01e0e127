from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "manyhands.accounts"
    label = "accounts"
