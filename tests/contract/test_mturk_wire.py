"""The wire with an unmodified boto3 and by hand, over HTTP, on real servers."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import botocore.auth
import httpx
import pytest
from botocore.compat import get_current_datetime
from botocore.exceptions import ClientError
from django.utils import timezone

from manyhands.accounts import api_keys
from manyhands.accounts.api_keys import Made
from manyhands.accounts.models import Account, APIKey, AuditEntry
from manyhands.accounts.states import AccountStatus
from manyhands.core import ids
from manyhands.core.ids import AccountId
from tests import factories
from tests.harness.mturk import boto, make_key, signed_headers
from tests.harness.servers import LiveServer


@pytest.fixture
def requester(live_server: LiveServer) -> Account:
    return factories.make_requester(deposit_minor=12_345)


@pytest.fixture
def key(requester: Account) -> Made:
    return make_key(requester)


def refused(call: Callable[[], Any]) -> tuple[str, int]:
    with pytest.raises(ClientError) as failure:
        call()
    answer = failure.value.response
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def post(url: str, headers: dict[str, str], body: bytes) -> httpx.Response:
    return httpx.post(url, content=body, headers=headers, timeout=20)


def test_boto3_reads_the_balance(live_server: LiveServer, key: Made) -> None:
    answer = boto(key, live_server.url).get_account_balance()

    assert answer["AvailableBalance"] == "123.45"
    assert answer["OnHoldBalance"] == "0.00"
    told = answer["ResponseMetadata"]["HTTPHeaders"]
    assert told["content-type"] == "application/x-amz-json-1.1"
    assert told["x-amzn-requestid"] == answer["ResponseMetadata"]["RequestId"]
    assert told["ratelimit-limit"] == "200"
    assert int(told["ratelimit-remaining"]) < 200


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-3", "local"])
def test_any_region_signs(live_server: LiveServer, key: Made, region: str) -> None:
    assert boto(key, live_server.url, region=region).get_account_balance()["AvailableBalance"]


def test_a_session_token_is_signed_and_taken(live_server: LiveServer, key: Made) -> None:
    client = boto(key, live_server.url, aws_session_token="of some session")

    assert client.get_account_balance()["AvailableBalance"] == "123.45"


def test_keys_that_are_not_good_are_refused(live_server: LiveServer, requester: Account, key: Made) -> None:
    def balance(other: Made) -> tuple[str, int]:
        return refused(boto(other, live_server.url).get_account_balance)

    assert balance(Made(key.access_key_id, "x" * 40)) == ("InvalidSignatureException", 403)
    assert balance(Made("AKIAAAAAAAAAAAAAAAAA", key.secret)) == ("UnrecognizedClientException", 400)
    APIKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert balance(key) == ("ExpiredTokenException", 403)
    APIKey.objects.update(expires_at=None)
    Account.objects.update(status=AccountStatus.SUSPENDED)
    assert balance(key) == ("RequestError", 400)
    Account.objects.update(status=AccountStatus.ACTIVE)
    assert boto(key, live_server.url).get_account_balance()
    api_keys.revoke(account_id=AccountId(requester.pk), access_key_id=key.access_key_id)
    assert balance(key) == ("UnrecognizedClientException", 400)


def test_a_key_does_what_its_scopes_say(live_server: LiveServer, requester: Account) -> None:
    bonus = make_key(requester, scopes=["money"])

    code, status = refused(boto(bonus, live_server.url).get_account_balance)

    assert (code, status) == ("AccessDeniedException", 400)


@pytest.mark.parametrize("late_s", [-400, 400])
def test_a_clock_that_is_wrong_is_refused(
    live_server: LiveServer, key: Made, monkeypatch: pytest.MonkeyPatch, late_s: int
) -> None:
    monkeypatch.setattr(
        botocore.auth, "get_current_datetime", lambda: get_current_datetime() + timedelta(seconds=late_s)
    )

    code, _ = refused(boto(key, live_server.url).get_account_balance)

    assert code == "InvalidSignatureException"


def test_a_request_replayed_after_its_time_is_refused(
    live_server: LiveServer, key: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = signed_headers(key, b"{}", url=live_server.url + "/")
    assert post(live_server.url, now, b"{}").status_code == 200
    assert post(live_server.url, now, b"{}").status_code == 200
    monkeypatch.setattr(
        botocore.auth, "get_current_datetime", lambda: get_current_datetime() - timedelta(seconds=301)
    )
    then = signed_headers(key, b"{}", url=live_server.url + "/")

    answer = post(live_server.url, then, b"{}")

    assert answer.json()["__type"] == "InvalidSignatureException"
    assert "Signature expired" in answer.json()["Message"]


def test_what_is_missing_or_unknown_has_a_type_of_its_own(live_server: LiveServer, key: Made) -> None:
    def answer(operation: str, body: bytes = b"{}", drop: str = "") -> tuple[int, str]:
        headers = signed_headers(key, body, operation=operation, url=live_server.url + "/")
        headers.pop(drop, None)
        got = post(live_server.url, headers, body)
        assert got.headers["x-amzn-errortype"] == got.json()["__type"]
        assert got.headers["content-type"] == "application/x-amz-json-1.1"
        return got.status_code, got.json()["__type"]

    assert answer("GetAccountBalance", drop="authorization") == (403, "MissingAuthenticationTokenException")
    assert answer("GetAccountBalance", drop="x-amz-date") == (400, "IncompleteSignatureException")
    assert answer("GetBalance") == (400, "UnknownOperationException")
    assert answer("GetAccountBalance", drop="x-amz-target") == (400, "UnknownOperationException")
    assert answer("OtherService.GetAccountBalance") == (400, "UnknownOperationException")
    assert answer("GetAccountBalance", b"{") == (400, "SerializationException")
    assert answer("GetAccountBalance", b"\xff") == (400, "SerializationException")


def test_a_body_of_more_than_ten_megabytes_is_not_read(live_server: LiveServer, key: Made) -> None:
    body = b'{"Query": "' + b"x" * (10 * 1024 * 1024) + b'"}'
    headers = signed_headers(key, body, url=live_server.url + "/")

    answer = post(live_server.url, headers, body)

    assert answer.status_code == 413
    assert answer.json()["__type"] == "RequestEntityTooLarge"


def test_a_page_of_any_origin_may_call(live_server: LiveServer, key: Made) -> None:
    asked = "authorization,content-type,x-amz-date,x-amz-target,amz-sdk-invocation-id,x-evil"
    answer = httpx.options(
        live_server.url,
        headers={
            "Origin": "https://tasks.example.org", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": asked,
        },
    )  # fmt: skip

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert answer.headers["access-control-allow-headers"].split(", ") == asked.split(",")[:-1]
    headers = signed_headers(key, b"{}", url=live_server.url + "/")
    called = post(live_server.url, headers | {"origin": "https://tasks.example.org"}, b"{}")
    assert called.headers["access-control-allow-origin"] == "*"
    assert "x-amzn-RequestId" in called.headers["access-control-expose-headers"]
    assert "set-cookie" not in called.headers


def test_pages_of_the_site_are_still_the_sites(live_server: LiveServer) -> None:
    assert "text/html" in httpx.get(live_server.url).headers["content-type"]
    assert "text/html" in httpx.post(live_server.url, content=b"{}").headers["content-type"]


def test_a_pattern_that_boto3_does_not_check_is_a_client_error(live_server: LiveServer, key: Made) -> None:
    client = boto(key, live_server.url)

    with pytest.raises(ClientError, match="Member must satisfy regular expression pattern") as failure:
        client.get_hit(HITId="dud")

    assert failure.value.response["Error"]["Code"] == "ValidationException"
    assert "does not exist" not in str(failure.value)


def test_the_aws_command_line_finds_the_address_in_its_variable(live_server: LiveServer, key: Made) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "awscli", "mturk", "get-account-balance", "--region", "us-east-1"],
        env={
            "AWS_ENDPOINT_URL_MTURK": live_server.url, "AWS_ACCESS_KEY_ID": key.access_key_id,
            "AWS_SECRET_ACCESS_KEY": key.secret, "PATH": os.environ["PATH"],
        },
        check=True, capture_output=True, text=True,
    )  # fmt: skip

    assert json.loads(done.stdout)["AvailableBalance"] == "123.45"


def test_two_attempts_of_one_invocation_are_one_deed(live_server: LiveServer, key: Made) -> None:
    worker = factories.make_worker()
    body = json.dumps({"WorkerId": ids.encode_account(worker.pk), "Reason": "Guesses"}).encode()
    more = {"amz-sdk-invocation-id": "2d0c7a9e-6f3e-4c11-9d5b-0f7d8f1c2a3b"}
    headers = signed_headers(key, body, operation="CreateWorkerBlock", url=live_server.url + "/", more=more)
    answers: list[httpx.Response] = []

    threads = [
        threading.Thread(target=lambda: answers.append(post(live_server.url, headers, body)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [(each.status_code, each.json()) for each in answers] == [(200, {}), (200, {})]
    assert AuditEntry.objects.filter(act="worker.block").count() == 1


def test_use_is_noted_once_a_minute(live_server: LiveServer, key: Made) -> None:
    client = boto(key, live_server.url)
    client.get_account_balance()
    first = APIKey.objects.values_list("last_used_at", flat=True).get()
    client.get_account_balance()
    assert APIKey.objects.values_list("last_used_at", flat=True).get() == first
    APIKey.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))

    client.get_account_balance()

    assert APIKey.objects.values_list("last_used_at", flat=True).get() > timezone.now() - timedelta(
        seconds=30
    )
