"""AWS Signature Version 4, checked: who signed this request, and whether nothing signed was changed.

The Host header is taken as received, port included: a proxy in between has to pass it on. Any region is
accepted, because clients build it from their own settings; the service is always ours.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote

from manyhands.mturk.faults import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
)

SKEW_S = 300
ALGORITHM = "AWS4-HMAC-SHA256"
_PART = re.compile(r"(Credential|SignedHeaders|Signature)=(\S+)")
_CREDENTIAL = re.compile(r"([A-Za-z0-9_]{1,128})/(\d{8})/([^/\s]{1,64})/([^/\s]{1,64})/aws4_request")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
# What decides what is done must be signed; content-type and the SDK's own remarks need not be.
_ALWAYS_SIGNED = ("host", "x-amz-date", "x-amz-target", "x-amz-security-token")


@dataclass(frozen=True, slots=True)
class Signed:
    """The Authorization header, read but not yet believed."""

    access_key_id: str
    day: str
    region: str
    service: str
    headers: tuple[str, ...]
    signature: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a signature covers. Header names are lower-case, values as WSGI gives them: bytes as Latin-1."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


def read(headers: Mapping[str, str]) -> Signed:
    """The parts of the Authorization header.

    Raises MissingAuthenticationTokenException, IncompleteSignatureException, InvalidSignatureException.
    """
    header = headers.get("authorization", "")
    if not header:
        raise MissingAuthenticationTokenException("Missing Authentication Token")
    scheme, _, rest = header.partition(" ")
    if scheme != ALGORITHM:
        raise IncompleteSignatureException(f"Authorization header requires the algorithm {ALGORITHM}.")
    found = (_PART.fullmatch(part.strip()) for part in rest.split(","))
    parts = {part[1]: part[2] for part in found if part}
    absent = [name for name in ("Credential", "Signature", "SignedHeaders") if name not in parts]
    if absent:
        raise IncompleteSignatureException(
            " ".join(f"Authorization header requires '{name}' parameter." for name in absent)
        )
    scope = _CREDENTIAL.fullmatch(parts["Credential"])
    if scope is None or not _SIGNATURE.fullmatch(parts["Signature"]):
        raise IncompleteSignatureException(
            "Credential must have the form <access key>/<day>/<region>/<service>/aws4_request, "
            "and Signature 64 hexadecimal digits."
        )
    return Signed(
        access_key_id=scope[1],
        day=scope[2],
        region=scope[3],
        service=scope[4],
        headers=tuple(parts["SignedHeaders"].split(";")),
        signature=parts["Signature"],
    )


def check(
    request: Request, signed: Signed, secret: str, *, service: str, now: datetime | None = None
) -> None:
    """Believe the signature or raise IncompleteSignatureException, InvalidSignatureException."""
    _check_headers(request.headers, signed)
    stamp = request.headers.get("x-amz-date", "")
    _check_time(stamp, signed.day, now or datetime.now(UTC))
    if signed.service != service:
        raise InvalidSignatureException(f"Credential should be scoped to correct service: '{service}'.")
    if not hmac.compare_digest(_signature(request, signed, stamp, secret), signed.signature):
        raise InvalidSignatureException(
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method."
        )


def _check_headers(headers: Mapping[str, str], signed: Signed) -> None:
    if list(signed.headers) != sorted(set(signed.headers)):
        raise InvalidSignatureException("SignedHeaders must be sorted, each name once and in lower case.")
    if "host" not in signed.headers:
        raise InvalidSignatureException("'Host' must be a 'SignedHeader' in the AWS Authorization.")
    if not headers.get("x-amz-date"):
        raise IncompleteSignatureException(
            "Authorization header requires existence of an 'X-Amz-Date' header."
        )
    absent = [name for name in signed.headers if name not in headers]
    if absent:
        raise InvalidSignatureException(f"Signed headers are not in the request: {', '.join(absent)}")
    loose = [name for name in _ALWAYS_SIGNED if name in headers and name not in signed.headers]
    if loose:
        raise InvalidSignatureException(
            f"There were headers present in the request which were not signed: {', '.join(loose)}"
        )


def _check_time(stamp: str, day: str, now: datetime) -> None:
    try:
        at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise IncompleteSignatureException(
            f"X-Amz-Date must have the form YYYYMMDD'T'HHMMSS'Z', and is '{stamp[:40]}'."
        ) from None
    if not stamp.startswith(day):
        raise InvalidSignatureException(
            f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{day}' != '{stamp[:8]}'."
        )
    late_s = (now - at).total_seconds()
    if abs(late_s) > SKEW_S:
        what = "expired" if late_s > 0 else "not yet current"
        raise InvalidSignatureException(
            f"Signature {what}: {stamp} is more than 5 minutes from the server's {now:%Y%m%dT%H%M%SZ}."
        )


def _signature(request: Request, signed: Signed, stamp: str, secret: str) -> str:
    canonical = "\n".join(
        (
            request.method,
            request.path,
            _canonical_query(request.query),
            "".join(f"{name}:{' '.join(request.headers[name].split())}\n" for name in signed.headers),
            ";".join(signed.headers),
            hashlib.sha256(request.body).hexdigest(),
        )
    )
    scope = f"{signed.day}/{signed.region}/{signed.service}/aws4_request"
    digest = hashlib.sha256(canonical.encode("latin-1", "replace")).hexdigest()
    key = f"AWS4{secret}".encode()
    for part in (signed.day, signed.region, signed.service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, f"{ALGORITHM}\n{stamp}\n{scope}\n{digest}".encode(), "sha256").hexdigest()


def _canonical_query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    escaped = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in escaped)
