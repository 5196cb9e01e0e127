"""What a worker wants to reach in a day or a week."""

from django.utils.translation import gettext

from manyhands.accounts.errors import NotWorker
from manyhands.accounts.models import Worker, WorkerGoal
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import WorkerId

_DAY_S = 86_400
# Nobody works more than every second of the period, or earns more than this.
_MOST = {
    ("day", "time"): _DAY_S, ("week", "time"): 7 * _DAY_S,
    ("day", "money"): 1_000_000_00, ("week", "money"): 1_000_000_00,
}  # fmt: skip


def set_goal(*, worker_id: WorkerId, period: str, measure: str, target: int) -> None:
    """Set or replace the goal: ``target`` in minor units of money or seconds. Raises InvalidInput, NotWorker."""
    most = _MOST.get((period, measure))
    if most is None or not 0 < target <= most:
        raise InvalidInput({"target": gettext("Enter an amount that can be reached in the time.")})
    if not Worker.objects.filter(pk=worker_id).exists():
        raise NotWorker
    values = {"period": period, "measure": measure, "target": target}
    WorkerGoal.objects.update_or_create(worker_id=worker_id, defaults=values)


def drop_goal(*, worker_id: WorkerId) -> None:
    """Go on without a goal."""
    WorkerGoal.objects.filter(worker_id=worker_id).delete()
