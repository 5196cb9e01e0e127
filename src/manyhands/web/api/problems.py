"""Errors as ``application/problem+json`` (RFC 9457), naming the field or the cell and its rule.

Statuses of refusals come from the site's table, ``web.refusals``; what is added here is the field a
refusal is about. All in English, as on the other wire: programs and their authors read it.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from django.http import HttpResponse
from ninja import Schema

from manyhands.core.errors import InvalidInput, Refusal
from manyhands.web import refusals
from manyhands.work import errors as work
from manyhands.work.csv_input import CSVReport

SHOWN_MAX = 100


class BrokenRule(Schema):
    """A rule that the request breaks: of a field, or of a cell of the rows."""

    field: str | None = None
    row: int | None = None
    column: str | None = None
    rule: str


class ProblemBody(Schema):
    """What went wrong. ``errors`` holds the first hundred of ``error_count`` broken rules."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[BrokenRule] = []
    error_count: int = 0


class Problem(Exception):
    """An answer that is no success; ``code`` is its stable name."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[BrokenRule] = (),
        error_count: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors[:SHOWN_MAX]
        self.error_count = len(errors) if error_count is None else error_count
        self.headers = headers or {}

    def response(self) -> HttpResponse:
        body = ProblemBody(
            type=f"urn:manyhands:problem:{self.code}", title=self.code, status=self.status, detail=self.detail,
            errors=list(self.errors), error_count=self.error_count,
        )  # fmt: skip
        return HttpResponse(
            orjson.dumps(body.model_dump()),
            status=self.status,
            content_type="application/problem+json",
            headers=self.headers,
        )


# The field of a request that a refusal is about.
FIELDS: dict[type[Refusal], str] = {
    work.ReasonNeeded: "reason",
    work.NothingToExtend: "more_assignments",
    work.EndInThePast: "expires_at",
}
# What the operations call a value, and what requests call it.
_NAMES = {"reward_minor": "reward", "max_assignments": "assignments"}
_CODES = {401: "NotAuthenticated", 404: "NotFound", 400: "NotReadable"}
_INVALID = "Some values of the request break a rule; errors names each."


def of_refusal(refusal: Refusal) -> Problem:
    """The problem for what an operation refused."""
    words = str(refusal)
    errors: list[BrokenRule] = []
    if isinstance(refusal, InvalidInput):
        named = refusal.errors.items()
        errors = [BrokenRule(field=_NAMES.get(name, name), rule=rule) for name, rule in named]
        words = _INVALID
    elif isinstance(refusal, work.LayoutInvalid):
        errors = [BrokenRule(field="project", rule=problem) for problem in refusal.problems]
    elif field := FIELDS.get(type(refusal)):
        errors = [BrokenRule(field=field, rule=words)]
    return Problem(refusals.answer_to(refusal).status, type(refusal).__name__, words, errors=errors)


def of_validation(found: Sequence[Any], *, skipped: dict[str, int]) -> Problem:
    """The problem for values of a wrong shape; ``skipped``: how much of a place is not the client's names."""
    errors = []
    for each in found[:SHOWN_MAX]:
        place: tuple[Any, ...] = tuple(each["loc"])
        place = place[skipped.get(str(place[0]), 0) :] if place else ()
        rule = str(each["msg"]).removeprefix("Value error, ")
        if place[:1] == ("rows",) and len(place) > 1:
            column = str(place[2]) if len(place) > 2 else None
            errors.append(BrokenRule(row=int(place[1]) + 1, column=column, rule=rule))
        else:
            errors.append(BrokenRule(field=".".join(map(str, place)) or None, rule=rule))
    return Problem(422, "InvalidInput", _INVALID, errors=errors, error_count=len(found))


def of_report(report: CSVReport, *, rows_above: int) -> Problem:
    """The problem for rows that cannot be used; ``rows_above``: rows the client did not send itself."""
    errors = []
    for problem in report.problems:
        row = problem.row - rows_above if problem.row is not None else None
        errors.append(BrokenRule(row=row or None, column=problem.column, rule=problem.message))
    words = "Some cells cannot be used; nothing was published."
    return Problem(422, "InputInvalid", words, errors=errors, error_count=report.problem_count)


def of_status(status: int, detail: str) -> Problem:
    """The problem for what the framework itself refuses."""
    headers = {"WWW-Authenticate": 'Bearer realm="api"'} if status == 401 else None
    return Problem(status, _CODES.get(status, "Refused"), detail, headers=headers)
