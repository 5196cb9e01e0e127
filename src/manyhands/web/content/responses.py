"""What the content origin answers: documents, its own files, and pages that say what went wrong."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus

from django.utils.translation import gettext

from manyhands.web.content import headers, pages, static


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Iterable[tuple[str, str]]
    body: bytes
    chunks: Iterable[bytes] | None = None
    """Instead of the body, what is too large to be held."""

    @property
    def status_line(self) -> str:
        return f"{self.status} {HTTPStatus(self.status).phrase}"


def document(content: bytes, *, status: int = 200, more: Iterable[tuple[str, str]] = ()) -> Response:
    return Response(status, (*headers.document(), *more), content)


def plain(text: str, *, status: int = 200) -> Response:
    return Response(status, headers.plain(), text.encode())


def file(name: str, *, versioned: bool = True) -> Response:
    """One of the frame's own files; at an address without a version it is asked for again after an hour."""
    content = static.content(name)
    if content is None:
        return plain("Not found.\n", status=404)
    return Response(200, headers.static(static.TYPES[name], versioned=versioned), content)


def download(name: str, size: int, chunks: Iterator[bytes]) -> Response:
    """A file that a worker handed in: to be saved, and never to be shown or run here."""
    return Response(200, headers.download(name, size), b"", chunks)


def problem(
    status: int,
    code: str,
    title: str,
    sentence: str,
    assignment: str | None = None,
    more: Iterable[tuple[str, str]] = (),
) -> Response:
    """A page that says what is wrong, to the reader and, as ``problem``, to the page around."""
    told = {"code": code, "message": title, "assignmentId": assignment}
    return document(pages.page(title, sentence, {"mode": "page", "problem": told}), status=status, more=more)


def no_such_link() -> Response:
    """One answer for links that are false, foreign or over: it tells nobody which."""
    return problem(
        404,
        "no-such-link",
        gettext("This link does not lead to a task."),
        gettext("It may have ended. Open the task again from your dashboard."),
    )


def no_such_file() -> Response:
    """One answer for addresses that are false or over, and for files that are gone."""
    return problem(
        404,
        "no-such-file",
        gettext("This address leads to no file, or not any more."),
        gettext("Go back to the answer and open the file from there."),
    )


def not_allowed(allowed: str) -> Response:
    return problem(
        405,
        "not-allowed",
        gettext("This cannot be done here."),
        gettext("Accept the task to work on it."),
        more=(("Allow", allowed),),
    )


def too_large() -> Response:
    return problem(
        413,
        "too-large",
        gettext("The answer is larger than 1 MB."),
        gettext("Nothing was changed. Go back and shorten it."),
    )


def request_too_large() -> Response:
    return problem(
        413,
        "too-large",
        gettext("The answer and its files are larger than this task takes."),
        gettext("Nothing was changed. Go back and choose smaller files."),
    )


def busy() -> Response:
    """Files move slowly: not all of this process may wait for them."""
    return problem(
        503,
        "busy",
        gettext("Many files are on their way at this moment."),
        gettext("Nothing was changed. Wait a moment and try again."),
        more=(("Retry-After", "5"),),
    )


def unreadable() -> Response:
    return problem(
        400, "unreadable", gettext("The answer could not be read."), gettext("Nothing was changed.")
    )


def failed(status: int) -> Response:
    """Our fault: 500, or 503 while the database is away."""
    return problem(
        status,
        "failed",
        gettext("Something went wrong on our side."),
        gettext("Your draft is kept. Wait a moment and load the task again."),
        more=(("Retry-After", "2"),) if status == 503 else (),
    )
