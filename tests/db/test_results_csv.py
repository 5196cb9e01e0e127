"""The results file byte for byte, against one written answer by answer from the rules."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from manyhands.accounts.models import Account
from manyhands.core import ids
from manyhands.core.ids import AccountId, BatchId, RequesterId
from manyhands.work.models import HIT, Assignment, Batch
from manyhands.work.operations import reviewing
from manyhands.work.queries import results
from manyhands.work.words import NO_WORDS
from tests import factories
from tests.conftest import Database

ROWS = [
    {"word": 'One, "two"\r\nthree', "more": "=1+1"},
    {"word": "четыре 五", "more": ""},
    {"word": "a|b", "more": "100%"},
]
# Of several shapes: fields that are missing, move, have several values, or whose name is no plain word.
ANSWERS = [
    [["meaning", "plain"], ["note", ""]],
    [["meaning", 'a, "b"\r\nc'], ["note", "\n"], ["tag", "x"], ["tag", "y|z"]],
    [["note", "first"], ["meaning", "=1+1"]],
    [["meaning", " да "]],
    [["meaning", '"'], ['100% sure, {so} "they" say', "95%"]],
    [],
]
WORDS = ["", "Good", 'No,\r\n"sorry"', ',"",', "\\.", "良い"]
OLD = datetime(2019, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


@pytest.fixture
def requester(database: Database) -> Account:
    return factories.make_requester()


@pytest.fixture(params=["of a file", "of the API"])
def batch_id(requester: Account, request: pytest.FixtureRequest) -> int:
    """Answers of three workers to three tasks: approved and rejected at several times, submitted, and one
    that is out for correction."""
    if request.param == "of a file":
        groups = [factories.publish(requester, ROWS, max_assignments=3, title='Words, "all"')]
        hit_ids = groups[0].hit_ids
    else:
        notes = ["", 'from "the",\r\nprogram', "plain"]
        groups = [factories.create_hit(requester, max_assignments=3, annotation=note) for note in notes]
        hit_ids = [group.hit_ids[0] for group in groups]
    done = []
    for _ in range(3):
        worker = factories.make_worker()
        for hit_id in hit_ids:
            done.append(factories.accept(worker, groups[0], hit_id).assignment_id)
            factories.submit(worker, done[-1])
    me = RequesterId(requester.pk)
    reviewing.approve(requester_id=me, assignment_ids=done[:4], actor_id=AccountId(me))
    reviewing.reject(
        requester_id=me, assignment_ids=done[4:6], actor_id=AccountId(me), reason="wrong", words="No."
    )
    for number, assignment_id in enumerate(done):
        row = Assignment.objects.get(pk=assignment_id)
        row.answer = ANSWERS[number % len(ANSWERS)]
        row.accepted_at = OLD + timedelta(days=61 * number, seconds=number)
        row.submitted_at = row.accepted_at + timedelta(days=number, milliseconds=500 * number)
        if row.decided_at is not None:
            row.decided_at -= timedelta(days=20 * number)
            row.feedback = (
                WORDS[number] if row.status == "approved" else [NO_WORDS, 'No,\r\n"so"'][number % 2]
            )
        row.save()
    HIT.objects.filter(pk=hit_ids[1]).update(expires_at=OLD + timedelta(days=4_000))
    Assignment.objects.filter(pk=done[7]).update(status="correction")
    return groups[0].batch_id


def test_the_file_is_exact_in_any_time_zone_however_many_rows_are_written_at_once(
    requester: Account, batch_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at_once, zone in ((1, "Asia/Tokyo"), (2, "America/New_York"), (3, "UTC"), (500, "UTC")):
        monkeypatch.setattr(results, "CSV_ROWS_AT_ONCE", at_once)
        in_zone(zone)
        exported = b"".join(export(requester, batch_id)).decode()
        in_zone("UTC")

        heading = next(csv.reader(io.StringIO(exported, newline="")))
        assert {name for name in heading if name.startswith("Answer.")} == {
            "Answer.meaning", "Answer.note", "Answer.tag", 'Answer.100% sure, {so} "they" say',
        }  # fmt: skip
        assert exported.split("\r\n", maxsplit=1)[1] == "".join(written(batch_id, heading))


def test_an_export_left_halfway_leaves_the_connection_fit_for_the_next(
    requester: Account, batch_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "CSV_ROWS_AT_ONCE", 1)
    whole = list(export(requester, batch_id))

    started = export(requester, batch_id)
    assert [next(started), next(started)] == whole[:2]
    started.close()  # type: ignore[attr-defined]

    assert list(export(requester, batch_id)) == whole


def in_zone(zone: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, false)", [zone])


def export(requester: Account, batch_id: int) -> Iterator[bytes]:
    return results.results_csv(requester_id=RequesterId(requester.pk), batch_id=BatchId(batch_id))


def written(batch_id: int, heading: list[str]) -> list[str]:
    """The lines after the heading."""
    batch = Batch.objects.select_related("hit_type").get(pk=batch_id)
    lines = []
    for answered in Assignment.objects.filter(batch_id=batch_id).select_related("hit").order_by("pk"):
        if answered.status != "correction":
            cells = cells_of(answered, answered.hit, batch, heading)
            lines.append(",".join(map(quoted, cells)) + "\r\n")
    return lines


def cells_of(answered: Assignment, hit: HIT, batch: Batch, heading: list[str]) -> list[Any]:
    hit_type, of_api = batch.hit_type, batch.source == Batch.Source.API
    assert hit_type is not None
    assert answered.submitted_at is not None
    annotation = hit.annotation or None if of_api else f"BatchId:{ids.encode('batch', batch.pk)};"
    lifetime = round((hit.expires_at - hit.created_at).total_seconds()) if of_api else batch.lifetime_s
    half_seconds = (answered.submitted_at - answered.accepted_at) // timedelta(milliseconds=500)
    pairs: list[list[str]] = answered.answer or []
    values = {f"Answer.{name}": "|".join(text for field, text in pairs if field == name) for name, _ in pairs}
    values |= {f"Input.{name}": value for name, value in (hit.input or {}).items()}
    values |= {"Approve": "", "Reject": ""}
    return [
        ids.encode("hit", hit.pk), ids.encode("hit_type", hit_type.pk), hit_type.title, hit_type.description,
        hit_type.keywords, "$0.05", in_words(hit.created_at if of_api else batch.published_at),
        hit.max_assignments, annotation, hit_type.assignment_duration_s, hit_type.auto_approval_delay_s,
        in_words(hit.expires_at), None, lifetime, ids.encode("assignment", answered.pk),
        ids.encode_account(answered.worker_id), answered.status.capitalize(), in_words(answered.accepted_at),
        in_words(answered.submitted_at), in_words(answered.auto_approve_at),
        in_words(answered.decided_at if answered.status == "approved" else None),
        in_words(answered.decided_at if answered.status == "rejected" else None),
        None if answered.feedback == NO_WORDS else answered.feedback, (half_seconds + 1) // 2,
        rate(answered.worker_id, 10_000), rate(answered.worker_id, 30), rate(answered.worker_id, 7),
        *(values.get(name) for name in heading[27:]),
    ]  # fmt: skip


def quoted(value: object) -> str:
    """What is there and empty is told from what is not there."""
    text = "" if value is None else str(value)
    needs_quotes = value == "" or any(character in text for character in ',"\r\n')
    return '"' + text.replace('"', '""') + '"' if needs_quotes else text


def in_words(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%a %b %d %H:%M:%S UTC %Y")


def rate(worker_id: int, days: int) -> str:
    after = timezone.now() - timedelta(days=days - 0.5)
    decided = Assignment.objects.filter(worker_id=worker_id, decided_at__gt=after)
    all_, approved = decided.count(), decided.filter(status="approved").count()
    return f"{(200 * approved + all_) // (2 * all_) if all_ else 0}% ({approved}/{all_})"
