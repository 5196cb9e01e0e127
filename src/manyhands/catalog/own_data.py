"""What of the catalogue belongs to a person: the searches they kept."""

from manyhands.accounts.own_data import Section, add
from manyhands.catalog.models import SavedSearch
from manyhands.core.ids import AccountId


def _erase(account_id: AccountId) -> None:
    SavedSearch.objects.filter(worker_id=account_id).delete()


add(
    sections=[
        Section(
            "saved_searches",
            "SELECT jsonb_build_object('name', name, 'criteria', criteria, 'alerts', alerts,"
            " 'created_at', created_at) FROM saved_search WHERE worker_id = %(account_id)s ORDER BY id",
        )
    ],
    erasers=[_erase],
)
