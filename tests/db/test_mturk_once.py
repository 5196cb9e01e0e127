"""A retry with the same invocation id: one effect, one answer, whoever comes first."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from manyhands.accounts import api_keys
from manyhands.accounts.api_keys import Made, Scope
from manyhands.accounts.errors import SpendLimitReached
from manyhands.accounts.models import APIKey
from manyhands.mturk import once, throttle
from manyhands.mturk.actions import ACTIONS, Action, Call
from manyhands.mturk.faults import RequestError
from manyhands.mturk.models import KeptAnswer
from tests import factories
from tests.conftest import Database
from tests.harness.mturk import call

pytestmark = pytest.mark.usefixtures("database")

BONUS = {"WorkerId": "A1", "BonusAmount": "1.00", "AssignmentId": "3A", "Reason": "Good work"}


@pytest.fixture
def key() -> Made:
    return make_limited(None)


def make_limited(limit: int | None) -> Made:
    requester = factories.make_requester()
    return api_keys.create(
        account_id=requester.pk, name="Tests", scopes=[*Scope], spend_limit_minor=limit
    )  # fmt: skip


class Deeds:
    """An action in the place of SendBonus that is slow, spends, and may be told to fail."""

    def __init__(self) -> None:
        self.runs: list[str] = []
        self.failures: list[Exception] = []

    def run(self, call: Call) -> dict[str, object]:
        self.runs.append(call.request_id)
        api_keys.charge_key(key_id=call.key_id, amount_minor=100)
        time.sleep(0.3)
        if self.failures:
            raise self.failures.pop(0)
        return {}


@pytest.fixture
def deeds(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deeds]:
    made = Deeds()
    monkeypatch.setitem(ACTIONS, "SendBonus", Action(made.run, Scope.MONEY))
    return made


def retry(key: Made, invocation: str = "b1946ac9", **given: str) -> int:
    more = {"amz-sdk-invocation-id": invocation}
    return call(key, "SendBonus", BONUS | given, more=more).status


def spent() -> int:
    return int(APIKey.objects.values_list("spent_minor", flat=True).get())


def test_the_same_invocation_runs_once(key: Made, deeds: Deeds) -> None:
    assert [retry(key), retry(key)] == [200, 200]

    assert len(deeds.runs) == 1
    assert spent() == 100
    assert retry(key, "another") == 200
    assert retry(key, Reason="Another body") == 200
    assert len(deeds.runs) == 3


def test_without_an_invocation_id_every_request_runs(key: Made, deeds: Deeds) -> None:
    for _ in range(2):
        assert call(key, "SendBonus", BONUS).status == 200
    assert len(deeds.runs) == 2


def test_two_keys_do_not_meet(key: Made, deeds: Deeds) -> None:
    assert [retry(key), retry(make_limited(None))] == [200, 200]
    assert len(deeds.runs) == 2


def test_two_attempts_at_once_are_one(key: Made, deeds: Deeds) -> None:
    answers: list[int] = []

    def attempt() -> None:
        answers.append(retry(key))
        connections.close_all()

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [200] * 4
    assert len(deeds.runs) == 1
    assert spent() == 100


def test_what_failed_leaves_nothing_and_runs_again(key: Made, deeds: Deeds) -> None:
    deeds.failures = [RuntimeError("a bug"), RequestError("no", "InvalidHITState")]

    assert [retry(key), retry(key), retry(key)] == [500, 400, 200]

    assert len(deeds.runs) == 3
    assert spent() == 100
    assert KeptAnswer.objects.count() == 1


def test_an_idempotent_operation_that_is_refused_charges_nothing_and_keeps_no_answer(
    key: Made, deeds: Deeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ACTIONS, "UpdateHITTypeOfHIT", Action(deeds.run, Scope.PUBLISH))
    deeds.failures = [RequestError("no", "InvalidHITState")]
    given, more = {"HITId": "3A", "HITTypeId": "3B"}, {"amz-sdk-invocation-id": "b1946ac9"}

    assert [call(key, "UpdateHITTypeOfHIT", given, more=more).status for _ in range(3)] == [400, 200, 200]

    assert spent() == 200
    assert not KeptAnswer.objects.exists()


def test_old_answers_are_forgotten(key: Made, deeds: Deeds) -> None:
    retry(key)
    assert once.purge() == 0
    KeptAnswer.objects.update(at=timezone.now() - once.KEPT - timedelta(seconds=1))

    assert once.purge() == 1

    retry(key)
    assert len(deeds.runs) == 2


def test_a_key_spends_up_to_its_limit_and_no_more(deeds: Deeds) -> None:
    key = make_limited(150)
    assert call(key, "SendBonus", BONUS).status == 200

    answer = call(key, "SendBonus", BONUS)

    kind, code, words = answer.fault
    assert (kind, code) == ("RequestError", "InsufficientFunds")
    assert words.startswith("This Requester has insufficient funds in their account")  # what clients look for
    assert words.endswith("This API key may spend $0.50 more, and this would take more than that.")
    assert spent() == 100


def test_a_limit_holds_for_requests_at_once() -> None:
    made = make_limited(500)
    key_id = APIKey.objects.get(access_key_id=made.access_key_id).pk
    refused = []

    def spend() -> None:
        try:
            api_keys.charge_key(key_id=key_id, amount_minor=100)
        except SpendLimitReached as refusal:
            refused.append(refusal)
        connections.close_all()

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (spent(), len(refused)) == (500, 3)


def test_too_many_requests_are_told_when_to_come_again(key: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "API_REQUESTS_PER_S", 3)
    monkeypatch.setattr(throttle.time, "monotonic", lambda: 5.0)

    answers = [call(key, "GetAccountBalance") for _ in range(4)]

    assert [each.status for each in answers] == [200, 200, 200, 400]
    assert answers[3].fault == ("ThrottlingException", "", "Rate exceeded")
    assert answers[3].headers["RateLimit-Remaining"] == "0"
    assert answers[3].headers["RateLimit-Reset"] == "1"


def test_what_nobody_foresaw_is_a_service_fault_and_is_logged(
    key: Made, deeds: Deeds, caplog: pytest.LogCaptureFixture
) -> None:
    deeds.failures = [RuntimeError("a secret detail")]

    answer = call(key, "SendBonus", BONUS)

    assert (answer.status, answer.body["__type"]) == (500, "ServiceFault")
    assert answer.body["TurkErrorCode"] == "AWS.ServiceUnavailable"
    assert "secret detail" not in json.dumps(answer.body)
    assert "a secret detail" in caplog.text


def test_the_sandbox_has_always_the_same_balance(key: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(key, "GetAccountBalance").body == {"AvailableBalance": "1000.00", "OnHoldBalance": "0.00"}
    monkeypatch.setattr(settings, "ENVIRONMENT", "sandbox")

    assert call(key, "GetAccountBalance").body == {"AvailableBalance": "10000.00"}


def test_a_connection_that_died_meanwhile_costs_no_request(key: Made, database: Database) -> None:
    assert call(key, "GetAccountBalance").status == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()
    database.connect().execute("SELECT pg_terminate_backend(%s)", [number])

    assert call(key, "GetAccountBalance").status == 200
