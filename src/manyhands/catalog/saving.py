"""State changes of saved searches: keeping one, alerts on and off, removing it."""

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from manyhands.accounts.models import Worker
from manyhands.catalog.errors import NothingToSave, SearchNameNeeded, SearchNameTaken, TooManySearches
from manyhands.catalog.models import SavedSearch
from manyhands.catalog.search import Saved, Search
from manyhands.core.errors import NotFound
from manyhands.core.ids import WorkerId

SEARCHES_MAX = 20
NAME_MAX = 80


def save_search(*, worker_id: WorkerId, name: str, search: Search, alerts: bool) -> int:
    """Keep a search; with ``alerts``, groups published from now on that fit are told of.

    (nothing) -> a saved search, its id. Three statements; locks the worker, so that two at once are counted.
    Raises SearchNameNeeded, SearchNameTaken, NothingToSave, TooManySearches.
    """
    shown = " ".join(name.replace("\0", "").split())[:NAME_MAX]
    if not shown:
        raise SearchNameNeeded
    if not search.is_narrowed:
        raise NothingToSave
    try:
        with transaction.atomic():
            Worker.objects.select_for_update(no_key=True).get(pk=worker_id)
            if SavedSearch.objects.filter(worker_id=worker_id).count() >= SEARCHES_MAX:
                raise TooManySearches
            made = SavedSearch.objects.create(
                worker_id=worker_id, name=shown, criteria=search.criteria(), alerts=alerts
            )
    except IntegrityError:
        raise SearchNameTaken from None
    return made.pk


def set_alerts(*, worker_id: WorkerId, search_id: int, alerts: bool) -> None:
    """Alerts on or off; on, they begin now. One guarded UPDATE; already so, it changes nothing.

    Raises NotFound, also for another worker's.
    """
    own = SavedSearch.objects.filter(pk=search_id, worker_id=worker_id)
    if not own.filter(alerts=not alerts).update(alerts=alerts, alerts_since=Now()) and not own.exists():
        raise NotFound


def remove_search(*, worker_id: WorkerId, search_id: int) -> None:
    """Forget a search. Removed already, nothing happens. Raises NotFound for another worker's."""
    own = SavedSearch.objects.filter(pk=search_id, worker_id=worker_id)
    if not own.delete()[0] and SavedSearch.objects.filter(pk=search_id).exists():
        raise NotFound


def saved_searches(*, worker_id: WorkerId) -> list[Saved]:
    """The searches a worker keeps, the oldest first; at most SEARCHES_MAX."""
    rows = SavedSearch.objects.filter(worker_id=worker_id).order_by("id")
    return [Saved(*row) for row in rows.values_list("id", "name", "alerts", "criteria")]
