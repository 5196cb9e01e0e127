from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "manyhands.ledger"
    label = "ledger"
