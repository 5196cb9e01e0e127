"""Files of workers through the API: handed in over HTTP, found by GetFileUploadURL, fetched, and over in a minute."""

import time
import xml.etree.ElementTree as ElementTree
from typing import Any

import httpx
import lxml.html
import pytest

from manyhands.core import ids, tokens
from manyhands.mturk.actions import assignments
from manyhands.work.models import AnswerFile
from tests import factories
from tests.conftest import Database
from tests.db.test_answer_files import FORM
from tests.harness.mturk import boto, make_key
from tests.harness.mturk_client import Client
from tests.harness.servers import LiveServer

ANSWERS = (
    "{http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd}"
)
CONTENT = bytes(range(256)) * 7


def handed_in(client: Client, live_server: LiveServer) -> str:
    """A worker's answer with a file, as a browser without scripts sends it; the assignment's public id."""
    worker = factories.make_worker()
    hit = client.create(Question=FORM)
    assignment_id = factories.accept(worker, client.group(hit)).assignment_id
    token = tokens.make("assignment", assignment_id, worker.pk, good_for_s=600)
    address = f"{live_server.content_url}/a/{token}"
    form = lxml.html.document_fromstring(httpx.get(address).text).forms[0]
    fields = {name: value for name, value in form.form_values() if name != "age"}
    answered = httpx.post(
        address, data=fields | {"age": "7"}, files={"photo": ("my cat.png", CONTENT, "image/png")}
    )
    assert answered.status_code == 200
    return ids.encode("assignment", assignment_id)


def test_boto3_fetches_the_file_of_an_answer_for_a_minute(
    database: Database, live_server: LiveServer
) -> None:
    requester = factories.make_requester(deposit_minor=1_000_00)
    client = Client(requester, make_key(requester))
    assignment_id = handed_in(client, live_server)
    mturk = boto(client.key, live_server.url)

    shown = mturk.get_assignment(AssignmentId=assignment_id)["Assignment"]
    found = {
        each.findtext(f"{ANSWERS}QuestionIdentifier"): each
        for each in ElementTree.fromstring(shown["Answer"])
    }
    photo, row = found["photo"], AnswerFile.objects.get()
    assert photo.findtext(f"{ANSWERS}UploadedFileSizeInBytes") == str(len(CONTENT))
    assert photo.findtext(f"{ANSWERS}UploadedFileKey") == row.key
    assert found["age"].findtext(f"{ANSWERS}FreeText") == "7"

    address = mturk.get_file_upload_url(AssignmentId=assignment_id, QuestionIdentifier="photo")[
        "FileUploadURL"
    ]
    fetched = httpx.get(address)
    assert (fetched.status_code, fetched.content) == (200, CONTENT)
    assert fetched.headers["Content-Disposition"] == 'attachment; filename="my cat.png"'
    named = tokens.read("file", address.rpartition("/")[2])
    assert named == (row.pk, 0)
    over = tokens.make("file", row.pk, 0, good_for_s=-1)
    assert httpx.get(f"{live_server.content_url}/f/{over}").status_code == 404


def test_an_address_is_good_for_a_minute(
    database: Database, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    requester = factories.make_requester(deposit_minor=1_000_00)
    client = Client(requester, make_key(requester))
    given: dict[str, Any] = {
        "AssignmentId": handed_in(client, live_server),
        "QuestionIdentifier": "photo",
    }
    token = client("GetFileUploadURL", **given)["FileUploadURL"].rpartition("/")[2]
    assert assignments.FILE_ADDRESS_S == 60
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 58)
    assert tokens.read("file", token) is not None
    monkeypatch.setattr(time, "time", lambda: now + 62)
    assert tokens.read("file", token) is None


def test_other_questions_and_other_requesters_get_none(database: Database, live_server: LiveServer) -> None:
    requester, stranger = (factories.make_requester(deposit_minor=1_000_00) for _ in range(2))
    client, other = (Client(each, make_key(each)) for each in (requester, stranger))
    assignment_id = handed_in(client, live_server)
    for identifier in ("age", "nothing"):
        assert client.fault(
            "GetFileUploadURL", AssignmentId=assignment_id, QuestionIdentifier=identifier
        ) == (
            "ParameterValidationError",
            "InvalidParameterValue",
            f'The value "{identifier}" is not valid for the parameter QuestionIdentifier. No file was uploaded for it.',
        )
    absent = ids.encode("assignment", 1 << 40)
    faults = [
        other.fault("GetFileUploadURL", AssignmentId=each, QuestionIdentifier="photo")
        for each in (assignment_id, absent)
    ]
    assert faults[0][:2] == faults[1][:2]
