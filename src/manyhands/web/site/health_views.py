"""Whether this process and its database answer, for load balancers and watchers."""

import psycopg
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from manyhands.core import db

# One row by its key: the least that a working database can be asked.
_ONE_ROW = "SELECT category.id FROM category WHERE category.id = %(category_id)s"


@never_cache
@require_safe
def health(_: HttpRequest) -> HttpResponse:
    """200 when the database answers, else 503. Says nothing else to strangers."""
    try:
        db.one_or_none(int, _ONE_ROW, category_id=1)
    except (DatabaseError, psycopg.Error):
        return HttpResponse("database away\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
