"""The requester API for tests: keys, signed requests without a server, and boto3 with one.

Every answer without a fault is checked against the service model, whoever asks.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from manyhands.accounts import api_keys
from manyhands.accounts.api_keys import Made, Scope
from manyhands.accounts.models import Account
from manyhands.core.ids import AccountId
from manyhands.mturk import wire
from manyhands.mturk.wire import Response
from tests.harness import mturk_model

PREFIX = "MTurkRequesterServiceV20170117."


def make_key(
    requester: Account,
    *,
    scopes: list[str] | None = None,
    good_for: timedelta | None = timedelta(days=1),
    spend_limit_minor: int | None = None,
) -> Made:
    """A key with every scope unless some are named."""
    return api_keys.create(
        account_id=AccountId(requester.pk), name="Tests", scopes=scopes or [*Scope], good_for=good_for,
        spend_limit_minor=spend_limit_minor,
    )  # fmt: skip


def signed_headers(
    key: Made,
    body: bytes,
    *,
    operation: str = "GetAccountBalance",
    url: str = "http://localhost:8000/",
    region: str = "us-east-1",
    service: str = "mturk-requester",
    session_token: str | None = None,
    more: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Headers as botocore's own signer makes them, Host included, names in lower case."""
    request = AWSRequest("POST", url, data=body)
    request.headers["Content-Type"] = "application/x-amz-json-1.1"
    request.headers["X-Amz-Target"] = operation if "." in operation else PREFIX + operation
    for name, value in (more or {}).items():
        request.headers[name] = value
    SigV4Auth(Credentials(key.access_key_id, key.secret, session_token), service, region).add_auth(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return headers | {"host": url.split("/")[2]}


def send(key: Made, operation: str, given: object, **signing: Any) -> Response:
    """One signed request to ``handle``; ``given`` is the input, or bytes as they are."""
    body = given if isinstance(given, bytes) else json.dumps(given).encode()
    return wire.handle("POST", "/", signed_headers(key, body, operation=operation, **signing), body)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and what the body says."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def fault(self) -> tuple[str, str, str]:
        """Type, TurkErrorCode without its prefix, and the message without the time after it."""
        code = str(self.body.get("TurkErrorCode", "")).removeprefix("AWS.MechanicalTurk.")
        message = str(self.body.get("Message", ""))
        return str(self.body.get("__type", "")), code, message.rpartition(" (")[0] if code else message


def call(key: Made, operation: str, given: object = None, **signing: Any) -> Answer:
    """A signed request in this process; an answer without a fault is checked against the model."""
    response = send(key, operation, {} if given is None else given, **signing)
    body = json.loads(response.body)
    if response.status == 200:
        mturk_model.check(operation, body)
    return Answer(response.status, body, dict(response.headers))


def boto(key: Made, url: str, *, region: str = "us-east-1", attempts: int = 1, **options: Any) -> Any:
    """An unmodified boto3 client pointed at ``url``, whose every answer is checked against the model."""
    client = boto3.client(
        "mturk", endpoint_url=url, region_name=region, aws_access_key_id=key.access_key_id,
        aws_secret_access_key=key.secret, config=Config(retries={"total_max_attempts": attempts}), **options,
    )  # fmt: skip
    client.meta.events.register("before-parse.mturk", _check_answer)
    return client


def _check_answer(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    if response_dict["status_code"] == 200:
        mturk_model.check(operation_model.name, json.loads(response_dict["body"]))
