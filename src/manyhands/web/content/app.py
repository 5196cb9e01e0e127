"""The content origin as a WSGI application: requester HTML, and nothing of the site.

No middleware, no sessions, no cookies: a request is authenticated by its signed token, routed by hand
and answered with one statement. Served from an origin of its own (settings.CONTENT_ORIGIN).
"""

import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson
import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import translation

from manyhands.core import files, tokens
from manyhands.core.errors import Refusal
from manyhands.core.ids import AssignmentId, HITId, WorkerId
from manyhands.web.content import body, crowd, pages, qualification_tests, responses, submitting, tasks
from manyhands.web.content.responses import Response
from manyhands.work.layout.template import LAYOUT_BYTES_MAX
from manyhands.work.operations import answer_files
from manyhands.work.operations.answer_files import Limits
from manyhands.work.queries import content as queries
from manyhands.work.queries import files as file_queries

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]
Result = TypeVar("Result")

_LOG = logging.getLogger(__name__)
_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, DatabaseError, InterfaceError)
# Files move as slowly as their people's lines: so many at once, and the other threads take answers.
_LONG = threading.BoundedSemaphore(4 if settings.ENVIRONMENT == "production" else 1)
_ASKED_LANGUAGE = re.compile(r"(?:^|&)lang=([a-z-]+)(?:&|$)")
_LANGUAGES = frozenset(code for code, _ in settings.LANGUAGES)


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answer one request. Nothing raised gets out: what goes wrong is logged and answered with a page."""
    received_at = datetime.now(UTC)
    translation.activate(_language(environ))
    try:
        response = _answer(environ, received_at)
    except _AWAY:
        _LOG.exception("The database failed on %s", _path(environ))
        connection.close()
        response = responses.failed(503)
    except Exception:
        _LOG.exception("Failed on %s", _path(environ))
        connection.close()
        response = responses.failed(500)
    if response.chunks is not None:
        start_response(response.status_line, [*response.headers])
        return response.chunks
    content = b"" if environ["REQUEST_METHOD"] == "HEAD" else response.body
    length = ("Content-Length", str(len(response.body)))
    start_response(response.status_line, [*response.headers, length])
    return [content]


def _answer(environ: Environ, received_at: datetime) -> Response:
    """Read the request once; run it again once when it met a connection that had died meanwhile.

    Running twice is safe: the same answer handed in again is the same submission.
    """
    method = environ["REQUEST_METHOD"]
    if method not in {"GET", "HEAD", "POST"}:
        return responses.not_allowed("GET, HEAD, POST")
    form = body.Form()
    try:
        if method == "POST":
            room = _twice(lambda: _room(environ, received_at)) if body.is_multipart(environ) else {}
            if body.length(environ) <= body.BODY_BYTES_MAX:
                form = body.read(environ, room)
            elif not _LONG.acquire(blocking=False):
                return responses.busy()
            else:
                try:
                    form = body.read(environ, room)
                except body.TooLarge:
                    return responses.request_too_large() if room else responses.too_large()
                finally:
                    _LONG.release()
        return _twice(lambda: _route(environ, form, received_at))
    except body.TooLarge:
        return responses.too_large()
    except body.Unreadable:
        return responses.unreadable()
    finally:
        form.forget_uploads()


def _twice(act: Callable[[], Result]) -> Result:
    try:
        return act()
    except _AWAY:
        if connection.connection is not None and not connection.connection.broken:
            raise
        connection.close()
        return act()


def _room(environ: Environ, received_at: datetime) -> dict[str, Limits]:
    """What files the request may bring, before any of it is read: none without an assignment that is held."""
    path = _path(environ)
    held = tokens.read("assignment", path[3:].partition("/")[0]) if path.startswith("/a/") else None
    if held is None:
        return {}
    try:
        return answer_files.room(
            worker_id=WorkerId(held[1]), assignment_id=AssignmentId(held[0]), received_at=received_at
        )
    except Refusal:
        return {}  # the answer's own operation says why


def _route(environ: Environ, form: body.Form, received_at: datetime) -> Response:
    path, pairs = _path(environ), form.pairs
    posted = environ["REQUEST_METHOD"] == "POST"
    if path.startswith("/a/"):
        # Pages that build their own form hand in below the address they were shown at.
        token, sent_to, _ = path[3:].partition("/")
        if posted or sent_to:
            if not posted:
                form = body.Form(body.of_query(str(environ.get("QUERY_STRING", ""))))
            return submitting.submit(token=token, form=form, received_at=received_at)
        return _assignment(token)
    if path.startswith("/q/"):
        token = path[3:]
        if posted:
            return qualification_tests.submit(token=token, pairs=pairs, received_at=received_at)
        return qualification_tests.show(token=token)
    if path in {"/mturk/externalSubmit", "//mturk/externalSubmit"}:
        # Documented with the answers in the address as well.
        given = pairs if posted else body.of_query(str(environ.get("QUERY_STRING", "")))
        token = body.first(given, "manyhandsToken")
        if token:
            return submitting.submit(token=token, form=body.Form(given), received_at=received_at)
        return submitting.submit_by_id(pairs=given, received_at=received_at)
    if path == "/preview":
        return _trial(pairs) if posted else responses.not_allowed("POST")
    if posted:
        return responses.not_allowed("GET, HEAD")
    if path.startswith("/p/"):
        return _preview(path[3:])
    if path.startswith("/f/"):
        return _download(path[3:], is_wanted=environ["REQUEST_METHOD"] != "HEAD")
    return _small_files(path)


def _assignment(token: str) -> Response:
    held = tokens.read("assignment", token)
    if held is None:
        return responses.no_such_link()
    assignment_id, worker_id = AssignmentId(held[0]), WorkerId(held[1])
    task = queries.assignment_task(assignment_id=assignment_id, worker_id=worker_id)
    if task is None:
        return responses.no_such_link()
    if not task.open:
        return submitting.closed(task, assignment_id)
    document = tasks.work(
        worker_id=worker_id,
        assignment_id=assignment_id,
        hit_id=task.hit_id,
        source=tasks.Source(task.layout_id, task.question_id),
        row=task.input,
        deadline_at=task.deadline_at,
        now=task.now,
        draft=task.draft,
        files=tasks.kept_files(assignment_id, task),
    )
    return responses.document(document)


def _download(token: str, *, is_wanted: bool) -> Response:
    """A file of an answer, by an address that was signed for whoever may have it."""
    named = tokens.read("file", token)
    found = None if named is None else file_queries.file(file_id=named[0])
    if found is None:
        return responses.no_such_file()
    if not is_wanted:
        return responses.download(found.name, found.bytes, iter(()))
    if not _LONG.acquire(blocking=False):
        return responses.busy()
    try:
        pieces = files.chunks(found.key)
    except FileNotFoundError:
        _LONG.release()
        return responses.no_such_file()
    except BaseException:
        _LONG.release()
        raise
    return responses.download(found.name, found.bytes, _Released(pieces))


class _Released:
    """The pieces of a file; its place is free for another once the server is done with them."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._is_open = pieces, True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            _LONG.release()
            self._pieces.close()  # type: ignore[attr-defined]

    __del__ = close


def _preview(token: str) -> Response:
    named = tokens.read("preview", token)
    task = None if named is None else queries.hit_task(hit_id=HITId(named[0]))
    if named is None or task is None:
        return responses.no_such_link()
    document = tasks.preview(
        source=tasks.Source(task.layout_id, task.question_id), row=task.input, hit_id=HITId(named[0])
    )
    return responses.document(document)


def _trial(pairs: body.Pairs) -> Response:
    """A requester's template that is not saved. Signed, so that nobody shows HTML of theirs as ours."""
    if tokens.read("try", body.first(pairs, "token")) is None:
        return responses.no_such_link()
    html = body.first(pairs, "html")
    if len(html) > LAYOUT_BYTES_MAX:
        return responses.too_large()
    try:
        row = orjson.loads(body.first(pairs, "row") or "{}")
    except ValueError:
        return responses.unreadable()
    return responses.document(tasks.trial(html=html, row=row if isinstance(row, dict) else {}))


def _small_files(path: str) -> Response:
    if path.startswith("/static/"):
        return responses.file(path.removeprefix("/static/"))
    if path in crowd.STABLE:
        return responses.file(crowd.STABLE[path], versioned=False)
    if path == "/robots.txt":
        return responses.plain("User-agent: *\nDisallow: /\n")
    if path in {"/", "/health"}:
        return responses.plain("ok\n")
    if path == "/favicon.ico":
        return responses.plain("", status=404)
    return responses.no_such_link()


def _path(environ: Environ) -> str:
    return str(environ.get("PATH_INFO") or "/")


def _language(environ: Environ) -> str:
    """The language the page around asks for, which stays from task to task; else the browser's."""
    asked = _ASKED_LANGUAGE.search(str(environ.get("QUERY_STRING", "")))
    if asked and asked[1] in _LANGUAGES:
        return asked[1]
    return pages.language_of(str(environ.get("HTTP_ACCEPT_LANGUAGE", "")))
