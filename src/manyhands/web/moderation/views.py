"""'Report this task', and the reports as operators see them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from manyhands.core import ids
from manyhands.core.errors import NotFound, Refusal
from manyhands.core.ids import AccountId, AssignmentId, HITTypeId
from manyhands.moderation import operations, queries
from manyhands.moderation.states import ReportReason, ReportStatus
from manyhands.web.refusals import answer_to
from manyhands.web.site.account_review_views import operator_required
from manyhands.web.worker.access import worker_of, worker_required


def reason_names() -> dict[str, str]:
    """The reasons in words, in the order of the form."""
    return {
        ReportReason.POLICY_VIOLATION: gettext("Policy violation"),
        ReportReason.PERSONAL_DATA: gettext("Asks for personal data or passwords"),
        ReportReason.SCAM: gettext("Scam, phishing or spam"),
        ReportReason.HARMFUL: gettext("Disturbing or unlawful content"),
        ReportReason.BROKEN: gettext("Broken or impossible to complete"),
        ReportReason.UNFAIR: gettext("Unfair pay or unfair rejections"),
        ReportReason.OTHER: gettext("Something else"),
    }


@worker_required
def report_group(request: HttpRequest, hit_type_id: int) -> HttpResponse:
    """The form; on POST, the report. ``assignment``: the task it was made from."""
    group = queries.reported_group(hit_type_id=HITTypeId(hit_type_id))
    if group is None:
        raise NotFound
    given = request.POST if request.method == "POST" else request.GET
    assignment_id = ids.decode("assignment", given.get("assignment", ""))
    problem, status = "", 200
    if request.method == "POST":
        try:
            operations.report_task(
                worker_id=worker_of(request),
                hit_type_id=group.hit_type_id,
                reason=request.POST.get("reason", ""),
                words=request.POST.get("words", ""),
                assignment_id=None if assignment_id is None else AssignmentId(assignment_id),
            )
        except NotFound:
            raise
        except Refusal as refusal:
            problem, status = str(refusal), answer_to(refusal).status
        else:
            messages.success(
                request,
                gettext("Thank you. The operators look at your report; the requester does not see it."),
            )
            return redirect("assignment", assignment_id) if assignment_id else redirect("tasks")
    context = {
        "section": "tasks",
        "group": group,
        "assignment": given.get("assignment", "") if assignment_id else "",
        "reasons": list(reason_names().items()),
        "chosen": given.get("reason", ""),
        "words": given.get("words", ""),
        "problem": problem,
    }
    return render(request, "moderation/report.html", context, status=status)


@require_safe
@operator_required
def staff_reports(request: HttpRequest) -> HttpResponse:
    """Reports: the open ones, or with ``?show=closed`` what became of the others."""
    return _list(request)


@require_POST
@operator_required
def close_report(request: HttpRequest, report_id: int) -> HttpResponse:
    """Close a report with a word on what was done."""
    try:
        operations.close_report(
            actor_id=AccountId(int(request.user.pk or 0)),
            report_id=report_id,
            outcome=request.POST.get("outcome", ""),
        )
    except NotFound:
        raise Http404 from None
    except Refusal as refusal:
        return _list(request, status=answer_to(refusal).status, problem=str(refusal), failed=report_id)
    messages.success(request, gettext("Report closed."))
    return redirect("staff_reports")


def _list(request: HttpRequest, *, status: int = 200, problem: str = "", failed: int = 0) -> HttpResponse:
    shown = ReportStatus.CLOSED if request.GET.get("show") == "closed" else ReportStatus.OPEN
    names = reason_names()
    context = {
        "section": "staff",
        "shown": shown.value,
        "lines": [(line, names.get(line.reason, line.reason)) for line in queries.reports(status=shown)],
        "problem": problem,
        "failed": failed,
    }
    return render(request, "moderation/reports.html", context, status=status)
