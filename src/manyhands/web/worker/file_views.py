"""Files for a task, sent by its page as soon as they are chosen: each is one request, its bytes as they are.

The frame itself may connect to nothing; without the page's script a file comes with the answer, to the content
origin.
"""

import threading

from django.http import HttpRequest, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.files import CHUNK, Incoming, Stored
from manyhands.core.ids import AssignmentId
from manyhands.web.worker.access import worker_of, worker_required
from manyhands.work.operations import answer_files

# Files move as slowly as their people's lines: so many at once in a process, and the other threads show pages.
_LONG = threading.BoundedSemaphore(8)


@worker_required
@require_POST
def keep(request: HttpRequest, assignment_id: int) -> JsonResponse:
    """Keep the body as the file of a field; ``field``, ``name`` and ``type`` stand in the address."""
    field, held = request.GET.get("field", ""), AssignmentId(assignment_id)
    room = answer_files.room(worker_id=worker_of(request), assignment_id=held, received_at=timezone.now())
    if field not in room:
        raise NotFound
    told = request.headers.get("Content-Length", "")
    size = int(told) if told.isdigit() else -1
    room[field].check(max(size, 0))
    if not _LONG.acquire(blocking=False):
        # The frame keeps the file, and sends it with the answer.
        return JsonResponse({}, status=503, headers={"Retry-After": "5"})
    try:
        stored = _taken_in(request, size)
    finally:
        _LONG.release()
    kept = answer_files.keep(
        worker_id=worker_of(request),
        assignment_id=held,
        field=field,
        name=request.GET.get("name", ""),
        content_type=request.GET.get("type", ""),
        stored=stored,
        received_at=timezone.now(),
    )
    return JsonResponse({"name": kept.name, "size": filesizeformat(kept.bytes)})


def _taken_in(request: HttpRequest, size: int) -> Stored:
    with Incoming() as incoming:
        while piece := request.read(CHUNK):
            incoming.write(piece)
        if incoming.bytes != size:
            raise InvalidInput({"file": gettext("The file did not come whole.")})
        return incoming.finish()


@worker_required
@require_POST
def remove(request: HttpRequest, assignment_id: int) -> JsonResponse:
    """Take the file of a field back; nothing happens where there is none."""
    answer_files.drop(
        worker_id=worker_of(request),
        assignment_id=AssignmentId(assignment_id),
        field=request.GET.get("field", ""),
    )
    return JsonResponse({})
