"""Two windows finish a series of qualification tasks at once: it is scored once."""

import threading

import pytest
from django.db import connection

from manyhands.core.ids import RequesterId, WorkerId
from manyhands.qualifications import operations as qualifications
from manyhands.qualifications.models import QualificationEvent
from manyhands.qualifications.states import Route
from manyhands.quality import submissions
from manyhands.quality.models import KnownAnswerResult
from manyhands.quality.operations import known_answers, projects
from tests import factories


@pytest.mark.feature("W-58", "W-61")
@pytest.mark.usefixtures("database")
def test_results_applied_in_two_processes_at_once_give_one_score() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    me = RequesterId(requester.pk)
    terms = qualifications.TypeTerms(route=Route.TASKS, tasks_needed=4)
    type_id = qualifications.create_qualification_type(requester_id=me, name="Bird words", terms=terms)
    project_id = factories.make_project(requester)
    projects.set_tasks_type(requester_id=me, project_id=project_id, qualification_type_id=type_id)
    rows = [{"word": f"word {number}", "Known.meaning": "a thing"} for number in range(4)]
    group = factories.publish(requester, rows, project_id=project_id)
    for _ in range(4):
        factories.submit(worker, factories.accept(worker, group).assignment_id)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(known_answers, "apply_due", lambda: 0)
        submissions.read()
    assert KnownAnswerResult.objects.filter(applied_at__isnull=True).count() == 4
    applied: list[int] = []
    gate = threading.Barrier(4)

    def run() -> None:
        gate.wait()
        applied.append(known_answers.apply(worker_id=WorkerId(worker.pk)))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(applied) == [0, 0, 0, 4]
    assert QualificationEvent.objects.filter(worker_id=worker.pk).count() == 1
