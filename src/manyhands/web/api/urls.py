"""The addresses under ``/api/v1``: each calls one operation or query of a domain."""

from typing import Annotated

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from ninja import Query

from manyhands.accounts.api_keys import Scope, charge_key
from manyhands.core import ids, money
from manyhands.core.errors import NotFound
from manyhands.core.ids import AssignmentId, BatchId, ProjectId
from manyhands.ledger.queries import balance_of
from manyhands.web.api import paging, publishing, schemas
from manyhands.web.api.access import KeyAuth, Request
from manyhands.web.api.app import api, dressed
from manyhands.web.api.problems import BrokenRule, Problem
from manyhands.web.api.repeating import HEADER, once_only
from manyhands.work.operations import batches, reviewing
from manyhands.work.queries import files, results
from manyhands.work.queries import requester as queries

READ, PUBLISH, REVIEW = KeyAuth(Scope.READ), KeyAuth(Scope.PUBLISH), KeyAuth(Scope.REVIEW)
Limit = Annotated[int, Query(ge=1, le=schemas.PAGE_MAX)]
_FILTERS: dict[schemas.Status, queries.Filter] = {
    "submitted": "waiting", "approved": "approved", "rejected": "rejected", "all": "all",
}  # fmt: skip
_REPEATS = {
    "parameters": [
        {
            "name": HEADER, "in": "header", "required": False, "schema": {"type": "string", "maxLength": 255},
            "description": "The same request again with the same key gets the first response, for an hour.",
        }
    ]
}  # fmt: skip
_ROWS = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": schemas.NewBatch.model_json_schema()},
            "text/csv": {"schema": {"type": "string"}},
        },
    }
}
_LINES = {"responses": {200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}}}


@api.get("/me", auth=KeyAuth(), response=schemas.Me)
def me(request: Request) -> schemas.Me:
    """Whose key this is, what it may do, and the balance."""
    balance = balance_of(request.auth.requester_id)
    return schemas.Me(
        id=ids.encode_account(request.auth.requester_id),
        scopes=request.auth.scopes,
        balance=schemas.Money(
            currency=money.currency().code,
            available=money.plain(balance.available_minor),
            reserved=money.plain(balance.reserved_minor),
        ),
    )


@api.get("/projects", auth=READ, response=schemas.ProjectPage)
def projects(request: Request, cursor: str | None = None, limit: Limit = 20) -> schemas.ProjectPage:
    """One's projects, the newest first."""
    bound_to = paging.bound(request.auth.requester_id, "projects")
    before = paging.after(cursor, bound_to, start=2**62)
    found = queries.projects(request.auth.requester_id, before=before, limit=limit + 1)
    rows, following = paging.page(found, limit, bound_to, key=lambda row: row.id)
    return schemas.ProjectPage(items=[schemas.Project.of(row) for row in rows], next_cursor=following)


@api.get("/batches", auth=READ, response=schemas.BatchPage)
def list_batches(
    request: Request, project: str | None = None, cursor: str | None = None, limit: Limit = 20
) -> schemas.BatchPage:
    """One's batches with their progress, the newest first; of one project when it is named."""
    project_id = None if project is None else ProjectId(_number("project", project))
    bound_to = paging.bound(request.auth.requester_id, "batches", project)
    before = paging.after(cursor, bound_to, start=2**62)
    found = queries.batches(request.auth.requester_id, project_id=project_id, before=before, limit=limit + 1)
    rows, following = paging.page(found, limit, bound_to, key=lambda row: row.id)
    shown = [schemas.Batch.of(row, row.counts) for row in rows]
    return schemas.BatchPage(items=shown, next_cursor=following)


@api.get("/batches/{batch}", auth=READ, response=schemas.Batch)
def one_batch(request: Request, batch: str) -> schemas.Batch:
    """A batch as it stands now."""
    found = _batch(request, batch)
    counts = queries.counts(requester_id=request.auth.requester_id, batch_id=found.id)
    return schemas.Batch.of(found, counts)


@api.post(
    "/projects/{project}/batches",
    auth=PUBLISH,
    response={201: schemas.PublishedBatch, 202: schemas.PublishedBatch},
    openapi_extra=_ROWS | _REPEATS,
)
def publish_batch(
    request: Request, project: str, terms: Annotated[schemas.NewTerms, Query()]
) -> HttpResponse:
    """Publish rows as tasks: as JSON with its terms, or as CSV with its terms in the query.

    All rows or none. More than 2,000 rows are published in the background and answered with 202; their
    batch says when it is published.
    """
    project_id = ProjectId(_number("project", project))
    found = queries.project(requester_id=request.auth.requester_id, project_id=project_id)
    if found is None:
        raise NotFound
    sent = publishing.read(request, terms)
    try:
        return dressed(request, publishing.publish(request, found, sent))
    finally:
        sent.file.close()


@api.post("/batches/{batch}/extend", auth=PUBLISH, response=schemas.Extended, openapi_extra=_REPEATS)
def extend_batch(request: Request, batch: str, given: schemas.Extension) -> HttpResponse:
    """Give every task more assignments, a later end, or both."""
    found, caller = _batch(request, batch), request.auth

    def deed() -> tuple[int, schemas.Extended]:
        # The key is locked before the money, as everywhere; what it costs is known after.
        charge_key(key_id=caller.key_id, amount_minor=0)
        extended = batches.extend_batch(
            requester_id=caller.requester_id,
            batch_id=found.id,
            actor_id=caller.account_id,
            more_assignments=given.more_assignments,
            expires_at=given.expires_at,
        )
        cost = extended.opened * (found.reward_minor + found.fee_minor)
        charge_key(key_id=caller.key_id, amount_minor=cost)
        return 200, schemas.Extended(tasks=extended.hit_count, opened=extended.opened)

    return dressed(request, once_only(request, deed))


@api.post("/batches/{batch}/expire", auth=PUBLISH, response=schemas.Expired, openapi_extra=_REPEATS)
def expire_batch(request: Request, batch: str) -> HttpResponse:
    """End a batch now: what is open is withdrawn and its money comes back; work that is out goes on."""
    found, caller = _batch(request, batch), request.auth

    def deed() -> tuple[int, schemas.Expired]:
        count = batches.expire_batch(
            requester_id=caller.requester_id, batch_id=found.id, actor_id=caller.account_id
        )
        return 200, schemas.Expired(tasks=count)

    return dressed(request, once_only(request, deed))


@api.get("/batches/{batch}/results", auth=READ, openapi_extra=_LINES)
def batch_results(request: Request, batch: str) -> HttpResponse:
    """Every answer handed in, one JSON object a line, as a stream."""
    found = _batch(request, batch)
    lines = results.results_jsonl(requester_id=request.auth.requester_id, batch_id=found.id)
    response: HttpResponse = StreamingHttpResponse(lines, content_type="application/x-ndjson")  # type: ignore[assignment]
    return dressed(request, response)


@api.get("/batches/{batch}/assignments", auth=READ, response=schemas.AssignmentPage)
def batch_assignments(
    request: Request,
    batch: str,
    status: schemas.Status = "all",
    cursor: str | None = None,
    limit: Limit = 20,
) -> schemas.AssignmentPage:
    """Answers of a batch, in the order their tasks were accepted."""
    found = _batch(request, batch)
    bound_to = paging.bound(request.auth.requester_id, "assignments", batch, status)
    rows, following = paging.page(
        queries.review_page(
            requester_id=request.auth.requester_id,
            batch_id=found.id,
            show=_FILTERS[status],
            after=paging.after(cursor, bound_to, start=0),
            limit=limit + 1,
        ),
        limit,
        bound_to,
        key=lambda row: row.id,
    )
    held = files.of_answers((row.id, row.answer) for row in rows)
    items = [schemas.Assignment.of(row, held.get(row.id, {}).values()) for row in rows]
    return schemas.AssignmentPage(items=items, next_cursor=following)


@api.post("/assignments/approve", auth=REVIEW, response=schemas.Decided, openapi_extra=_REPEATS)
def approve_assignments(request: Request, given: schemas.Approval) -> HttpResponse:
    """Approve answers and pay their workers."""
    numbers, caller = _assignments(given.ids), request.auth

    def deed() -> tuple[int, schemas.Decided]:
        return 200, _decided(
            reviewing.approve(
                requester_id=caller.requester_id,
                assignment_ids=numbers,
                actor_id=caller.account_id,
                feedback=given.feedback,
            )
        )

    return dressed(request, once_only(request, deed))


@api.post("/assignments/reject", auth=REVIEW, response=schemas.Decided, openapi_extra=_REPEATS)
def reject_assignments(request: Request, given: schemas.Rejection) -> HttpResponse:
    """Reject answers with a reason and words; their money stays reserved while the workers may appeal."""
    numbers, caller = _assignments(given.ids), request.auth

    def deed() -> tuple[int, schemas.Decided]:
        return 200, _decided(
            reviewing.reject(
                requester_id=caller.requester_id,
                assignment_ids=numbers,
                actor_id=caller.account_id,
                reason=given.reason.value,
                words=given.words,
            )
        )

    return dressed(request, once_only(request, deed))


def _number(kind: ids.Kind, public_id: str) -> int:
    number = ids.decode(kind, public_id)
    if number is None:
        raise NotFound
    return number


def _batch(request: Request, public_id: str) -> queries.Batch:
    """The requester's own batch. Raises NotFound."""
    batch_id = BatchId(_number("batch", public_id))
    found = queries.batch(requester_id=request.auth.requester_id, batch_id=batch_id)
    if found is None:
        raise NotFound
    return found


def _assignments(public_ids: list[str]) -> list[AssignmentId]:
    """The numbers of the ids. Raises Problem naming those that are no ids."""
    numbers = [ids.decode("assignment", each) for each in public_ids]
    rule = "This is not the id of an assignment."
    wrong = [
        BrokenRule(field=f"ids.{place}", rule=rule) for place, number in enumerate(numbers) if number is None
    ]
    if wrong:
        raise Problem(422, "InvalidInput", rule, errors=wrong)
    return [AssignmentId(number) for number in numbers if number is not None]


def _decided(outcome: reviewing.Decided) -> schemas.Decided:
    return schemas.Decided(
        decided=[ids.encode("assignment", number) for number in outcome.decided],
        unchanged=[ids.encode("assignment", number) for number in outcome.unchanged],
    )


urlpatterns = [path("", api.urls)]
