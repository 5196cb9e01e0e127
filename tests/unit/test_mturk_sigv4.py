"""Signatures: made by botocore's own signer, checked by ours."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from manyhands.accounts.api_keys import Made
from manyhands.mturk import sigv4
from manyhands.mturk.faults import (
    Fault,
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
)
from tests.harness.mturk import signed_headers

KEY = Made("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
BODY = '{"Title": "Wörter"}'.encode()


def check(headers: dict[str, str], body: bytes = BODY, *, secret: str = KEY.secret, late_s: int = 0) -> str:
    signed = sigv4.read(headers)
    request = sigv4.Request("POST", "/", "", headers, body)
    now = datetime.now(UTC) + timedelta(seconds=late_s)
    sigv4.check(request, signed, secret, service="mturk-requester", now=now)
    return signed.access_key_id


@pytest.mark.parametrize(
    "url", ["http://localhost:8000/", "https://mturk-requester.us-east-1.amazonaws.com/"]
)
@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "nowhere"])
@pytest.mark.parametrize("session_token", [None, "a-session/token=="])
def test_what_botocore_signs_is_believed(url: str, region: str, session_token: str | None) -> None:
    headers = signed_headers(KEY, BODY, url=url, region=region, session_token=session_token)

    assert check(headers) == KEY.access_key_id


def test_more_signed_headers_and_their_spaces_are_believed() -> None:
    digest = hashlib.sha256(BODY).hexdigest()
    more = {"X-Amz-Content-Sha256": digest, "X-Amz-User-Agent": "aws-sdk-js/2.1   callback  "}

    assert check(signed_headers(KEY, BODY, more=more)) == KEY.access_key_id


def test_a_signature_that_leaves_the_body_out_is_refused() -> None:
    headers = signed_headers(KEY, BODY, more={"X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD"})

    with pytest.raises(InvalidSignatureException, match="does not match"):
        check(headers)


@pytest.mark.parametrize(
    "changed",
    [
        {"x-amz-target": "MTurkRequesterServiceV20170117.SendBonus"},
        {"host": "elsewhere:8000"},
        {"content-type": "text/plain"},
    ],
)
def test_a_change_to_what_was_signed_is_found(changed: dict[str, str]) -> None:
    with pytest.raises(InvalidSignatureException, match="does not match"):
        check(signed_headers(KEY, BODY) | changed)


def test_another_body_or_secret_is_found() -> None:
    headers = signed_headers(KEY, BODY)

    with pytest.raises(InvalidSignatureException, match="does not match"):
        check(headers, BODY + b" ")
    with pytest.raises(InvalidSignatureException, match="does not match"):
        check(headers, secret=KEY.secret[:-1] + "Z")


@pytest.mark.parametrize(
    ("late_s", "words"), [(302, "Signature expired"), (-302, "Signature not yet current")]
)
def test_five_minutes_either_way_and_no_more(late_s: int, words: str) -> None:
    headers = signed_headers(KEY, BODY)

    check(headers, late_s=late_s // 302 * 297)
    with pytest.raises(InvalidSignatureException, match=words):
        check(headers, late_s=late_s)


def test_the_scope_names_our_service_and_the_day() -> None:
    with pytest.raises(InvalidSignatureException, match="correct service: 'mturk-requester'"):
        check(signed_headers(KEY, BODY, service="s3"))
    headers = signed_headers(KEY, BODY)
    today = headers["x-amz-date"][:8]
    with pytest.raises(InvalidSignatureException, match="Date in Credential scope"):
        check(headers | {"authorization": headers["authorization"].replace(today, "20200101")})


def test_a_session_token_that_is_not_signed_is_refused() -> None:
    headers = signed_headers(KEY, BODY) | {"x-amz-security-token": "slipped in"}

    with pytest.raises(InvalidSignatureException, match="not signed: x-amz-security-token"):
        check(headers)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("x-amz-date;host;x-amz-target", "sorted"),
        ("host;Host;x-amz-date;x-amz-target", "sorted"),
        ("x-amz-date;x-amz-target", "'Host'"),
        ("host;x-amz-date", "not signed: x-amz-target"),
        ("host;x-absent;x-amz-date;x-amz-target", "not in the request: x-absent"),
    ],
)
def test_the_signed_headers_are_sorted_and_enough(names: str, words: str) -> None:
    headers = signed_headers(KEY, BODY)
    present = "content-type;host;x-amz-date;x-amz-target"
    assert present in headers["authorization"]

    with pytest.raises(InvalidSignatureException, match=words):
        check(headers | {"authorization": headers["authorization"].replace(present, names)})


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("", MissingAuthenticationTokenException),
        ("Basic dXNlcjpwYXNz", IncompleteSignatureException),
        ("AWS4-HMAC-SHA256", IncompleteSignatureException),
        ("AWS4-HMAC-SHA256 Credential=A/20260101/r/mturk-requester/aws4_request", IncompleteSignatureException),
        ("AWS4-HMAC-SHA256 Credential=A/2026/r/s/aws4_request, SignedHeaders=host, Signature=" + "0" * 64,
         IncompleteSignatureException),
        ("AWS4-HMAC-SHA256 Credential=A/20260101/r/s/aws4_request, SignedHeaders=host, Signature=é",
         IncompleteSignatureException),
    ],
)  # fmt: skip
def test_a_header_that_cannot_be_read_says_so(header: str, kind: type[Fault]) -> None:
    with pytest.raises(kind):
        check(signed_headers(KEY, BODY) | {"authorization": header})


@pytest.mark.parametrize("stamp", ["", "yesterday", "2026-01-01T00:00:00Z"])
def test_a_date_that_cannot_be_read_says_so(stamp: str) -> None:
    with pytest.raises(IncompleteSignatureException):
        check(signed_headers(KEY, BODY) | {"x-amz-date": stamp})


def test_commas_need_no_space_after_them() -> None:
    headers = signed_headers(KEY, BODY)

    assert (
        check(headers | {"authorization": headers["authorization"].replace(", ", ",")}) == KEY.access_key_id
    )
