"""A batch's life: rows uploaded, priced, published; extended, expired, disposed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO, Protocol

import orjson
import psycopg
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from manyhands.accounts.api_keys import charge_key, release_key
from manyhands.accounts.models import Account
from manyhands.accounts.states import AccountStatus
from manyhands.core import db, sql
from manyhands.core.errors import InvalidInput, NotFound, Refusal
from manyhands.core.ids import AccountId, BatchId, HITId, HITTypeId, ProjectId, RequesterId
from manyhands.core.money import AMOUNT_MINOR_MAX
from manyhands.ledger.accounts import AccountKind, account_id
from manyhands.ledger.errors import AlreadyPosted
from manyhands.ledger.fees import requester_fee
from manyhands.ledger.operations import fill_sandbox, posting, transfer
from manyhands.qualifications.requirements import Requirement
from manyhands.work import csv_input, errors, known_answers
from manyhands.work.layout.template import check_layout, placeholders
from manyhands.work.models import HIT, Batch, BatchEvent, BatchFile, HITType, Project
from manyhands.work.operations.hit_types import Terms, hit_type_with
from manyhands.work.operations.known_answers import keep_known, put_first
from manyhands.work.operations.projects import MAX_ASSIGNMENTS_MAX, YEAR_S, within
from manyhands.work.operations.telling import tell_created
from manyhands.work.states import BatchStatus

EXPIRE_BATCH = sql.load("manyhands.work", "expire_batch")
EXTEND_BATCH = sql.load("manyhands.work", "extend_batch")
DISPOSE_BATCH = sql.load("manyhands.work", "dispose_batch")

PIECE_BYTES = 1024 * 1024
# The first number of the advisory lock that says: this batch is being published right now.
LOCK = 1_886_745_202
PROGRESS_EVERY = 5_000
MAX_ROWS = csv_input.ROWS_MAX
COPY_HITS = (
    "COPY hit (hit_type_id, batch_id, input, max_assignments, available, fee_minor, expires_at) FROM STDIN"
)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file taken in, or refused: then ``batch_id`` is None and the report names every bad cell."""

    batch_id: BatchId | None
    report: csv_input.CSVReport


def upload_rows(
    *,
    requester_id: RequesterId,
    project_id: ProjectId,
    name: str,
    file: BinaryIO,
    max_rows: int = csv_input.ROWS_MAX,
) -> Uploaded:
    """Check a CSV against the project's layout and keep it as a draft batch, at the project's terms.

    (nothing) -> draft. Raises NotFound, LayoutInvalid (no layout yet). A file with a bad cell is not kept.
    """
    project = (
        Project.objects.select_related("layout").filter(pk=project_id, requester_id=requester_id).first()
    )
    if project is None:
        raise NotFound
    if project.layout is None:
        raise errors.LayoutInvalid([])
    needed = placeholders(project.layout.html)
    if told := [name for name in needed if known_answers.is_known(name)]:
        sentence = gettext("The template shows the column %(name)s: workers would see what is right.")
        raise errors.LayoutInvalid([sentence % {"name": name} for name in told])
    report = csv_input.check(file, required_columns=needed, max_rows=max_rows)
    report = report.with_more(known_answers.problems(report.columns, project.layout.html))
    if report.problem_count:
        return Uploaded(None, report)
    file.seek(0)
    with transaction.atomic():
        batch = Batch.objects.create(
            requester_id=requester_id,
            project=project,
            layout=project.layout,
            name=name[:128],
            columns=known_answers.shown(report.columns),
            has_known=any(map(known_answers.is_known, report.columns)),
            row_count=report.row_count,
            sample_rows=[known_answers.visible(row.cells) for row in report.sample],
            max_assignments=project.max_assignments,
            reward_minor=project.reward_minor,
            fee_minor=requester_fee(project.reward_minor),
            lifetime_s=project.lifetime_s,
            first_questions=project.first_questions,
            first_places=project.first_places,
        )
        for ordinal, piece in enumerate(iter(lambda: file.read(PIECE_BYTES), b"")):
            BatchFile.objects.create(batch=batch, ordinal=ordinal, content=piece)
    return Uploaded(BatchId(batch.pk), report)


@dataclass(frozen=True, slots=True)
class Price:
    """What publishing costs: ``assignments`` times reward and fee, in minor units."""

    assignments: int
    reward_minor: int
    fee_minor: int

    @property
    def reward_total_minor(self) -> int:
        return self.assignments * self.reward_minor

    @property
    def fee_total_minor(self) -> int:
        return self.assignments * self.fee_minor

    @property
    def total_minor(self) -> int:
        return self.reward_total_minor + self.fee_total_minor


class Priced(Protocol):
    """What of a batch its price follows from."""

    @property
    def reward_minor(self) -> int: ...
    @property
    def fee_minor(self) -> int: ...
    @property
    def row_count(self) -> int: ...
    @property
    def max_assignments(self) -> int: ...
    @property
    def first_questions(self) -> int: ...
    @property
    def first_places(self) -> int: ...


def price_of(batch: Priced) -> Price:
    """What publishing a batch costs. Its first questions have more places, one for every newcomer."""
    first = min(batch.first_questions, batch.row_count)
    places = max(batch.first_places, batch.max_assignments)
    assignments = (batch.row_count - first) * batch.max_assignments + first * places
    return Price(assignments, batch.reward_minor, batch.fee_minor)


def quote(*, rows: int, max_assignments: int, reward_minor: int) -> Price:
    """The price of so many tasks, before anything is published."""
    return Price(rows * max_assignments, reward_minor, requester_fee(reward_minor))


def _batch(requester_id: RequesterId, batch_id: BatchId) -> Batch:
    batch = (
        Batch.objects.select_related("project", "layout")
        .filter(pk=batch_id, requester_id=requester_id)
        .first()
    )
    if batch is None:
        raise NotFound
    return batch


def price_batch(
    *, requester_id: RequesterId, batch_id: BatchId, reward_minor: int, max_assignments: int, lifetime_s: int
) -> Price:
    """Set the terms of a draft batch and say what it will cost. Raises NotFound, BatchNotDraft, InvalidInput."""
    batch = _batch(requester_id, batch_id)
    _check_terms(reward_minor, max_assignments, lifetime_s)
    fee = requester_fee(reward_minor)
    changed = Batch.objects.filter(pk=batch.pk, status=BatchStatus.DRAFT).update(
        reward_minor=reward_minor, max_assignments=max_assignments, lifetime_s=lifetime_s, fee_minor=fee
    )
    if not changed:
        raise errors.BatchNotDraft
    batch.reward_minor, batch.fee_minor, batch.max_assignments = reward_minor, fee, max_assignments
    return price_of(batch)


def _check_terms(reward_minor: int, max_assignments: int, lifetime_s: int) -> None:
    found: dict[str, str] = {}
    within(found, "reward_minor", reward_minor, 0, AMOUNT_MINOR_MAX)
    within(found, "max_assignments", max_assignments, 1, MAX_ASSIGNMENTS_MAX)
    within(found, "lifetime_s", lifetime_s, 30, YEAR_S)
    if found:
        raise InvalidInput(found)


def discard_batch(*, requester_id: RequesterId, batch_id: BatchId) -> None:
    """Throw a draft batch and its file away. draft -> discarded. Raises NotFound, BatchNotDraft."""
    batch = _batch(requester_id, batch_id)
    with transaction.atomic():
        if not Batch.objects.filter(pk=batch.pk, status=BatchStatus.DRAFT).update(
            status=BatchStatus.DISCARDED
        ):
            raise errors.BatchNotDraft
        BatchFile.objects.filter(batch=batch).delete()


@dataclass(frozen=True, slots=True)
class Published:
    batch_id: BatchId
    hit_type_id: HITTypeId
    hit_count: int
    price: Price


def start_publishing(
    *, requester_id: RequesterId, batch_id: BatchId, charged_key_id: int | None = None
) -> None:
    """Say that a draft is to be published; ``publish`` then does it, here or in a job.

    draft -> publishing. Its cost is counted against the key meanwhile, and taken back when publishing is refused.
    Raises NotFound, BatchNotDraft, AccountNotActive, SpendLimitReached.
    """
    batch = _batch(requester_id, batch_id)
    if not Account.objects.filter(pk=requester_id, status=AccountStatus.ACTIVE).exists():
        raise errors.AccountNotActive
    with transaction.atomic():
        if charged_key_id is not None:  # keys are locked before batches
            charge_key(key_id=charged_key_id, amount_minor=price_of(batch).total_minor)
        changed = Batch.objects.filter(pk=batch.pk, status=BatchStatus.DRAFT).update(
            status=BatchStatus.PUBLISHING,
            failure="",
            rows_published=0,
            publishing_at=timezone.now(),
            charged_key=charged_key_id,
        )
        if not changed:
            raise errors.BatchNotDraft


def publish(*, batch_id: BatchId, actor_id: AccountId | None) -> Published:
    """Make the HITs of a batch and reserve the money for all of them: everything or nothing.

    publishing -> published; on any refusal publishing -> draft with the reason kept. One transaction:
    one reservation transfer, one COPY, flat memory. Repeating it publishes nothing twice.
    Raises BatchNotDraft, BeingPublished, InsufficientFunds, LayoutInvalid, InputInvalid.
    """
    batch = Batch.objects.select_related("project", "layout").filter(pk=batch_id).first()
    if batch is None or batch.status != BatchStatus.PUBLISHING:
        raise errors.BatchNotDraft
    try:
        with transaction.atomic():
            _claim(batch)
            return _publish(batch, actor_id)
    except errors.BeingPublished:
        raise
    except AlreadyPosted:
        raise errors.BatchNotDraft from None
    except Refusal as refusal:
        _back_to_draft(batch, str(refusal))
        raise


def _back_to_draft(batch: Batch, failure: str) -> None:
    with transaction.atomic():
        if batch.charged_key_id is not None:
            release_key(key_id=batch.charged_key_id, amount_minor=price_of(batch).total_minor)
        changed = Batch.objects.filter(pk=batch.pk, status=BatchStatus.PUBLISHING).update(
            status=BatchStatus.DRAFT, failure=failure, charged_key=None
        )
        if not changed:  # another process has done so
            transaction.set_rollback(True)


# A publishing that nobody works on any more, because its process died, is taken up again after this.
STUCK_AFTER = timedelta(minutes=1)


def resume_publishing() -> int:
    """Take up what a killed process left in the middle of publishing; how many batches were published."""
    stuck = Batch.objects.filter(
        status=BatchStatus.PUBLISHING, publishing_at__lt=timezone.now() - STUCK_AFTER
    ).values_list("pk", flat=True)[:100]
    published = 0
    for batch_id in stuck:
        try:
            publish(batch_id=BatchId(batch_id), actor_id=None)
        except Refusal:  # it is a draft again and says why, or another process is at it
            continue
        published += 1
    return published


def _publish(batch: Batch, actor_id: AccountId | None) -> Published:
    assert batch.layout is not None  # noqa: S101 - kept by upload_rows
    problems = [
        problem.message
        for problem in check_layout(batch.layout.html, batch.columns)
        if problem.severity == "error"
    ]
    if problems:
        raise errors.LayoutInvalid(problems)
    price = price_of(batch)
    fill_sandbox(requester_id=RequesterId(batch.requester_id))
    # The money is locked before the group, as extending does.
    if price.total_minor:
        transfer(
            debit_account=account_id(batch.requester_id, AccountKind.REQUESTER_AVAILABLE),
            credit_account=account_id(batch.requester_id, AccountKind.REQUESTER_RESERVED),
            amount_minor=price.total_minor,
            idempotency_key=f"reserve:batch:{batch.pk}",
            purpose="reserve",
            batch_id=batch.pk,
        )
    hit_type = _hit_type_of(batch)
    hit_type_id = HITTypeId(hit_type.pk)
    expires_at = timezone.now() + timedelta(seconds=batch.lifetime_s)
    count = _copy_hits(batch, hit_type_id, expires_at)
    if count != batch.row_count:
        raise errors.InputInvalid([])
    if hit_type.keeps_events:
        tell_created(BatchId(batch.pk))
    if batch.has_known or (batch.project and batch.project.qualification_type_id):
        with db.beside() as other:
            file = BufferedReader(_Pieces(batch.pk, other), buffer_size=PIECE_BYTES)
            keep_known(batch, csv_input.read(file, max_rows=MAX_ROWS))
    if batch.first_questions:
        put_first(batch)
    db.run(
        "INSERT INTO hit_type_open (hit_type_id, expires_minute, change)"
        " VALUES (%(hit_type_id)s, date_trunc('minute', %(expires_at)s::timestamptz), %(change)s)",
        hit_type_id=hit_type_id,
        expires_at=expires_at,
        change=count,
    )
    changed = Batch.objects.filter(pk=batch.pk, status=BatchStatus.PUBLISHING).update(
        status=BatchStatus.PUBLISHED,
        hit_type_id=hit_type_id,
        published_at=timezone.now(),
        expires_at=expires_at,
        rows_published=count,
    )
    if not changed:
        raise errors.BatchNotDraft
    BatchFile.objects.filter(batch=batch).delete()
    BatchEvent.objects.create(
        batch=batch,
        act="published",
        actor_id=actor_id,
        facts={"hits": count, "max_assignments": batch.max_assignments, "total_minor": price.total_minor},
    )
    return Published(BatchId(batch.pk), hit_type_id, count, price)


def _claim(batch: Batch) -> None:
    if not db.one(bool, "SELECT pg_try_advisory_xact_lock(%(kind)s, %(id)s)", kind=LOCK, id=batch.pk):
        raise errors.BeingPublished


def _copy_hits(batch: Batch, hit_type_id: HITTypeId, expires_at: datetime) -> int:
    """Write the HITs, row by row of the stored file; progress shows in ``rows_published`` meanwhile."""
    count = 0
    places = batch.max_assignments
    with db.beside() as other, db.copy_in(COPY_HITS) as copy:
        file = BufferedReader(_Pieces(batch.pk, other), buffer_size=PIECE_BYTES)
        for row in csv_input.read(file, max_rows=MAX_ROWS):
            copy.write_row(
                (
                    hit_type_id,
                    batch.pk,
                    orjson.dumps(known_answers.visible(row.cells)).decode(),
                    places,
                    places,
                    batch.fee_minor,
                    expires_at,
                )
            )
            count += 1
            if count % PROGRESS_EVERY == 0:
                other.execute("UPDATE batch SET rows_published = %s WHERE id = %s", (count, batch.pk))
    return count


class _Pieces(RawIOBase):
    """The stored pieces of a file, read one after another: never more than one in memory."""

    def __init__(self, batch_id: int, connection: psycopg.Connection[Any]) -> None:
        self._batch_id = batch_id
        self._connection = connection
        self._ordinal = 0
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._left:
            self._left = self._next_piece()
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def _next_piece(self) -> memoryview:
        found = self._connection.execute(
            "SELECT content FROM batch_file WHERE batch_id = %s AND ordinal = %s",
            (self._batch_id, self._ordinal),
            binary=True,
        ).fetchone()
        self._ordinal += 1
        return memoryview(found[0] if found else b"")


def _hit_type_of(batch: Batch) -> HITType:
    """The group with exactly these terms, found or made, and locked."""
    project = batch.project
    assert project is not None  # noqa: S101 - kept by upload_rows
    terms = Terms(
        title=project.title,
        description=project.description,
        keywords=project.keywords,
        reward_minor=batch.reward_minor,
        assignment_duration_s=project.assignment_duration_s,
        auto_approval_delay_s=project.auto_approval_delay_s,
    )
    hit_type_id = hit_type_with(
        RequesterId(batch.requester_id),
        terms,
        sub_category_id=project.sub_category_id,
        layout_id=batch.layout_id,
        qualification_type_id=project.qualification_type_id,
        in_job_type_id=project.in_job_type_id if batch.first_questions else None,
        # Checked anew: a type may have been disposed of since the project asked for it.
        asked=[Requirement.from_json(kept) for kept in project.requirements],
    )
    # Publishing into one group is serialised, so that positions become visible in their order.
    hit_type = HITType.objects.select_for_update(no_key=True).get(pk=hit_type_id)
    if max(batch.max_assignments, batch.first_places) > 1 and not hit_type.has_several_places:
        HITType.objects.filter(pk=hit_type.pk).update(has_several_places=True)
    return hit_type


def _published(requester_id: RequesterId, batch_id: BatchId, hit_id: HITId | None = None) -> Batch:
    """The batch, locked before its HITs until the transaction ends; ``hit_id`` must be one of them."""
    batch = (
        Batch.objects.select_for_update(no_key=True).filter(pk=batch_id, requester_id=requester_id).first()
    )
    if batch is None or (hit_id and not HIT.objects.filter(pk=hit_id, batch_id=batch_id).exists()):
        raise NotFound
    if batch.status != BatchStatus.PUBLISHED:
        raise errors.BatchNotPublished
    return batch


def expire_batch(
    *, requester_id: RequesterId, batch_id: BatchId, actor_id: AccountId, hit_id: HITId | None = None
) -> int:
    """End the lifetime now: free places are withdrawn and their money goes back; work that is out goes on.

    assignable -> unassignable | reviewable. One statement. Returns the number of HITs.
    Raises NotFound, BatchNotPublished.
    """
    with transaction.atomic(), posting():
        batch = _published(requester_id, batch_id, hit_id)
        count = db.one(int, EXPIRE_BATCH, batch_id=batch_id, hit_id=hit_id)
        if hit_id is None and batch.source == Batch.Source.FILE:
            Batch.objects.filter(pk=batch_id).update(expires_at=timezone.now())
        BatchEvent.objects.create(
            batch=batch, hit_id=hit_id, act="expired", actor_id=actor_id, facts={"hits": count}
        )
    return count


@dataclass(frozen=True, slots=True)
class Extended:
    """How many HITs were changed and how many places became free."""

    hit_count: int
    opened: int


def extend_batch(
    *,
    requester_id: RequesterId,
    batch_id: BatchId,
    actor_id: AccountId,
    more_assignments: int = 0,
    expires_at: datetime | None = None,
    hit_id: HITId | None = None,
) -> Extended:
    """Give a batch more assignments per task, a later end, or both; the money is reserved with it.

    reviewable | unassignable | reviewing -> assignable where places become free. One statement.
    Raises NothingToExtend, EndInThePast, InvalidInput, InsufficientFunds, NotFound, BatchNotPublished.
    """
    if more_assignments <= 0 and expires_at is None:
        raise errors.NothingToExtend
    if expires_at is not None and expires_at <= timezone.now():
        raise errors.EndInThePast
    _check_terms(0, max(1, more_assignments), 30)
    with transaction.atomic(), posting():
        batch = _published(requester_id, batch_id, hit_id)
        fill_sandbox(requester_id=requester_id)
        extended = db.one(
            Extended,
            EXTEND_BATCH,
            batch_id=batch_id,
            hit_id=hit_id,
            more=max(0, more_assignments),
            expires_at=expires_at,
            reservation_key=f"reserve:batch:{batch_id}:{batch.reservations + 1}",
        )
        batch_changes: dict[str, Any] = {"reservations": batch.reservations + 1}
        # The HITs of the API have each their own places and end.
        if hit_id is None and batch.source == Batch.Source.FILE:
            batch_changes["max_assignments"] = batch.max_assignments + max(0, more_assignments)
            batch_changes["expires_at"] = expires_at or batch.expires_at
        Batch.objects.filter(pk=batch_id).update(**batch_changes)
        BatchEvent.objects.create(
            batch=batch,
            hit_id=hit_id,
            act="extended",
            actor_id=actor_id,
            facts={"more": more_assignments, "opened": extended.opened},
        )
    return extended


def dispose_batch(*, requester_id: RequesterId, batch_id: BatchId, actor_id: AccountId) -> int:
    """Close a batch for good once nothing is free, out or undecided; its answers stay.

    reviewable | reviewing -> disposed, batch published -> disposed. All HITs or none.
    Raises NotFound, BatchNotPublished, BatchNotFinished.
    """
    with transaction.atomic():
        batch = _published(requester_id, batch_id)
        disposed, left = db.one(
            lambda done, rest: (done, rest), DISPOSE_BATCH, batch_id=batch_id, hit_id=None
        )
        if left:
            raise errors.BatchNotFinished
        Batch.objects.filter(pk=batch.pk).update(status=BatchStatus.DISPOSED)
        BatchEvent.objects.create(batch=batch, act="disposed", actor_id=actor_id, facts={"hits": disposed})
    return int(disposed)
