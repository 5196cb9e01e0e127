"""Pages of those who own qualifications: types made and changed, tests, scores, files, and the operator's side."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from manyhands.accounts.errors import OperatorsOnly
from manyhands.accounts.models import AuditEntry
from manyhands.core import ids
from manyhands.core.ids import AccountId, QualificationTypeId, RequesterId, WorkerId
from manyhands.qualifications import forms, system_types
from manyhands.qualifications import operations as qualifications
from manyhands.qualifications.models import (
    Qualification,
    QualificationAgreement,
    QualificationEvent,
    QualificationPrerequisite,
    QualificationRequest,
    QualificationTest,
    QualificationType,
)
from manyhands.qualifications.operations import owning, requesting, testing
from manyhands.questions import builder, controls
from manyhands.questions.answer_key import parse_answer_key
from manyhands.questions.parsing import parse_test
from tests import factories

TYPE = {
    "name": "Birds",
    "description": "Tells birds apart",
    "keywords": "birds",
    "route": "grant",
    "act": "save",
}
TEST = TYPE | {
    "route": "test", "test_as": "builder", "test_duration_0": "30", "test_duration_1": "60", "pass_score": "80",
    "retry_delay_s_0": "2", "retry_delay_s_1": "86400", "validity_s_0": "365", "validity_s_1": "86400",
    "training": "Read the field guide.", "test_title": "A short test", "test_instructions": "Look.\n\nChoose.",
    "q-0-text": "Which is a bird?", "q-0-kind": "single_choice", "q-0-points": "3", "q-0-required": "1", "q-0-id": "",
    "q-0-o-0-label": "A wren", "q-0-o-0-right": "1", "q-0-o-0-id": "", "q-0-o-1-label": "A whale", "q-0-o-1-id": "",
    "q-1-text": "Which fly?", "q-1-kind": "multiple_choice", "q-1-points": "1", "q-1-id": "",
    "q-1-o-0-label": "Swifts", "q-1-o-0-right": "1", "q-1-o-0-id": "",
    "q-1-o-1-label": "Bats", "q-1-o-1-right": "1", "q-1-o-1-id": "",
    "q-1-o-2-label": "Pigs", "q-1-o-2-id": "",
}  # fmt: skip


def page(name: str, type_id: int | None = None, *, platform: bool = False) -> str:
    args = [] if type_id is None else [system_types.public_id(type_id)]
    return reverse(f"{'platform_' if platform else ''}{name}", args=args)


def own(requester: Any, name: str = "Birds", **terms: Any) -> QualificationTypeId:
    return qualifications.create_qualification_type(
        requester_id=RequesterId(requester.pk), name=name, terms=qualifications.TypeTerms(**terms)
    )


def grant(requester: Any, type_id: QualificationTypeId, worker: Any, score: int) -> None:
    qualifications.grant_qualification(
        qualification_type_id=type_id, requester_id=RequesterId(requester.pk), worker_id=WorkerId(worker.pk),
        score=score,
    )  # fmt: skip


def csv_of(text: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("scores.csv", text.encode(), content_type="text/csv")}


def scores() -> dict[int, int]:
    return dict(Qualification.objects.filter(status="granted").values_list("worker_id", "score"))


def test_a_test_is_built_by_plain_forms_kept_as_xml_and_opened_again(client):
    requester = factories.make_requester()
    browser = client(requester)

    made = browser.post(page("qualification_type_new"), TEST)

    kind = QualificationType.objects.get(requester_id=requester.pk)
    test = QualificationTest.objects.get(qualification_type=kind)
    assert made.status_code == 302
    assert (kind.name, kind.route, kind.pass_score, kind.training) == (
        "Birds",
        "test",
        80,
        "Read the field guide.",
    )
    assert (kind.retry_delay_s, kind.validity_s, test.duration_s) == (2 * 86_400, 365 * 86_400, 1_800)
    form = parse_test(test.question_form)
    key = parse_answer_key(test.answer_key, form)
    spec = builder.from_xml(test.question_form, test.answer_key)
    assert spec is not None
    first, second = spec.questions
    right = {
        first.identifier: {first.options[0].identifier},
        second.identifier: {second.options[0].identifier, second.options[1].identifier},
    }
    assert key.score(right) == 100
    assert key.score({first.identifier: {first.options[1].identifier}}) == 0
    assert spec.instructions == ("Look.", "Choose.")

    again = browser.get(page("qualification_type_edit", kind.pk)).content.decode()
    assert 'value="A wren"' in again
    assert f'name="q-0-id" value="{first.identifier}"' in again
    preview = browser.get(page("qualification_type_test", kind.pk)).content.decode()
    assert "Which is a bird?" in preview
    assert 'name="preview"' in preview


def test_a_changed_test_is_a_new_version_and_an_unchanged_one_is_none(client):
    requester = factories.make_requester()
    browser = client(requester)
    browser.post(page("qualification_type_new"), TEST)
    kind = QualificationType.objects.get(requester_id=requester.pk)
    spec = builder.from_xml(
        QualificationTest.objects.get().question_form, QualificationTest.objects.get().answer_key
    )
    assert spec is not None
    kept = {
        f"q-{n}-id": question.identifier for n, question in enumerate(spec.questions)
    } | {
        f"q-{n}-o-{m}-id": option.identifier
        for n, question in enumerate(spec.questions)
        for m, option in enumerate(question.options)
    }  # fmt: skip

    browser.post(page("qualification_type_edit", kind.pk), TEST | kept | {"description": "Other words"})
    assert list(QualificationTest.objects.values_list("version", flat=True)) == [1]
    browser.post(page("qualification_type_edit", kind.pk), TEST | kept | {"q-0-text": "Which one is a bird?"})

    versions = QualificationTest.objects.order_by("version")
    assert [each.version for each in versions] == [1, 2]
    ids_of = [[one.identifier for one in parse_test(each.question_form).questions] for each in versions]
    assert ids_of[0] == ids_of[1]


@pytest.mark.parametrize(
    ("act", "holds", "lacks"),
    [
        ("add-question", "q-2-text", "q-3-text"),
        ("remove-question-0", "q-0-text", "q-1-text"),
        ("add-option-0", "q-0-o-2-label", "q-0-o-3-label"),
        ("remove-option-1-0", "q-1-o-1-label", "q-1-o-2-label"),
        ("add-needed", "needed-0-kind", "needed-1-kind"),
    ],
)
def test_the_builder_changes_its_outline_without_scripts_and_saves_nothing(client, act, holds, lacks):
    text = client(factories.make_requester()).post(
        page("qualification_type_new"), TEST | {"act": act, "name": ""}
    )

    assert text.status_code == 200
    assert f'name="{holds}"' in text.content.decode()
    assert f'name="{lacks}"' not in text.content.decode()
    assert "field-error" not in text.content.decode()
    assert not QualificationType.objects.filter(requester__isnull=False).exists()


XML_FORM, XML_KEY = "question_form", "answer_key"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": ""}, "id_name_error", "required"),
        ({"test_duration_0": ""}, "id_test_duration_error", "Say how long the test may take."),
        ({"pass_score": "101"}, "id_pass_score_error", "100"),
        ({"validity_s_0": "1", "validity_s_1": "1"}, "id_validity_s_error", "From 60 to"),
        ({"q-0-text": ""}, "q-0-text-error", "Enter text."),
        ({"q-0-points": "0"}, "q-0-points-error", "Enter a number from 1"),
        ({"q-0-o-1-label": ""}, "q-0-o-1-error", "Enter text."),
        ({"countries": "Atlantis"}, "id_countries_error", "“Atlantis” is not known here."),
        ({"age_min": "50", "age_max": "20"}, "id_age_max_error", "The greatest age is below the least."),
        ({"needed-0-kind": "", "needed-0-score": ""}, "needed-0-error", "Choose a qualification"),
        ({"test_as": "xml", XML_FORM: "<QuestionForm>\n  <Oops"}, "id_question_form_error", "Line 2, column"),
        ({"test_as": "xml", XML_FORM: ""}, "id_question_form_error", "Paste the questions as XML."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_made(client, changes, field, sentence):
    answer = client(factories.make_requester()).post(page("qualification_type_new"), TEST | changes)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(rf'id="{field}">.*?{re.escape(sentence)}', text, re.DOTALL), (field, sentence)
    assert not QualificationType.objects.filter(requester__isnull=False).exists()


def test_a_key_that_names_unknown_questions_is_refused_with_its_line(client):
    spec = builder.TestSpec("", (), (builder.TestQuestion(builder.TestQuestionKind.SINGLE_CHOICE, "Which?",
                            (builder.TestOption("A", right=True), builder.TestOption("B"))),))  # fmt: skip
    form, key = builder.to_question_form(spec), builder.to_answer_key(spec) or ""
    sent = TEST | {"test_as": "xml", XML_FORM: form}
    browser = client(factories.make_requester())

    refused = browser.post(page("qualification_type_new"), sent | {XML_KEY: key.replace("q1", "q9")})

    assert refused.status_code == 422
    assert re.search(
        r'id="id_answer_key_error">.*?Line \d+, column \d+: ', refused.content.decode(), re.DOTALL
    )
    assert not QualificationTest.objects.exists()
    assert browser.post(page("qualification_type_new"), sent | {XML_KEY: key}).status_code == 302
    assert (QualificationTest.objects.get().question_form, QualificationTest.objects.get().answer_key) == (
        form,
        key,
    )


def test_qualifications_that_would_wait_for_each_other_are_named(client):
    requester = factories.make_requester()
    birds, finches = own(requester, "Birds"), own(requester, "Finches")
    browser = client(requester)
    wait = {"needed-0-kind": system_types.public_id(birds), "needed-0-score": "80"}
    first = browser.post(page("qualification_type_edit", finches), TYPE | wait)

    ring = browser.post(
        page("qualification_type_edit", birds),
        TYPE
        | {
            "needed-0-kind": system_types.public_id(finches),
            "needed-0-score": "",
            "description": "New words",
        },
    )

    assert (first.status_code, ring.status_code) == (302, 422)
    assert "These qualifications would wait for each other: Birds → Finches → Birds." in ring.content.decode()
    assert QualificationPrerequisite.objects.values_list("qualification_type", "needed", "score_min").get() == (
        finches, birds, 80,
    )  # fmt: skip
    assert not QualificationType.objects.filter(description="New words").exists()


def test_an_agreement_keeps_its_versions_and_shows_them(client):
    requester = factories.make_requester()
    browser = client(requester)
    browser.post(page("qualification_type_new"), TYPE | {"route": "agreement", "agreement": "Tell nobody."})
    kind = QualificationType.objects.get(requester_id=requester.pk)

    browser.post(
        page("qualification_type_edit", kind.pk),
        TYPE | {"route": "agreement", "agreement": "Tell nobody, ever."},
    )

    shown = browser.get(page("qualification_type", kind.pk)).content.decode()
    assert list(QualificationAgreement.objects.order_by("version").values_list("text", flat=True)) == [
        "Tell nobody.", "Tell nobody, ever.",
    ]  # fmt: skip
    assert "Tell nobody." in shown
    assert "Tell nobody, ever." in shown


def test_who_may_ask_is_kept_and_shown_again(client):
    requester = factories.make_requester()
    browser = client(requester)

    browser.post(
        page("qualification_type_new"),
        TYPE
        | {"countries": "Germany, at", "languages": "English", "skills": "botany, birds", "age_min": "18"},
    )

    kind = QualificationType.objects.get(requester_id=requester.pk)
    assert kind.eligibility == {
        "countries": ["DE", "AT"], "languages": ["en"], "skills": ["botany", "birds"], "age_min": 18,
    }  # fmt: skip
    assert (
        'value="Germany, Austria"' in browser.get(page("qualification_type_edit", kind.pk)).content.decode()
    )


def test_conditions_that_the_page_does_not_show_are_kept_when_it_is_saved(client):
    requester = factories.make_requester()
    asked = {"needed": [[own(requester, "Basics"), 70]]}
    kind = own(requester, "Advanced", eligibility=asked)

    saved = client(requester).post(
        page("qualification_type_edit", kind), TYPE | {"countries": "Germany", "description": "Better now."}
    )

    assert saved.status_code == 302, saved.content
    found = QualificationType.objects.get(pk=kind)
    assert (found.description, found.eligibility) == ("Better now.", {"countries": ["DE"]} | asked)


def test_a_type_is_offered_and_not_offered_and_deleted_after_saying_what_stays(client):
    requester, worker = factories.make_requester(), factories.make_worker()
    birds = own(requester)
    grant(requester, birds, worker, 80)
    browser = client(requester)

    browser.post(page("qualification_type_status", birds), {"status": "inactive"})
    assert QualificationType.objects.get(pk=birds).status == "inactive"
    browser.post(page("qualification_type_status", birds), {"status": "active"})
    assert QualificationType.objects.get(pk=birds).status == "active"
    asked = browser.get(page("qualification_type_delete", birds)).content.decode()
    assert "1 worker holds it and keeps the score" in asked
    assert QualificationType.objects.get(pk=birds).status == "active"
    browser.post(page("qualification_type_delete", birds))

    assert QualificationType.objects.get(pk=birds).status == "disposed"
    assert scores() == {worker.pk: 80}
    assert browser.get(page("qualification_type", birds)).status_code == 404


def test_scores_are_given_changed_and_taken_with_words(client):
    requester, worker = factories.make_requester(), factories.make_worker()
    birds = own(requester)
    browser, url = client(requester), page("qualification_holders", birds)
    shown_id = ids.encode_account(worker.pk)
    sent = {"worker": shown_id, "act": "grant"}

    browser.post(url, sent | {"score": "70", "words": "Good."})
    browser.post(url, sent | {"score": "90"})
    assert scores() == {worker.pk: 90}
    refused = [
        browser.post(url, sent | {"score": "101"}), browser.post(url, sent | {"score": "many"}),
        browser.post(url, sent | {"worker": "A1", "score": "5"}),
        browser.post(url, sent | {"worker": ids.encode_account(requester.pk), "score": "5"}),
    ]  # fmt: skip
    assert [each.status_code for each in refused] == [422] * 4
    assert "There is no worker with this id." in refused[2].content.decode()
    assert scores() == {worker.pk: 90}
    browser.post(url, {"worker": shown_id, "act": "revoke", "words": "You mixed up finches."})

    assert scores() == {}
    history = QualificationEvent.objects.order_by("id").values_list(
        "score_before", "score_after", "reason", "words"
    )
    assert list(history) == [
        (None, 70, "granted", "Good."), (70, 90, "granted", ""), (90, None, "revoked", "You mixed up finches."),
    ]  # fmt: skip
    twice = browser.post(url, {"worker": shown_id, "act": "revoke"})
    assert "This worker does not hold the qualification." in twice.content.decode()


def test_a_file_gives_changes_and_takes_as_mturks_file_of_workers_does(client):
    requester = factories.make_requester()
    people = [factories.make_worker() for _ in range(4)]
    birds = own(requester)
    browser = client(requester)
    grant(requester, birds, people[1], 20)
    grant(requester, birds, people[2], 30)
    one, two, three, four = (ids.encode_account(each.pk) for each in people)

    plain = browser.post(page("qualification_import", birds), csv_of(f"Worker ID,score\n{one},80\n"))
    mturk = browser.post(
        page("qualification_import", birds),
        csv_of(f"Worker ID,CURRENT-Birds,UPDATE-Birds\n{two},20,95\n{three},30,Revoke\n{four},,\n"),
    )

    assert (plain.status_code, mturk.status_code) == (302, 302)
    assert scores() == {people[0].pk: 80, people[1].pk: 95}
    exported = b"".join(browser.get(page("qualification_scores", birds)).streaming_content).decode()
    lines = sorted(exported.split("\r\n")[1:-1])
    assert exported.startswith("Worker ID,CURRENT-Birds,UPDATE-Birds\r\n")
    assert lines == sorted([f"{one},80,", f"{two},95,"])


def test_a_file_with_a_bad_row_names_every_one_and_changes_nothing(client):
    requester, good, other = factories.make_requester(), factories.make_worker(), factories.make_worker()
    birds = own(requester)
    rows = [
        f"{ids.encode_account(good.pk)},80", "A0000000000000,50", f"{ids.encode_account(other.pk)},101",
        f"{ids.encode_account(good.pk)},70", f"{ids.encode_account(requester.pk)},50",
    ]  # fmt: skip
    browser = client(requester)

    refused = browser.post(page("qualification_import", birds), csv_of("Worker ID,score\n" + "\n".join(rows)))

    text = refused.content.decode()
    assert refused.status_code == 422
    for number, sentence in (
        (3, "There is no worker “A0000000000000”."), (4, "“101” is no score of this qualification."),
        (5, "This worker stands in row 2 already."), (6, "There is no worker"),
    ):  # fmt: skip
        assert re.search(rf'<th scope="row" class="num">{number}</th><td>{re.escape(sentence)}', text), number
    assert "4 rows cannot be applied" in text
    assert scores() == {}
    assert not QualificationEvent.objects.exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file cannot be used"),
        ("Name,score\nx,1\n", "The file cannot be used"),
        ("Worker ID,points\nA1,1\n", "There is no column “score” or “UPDATE-Birds”."),
    ],
)
def test_a_file_without_its_columns_is_refused(client, text, sentence):
    requester = factories.make_requester()

    refused = client(requester).post(page("qualification_import", own(requester)), csv_of(text))

    assert refused.status_code == 422
    assert sentence in refused.content.decode()


def test_revoking_by_file_from_one_who_holds_nothing_changes_nothing(client):
    requester, worker, other = factories.make_requester(), factories.make_worker(), factories.make_worker()
    birds = own(requester)
    rows = f"{ids.encode_account(other.pk)},50\n{ids.encode_account(worker.pk)},revoke\n"

    refused = client(requester).post(page("qualification_import", birds), csv_of(f"Worker ID,score\n{rows}"))

    assert "This worker does not hold the qualification." in refused.content.decode()
    assert scores() == {}


@pytest.mark.feature("C-13")
def test_pass_rate_and_score_distribution_show_that_workers_are_tested(client):
    requester = factories.make_requester()
    birds = factories.make_test(requester)
    test = QualificationTest.objects.get()
    for place, score in enumerate((100, 90, 85, 40)):
        worker = factories.make_worker()
        QualificationRequest.objects.create(
            worker_id=worker.pk, qualification_type_id=birds, test=test, score=score,
            status="granted" if score >= 80 else "failed", submitted_at=timezone.now(), decided_at=timezone.now(),
        )  # fmt: skip
        if place < 3:
            grant(requester, birds, worker, score)
    browser = client(requester)

    shown = browser.get(page("qualification_type", birds)).content.decode()
    listed = browser.get(page("qualification_types")).content.decode()

    assert "3 of 4 tests" in shown
    assert re.search(
        r"<figcaption>Tests passed, in percent, by week</figcaption>.*?<td class=\"num\">75</td>",
        shown,
        re.DOTALL,
    )
    spans = dict(re.findall(r'<th scope="row">(\d+ – \d+)</th><td class="num">(\d+)</td>', shown))
    assert spans == {f"{low} – {low + 10}": "0" for low in range(0, 80, 10)} | {
        "80 – 90": "1",
        "90 – 100": "2",
    }
    assert "75% of 4" in listed


@pytest.mark.parametrize("act", ["create", "update", "status", "dispose", "grant", "revoke", "import"])
def test_the_platforms_types_are_the_operators_and_each_act_leaves_an_entry(client, act):
    operator, other, worker = (
        factories.make_account(is_operator=True), factories.make_requester(), factories.make_worker(),
    )  # fmt: skip
    terms = qualifications.TypeTerms()
    kind = qualifications.create_qualification_type(requester_id=None, name="Reads maps")
    if act == "revoke":
        qualifications.grant_qualification(
            qualification_type_id=kind, requester_id=None, worker_id=WorkerId(worker.pk), score=1
        )
    row = owning.ScoreRow(2, ids.encode_account(worker.pk), "50")

    def acts(owner: owning.Owner) -> None:
        here: dict[str, Any] = {"owner": owner, "qualification_type_id": kind}
        {
            "create": lambda: owning.create_type(owner=owner, name="Reads charts", terms=terms),
            "update": lambda: owning.update_type(**here, terms=terms),
            "status": lambda: owning.set_status(**here, status=owning.TypeStatus.INACTIVE),
            "dispose": lambda: owning.dispose_type(**here),
            "grant": lambda: owning.grant(**here, worker_id=WorkerId(worker.pk), score=50),
            "revoke": lambda: owning.revoke(**here, worker_id=WorkerId(worker.pk)),
            "import": lambda: owning.import_scores(**here, rows=[row]),
        }[act]()

    events = QualificationEvent.objects.count()
    with pytest.raises(OperatorsOnly):
        acts(owning.Owner(None, AccountId(other.pk)))
    assert (AuditEntry.objects.count(), QualificationEvent.objects.count()) == (0, events)
    assert QualificationType.objects.get(pk=kind).status == "active"
    acts(owning.Owner(None, AccountId(operator.pk)))

    assert AuditEntry.objects.get().actor_id == operator.pk


def test_the_operators_pages_make_and_show_the_platforms_types(client):
    operator, worker = factories.make_account(is_operator=True), factories.make_worker()
    browser = client(operator)

    made = browser.post(page("qualification_type_new", platform=True), TEST)

    kind = QualificationType.objects.get(name="Birds")
    assert made.headers["Location"] == page("qualification_type", kind.pk, platform=True)
    assert kind.requester_id is None
    listed = browser.get(page("qualification_types", platform=True)).content.decode()
    assert "Birds" in listed
    assert "Approval rate" in listed
    browser.post(
        page("qualification_holders", kind.pk, platform=True),
        {"worker": ids.encode_account(worker.pk), "score": "88", "act": "grant"},
    )
    assert scores() == {worker.pk: 88}
    shown = browser.get(
        page("qualification_type", system_types.PERCENT_APPROVED, platform=True)
    ).content.decode()
    assert "The platform computes this" in shown
    refused = browser.post(
        page("qualification_holders", system_types.PERCENT_APPROVED, platform=True),
        {"worker": ids.encode_account(worker.pk), "score": "88", "act": "grant"},
    )
    assert refused.status_code == 422
    for visitor in (factories.make_requester(), worker):
        assert client(visitor).get(page("qualification_types", platform=True)).status_code == 403


@pytest.fixture
def handed_in() -> tuple[Any, QualificationTypeId, list[Any]]:
    """A requester who grades each test themself, and two tests that wait: one right, one wrong by the key."""
    requester = factories.make_requester()
    birds = factories.make_test(requester, graded_by_owner=True)
    workers = []
    for choice in ("a1", "a2"):
        worker = factories.make_worker()
        begun = requesting.begin_test(worker_id=WorkerId(worker.pk), qualification_type_id=birds)
        form = forms.form_of(QualificationTest.objects.get().pk)
        field = controls.field_names(form)[form.questions[0].identifier].answer
        testing.submit_test(
            worker_id=WorkerId(worker.pk), request_id=begun.request_id, answer=[(field, choice)],
            received_at=timezone.now(),
        )  # fmt: skip
        workers.append(worker)
    return requester, birds, workers


def request_of(worker: Any) -> str:
    return ids.encode("qualification_request", QualificationRequest.objects.get(worker_id=worker.pk).pk)


def test_requests_are_shown_marked_by_the_key_and_accepted_with_a_score_or_refused_with_words(
    client, handed_in
):
    requester, birds, (right, wrong) = handed_in
    browser, url = client(requester), page("qualification_requests", birds)

    shown = browser.get(url).content.decode()
    assert "Which is a bird?" in shown
    assert re.findall(r"<b class=\"preserve\">(A \w+)</b> <span class=\"(good|bad)\">", shown) == [
        ("A wren", "good"), ("A whale", "bad"),
    ]  # fmt: skip
    too_high = browser.post(url, {"act": "accept", "request": request_of(right), "score": "101"})
    wordless = browser.post(url, {"act": "refuse", "request": request_of(wrong), "words": " "})
    assert (too_high.status_code, wordless.status_code) == (422, 422)
    assert "A score is a whole number from 0 to 100." in too_high.content.decode()
    assert "Tell the worker why, in words." in wordless.content.decode()
    assert scores() == {}
    browser.post(url, {"act": "accept", "request": request_of(right), "score": "95"})
    browser.post(url, {"act": "refuse", "request": request_of(wrong), "words": "A whale is no bird."})

    assert scores() == {right.pk: 95}
    decided = QualificationRequest.objects.order_by("pk").values_list("status", "words", "decided_by_id")
    assert list(decided) == [("granted", "", requester.pk), ("refused", "A whale is no bird.", requester.pk)]
    again = browser.post(url, {"act": "accept", "request": request_of(wrong), "score": "95"}, follow=True)
    assert scores() == {right.pk: 95}
    assert "Nothing waits for you" in again.content.decode()


def test_several_requests_are_accepted_at_once_by_the_keys_score(client, handed_in):
    requester, birds, (right, wrong) = handed_in
    browser, url = client(requester), page("qualification_requests", birds)

    nothing = browser.post(url, {"act": "accept-selected"}, follow=True)
    done = browser.post(
        url, {"act": "accept-selected", "selected": [request_of(right), request_of(wrong)]}, follow=True
    )

    assert "Select at least one request first." in nothing.content.decode()
    assert "1 worker holds it now." in done.content.decode()
    assert scores() == {right.pk: 100}
    assert list(QualificationRequest.objects.order_by("pk").values_list("status", flat=True)) == [
        "granted",
        "failed",
    ]


def test_anothers_requests_are_not_there_to_be_decided(client, handed_in):
    _requester, birds, (right, _wrong) = handed_in
    stranger = factories.make_requester()
    own_url = page("qualification_requests", own(stranger))
    browser = client(stranger)

    answers = [
        browser.get(page("qualification_requests", birds)),
        browser.post(own_url, {"act": "accept", "request": request_of(right)}),
        browser.post(own_url, {"act": "refuse", "request": request_of(right), "words": "No."}),
        browser.post(own_url, {"act": "accept-selected", "selected": [request_of(right)]}),
    ]

    assert [each.status_code for each in answers] == [404] * 4
    assert set(QualificationRequest.objects.values_list("status", flat=True)) == {"pending"}
