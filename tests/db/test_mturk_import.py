"""``manyhands import mturk``: a template and results files of the requester site become a project with drafts."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from manyhands import cli
from manyhands.accounts.models import Account
from manyhands.core.ids import AccountId, RequesterId
from manyhands.work.models import HIT, Batch, Project
from manyhands.work.operations import batches
from tests import factories
from tests.conftest import Database

TEMPLATE = (
    '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><crowd-form>'
    '<img src="${image_url}" alt=""><p>${note}</p><crowd-input name="what" required></crowd-input></crowd-form>'
)
HEADER = [
    "HITId", "HITTypeId", "Title", "Description", "Keywords", "Reward", "CreationTime", "MaxAssignments",
    "RequesterAnnotation", "AssignmentDurationInSeconds", "AutoApprovalDelayInSeconds", "Expiration",
    "NumberOfSimilarHITs", "LifetimeInSeconds", "AssignmentId", "WorkerId", "AssignmentStatus",
    "AcceptTime", "SubmitTime", "AutoApprovalTime", "ApprovalTime", "RejectionTime", "RequesterFeedback",
    "WorkTimeInSeconds", "LifetimeApprovalRate", "Last30DaysApprovalRate", "Last7DaysApprovalRate",
    "Input.image_url", "Input.note", "Answer.what", "Approve", "Reject",
]  # fmt: skip
AT = "Tue Mar 03 10:11:12 PST 2026"


def row(number: int, assignment: int = 1, **changed: str) -> list[str]:
    """As the site writes it: without cells for Approve and Reject."""
    cells = dict.fromkeys(HEADER[:-2], "") | {
        "HITId": f"3HIT{number:026}", "HITTypeId": f"3TYPE{1:025}", "Title": "Name what you see",
        "Description": "Say what the picture shows.", "Keywords": "picture, naming", "Reward": "$0.12",
        "CreationTime": AT, "MaxAssignments": "2", "RequesterAnnotation": "BatchId:4711;OriginalHitTemplateId:9;",
        "AssignmentDurationInSeconds": "900", "AutoApprovalDelayInSeconds": "172800", "Expiration": AT,
        "AssignmentId": f"3ASSIGN{number:011}{assignment:012}", "WorkerId": f"A{assignment:013}",
        "AssignmentStatus": "Approved", "AcceptTime": AT, "SubmitTime": AT, "WorkTimeInSeconds": "31",
        "LifetimeApprovalRate": "100% (5/5)", "Input.image_url": f"https://pictures.test/{number}.jpg",
        "Input.note": f'"Look", twice;\nthen answer {number}', "Answer.what": "a cat",
    } | changed  # fmt: skip
    return list(cells.values())


def results(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


GOOD = [row(1), row(1, 2), row(2), row(2, 2), row(3)]


@pytest.fixture
def requester(database: Database) -> Account:
    return factories.make_requester(deposit_minor=10_000, email="Lab@example.test")


@pytest.fixture
def run(tmp_path: Path, requester: Account) -> Callable[..., int]:
    def imported(
        content: bytes | None, *, html: str | bytes = TEMPLATE, email: str = "lab@example.test"
    ) -> int:
        template, file = tmp_path / "Pictures.html", tmp_path / "Batch_4711_batch_results.csv"
        template.write_bytes(html if isinstance(html, bytes) else html.encode())
        file.write_bytes(content or b"")
        files = [str(template), *([str(file)] if content is not None else [])]
        return cli.main(["import", "mturk", *files, "--requester", email])

    return imported


def test_a_study_becomes_a_project_and_a_draft_that_can_be_published(
    run: Callable[..., int], requester: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(results(GOOD)) == 0
    told = capsys.readouterr().out
    assert "Pictures.html: taken as a project." in told
    assert "3 tasks of 5 rows taken as a draft batch" in told
    assert "not taken: workers, decisions and payments, and the answers in Answer.what." in told

    project = Project.objects.select_related("layout").get()
    assert (project.requester_id, project.name, project.title) == (
        requester.pk, "Pictures", "Name what you see",
    )  # fmt: skip
    assert project.layout is not None
    assert project.layout.html == TEMPLATE
    assert (
        project.keywords, project.reward_minor, project.assignment_duration_s, project.auto_approval_delay_s,
    ) == ("picture, naming", 12, 900, 172_800)  # fmt: skip
    batch = Batch.objects.get()
    assert (batch.name, batch.status, batch.columns) == (
        "Batch_4711_batch_results.csv", "draft", ["image_url", "note"],
    )  # fmt: skip
    assert (batch.row_count, batch.max_assignments, batch.reward_minor) == (3, 2, 12)

    me = RequesterId(requester.pk)
    batches.start_publishing(requester_id=me, batch_id=batch.pk)
    batches.publish(batch_id=batch.pk, actor_id=AccountId(requester.pk))
    assert [each.input for each in HIT.objects.order_by("position")] == [
        {"image_url": f"https://pictures.test/{number}.jpg", "note": f'"Look", twice;\nthen answer {number}'}
        for number in (1, 2, 3)
    ]


def test_a_template_alone_becomes_a_project(run: Callable[..., int]) -> None:
    assert run(None) == 0
    assert (Project.objects.get().title, Batch.objects.count()) == ("Pictures", 0)


def test_every_bad_row_is_named_and_nothing_is_made(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    bad = [
        row(1),
        row(1, 2, **{"Input.note": "another"}),
        row(2, Reward="12 cents"),
        row(3, AssignmentStatus="Lost"),
        row(4)[:20],
        [*row(5), "", "", "too much"],
        row(6, HITId=""),
        row(7, MaxAssignments="two"),
    ]
    assert run(results(bad)) == 1
    told = capsys.readouterr().err
    name = "Batch_4711_batch_results.csv"
    for line in (
        f"{name}, row 3, Input.note: an earlier row of the same HIT has another value",
        f"{name}, row 4, Reward: Enter an amount of money, such as 0.05.",
        f"{name}, row 5, AssignmentStatus: 'Lost' is no status of an assignment",
        f"{name}, row 6, ApprovalTime: the row ends before this column: it has 20 cells of 32",
        f"{name}, row 7: it has 33 cells, and there are 32 columns",
        f"{name}, row 8, HITId: the cell is empty",
        f"{name}, row 9, MaxAssignments: 'two' is no whole number",
        "7 bad rows: nothing was imported.",
    ):
        assert line in told
    assert not Project.objects.exists()


def test_what_the_upload_refuses_is_told_by_the_files_own_rows_and_takes_the_project_back(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(results([row(1), row(1, 2), row(2, **{"Input.image_url": ""}), row(3)])) == 1
    told = capsys.readouterr().err
    assert "results.csv, row 4, image_url: The cell is empty." in told
    assert (Project.objects.count(), Batch.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("content", "html", "words"),
    [
        (b"word\nhouse\n", TEMPLATE, "it has no column HITId"),
        (results([]), TEMPLATE, "it has column names but no rows"),
        (b"\xff\xfe", TEMPLATE, "line 1 is not UTF-8"),
        (results(GOOD), b"\xff", "Pictures.html is not UTF-8"),
        (results(GOOD), "", "The template is empty."),
        (results(GOOD), TEMPLATE + "${size}", "There is no column of this name"),
    ],
)
def test_files_that_cannot_be_used_are_refused_in_words(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str], content: bytes, html: str | bytes, words: str
) -> None:
    assert run(content, html=html) == 1
    assert words in capsys.readouterr().err
    assert not Project.objects.exists()


def test_only_a_requester_gets_a_project(run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    factories.make_worker(email="worker@example.test")
    for email in ("worker@example.test", "nobody@example.test"):
        assert run(results(GOOD), email=email) == 1
        assert f"{email} is no requester here." in capsys.readouterr().err
    assert not Project.objects.exists()
