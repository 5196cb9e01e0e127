"""The demo's qualifications: each way is there, and the test can be passed and failed."""

import pytest
from django.utils import timezone

from manyhands.catalog import queries as catalog
from manyhands.catalog.search import Search
from manyhands.core.ids import QualificationTypeId
from manyhands.qualifications import operations
from manyhands.qualifications.forms import form_of
from manyhands.qualifications.models import QualificationRequest, QualificationTest, QualificationType
from manyhands.qualifications.states import RequestStatus, Route
from manyhands.questions.controls import field_names
from manyhands.questions.forms import Selections, Text
from manyhands.replay import demo_qualifications, demo_seed
from manyhands.work.models import Project
from tests import factories, quals
from tests.conftest import Database


def test_seeding_twice_makes_each_once(database: Database) -> None:
    demo_qualifications.seed()
    demo_qualifications.seed()
    made = QualificationType.objects.filter(requester=None, pk__gt=0).exclude(route=Route.PROFILE)
    assert set(made.values_list("route", flat=True)) == {Route.TEST, Route.AGREEMENT, Route.AUTO}
    assert made.count() == 3


@pytest.mark.feature("W-08")
def test_the_demo_has_work_that_its_english_test_opens(database: Database) -> None:
    demo_seed.seed()
    demo_seed.seed()
    worker = factories.make_worker()
    (title,) = Project.objects.values_list("title", flat=True)
    before = catalog.listing(worker_id=quals.worker(worker), search=Search())

    quals.give(worker, demo_qualifications.english(), demo_qualifications.PASS_SCORE)

    after = catalog.listing(worker_id=quals.worker(worker), search=Search())
    assert (before.task_count, after.task_count) == (0, 12)
    assert [group.title for group in after.groups] == [title]


@pytest.mark.feature("W-53")
@pytest.mark.parametrize(("right", "status"), [(6, RequestStatus.GRANTED), (5, RequestStatus.FAILED)])
def test_six_of_eight_sentences_pass_the_english_test(
    database: Database, right: int, status: RequestStatus
) -> None:
    demo_qualifications.seed()
    worker = factories.make_worker()
    type_id = QualificationType.objects.get(route=Route.TEST).pk
    begun = operations.begin_test(
        worker_id=quals.worker(worker), qualification_type_id=QualificationTypeId(type_id)
    )
    form = form_of(QualificationTest.objects.get().pk)
    names = field_names(form)
    answer = []
    places = set()
    for number, (question, (_, word, _)) in enumerate(
        zip(form.questions, demo_qualifications._SENTENCES, strict=True)
    ):
        assert isinstance(question.answer, Selections)
        found = [
            (place, choice.identifier, isinstance(choice.content, Text) and choice.content.text == word)
            for place, choice in enumerate(question.answer.choices)
        ]
        places |= {place for place, _, is_right in found if is_right}
        answer.append(
            (
                names[question.identifier].answer,
                next(key for _, key, is_right in found if is_right == (number < right)),
            )
        )

    outcome = operations.submit_test(
        worker_id=quals.worker(worker), request_id=begun.request_id, answer=answer, received_at=timezone.now()
    )

    assert (outcome.status, outcome.score) == (status, round(right * 100 / 8 + 0.001))
    assert len(places) > 2, "the place of the right word is no hint"
    assert QualificationRequest.objects.get().status == status
