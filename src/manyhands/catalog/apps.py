from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "manyhands.catalog"
    label = "catalog"
