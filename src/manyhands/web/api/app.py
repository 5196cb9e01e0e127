"""The API itself: how every response looks, and the description of it all (OpenAPI 3.1)."""

import logging
from typing import Any

import ninja.errors
import pydantic
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from manyhands.core.errors import Refusal
from manyhands.web.api import problems
from manyhands.web.api.access import Caller
from manyhands.web.api.problems import Problem, ProblemBody

_LOG = logging.getLogger(__name__)
_REF = "#/components/schemas/{model}"
_PROBLEM = {
    "description": "What went wrong, with the field and the rule.",
    "content": {"application/problem+json": {"schema": {"$ref": _REF.format(model="ProblemBody")}}},
}


class JSONAPI(NinjaAPI):
    """Problems for every error, and their schema in the description."""

    def create_response(self, request: HttpRequest, data: Any, **given: Any) -> HttpResponse:
        return dressed(request, super().create_response(request, data, **given))

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        described = super().get_openapi_schema(**given)
        schema = ProblemBody.model_json_schema(ref_template=_REF)
        schemas = described["components"]["schemas"]
        schemas |= schema.pop("$defs", {}) | {"ProblemBody": schema}
        for methods in described["paths"].values():
            for operation in methods.values():
                operation["responses"]["default"] = _PROBLEM
        return described


api = JSONAPI(
    title="Manyhands",
    version="1",
    description="Publish tasks, follow them, take their answers and decide on them.",
    urls_namespace="api_v1",
    docs_url=None,
)


def dressed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response with what every one carries."""
    response["Cache-Control"] = "no-store"
    caller = getattr(request, "auth", None)
    if isinstance(caller, Caller):
        for name, value in caller.allowance.headers():
            response[name] = value
    return response


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return dressed(request, problem.response())


@api.exception_handler(Refusal)
def _refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return _problem(request, problems.of_refusal(refusal))


@api.exception_handler(ninja.errors.ValidationError)
def _wrong_shape(request: HttpRequest, error: ninja.errors.ValidationError) -> HttpResponse:
    return _problem(request, problems.of_validation(error.errors, skipped={"body": 2, "query": 1}))


@api.exception_handler(pydantic.ValidationError)
def _wrong_rows(request: HttpRequest, error: pydantic.ValidationError) -> HttpResponse:
    return _problem(request, problems.of_validation(error.errors(include_url=False), skipped={}))


@api.exception_handler(ninja.errors.AuthenticationError)
def _no_key(request: HttpRequest, _error: Exception) -> HttpResponse:
    words = "Send an API key: 'Authorization: Bearer <access key id>:<secret>'."
    return _problem(request, problems.of_status(401, words))


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, _error: Exception) -> HttpResponse:
    return _problem(request, problems.of_status(404, "There is nothing here, or it is not yours to see."))


@api.exception_handler(ninja.errors.HttpError)
def _not_readable(request: HttpRequest, error: ninja.errors.HttpError) -> HttpResponse:
    return _problem(request, problems.of_status(error.status_code, str(error)))


@api.exception_handler(Exception)
def _unforeseen(request: HttpRequest, error: Exception) -> HttpResponse:
    _LOG.error("A request to %s failed", request.path, exc_info=error)
    return _problem(request, Problem(500, "Failed", "This failed on the server; its operators can see why."))
