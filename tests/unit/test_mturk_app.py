"""The API in front of the site: what it takes, what it passes on, how it reads a body."""

import io
import json
from collections.abc import Iterable
from typing import Any

import pytest

from manyhands.mturk import wire
from manyhands.mturk.app import before

TARGET = {"HTTP_X_AMZ_TARGET": "MTurkRequesterServiceV20170117.ListHITs"}


def answer(method: str = "POST", path: str = "/", body: bytes = b"{}", **environ: Any) -> tuple[str, bytes]:
    started: list[str] = []

    def site(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        return [b"the site"]

    given = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": io.BytesIO(body), **environ}
    pieces = before(site)(given, lambda status, _headers: started.append(status))
    return started[0], b"".join(pieces)


@pytest.mark.parametrize(
    ("method", "path", "environ"),
    [("GET", "/", TARGET), ("POST", "/tasks", TARGET), ("POST", "/", {}), ("OPTIONS", "/", TARGET),
     ("PUT", "/", TARGET)],
)  # fmt: skip
def test_what_is_not_the_apis_is_the_sites(method: str, path: str, environ: dict[str, str]) -> None:
    assert answer(method, path, **environ)[1] == b"the site"


def test_the_body_is_read_with_and_without_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[bytes, str]] = []

    def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query: str = ""
    ) -> wire.Response:
        read.append((body, headers.get("content-type", "") + query))
        return wire.Response(200, (), b"done")

    monkeypatch.setattr(wire, "handle", handle)

    assert answer(body=b"abc", CONTENT_LENGTH="2", CONTENT_TYPE="x", QUERY_STRING="q", **TARGET)[1] == b"done"
    answer(body=b"abc", CONTENT_LENGTH="", **TARGET)
    answer(body=b"abc", CONTENT_LENGTH="many", **TARGET)

    assert read == [(b"ab", "xq"), (b"abc", ""), (b"", "")]


@pytest.mark.parametrize("environ", [{"CONTENT_LENGTH": "2000"}, {}])
def test_too_much_is_refused_and_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]
) -> None:
    monkeypatch.setattr(wire, "BODY_BYTES_MAX", 1_000)
    stream = io.BytesIO(b"x" * 2_000)

    status, body = answer(**TARGET, **environ, **{"wsgi.input": stream})

    assert status == "413 Request Entity Too Large"
    assert json.loads(body)["__type"] == "RequestEntityTooLarge"
    assert stream.tell() <= 1_001
