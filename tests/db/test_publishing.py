"""Publishing is all or nothing: the tasks, their money and the listing come together, once."""

import io

import psycopg
import pytest

from manyhands.core.errors import Refusal
from manyhands.core.ids import AccountId, BatchId, RequesterId
from manyhands.ledger import check
from manyhands.ledger.errors import InsufficientFunds
from manyhands.ledger.queries import balance_of
from manyhands.work import errors
from manyhands.work.models import HIT, Batch, BatchFile, HITType, HITTypeOpen
from manyhands.work.operations import batches
from tests import factories
from tests.conftest import Database


def started(rows: int = 3, *, deposit_minor: int = 1_000) -> tuple[RequesterId, BatchId]:
    requester = factories.make_requester(deposit_minor=deposit_minor)
    requester_id = RequesterId(requester.pk)
    batch_id = factories.upload(requester, factories.make_project(requester), rows)
    batches.start_publishing(requester_id=requester_id, batch_id=batch_id)
    return requester_id, batch_id


def nothing_published(batch_id: BatchId) -> bool:
    return not HIT.objects.filter(batch_id=batch_id).exists() and not HITTypeOpen.objects.exists()


@pytest.mark.feature("W-17", "M-142", "M-117")
def test_each_row_becomes_one_task_and_all_their_money_is_reserved(database: Database) -> None:
    requester_id, batch_id = started(rows=4)
    published = batches.publish(batch_id=batch_id, actor_id=AccountId(requester_id))
    assert [hit.input for hit in HIT.objects.order_by("position")] == [
        {"word": f"word {number}"} for number in range(4)
    ]
    # A reward of 5 cents and 20 % fee, a cent at least, for each of four places.
    assert (published.price.total_minor, balance_of(requester_id).reserved_minor) == (24, 24)
    assert balance_of(requester_id).available_minor == 1_000 - 24
    assert check.first_difference() is None
    assert not BatchFile.objects.exists()


def test_publishing_beyond_the_balance_publishes_nothing_and_says_why(database: Database) -> None:
    requester_id, batch_id = started(deposit_minor=17)  # one cent short
    with pytest.raises(InsufficientFunds):
        batches.publish(batch_id=batch_id, actor_id=None)
    batch = Batch.objects.get(pk=batch_id)
    assert (batch.status, batch.failure) == ("draft", str(InsufficientFunds()))
    assert nothing_published(batch_id)
    assert balance_of(requester_id).available_minor == 17


def test_publishing_twice_publishes_once(database: Database) -> None:
    requester_id, batch_id = started()
    batches.publish(batch_id=batch_id, actor_id=None)
    with pytest.raises(errors.BatchNotDraft):
        batches.publish(batch_id=batch_id, actor_id=None)
    with pytest.raises(errors.BatchNotDraft):
        batches.start_publishing(requester_id=requester_id, batch_id=batch_id)
    assert HIT.objects.count() == 3


def test_two_processes_publishing_one_batch_do_not_meet(database: Database) -> None:
    _, batch_id = started()
    with database.connect() as other:
        other.execute("BEGIN")
        other.execute("SELECT pg_advisory_xact_lock(%s, %s)", (batches.LOCK, batch_id))
        with pytest.raises(errors.BeingPublished):
            batches.publish(batch_id=batch_id, actor_id=None)
        other.execute("ROLLBACK")
    assert Batch.objects.get(pk=batch_id).status == "publishing"
    batches.publish(batch_id=batch_id, actor_id=None)
    assert HIT.objects.count() == 3


def test_what_a_killed_process_left_half_way_is_taken_up_again(database: Database) -> None:
    _, batch_id = started()
    assert batches.resume_publishing() == 0  # somebody may still be at it
    with database.connect() as other:
        other.execute("UPDATE batch SET publishing_at = now() - interval '2 minutes'")
    assert batches.resume_publishing() == 1
    assert Batch.objects.get(pk=batch_id).status == "published"
    assert HIT.objects.count() == 3


def test_a_file_that_changed_under_our_hands_publishes_nothing(database: Database) -> None:
    _, batch_id = started()
    with database.connect() as other:
        other.execute("UPDATE batch_file SET content = %s", (b"word\nonly one\n",))
    with pytest.raises(Refusal):
        batches.publish(batch_id=batch_id, actor_id=None)
    assert nothing_published(batch_id)
    assert check.first_difference() is None


@pytest.mark.feature("W-16")
def test_the_same_terms_are_the_same_group_and_another_reward_is_another(database: Database) -> None:
    requester = factories.make_requester()
    project_id = factories.make_project(requester)
    first = factories.publish(requester, project_id=project_id, reward_minor=5)
    again = factories.publish(requester, project_id=project_id, reward_minor=5)
    dearer = factories.publish(requester, project_id=project_id, reward_minor=6)
    assert first.hit_type_id == again.hit_type_id != dearer.hit_type_id


@pytest.mark.feature("W-16")
def test_the_terms_of_a_group_cannot_be_changed_by_changing_the_project(database: Database) -> None:
    requester = factories.make_requester()
    published = factories.publish(requester)
    factories.projects.save_layout(
        requester_id=RequesterId(requester.pk),
        project_id=published.project_id,
        html='<p>New ${word}</p><label>A <input name="a"></label>',
    )
    group = HITType.objects.select_related("layout").get(pk=published.hit_type_id)
    assert group.layout is not None
    assert group.layout.html == factories.WORD_HTML
    assert factories.publish(requester, project_id=published.project_id).hit_type_id != published.hit_type_id


def test_a_file_of_many_pieces_is_read_without_holding_it(database: Database) -> None:
    requester = factories.make_requester(deposit_minor=10**7)
    long = "x" * 3_000
    content = b"word\n" + b"".join(f"{number} {long}\n".encode() for number in range(1_200))
    assert len(content) > 3 * batches.PIECE_BYTES
    uploaded = batches.upload_rows(
        requester_id=RequesterId(requester.pk),
        project_id=factories.make_project(requester),
        name="large.csv",
        file=io.BytesIO(content),
    )
    assert uploaded.batch_id is not None
    batches.start_publishing(requester_id=RequesterId(requester.pk), batch_id=uploaded.batch_id)
    assert batches.publish(batch_id=uploaded.batch_id, actor_id=None).hit_count == 1_200
    first, last = HIT.objects.order_by("position").first(), HIT.objects.order_by("position").last()
    assert first is not None
    assert last is not None
    assert (first.input["word"], last.input["word"]) == (f"0 {long}", f"1199 {long}")


def test_a_file_with_one_bad_row_is_not_kept_and_the_cell_is_named(database: Database) -> None:
    requester = factories.make_requester()
    uploaded = batches.upload_rows(
        requester_id=RequesterId(requester.pk),
        project_id=factories.make_project(requester),
        name="bad.csv",
        file=io.BytesIO(b"word,note\nfine,1\n,2\nfine too,3\n"),
    )
    assert uploaded.batch_id is None
    assert [(problem.row, problem.column) for problem in uploaded.report.problems] == [(3, "word")]
    assert not Batch.objects.exists()


def test_the_database_itself_refuses_a_task_with_more_places_than_its_maximum(database: Database) -> None:
    requester = factories.make_requester()
    published = factories.publish(requester)
    with database.connect() as other, pytest.raises(psycopg.errors.CheckViolation):
        other.execute("UPDATE hit SET available = available + 1 WHERE id = %s", (published.hit_ids[0],))
