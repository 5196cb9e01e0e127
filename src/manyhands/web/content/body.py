"""Reading a posted form: bounded, in the order of the form; files go past memory to where they are kept."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from manyhands.core.errors import Refusal
from manyhands.core.files import Incoming, Stored, delete
from manyhands.work.layout.fields import RESERVED_NAMES
from manyhands.work.operations.answer_files import Limits

# An answer may have 1 MB; its percent-encoding and our own fields come on top.
BODY_BYTES_MAX = 3 * 1024 * 1024 + 64 * 1024
ANSWER_BYTES_MAX = 1024 * 1024
FIELDS_MAX = 20_000

Pairs = list[tuple[str, str]]


class TooLarge(Exception):
    """The request is larger than an answer may be."""


class Unreadable(Exception):
    """The request is no form."""


@dataclass(slots=True)
class Upload:
    """A file of the form: ``stored``, or else the ``problem`` with it."""

    field: str
    name: str
    content_type: str
    stored: Stored | None = None
    problem: Refusal | None = None
    is_offered: bool = False
    """Whether an operation has had it, and has kept or deleted it."""


@dataclass(frozen=True, slots=True)
class Form:
    pairs: Pairs = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)

    def forget_uploads(self) -> None:
        """Delete what came in and was not asked for after all."""
        for upload in self.uploads:
            if upload.stored and not upload.is_offered:
                delete(upload.stored.key)


def is_multipart(environ: Mapping[str, Any]) -> bool:
    return str(environ.get("CONTENT_TYPE", "")).lower().startswith("multipart/form-data")


def length(environ: Mapping[str, Any]) -> int:
    """As told; -1 when it is not. Raises Unreadable."""
    try:
        return int(environ.get("CONTENT_LENGTH") or -1)
    except ValueError:
        raise Unreadable from None


def read(environ: Mapping[str, Any], room: Mapping[str, Limits] | None = None) -> Form:
    """All fields of the request's form in order. ``room``: the fields that take a file, other files are passed
    over. Raises TooLarge, Unreadable."""
    if is_multipart(environ):
        return _multipart(environ, room or {})
    content = _content(environ)
    try:
        return Form(_parsed(content))
    except UnicodeDecodeError:
        raise Unreadable from None
    except ValueError:
        raise TooLarge from None


def _parsed(content: bytes) -> Pairs:
    return parse_qsl(
        content.decode("ascii"),
        keep_blank_values=True,
        encoding="utf-8",
        errors="replace",
        max_num_fields=FIELDS_MAX,
    )


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
    told = length(environ)
    if told > BODY_BYTES_MAX:
        raise TooLarge
    stream = environ["wsgi.input"]
    content: bytes = stream.read(told if told >= 0 else BODY_BYTES_MAX + 1)
    if len(content) > BODY_BYTES_MAX:
        raise TooLarge
    return content


class _Whole:
    """The body, as far as its length was told; afterwards ``is_whole`` says whether all of it came."""

    def __init__(self, stream: Any, told: int) -> None:
        self._stream, self._left = stream, told

    def read(self, size: int = -1) -> bytes:
        part: bytes = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(part)
        return part

    @property
    def is_whole(self) -> bool:
        return self._left == 0


class _TakeIn(FileUploadHandler):
    """Writes each file that a field takes to where it is kept, as far as it is not too large."""

    def __init__(self, room: Mapping[str, Limits]) -> None:
        super().__init__()
        self.uploads: list[Upload] = []
        self._room = room
        self._incoming: Incoming | None = None
        self._upload: Upload | None = None
        self._size = 0
        self.is_cut = False

    def new_file(self, field_name: str, file_name: str, content_type: str, *args: Any, **more: Any) -> None:  # noqa: ARG002  (Django's signature)
        if field_name not in self._room:
            raise SkipFile
        self._upload = Upload(field_name, file_name, content_type or "")
        self._incoming, self._size = Incoming(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002
        if self._upload is None or self._incoming is None:
            return
        self._size += len(raw_data)
        if self._size > self._room[self._upload.field].bytes_max:
            self._incoming.abandon()
        else:
            self._incoming.write(raw_data)

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002
        if self._upload is None or self._incoming is None:
            return
        with self._incoming as incoming:
            try:
                self._room[self._upload.field].check(self._size)
                self._upload.stored = incoming.finish()
            except Refusal as refusal:
                self._upload.problem = refusal
        self.uploads.append(self._upload)
        self._upload = self._incoming = None

    def upload_interrupted(self) -> None:
        self.is_cut = self._incoming is not None  # and not a file that was passed over

    def abandon(self) -> None:
        if self._incoming is not None:
            self._incoming.abandon()
        Form(uploads=self.uploads).forget_uploads()


def request_bytes_max(room: Mapping[str, Limits]) -> int:
    """What a form with these files may have in all."""
    return BODY_BYTES_MAX + sum(limits.bytes_max for limits in room.values())


def _multipart(environ: Mapping[str, Any], room: Mapping[str, Limits]) -> Form:
    told, stream = length(environ), environ["wsgi.input"]
    if told < 0:
        content = _content(environ)
        told, stream = len(content), io.BytesIO(content)
    if told > request_bytes_max(room):
        raise TooLarge
    meta = {"CONTENT_TYPE": environ.get("CONTENT_TYPE", ""), "CONTENT_LENGTH": told}
    whole, handler = _Whole(stream, told), _TakeIn(room)
    taken = False
    try:
        parser = MultiPartParser(meta, whole, [handler], "utf-8")  # type: ignore[arg-type]  # it only reads
        fields, _ = parser.parse()
        taken = whole.is_whole and not handler.is_cut
    except (RequestDataTooBig, TooManyFieldsSent):
        raise TooLarge from None
    except (MultiPartParserError, SuspiciousOperation):
        raise Unreadable from None
    finally:
        if not taken:
            handler.abandon()
    if not taken:  # cut off: what seemed to be the end of a file was not
        raise Unreadable
    pairs = [(name, str(value)) for name, values in fields.lists() for value in values]
    return Form(pairs, handler.uploads)
