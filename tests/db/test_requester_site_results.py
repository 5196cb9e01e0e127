"""What a requester downloads: MTurk's columns exactly, and one answer per task."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from manyhands.core import ids
from manyhands.work.models import Assignment
from manyhands.work.operations import reviewing
from manyhands.work.words import NO_WORDS
from tests import factories

CHOICE_HTML = """<form><p>${text}</p>
<fieldset><legend>Topic</legend>
<label><input type="radio" name="topic" value="a" required> Arts</label>
<label><input type="radio" name="topic" value="b" required> Business</label></fieldset>
<label>Note <input name="note"></label>
<label><input type="checkbox" name="tag" value="long"> Long</label>
<label><input type="checkbox" name="tag" value="old"> Old</label></form>"""
ROWS = [{"text": "One, “two”\nthree", "extra": "=1+1"}, {"text": "second", "extra": ""}]

# MTurk's results files, in order; scripts of requesters depend on them.
COLUMNS = [
    "HITId",
    "HITTypeId",
    "Title",
    "Description",
    "Keywords",
    "Reward",
    "CreationTime",
    "MaxAssignments",
    "RequesterAnnotation",
    "AssignmentDurationInSeconds",
    "AutoApprovalDelayInSeconds",
    "Expiration",
    "NumberOfSimilarHITs",
    "LifetimeInSeconds",
    "AssignmentId",
    "WorkerId",
    "AssignmentStatus",
    "AcceptTime",
    "SubmitTime",
    "AutoApprovalTime",
    "ApprovalTime",
    "RejectionTime",
    "RequesterFeedback",
    "WorkTimeInSeconds",
    "LifetimeApprovalRate",
    "Last30DaysApprovalRate",
    "Last7DaysApprovalRate",
    "Input.text",
    "Input.extra",
    "Answer.topic",
    "Answer.note",
    "Answer.tag",
    "Approve",
    "Reject",
]


def url_of(name: str, batch_id: int) -> str:
    return reverse(name, args=[ids.encode("batch", batch_id)])


@pytest.fixture
def batch(database):
    """Two tasks, three workers each; one answer has two tags, one is rejected."""
    requester = factories.make_requester()
    made = factories.publish(requester, ROWS, max_assignments=3, html=CHOICE_HTML, title="Topics, all")
    answers = [("a", "a"), ("a", "b"), ("b", "b")]
    done = []
    for index, topics in enumerate(answers):
        worker = factories.make_worker()
        for hit_id, topic in zip(made.hit_ids, topics, strict=True):
            accepted = factories.accept(worker, made, hit_id)
            answer = [("topic", topic), ("note", ""), ("tag", "old"), ("tag", "long")]
            factories.submit(worker, accepted.assignment_id, answer[: 4 if index == 0 else 2])
            done.append(accepted.assignment_id)
    reviewing.approve(
        requester_id=requester.pk, assignment_ids=done[:2], actor_id=requester.pk, feedback="Good, thanks"
    )
    reviewing.reject(
        requester_id=requester.pk,
        assignment_ids=done[4:5],
        actor_id=requester.pk,
        reason="wrong",
        words="No,\nsorry",
    )
    return requester, made, done


def read(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.getvalue().decode(), newline="")))


def test_the_results_csv_has_exactly_the_columns_of_mturk(client, batch):
    requester, made, _done = batch

    response = client(requester).get(url_of("results_csv", made.batch_id))
    heading = next(csv.reader(io.StringIO(response.getvalue().decode(), newline="")))

    assert heading == COLUMNS
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_the_results_csv_holds_every_answer_exactly(client, batch):
    requester, made, done = batch

    rows = read(client(requester).get(url_of("results_csv", made.batch_id)))

    assert [row["AssignmentId"] for row in rows] == [ids.encode("assignment", number) for number in done]
    first, rejected = rows[0], rows[4]
    row = Assignment.objects.get(pk=done[0])
    assert first["HITId"] == ids.encode("hit", made.hit_ids[0])
    assert first["HITTypeId"] == ids.encode("hit_type", made.hit_type_id)
    assert first["WorkerId"] == ids.encode_account(row.worker_id)
    assert (first["Title"], first["Reward"], first["MaxAssignments"]) == ("Topics, all", "$0.05", "3")
    assert first["RequesterAnnotation"] == f"BatchId:{ids.encode('batch', made.batch_id)};"
    assert (first["AssignmentStatus"], first["RequesterFeedback"]) == ("Approved", "Good, thanks")
    assert (first["Input.text"], first["Input.extra"]) == (ROWS[0]["text"], "=1+1")
    assert (first["Answer.topic"], first["Answer.note"], first["Answer.tag"]) == ("a", "", "old|long")
    assert first["LifetimeApprovalRate"] == first["Last7DaysApprovalRate"] == "100% (2/2)"
    assert (first["Approve"], first["Reject"], first["RejectionTime"]) == ("", "", "")
    accepted = datetime.strptime(first["AcceptTime"], "%a %b %d %H:%M:%S UTC %Y").replace(tzinfo=UTC)
    assert accepted == row.accepted_at.replace(microsecond=0)
    assert (rejected["AssignmentStatus"], rejected["RequesterFeedback"]) == ("Rejected", "No,\nsorry")
    assert rejected["LifetimeApprovalRate"] == "0% (0/1)"
    assert rejected["ApprovalTime"] == ""
    assert rows[2]["AssignmentStatus"] == "Submitted"
    assert rows[2]["Answer.tag"] == ""


def test_json_lines_hold_the_pairs_as_handed_in(client, batch):
    requester, made, done = batch

    text = client(requester).get(url_of("results_jsonl", made.batch_id)).getvalue().decode()
    records = [json.loads(line) for line in text.splitlines()]

    assert [record["assignment_id"] for record in records] == [
        ids.encode("assignment", number) for number in done
    ]
    assert records[0]["answer"] == [["topic", "a"], ["note", ""], ["tag", "old"], ["tag", "long"]]
    assert records[0]["input"] == ROWS[0]
    assert records[0]["reward"] == "0.05"
    assert records[4]["rejection_reason"] == "wrong"
    assert records[4]["feedback"]

    Assignment.objects.filter(pk=done[4]).update(feedback=NO_WORDS)  # as a rejection by the API without words
    browser = client(requester)
    last = browser.get(url_of("results_jsonl", made.batch_id)).getvalue().decode().splitlines()[4]
    assert json.loads(last)["feedback"] is None, "what the platform tells the worker is not the requester's"


def test_a_draft_has_an_empty_results_file(client, database):
    requester = factories.make_requester()
    batch_id = factories.upload(requester, factories.make_project(requester), 2)

    assert read(client(requester).get(url_of("results_csv", batch_id))) == []
    assert client(requester).get(url_of("results_jsonl", batch_id)).getvalue() == b""


def test_answers_are_put_together_without_rejected_ones_least_certain_first(client, batch):
    requester, made, _done = batch
    browser = client(requester)

    page = browser.get(url_of("answers", made.batch_id)).content.decode()
    rows = read(browser.get(url_of("answers_csv", made.batch_id)))
    lines = browser.get(url_of("answers_jsonl", made.batch_id)).getvalue().decode().splitlines()

    assert "Dawid-Skene" in page
    assert "Arts" in page
    topics = {row["HITId"]: row for row in rows if row["Field"] == "topic"}
    first = topics[ids.encode("hit", made.hit_ids[0])]
    assert (first["Answer"], first["MajorityVote"], first["Answers"], first["Agreement"]) == (
        "a",
        "a",
        "2",
        "1.0",
    )
    assert first["Input.text"] == ROWS[0]["text"]
    second = topics[ids.encode("hit", made.hit_ids[1])]
    assert (second["MajorityVote"], second["Answers"]) == ("b", "3")
    confidence = [float(row["Confidence"]) for row in rows if row["Field"] == "topic"]
    assert confidence == sorted(confidence)
    assert [json.loads(line)["field"] for line in lines] == [row["Field"] for row in rows]
    assert browser.get(url_of("answers", made.batch_id), {"field": "secret"}).status_code == 404


def test_free_text_is_answered_by_its_medoid(client, database):
    requester = factories.make_requester()
    made = factories.publish(requester, 1, max_assignments=3)
    for text in ("The bank of a river", "the bank of a river.", "money"):
        worker = factories.make_worker()
        factories.submit(worker, factories.accept(worker, made).assignment_id, [("meaning", text)])

    rows = read(client(requester).get(url_of("answers_csv", made.batch_id)))

    assert (rows[0]["Method"], rows[0]["Answers"]) == ("medoid", "3")
    assert rows[0]["Answer"].lower().startswith("the bank of a river")


@pytest.mark.feature("M-105")
def test_every_figure_of_the_money_page_opens_its_transfers_and_adds_up(client, batch):
    requester, _made, _done = batch
    browser = client(requester)

    for account, balance in (("available", 1_000_00 - 36), ("reserved", 24), ("fees", 2)):
        page = browser.get(reverse("requester_money"), {"account": account}).content.decode()
        rows = read(browser.get(reverse("requester_money_csv"), {"account": account}))
        assert "rows" in page
        assert round(sum(float(row["Amount"]) for row in rows) * 100) == balance
    assert browser.get(reverse("requester_money"), {"account": "platform"}).status_code == 404
