"""The plain JSON API: every endpoint, what it refuses, and what it promises about repeats."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from openapi_spec_validator import validate

from manyhands.accounts.api_keys import Made
from manyhands.accounts.models import Account, APIKey
from manyhands.core import ids
from manyhands.ledger.check import first_difference
from manyhands.web.api import publishing
from manyhands.work import jobs
from manyhands.work.models import HIT, Assignment, Batch
from tests import factories
from tests.conftest import Database
from tests.harness.mturk import make_key

MakeClient = Callable[..., Client]


class Caller:
    """A program with a key."""

    def __init__(self, key: Made) -> None:
        self.client = Client()
        self.authorization = f"Bearer {key.access_key_id}:{key.secret}"

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers={"Authorization": self.authorization})

    def post(
        self, path: str, body: Any = None, *, content_type: str = "application/json", once: str = ""
    ) -> Any:
        headers = {"Authorization": self.authorization} | ({"Idempotency-Key": once} if once else {})
        content = body if isinstance(body, str) else json.dumps(body or {})
        return self.client.post(f"/api/v1{path}", content, content_type=content_type, headers=headers)


@pytest.fixture
def requester(database: Database) -> Account:
    return factories.make_requester(deposit_minor=10_000, name="Ornithology Lab")


@pytest.fixture
def api(requester: Account) -> Caller:
    return Caller(make_key(requester))


def public(kind: ids.Kind, number: int) -> str:
    return ids.encode(kind, number)


def test_the_description_is_valid_openapi_and_needs_no_key(database: Database) -> None:
    answer = Client().get("/api/v1/openapi.json")
    described = answer.json()
    assert described["openapi"].startswith("3.1")
    validate(described)
    assert len(described["paths"]) == 11


def test_who_calls_and_what_the_key_may_do(api: Caller, requester: Account) -> None:
    answer = api.get("/me")
    assert answer.status_code == 200
    assert answer.json()["balance"] == {"currency": "USD", "available": "100.00", "reserved": "0.00"}
    assert int(answer.headers["RateLimit-Limit"]) > 0
    for authorization in ("", "Bearer x", api.authorization[:-1] + "!", "Basic abc"):
        refused = Client().get("/api/v1/me", headers={"Authorization": authorization})
        assert refused.status_code == 401
        assert refused.headers["Content-Type"] == "application/problem+json"
    expired = make_key(requester)
    APIKey.objects.filter(access_key_id=expired.access_key_id).update(
        expires_at=APIKey.objects.get(access_key_id=expired.access_key_id).created_at - timedelta(days=1)
    )
    assert Caller(expired).get("/me").status_code == 401
    reader = Caller(make_key(requester, scopes=["read"]))
    project = public("project", factories.make_project(requester))
    refused = reader.post(f"/projects/{project}/batches", {"rows": [{"word": "owl"}]})
    assert (refused.status_code, Batch.objects.count()) == (403, 0)


def test_rows_become_a_published_batch_all_or_nothing(api: Caller, requester: Account) -> None:
    project = public("project", factories.make_project(requester))
    rows = [{"word": "owl"}, {"word": "tit"}]
    made = api.post(f"/projects/{project}/batches", {"rows": rows, "reward": "0.10", "assignments": 2})
    assert made.status_code == 201, made.content
    assert (made.json()["assignments"], made.json()["total"]) == (4, "0.48")
    assert [hit.input["word"] for hit in HIT.objects.order_by("position")] == ["owl", "tit"]
    live = api.get(f"/batches/{made.json()['id']}").json()
    assert live["status"] == "published"
    assert (live["progress"]["tasks"], live["progress"]["open"], live["progress"]["reserved"]) == (
        2,
        4,
        "0.48",
    )
    assert api.get("/me").json()["balance"]["reserved"] == "0.48"

    for body, status in (
        ({"rows": [{"word": "owl"}, {"other": "x"}]}, 422),
        ({"rows": []}, 422),
        ({"rows": rows, "reward": "0.001"}, 422),
        ({"rows": rows, "reward": "1000.00"}, 409),
        ({"rows": rows, "surprise": 1}, 422),
        ("{not json", 422),
    ):
        refused = api.post(f"/projects/{project}/batches", body)
        assert refused.status_code in {status, 400}, (body, refused.content)
        assert refused.headers["Content-Type"] == "application/problem+json"
    bad = api.post(f"/projects/{project}/batches", {"rows": [{"word": "owl"}, {"other": "x"}]}).json()
    assert bad["errors"]
    assert HIT.objects.count() == 2
    assert first_difference() is None


def test_csv_is_taken_as_it_is(api: Caller, requester: Account) -> None:
    project = public("project", factories.make_project(requester))
    made = api.post(f"/projects/{project}/batches?reward=0.05", "word\nowl\ntit\n", content_type="text/csv")
    assert (made.status_code, made.json()["rows"]) == (201, 2)
    assert api.post(f"/projects/{project}/batches", "<x/>", content_type="text/xml").status_code == 415


@pytest.mark.parametrize("by_a_job", [False, True])
def test_what_was_refused_is_not_counted_against_the_key(
    requester: Account, monkeypatch: pytest.MonkeyPatch, by_a_job: bool
) -> None:
    key = make_key(requester, spend_limit_minor=150_000)
    api = Caller(key)
    if by_a_job:
        monkeypatch.setattr(publishing, "ROWS_AT_ONCE", 0)
    path = f"/projects/{public('project', factories.make_project(requester))}/batches"

    def spent() -> int:
        return APIKey.objects.get(access_key_id=key.access_key_id).spent_minor

    def sent(reward: str) -> tuple[int, str | None]:
        answer = api.post(path, {"rows": [{"word": "owl"}], "reward": reward})
        for batch in Batch.objects.filter(status="publishing"):
            assert spent() == batch.reward_minor + batch.fee_minor
            jobs.publish_batch(batch_id=batch.pk, actor_id=requester.pk)
        return answer.status_code, answer.json().get("title")

    assert sent("1000.00") == ((202, None) if by_a_job else (409, "InsufficientFunds")), (
        "within the limit, beyond the balance"
    )
    assert spent() == 0
    assert {batch.status for batch in Batch.objects.all()} <= {"draft", "discarded"}
    assert sent("2000.00") == (409, "SpendLimitReached"), "beyond the limit"
    assert spent() == 0
    assert sent("10.00") == (202 if by_a_job else 201, None)
    assert spent() == 1_200


def test_the_same_request_again_gets_the_first_response(api: Caller, requester: Account) -> None:
    project = public("project", factories.make_project(requester))
    body = {"rows": [{"word": "owl"}]}
    first = api.post(f"/projects/{project}/batches", body, once="study-1")
    again = api.post(f"/projects/{project}/batches", body, once="study-1")
    assert (first.status_code, again.json()) == (201, first.json())
    assert HIT.objects.count() == 1
    assert (
        api.post(f"/projects/{project}/batches", {"rows": [{"word": "x"}]}, once="study-1").status_code == 422
    )


def test_answers_are_listed_decided_and_streamed(api: Caller, requester: Account) -> None:
    group = factories.publish(requester, 3)
    worker = factories.make_worker()
    for _ in range(3):
        factories.submit(worker, factories.accept(worker, group).assignment_id)
    batch = public("batch", group.batch_id)

    page = api.get(f"/batches/{batch}/assignments?status=submitted&limit=2").json()
    rest = api.get(
        f"/batches/{batch}/assignments?status=submitted&limit=2&cursor={page['next_cursor']}"
    ).json()
    assert (len(page["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    numbers = [each["id"] for each in page["items"] + rest["items"]]
    approved = api.post("/assignments/approve", {"ids": numbers[:2]})
    assert sorted(approved.json()["decided"]) == sorted(numbers[:2])
    refused = api.post("/assignments/reject", {"ids": numbers[2:], "reason": "wrong", "words": ""})
    assert refused.status_code == 422
    rejected = api.post(
        "/assignments/reject", {"ids": numbers[2:], "reason": "wrong", "words": "It is a bat."}
    )
    assert rejected.json()["decided"] == numbers[2:]
    assert sorted(Assignment.objects.values_list("status", flat=True)) == ["approved", "approved", "rejected"]
    lines = b"".join(api.get(f"/batches/{batch}/results").streaming_content).splitlines()
    assert len([json.loads(line) for line in lines]) == 3
    assert api.post("/assignments/approve", {"ids": ["nonsense"]}).status_code == 422
    assert first_difference() is None


def test_batches_are_listed_extended_and_ended(api: Caller, requester: Account) -> None:
    group = factories.publish(requester, 2)
    factories.publish(requester, 1, title="Other")
    batch = public("batch", group.batch_id)
    page = api.get("/batches?limit=1").json()
    assert len(page["items"]) == 1
    assert api.get(f"/batches?limit=1&cursor={page['next_cursor']}").json()["items"][0]["id"] == batch
    assert api.get("/batches?cursor=forged").status_code in {400, 422}
    assert len(api.get("/projects").json()["items"]) == 2
    extended = api.post(f"/batches/{batch}/extend", {"more_assignments": 1})
    assert (extended.status_code, extended.json()["opened"]) == (200, 2)
    assert api.post(f"/batches/{batch}/expire").json()["tasks"] == 2
    assert api.get(f"/batches/{batch}").json()["progress"]["open"] == 0
    assert first_difference() is None


def test_what_is_anothers_is_not_there(api: Caller, requester: Account) -> None:
    other = factories.make_requester()
    group = factories.publish(other, 1)
    worker = factories.make_worker()
    number = factories.accept(worker, group).assignment_id
    factories.submit(worker, number)
    batch, project = public("batch", group.batch_id), public("project", group.project_id)
    for path in (f"/batches/{batch}", f"/batches/{batch}/results", f"/batches/{batch}/assignments"):
        assert api.get(path).status_code == 404
    for path, body in (
        (f"/batches/{batch}/expire", {}),
        (f"/batches/{batch}/extend", {"more_assignments": 1}),
        (f"/projects/{project}/batches", {"rows": [{"word": "x"}]}),
    ):
        assert api.post(path, body).status_code == 404
    foreign = public("assignment", number)
    answer = api.post("/assignments/approve", {"ids": [foreign]})
    assert answer.json() == {"decided": [], "unchanged": [foreign]}
    assert Assignment.objects.get().status == "submitted"


def test_a_browsers_session_is_no_key(client: MakeClient, requester: Account) -> None:
    assert client(requester).get("/api/v1/me").status_code == 401
