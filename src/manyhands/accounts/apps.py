from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "manyhands.accounts"
    label = "accounts"

    def ready(self) -> None:
        # Every domain's own_data.py says what of it belongs to a person.
        autodiscover_modules("own_data")
