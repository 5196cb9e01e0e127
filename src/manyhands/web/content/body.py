"""Reading a posted form: bounded, in the order of the form, files passed over."""

import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from manyhands.work.layout.fields import RESERVED_NAMES

# An answer may have 1 MB; its percent-encoding and our own fields come on top.
BODY_BYTES_MAX = 3 * 1024 * 1024 + 64 * 1024
ANSWER_BYTES_MAX = 1024 * 1024
FIELDS_MAX = 20_000

Pairs = list[tuple[str, str]]


class TooLarge(Exception):
    """The request is larger than an answer may be."""


class Unreadable(Exception):
    """The request is no form."""


def read(environ: Mapping[str, Any]) -> Pairs:
    """All fields of the request's form in order. Raises TooLarge, Unreadable."""
    content = _content(environ)
    if str(environ.get("CONTENT_TYPE", "")).lower().startswith("multipart/form-data"):
        return _multipart(environ, content)
    try:
        return parse_qsl(
            content.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="replace",
            max_num_fields=FIELDS_MAX,
        )
    except UnicodeDecodeError:
        raise Unreadable from None
    except ValueError:
        raise TooLarge from None


def of_query(query: str) -> Pairs:
    """The fields of an address. Raises TooLarge."""
    try:
        return parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=FIELDS_MAX)
    except ValueError:
        raise TooLarge from None


def answer(pairs: Pairs) -> Pairs:
    """The fields that are answers: the protocol's own left out, line ends as one kind.

    Raises TooLarge beyond a megabyte.
    """
    found = [
        (name, value.replace("\r\n", "\n") if "\r" in value else value)
        for name, value in pairs
        if name and name not in RESERVED_NAMES
    ]
    if sum(len(name) + len(value) for name, value in found) > ANSWER_BYTES_MAX:
        raise TooLarge
    return found


# What the frame's script counts, and nothing else of what people do: never which key or where.
REPORTED = ("keys", "pointer", "changes", "pastes", "leaves", "away_s", "resumed")
REPORT_CHARACTERS_MAX = 500
_COUNT_MAX = 1_000_000


def report(pairs: Pairs) -> dict[str, int] | None:
    """The counts that the frame reports beside the answer; None when it reported nothing readable."""
    raw = first(pairs, "manyhandsReport")
    if not raw or len(raw) > REPORT_CHARACTERS_MAX:
        return None
    try:
        found = orjson.loads(raw)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    counts = {name: found.get(name) for name in REPORTED}
    return {
        name: min(max(count, 0), _COUNT_MAX)
        for name, count in counts.items()
        if isinstance(count, int) and not isinstance(count, bool)
    }


def first(pairs: Pairs, name: str) -> str:
    return next((value for found, value in pairs if found == name), "")


def _content(environ: Mapping[str, Any]) -> bytes:
    try:
        length = int(environ.get("CONTENT_LENGTH") or -1)
    except ValueError:
        raise Unreadable from None
    if length > BODY_BYTES_MAX:
        raise TooLarge
    stream = environ["wsgi.input"]
    content: bytes = stream.read(length if length >= 0 else BODY_BYTES_MAX + 1)
    if len(content) > BODY_BYTES_MAX:
        raise TooLarge
    return content


class _PassOver(FileUploadHandler):
    """Files are no answers yet: they are read past and not kept."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002  (Django's signature)
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002
        return None

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002
        return None


def _multipart(environ: Mapping[str, Any], content: bytes) -> Pairs:
    meta = {"CONTENT_TYPE": environ.get("CONTENT_TYPE", ""), "CONTENT_LENGTH": len(content)}
    try:
        fields, _ = MultiPartParser(meta, io.BytesIO(content), [_PassOver()], "utf-8").parse()
    except (RequestDataTooBig, TooManyFieldsSent):
        raise TooLarge from None
    except (MultiPartParserError, SuspiciousOperation):
        raise Unreadable from None
    return [(name, str(value)) for name, values in fields.lists() for value in values]
