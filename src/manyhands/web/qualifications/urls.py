"""The pages of one side, below its own address."""

from django.urls import URLPattern, path

from manyhands.web.qualifications import edit_views, holder_views, request_views, type_views
from manyhands.web.qualifications.sides import OPERATOR, REQUESTER, Side


def _of(side: Side) -> list[URLPattern]:
    one = "qualifications/<qualification>"
    pages = (
        ("qualifications", type_views.index, "qualification_types"),
        ("qualifications/new", edit_views.new, "qualification_type_new"),
        (one, type_views.show, "qualification_type"),
        (f"{one}/edit", edit_views.edit, "qualification_type_edit"),
        (f"{one}/test", type_views.test, "qualification_type_test"),
        (f"{one}/status", type_views.status, "qualification_type_status"),
        (f"{one}/delete", type_views.delete, "qualification_type_delete"),
        (f"{one}/requests", request_views.requests, "qualification_requests"),
        (f"{one}/holders", holder_views.holders, "qualification_holders"),
        (f"{one}/import", holder_views.import_file, "qualification_import"),
        (f"{one}/scores.csv", holder_views.scores_csv, "qualification_scores"),
    )
    return [
        path(address, side.guard(view), {"side": side}, name=f"{side.prefix}{name}")
        for address, view, name in pages
    ]


requester_patterns = _of(REQUESTER)
urlpatterns = _of(OPERATOR)
