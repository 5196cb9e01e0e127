"""The API without a server: ``handle`` takes a request as values and gives a response as values.

In order: the operation's name, the signature, the rate, the scope, the input, then the action. What goes
wrong in between is a fault with the real service's type; what nobody foresaw is logged and a ServiceFault.
"""

import logging
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

import orjson
import psycopg
from django.db import DatabaseError, InterfaceError, connection
from django.utils import translation

from manyhands.accounts import api_keys
from manyhands.accounts.api_keys import Credential
from manyhands.core.errors import Refusal
from manyhands.core.ids import AccountId, RequesterId
from manyhands.core.secrets import NotReadable
from manyhands.mturk import actions, model, once, output, refusals, sigv4, throttle, validation
from manyhands.mturk.actions import ACTIONS, Call
from manyhands.mturk.faults import (
    AccessDeniedException,
    ExpiredTokenException,
    Fault,
    RequestEntityTooLarge,
    RequestError,
    SerializationException,
    ServiceFault,
    ThrottlingException,
    UnknownOperationException,
    UnrecognizedClientException,
)
from manyhands.mturk.throttle import Allowance

BODY_BYTES_MAX = 10 * 1024 * 1024
CONTENT_TYPE = "application/x-amz-json-1.1"
_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, DatabaseError, InterfaceError)
_READS = ("Get", "List")
_LOG = logging.getLogger(__name__)

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def status_line(self) -> str:
        return f"{self.status} {HTTPStatus(self.status).phrase}"


def is_ours(method: str, path: str, headers: Headers) -> bool:
    """Whether a request is for the API and not for a page of the site."""
    if path != "/":
        return False
    if method == "POST":
        return "x-amz-target" in headers or headers.get("authorization", "").startswith("AWS4-")
    return method == "OPTIONS" and "access-control-request-method" in headers


def handle(method: str, path: str, headers: Headers, body: bytes, query: str = "") -> Response:
    """Answer one request; header names are lower-case. Nothing raised gets out."""
    if method == "OPTIONS":
        return _preflight(headers)
    received_at = datetime.now(UTC)
    request_id = str(uuid.uuid4())
    allowance: Allowance | None = None
    with translation.override("en"):
        try:
            operation = _operation(headers)
            signed = sigv4.read(headers)
            credential = _credential(signed.access_key_id)
            request = sigv4.Request(method, path, query, headers, body)
            _authenticate(request, signed, credential, received_at)
            allowance = throttle.take(credential.key_id)
            if allowance.is_over:
                return _fault(ThrottlingException("Rate exceeded"), request_id, allowance)
            _note_use(credential)
            answer = _answer(operation, credential, headers, body, request_id)
            return _response(200, answer, request_id, allowance)
        except Fault as fault:
            return _fault(fault, request_id, allowance)
        except Exception:
            _LOG.exception("Request %s to the API failed", request_id)
            if not connection.in_atomic_block:
                connection.close()
            return _fault(ServiceFault(), request_id, allowance)


def too_large() -> Response:
    """For a body that was not read."""
    fault = RequestEntityTooLarge(f"A request has at most {BODY_BYTES_MAX} bytes.")
    return _fault(fault, str(uuid.uuid4()), None)


def _operation(headers: Headers) -> str:
    target = headers.get("x-amz-target", "")
    name = target.removeprefix(model.target_prefix())
    if name == target or name not in model.operation_names():
        raise UnknownOperationException(f"There is no operation {target[:200]!r}.")
    return name


def _credential(access_key_id: str) -> Credential:
    """The key; asked for a second time when the connection had died meanwhile. Nothing has run yet."""
    try:
        found = api_keys.credential(access_key_id)
    except _AWAY:
        if connection.in_atomic_block:
            raise
        connection.close()
        found = api_keys.credential(access_key_id)
    if found is None:
        raise UnrecognizedClientException("The security token included in the request is invalid.")
    return found


def _authenticate(
    request: sigv4.Request, signed: sigv4.Signed, credential: Credential, now: datetime
) -> None:
    try:
        secret = credential.secret()
    except NotReadable:
        # The installation's key was changed: the secret is lost, and a new API key is needed.
        raise UnrecognizedClientException("The security token included in the request is invalid.") from None
    sigv4.check(request, signed, secret, service=model.signing_name(), now=now)
    if credential.is_expired:
        raise ExpiredTokenException("The security token included in the request is expired")
    if not credential.may_request:
        raise RequestError(
            "This account may not use the API: it is not an active requester's.", "AWS.NotAuthorized"
        )


def _note_use(credential: Credential) -> None:
    if not credential.use_is_noted:
        api_keys.touch(key_id=credential.key_id)


def _answer(
    operation: str,
    credential: Credential,
    headers: Headers,
    body: bytes,
    request_id: str,
) -> bytes:
    found = ACTIONS.get(operation)
    if found is None:
        validation.read(operation, body)
        raise ServiceFault(f"{operation} is not available.")
    if found.scope not in credential.scopes:
        raise AccessDeniedException(
            f"This access key is not allowed to call {operation}: it lacks the scope '{found.scope}'."
        )
    if headers.get("content-encoding", "identity") != "identity":
        raise SerializationException("The body must not be encoded.")
    call = Call(
        operation=operation,
        requester_id=RequesterId(credential.account_id),
        account_id=AccountId(credential.account_id),
        key_id=credential.key_id,
        input=validation.read(operation, body),
        request_id=request_id,
    )

    def deed() -> bytes:
        return output.write(operation, found.run(call))

    try:
        if operation.startswith(_READS) or found.calls_out:
            return deed()
        # One transaction for all that changes something: what is refused is not charged to the key either.
        invocation_id = headers.get("amz-sdk-invocation-id")
        keeps = invocation_id and not model.repeats_safely(operation)
        mark = once.invocation(str(invocation_id), operation, body) if keeps else None
        return once.run(key_id=credential.key_id, invocation=mark, deed=deed)
    except Refusal as refusal:
        raise refusals.fault_of(refusal) from refusal


# Responses ------------------------------------------------------------------------------------

_ALLOWED_HEADER = re.compile(
    r"authorization|content-type|x-amz-(date|target|user-agent|content-sha256|security-token)|amz-sdk-[a-z-]+"
)
_OPEN_TO_ALL = ("Access-Control-Allow-Origin", "*")
_EXPOSED = "x-amzn-RequestId, x-amzn-ErrorType, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"


def _preflight(headers: Headers) -> Response:
    """What a browser asks first. Any page may call: a signature is the right, and no cookie counts."""
    asked = headers.get("access-control-request-headers", "").lower().split(",")
    allowed = [name.strip() for name in asked if _ALLOWED_HEADER.fullmatch(name.strip())]
    told = (
        _OPEN_TO_ALL,
        ("Access-Control-Allow-Methods", "POST"),
        ("Access-Control-Allow-Headers", ", ".join(allowed)),
        ("Access-Control-Max-Age", "86400"),
        ("Vary", "Access-Control-Request-Headers"),
        ("x-amzn-RequestId", str(uuid.uuid4())),
    )
    return Response(200, told, b"")


def _response(
    status: int, body: bytes, request_id: str, allowance: Allowance | None, *more: tuple[str, str]
) -> Response:
    headers = (
        ("x-amzn-RequestId", request_id),
        ("Content-Type", CONTENT_TYPE),
        ("Cache-Control", "no-store"),
        _OPEN_TO_ALL,
        ("Access-Control-Expose-Headers", _EXPOSED),
        *(allowance.headers() if allowance else ()),
        *more,
    )
    return Response(status, headers, body)


def _fault(fault: Fault, request_id: str, allowance: Allowance | None) -> Response:
    kind = ("x-amzn-ErrorType", fault.type)
    return _response(fault.status, orjson.dumps(fault.body()), request_id, allowance, kind)


actions.load()
