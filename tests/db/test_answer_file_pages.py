"""Files of answers on the site: sent by the task page, shown to who may have them, in every export."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from manyhands.accounts import closing, exporting
from manyhands.accounts.models import Account, DataExport
from manyhands.core import files, ids
from manyhands.core.ids import AccountId, AssignmentId, RequesterId
from manyhands.questions.answers import HandedFile
from manyhands.work.models import AnswerFile
from manyhands.work.operations import accepting, reviewing
from tests import factories
from tests.contract.test_json_api import Caller
from tests.db.test_answer_files import folder, keep, kept_keys
from tests.db.test_content_origin import Held, call, hold
from tests.harness.mturk import make_key

__all__ = ["folder"]  # a fixture

MakeClient = Callable[..., Client]
HOSTILE = '"><script>alert(1)</script>.png'


class Answered:
    """A requester with one answer: a file, and a note beside it."""

    def __init__(self, name: str = "my cat.png") -> None:
        self.requester = factories.make_requester(deposit_minor=10_000)
        self.worker = factories.make_worker()
        self.published = factories.publish(self.requester, 1, html=factories.FILE_HTML)
        self.assignment_id: AssignmentId = factories.accept(self.worker, self.published).assignment_id
        self.file: HandedFile = factories.hand_in_file(
            self.worker, self.assignment_id, "photo", name=name, content=b"a cat"
        )

    def url(self, name: str, *more: str) -> str:
        return reverse(name, args=[ids.encode("batch", self.published.batch_id), *more])


def send(client: Client, held: Held, content: bytes = b"a cat", **query: str) -> Any:
    given = {"field": "photo", "name": "cat.png", "type": "image/png", "format": "json"} | query
    path = reverse("keep_file", args=[held.assignment_id])
    return client.post(path, content, content_type="application/octet-stream", query_params=given)


def file_task() -> Held:
    return hold(rows=1, html=factories.FILE_HTML)


def test_the_task_page_sends_a_file_at_once_and_it_survives_a_reload(
    client: MakeClient, folder: Path
) -> None:
    held = file_task()
    worker = client(held.worker)
    page = worker.get(reverse("assignment", args=[held.assignment_id])).content.decode()
    assert f'data-files-url="{reverse("keep_file", args=[held.assignment_id])}"' in page

    answer = send(worker, held)
    assert (answer.status_code, answer.json()) == (200, {"name": "cat.png", "size": "5\xa0bytes"})
    assert call("GET", f"/a/{held.token}").data["files"] == {
        "photo": {"name": "cat.png", "size": "5\xa0bytes"}
    }
    removed = worker.post(
        reverse("remove_file", args=[held.assignment_id]), query_params={"field": "photo", "format": "json"}
    )
    assert removed.status_code == 200
    assert (call("GET", f"/a/{held.token}").data["files"], kept_keys(folder)) == ({}, set())


@pytest.mark.parametrize(
    ("content", "query", "status", "message"),
    [
        (b"", {}, 422, "The file is empty."),
        (b"a" * 2000, {}, 413, "The file is larger than 1000\xa0bytes."),
        (b"a", {"field": "other"}, 404, "There is nothing here, or it is not yours to see."),
    ],
)
def test_a_file_that_is_refused_says_why_and_is_not_left_lying(
    client: MakeClient, folder: Path, monkeypatch: pytest.MonkeyPatch,
    content: bytes, query: dict[str, str], status: int, message: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(settings, "ANSWER_FILE_BYTES_MAX", 1000)
    held = file_task()
    answer = send(client(held.worker), held, content, **query)
    assert (answer.status_code, answer.json()["message"]) == (status, message)
    assert (AnswerFile.objects.count(), kept_keys(folder)) == (0, set())


def test_a_file_that_does_not_come_whole_is_refused(client: MakeClient, folder: Path) -> None:
    held = file_task()
    answer = client(held.worker).generic(
        "POST", reverse("keep_file", args=[held.assignment_id]) + "?field=photo&format=json", b"half",
        content_type="application/octet-stream", CONTENT_LENGTH="8", **{"wsgi.input": io.BytesIO(b"half")},
    )  # fmt: skip
    assert answer.status_code == 422
    assert (AnswerFile.objects.count(), kept_keys(folder)) == (0, set())


def test_nobody_sends_files_to_another_s_task_or_without_the_page_s_token(
    client: MakeClient, folder: Path
) -> None:
    held = file_task()
    assert send(client(factories.make_worker()), held).status_code == 409
    assert send(client(), held).status_code == 401
    assert send(client(held.worker, enforce_csrf_checks=True), held).status_code == 403
    accepting.return_assignment(worker_id=held.worker.pk, assignment_id=held.assignment_id)
    assert send(client(held.worker), held).status_code == 409
    assert (AnswerFile.objects.count(), kept_keys(folder)) == (0, set())


# Who gets it ----------------------------------------------------------------------------------------


def fetched(answer: Any) -> bytes:
    """The bytes behind the address a person was sent to."""
    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Location"].startswith(settings.CONTENT_ORIGIN + "/f/")
    return call("GET", answer.headers["Location"].removeprefix(settings.CONTENT_ORIGIN)).body


def test_the_lasting_address_leads_its_two_people_to_the_bytes(client: MakeClient, folder: Path) -> None:
    made = Answered()
    path = reverse("answer_file", args=[made.file.key])
    for account in (made.worker, made.requester):
        assert fetched(client(account).get(path)) == b"a cat"
    for account in (factories.make_worker(), factories.make_requester()):
        assert client(account).get(path).status_code == 404
    assert client().get(path).headers["Location"].startswith(reverse("account_login"))
    assert client(made.worker).get(reverse("answer_file", args=["a" * 32])).status_code == 404


@pytest.mark.parametrize("name", ["my cat.png", HOSTILE])
def test_pages_show_the_name_and_the_size_with_a_link(client: MakeClient, folder: Path, name: str) -> None:
    made = Answered(name)
    shown = files.cleaned_name(name)
    assignment = ids.encode("assignment", made.assignment_id)
    pages = {
        made.url("review"): made.requester,
        made.url("review_assignment", assignment): made.requester,
        reverse("assignment", args=[made.assignment_id]): made.worker,
    }
    for path, account in pages.items():
        page = lxml.html.document_fromstring(client(account).get(path).content)
        (link,) = page.xpath(f"//a[@href='{reverse('answer_file', args=[made.file.key])}']")
        assert link.text == shown
        assert "(5\xa0bytes)" in link.getparent().text_content()
        assert made.file.key not in page.text_content()


def test_exports_say_what_each_file_is(client: MakeClient, folder: Path) -> None:
    made = Answered()
    requester = client(made.requester)
    address = f"{settings.SITE_ORIGIN}/files/{made.file.key}"

    table = b"".join(requester.get(made.url("results_csv")))
    (row,) = csv.DictReader(io.StringIO(table.decode()))
    assert row["Answer.photo"] == address

    (line,) = b"".join(requester.get(made.url("results_jsonl"))).splitlines()
    told = json.loads(line)
    assert told["answer"] == [["photo", made.file.key]]
    (file,) = told["files"]
    expected = {
        "field": "photo",
        "key": made.file.key,
        "name": "my cat.png",
        "bytes": 5,
        "content_type": "image/png",
    }
    assert file == expected | {"url": address, "sha256": file["sha256"]}

    # One answer out of several makes no sense of files.
    assert "photo" not in requester.get(made.url("answers")).content.decode()


def test_the_json_api_gives_an_address_of_its_own(folder: Path, database: object) -> None:
    made = Answered()
    batch = ids.encode("batch", made.published.batch_id)
    (item,) = Caller(make_key(made.requester)).get(f"/batches/{batch}/assignments").json()["items"]
    (file,) = item["files"]
    assert (file["field"], file["name"], file["bytes"]) == ("photo", "my cat.png", 5)
    assert call("GET", file["url"].removeprefix(settings.CONTENT_ORIGIN)).body == b"a cat"


# The person's own -----------------------------------------------------------------------------------


def test_a_person_s_copy_lists_their_files_and_says_where_they_are(folder: Path, database: object) -> None:
    made, other = Answered(), Answered("other.png")
    exporting.make(export_id=exporting.request(account_id=AccountId(made.worker.pk)))
    packed = zipfile.ZipFile(io.BytesIO(bytes(DataExport.objects.get().content)))
    listed = json.loads(packed.read("files_handed_in.json"))
    assert [each["path"] for each in listed] == [f"/files/{made.file.key}"]
    assert other.file.key not in json.dumps(listed)


def test_an_account_that_ends_leaves_answers_to_their_requesters_and_takes_the_rest(
    folder: Path, database: object
) -> None:
    made = Answered()
    worker: Account = made.worker
    worker.set_password("a good long password")
    worker.save()
    published = factories.publish(made.requester, 1, html=factories.FILE_HTML)
    left = Held(worker, made.requester, published, factories.accept(worker, published).assignment_id)
    keep(left)
    accepting.return_assignment(worker_id=left.worker.pk, assignment_id=left.assignment_id)
    reviewing.reject(
        requester_id=RequesterId(made.requester.pk),
        assignment_ids=[made.assignment_id],
        actor_id=AccountId(made.requester.pk),
        reason="wrong",
        words="This is a dog.",
    )
    closing.close(account_id=AccountId(worker.pk), password="a good long password")
    assert set(AnswerFile.objects.values_list("key", flat=True)) == {made.file.key} == kept_keys(folder)
