"""People and work for tests, made by the operations a real request would call.

One shortcut is taken: accounts are inserted, because hashing a password takes a
tenth of a second. Everything else goes the way of the product.
"""

import csv
import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from manyhands.accounts.models import Account, Requester, Worker
from manyhands.catalog import market
from manyhands.catalog.models import SubCategory
from manyhands.core.files import Incoming
from manyhands.core.ids import (
    AccountId,
    AssignmentId,
    BatchId,
    HITId,
    HITTypeId,
    ProjectId,
    QualificationTypeId,
    RequesterId,
    WorkerId,
)
from manyhands.ledger import operations as ledger
from manyhands.qualifications import operations as qualifications
from manyhands.qualifications.states import Route
from manyhands.questions import builder
from manyhands.questions.answers import HandedFile
from manyhands.work.models import HIT, Batch, QualificationRequirement
from manyhands.work.operations import accepting, answer_files, batches, hits, projects, questions, submitting
from manyhands.work.operations.hit_types import Terms, make_hit_type

WORD_HTML = '<p>${word}</p><label>Meaning <input name="meaning" required></label>'
_SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas"
HTML_QUESTION = (
    f'<HTMLQuestion xmlns="{_SCHEMAS}/2011-11-11/HTMLQuestion.xsd"><HTMLContent><![CDATA[<!DOCTYPE html>\n'
    "<html><head><title>Words</title></head><body><form><p>word</p>"
    '<label>Meaning <input name="meaning" required></label><input type="submit"></form></body></html>'
    "]]></HTMLContent><FrameHeight>450</FrameHeight></HTMLQuestion>"
)
EXTERNAL_QUESTION = (
    f'<ExternalQuestion xmlns="{_SCHEMAS}/2006-07-14/ExternalQuestion.xsd">'
    "<ExternalURL>https://tasks.example.test/page?a=1&amp;b=2</ExternalURL><FrameHeight>600</FrameHeight>"
    "</ExternalQuestion>"
)
HOUR_S = 3_600
DAY_S = 86_400


def make_account(*, worker: bool = False, requester: bool = False, name: str = "", **columns: Any) -> Account:
    """An active account with these roles; ``email`` and ``name`` are made up unless given."""
    made = uuid.uuid4().hex[:12]
    columns.setdefault("email", f"{made}@example.test")
    shown = name or f"Person {made[:4]}"
    account = Account.objects.create(name=shown, is_worker=worker, is_requester=requester, **columns)
    if worker:
        Worker.objects.create(account=account)
    if requester:
        Requester.objects.create(account=account, display_name=shown)
    return account


def make_worker(*, name: str = "", auto_accept_next: bool = False, **columns: Any) -> Account:
    """A worker; its account's ``pk`` is the worker's id."""
    account = make_account(worker=True, name=name, **columns)
    if auto_accept_next:
        Worker.objects.filter(pk=account.pk).update(auto_accept_next=True)
    return account


def make_requester(*, deposit_minor: int = 100_000, name: str = "", **columns: Any) -> Account:
    """A requester with so much money; its account's ``pk`` is the requester's id."""
    account = make_account(requester=True, name=name, **columns)
    if deposit_minor:
        deposit(account, deposit_minor)
    return account


def deposit(requester: Account, amount_minor: int) -> None:
    """Book money that came in from outside."""
    ledger.deposit(
        requester_id=RequesterId(requester.pk), amount_minor=amount_minor, reference=uuid.uuid4().hex
    )


@dataclass(frozen=True, slots=True)
class Published:
    """A published batch and what it made; ``hit_ids`` in the order workers get them."""

    project_id: ProjectId
    batch_id: BatchId
    hit_type_id: HITTypeId
    hit_ids: list[HITId]


Rows = int | Sequence[Mapping[str, str]]


def make_project(
    requester: Account,
    *,
    html: str = WORD_HTML,
    title: str = "Explain words",
    description: str = "Say in a few words what each word means.",
    keywords: str = "words, language",
    sub_category: str = "text-classification",
    assignment_duration_s: int = 600,
    auto_approval_delay_s: int = 3 * DAY_S,
) -> ProjectId:
    """A project with a layout, ready for rows."""
    settings = projects.ProjectSettings(
        name=title, title=title, description=description, keywords=keywords,
        sub_category_id=SubCategory.objects.get(slug=sub_category).pk, reward_minor=5,
        assignment_duration_s=assignment_duration_s, auto_approval_delay_s=auto_approval_delay_s,
        lifetime_s=DAY_S, max_assignments=1,
    )  # fmt: skip
    project_id = projects.create_project(requester_id=RequesterId(requester.pk), settings=settings)
    projects.save_layout(requester_id=RequesterId(requester.pk), project_id=project_id, html=html)
    return project_id


def upload(requester: Account, project_id: ProjectId, rows: Rows) -> BatchId:
    """A draft batch of these rows; a number stands for so many rows with a column ``word``."""
    listed = [{"word": f"word {number}"} for number in range(rows)] if isinstance(rows, int) else rows
    uploaded = batches.upload_rows(
        requester_id=RequesterId(requester.pk),
        project_id=project_id,
        name="rows.csv",
        file=io.BytesIO(_csv(listed)),
    )
    assert uploaded.batch_id is not None, uploaded.report
    return uploaded.batch_id


def publish(
    requester: Account,
    rows: Rows = 3,
    *,
    reward_minor: int = 5,
    max_assignments: int = 1,
    lifetime_s: int = DAY_S,
    project_id: ProjectId | None = None,
    **project: Any,
) -> Published:
    """Publish rows as a batch, priced and paid for; ``project`` are the words of ``make_project``."""
    requester_id = RequesterId(requester.pk)
    project_id = project_id or make_project(requester, **project)
    batch_id = upload(requester, project_id, rows)
    batches.price_batch(
        requester_id=requester_id,
        batch_id=batch_id,
        reward_minor=reward_minor,
        max_assignments=max_assignments,
        lifetime_s=lifetime_s,
    )
    batches.start_publishing(requester_id=requester_id, batch_id=batch_id)
    batches.publish(batch_id=batch_id, actor_id=AccountId(requester.pk))
    hit_ids = HIT.objects.filter(batch_id=batch_id).order_by("position").values_list("id", flat=True)
    hit_type_id = Batch.objects.values_list("hit_type_id", flat=True).get(pk=batch_id)
    return Published(project_id, batch_id, HITTypeId(hit_type_id or 0), [HITId(number) for number in hit_ids])


TERMS = Terms(
    title="Explain a word", description="Say in a few words what the word means.", keywords="words, language",
    reward_minor=5, assignment_duration_s=600, auto_approval_delay_s=3 * DAY_S,
)  # fmt: skip


def new_hit(**changes: Any) -> hits.NewHIT:
    """What a single HIT is made of: an HTML question, a day, one place, unless said otherwise."""
    values: dict[str, Any] = {"question": questions.question_of_xml(HTML_QUESTION), "lifetime_s": DAY_S}
    return hits.NewHIT(**(values | changes))


def create_hit(requester: Account, *, terms: Terms = TERMS, **changes: Any) -> Published:
    """A HIT of the API, with the type and batch it stands in."""
    requester_id = RequesterId(requester.pk)
    hit_type_id = make_hit_type(requester_id=requester_id, terms=terms)
    return of_hit(hits.create_hit(requester_id=requester_id, hit_type_id=hit_type_id, new=new_hit(**changes)))


def of_hit(created: hits.Created) -> Published:
    return Published(ProjectId(0), created.batch_id, created.hit_type_id, [created.hit_id])


def make_qualification_type(name: str, requester: Account | None = None) -> QualificationTypeId:
    """A type of this requester's, or of the platform's."""
    owner = None if requester is None else RequesterId(requester.pk)
    return qualifications.create_qualification_type(requester_id=owner, name=name)


def require(
    published: Published, *, name: str = "Fluent in English", comparator: str = "Exists",
    scores: Sequence[int] = (), guard: str = "Accept", requester: Account | None = None,
) -> int:  # fmt: skip
    """Make a qualification type and let the group ask for it; returns the type's id."""
    owner = None if requester is None else RequesterId(requester.pk)
    type_id = qualifications.create_qualification_type(requester_id=owner, name=name)
    QualificationRequirement.objects.create(
        hit_type_id=published.hit_type_id, qualification_type_id=type_id, comparator=comparator,
        scores=list(scores), actions_guarded=guard,
    )  # fmt: skip
    market.forget()
    return type_id


def make_test(owner: Account | None, *, name: str = "Birds", **terms: Any) -> QualificationTypeId:
    """A type with a test of one question, whose right answer is the first option; None: the platform's."""
    options = (builder.TestOption("A wren", right=True), builder.TestOption("A whale"))
    asked = builder.TestQuestion(builder.TestQuestionKind.SINGLE_CHOICE, "Which is a bird?", options)
    spec = builder.TestSpec("Birds", (), (asked,))
    test = (builder.to_question_form(spec), builder.to_answer_key(spec) or "", HOUR_S)
    return qualifications.create_qualification_type(
        requester_id=None if owner is None else RequesterId(owner.pk), name=name,
        terms=qualifications.TypeTerms(route=Route.TEST, pass_score=80, retry_delay_s=DAY_S, test=test, **terms),
    )  # fmt: skip


def accept(worker: Account, published: Published, hit_id: HITId | None = None) -> accepting.Accepted:
    """Accept the next task of the group, or this one."""
    worker_id = WorkerId(worker.pk)
    if hit_id is not None:
        return accepting.accept_hit(worker_id=worker_id, hit_id=hit_id)
    return accepting.accept_next(worker_id=worker_id, hit_type_id=published.hit_type_id)


def give_back(worker: Account, assignment_id: AssignmentId) -> None:
    """Return an accepted task."""
    accepting.return_assignment(worker_id=WorkerId(worker.pk), assignment_id=assignment_id)


def submit(
    worker: Account, assignment_id: AssignmentId, answer: submitting.Answer = (("meaning", "a thing"),)
) -> submitting.Submitted:
    """Hand in an answer."""
    return submitting.submit(
        worker_id=WorkerId(worker.pk),
        assignment_id=assignment_id,
        answer=answer,
        received_at=timezone.now(),
    )


def hand_in_file(
    worker: Account,
    assignment_id: AssignmentId,
    field: str,
    *,
    name: str = "cat.png",
    content: bytes = b"a cat",
) -> HandedFile:
    """Hand in an answer that is this file."""
    with Incoming() as incoming:
        incoming.write(content)
        stored = incoming.finish()
    kept = answer_files.keep(
        worker_id=WorkerId(worker.pk),
        assignment_id=assignment_id,
        field=field,
        name=name,
        content_type="image/png",
        stored=stored,
        received_at=timezone.now(),
    )
    submitting.submit(
        worker_id=WorkerId(worker.pk),
        assignment_id=assignment_id,
        answer=[(field, kept.key)],
        received_at=timezone.now(),
        files=[kept.key],
    )
    return kept


FILE_HTML = '<form><label>Photo <input type="file" name="photo" required></label></form>'


def _csv(rows: Sequence[Mapping[str, str]]) -> bytes:

    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
