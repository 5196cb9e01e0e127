"""The two small charts of a batch: time per task, and how fast workers accept."""

from datetime import UTC, datetime, timedelta

from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from manyhands.core.ids import RequesterId
from manyhands.web import charts
from manyhands.web.templatetags.manyhands import duration
from manyhands.work.queries import requester as queries

_SLOTS_MAX = 24
_BARS = 8
_HOUR_S, _DAY_S = 3_600, 86_400
_WIDTHS_S = (60, 300, 900, _HOUR_S, 6 * _HOUR_S, _DAY_S, 7 * _DAY_S)


def of(requester_id: RequesterId, batch: queries.Batch, counts: queries.Counts) -> list[SafeString]:
    """Two charts, or none while nobody has accepted anything. At most two statements."""
    if batch.published_at is None or not (counts.answered or counts.in_work):
        return []
    width_s = _slot_width_s(batch.published_at)
    origin = _origin(batch.published_at, width_s)
    pace = queries.pace(
        requester_id=requester_id, batch_id=batch.id, origin=origin, width=timedelta(seconds=width_s)
    )
    return [_time_per_task(pace.seconds), _accepted(pace.slots, origin, width_s)]


def _slot_width_s(published_at: datetime) -> int:
    """Slots so wide that the whole life of the batch fits, or a week each."""
    age_s = (timezone.now() - published_at).total_seconds()
    return next((width for width in _WIDTHS_S if width * _SLOTS_MAX >= age_s), _WIDTHS_S[-1])


def _origin(published_at: datetime, width_s: int) -> datetime:
    """Where the first slot begins: a round time, at least a few slots ago and at most all of them."""
    now_slot = int(timezone.now().timestamp()) // width_s
    first_slot = int(published_at.timestamp()) // width_s
    slot = max(now_slot - _SLOTS_MAX, min(first_slot, now_slot - _BARS + 1))
    return datetime.fromtimestamp(slot * width_s, UTC)


def _time_per_task(seconds: list[float]) -> SafeString:
    title = gettext("Time per task")
    if not seconds:
        return charts.histogram(title, [0, 1], [0])
    ordered = sorted(seconds)
    # The slowest few would squeeze all others into one bar; they are counted in the last one.
    step = _round_step((ordered[int(0.95 * (len(ordered) - 1))] or 1) / _BARS)
    counts = [0] * _BARS
    for value in ordered:
        counts[min(_BARS - 1, int(value // step))] += 1
    edges = [step * index for index in range(_BARS + 1)]
    return charts.histogram(title, edges, counts, write=duration)


def _round_step(seconds: float) -> float:
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, _DAY_S)
    return next((step for step in steps if step >= seconds), _DAY_S)


def _accepted(slots: list[tuple[datetime, int]], origin: datetime, width_s: int) -> SafeString:
    """How many were accepted in each slot up to now."""
    found = dict(slots)
    width = timedelta(seconds=width_s)
    edges, counts = [origin], []
    while edges[-1] <= timezone.now():
        counts.append(found.get(edges[-1], 0))
        edges.append(edges[-1] + width)

    def write(timestamp: float) -> str:
        at = timezone.localtime(datetime.fromtimestamp(timestamp, UTC))
        return formats.date_format(at, "TIME_FORMAT" if width_s < _DAY_S else "MONTH_DAY_FORMAT")

    title = gettext("Accepted, every %(time)s") % {"time": duration(width_s)}
    return charts.histogram(title, [edge.timestamp() for edge in edges], counts, write=write)
