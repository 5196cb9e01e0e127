"""HITs with a question of their own: pages of HTML, forms of the protocol, studies on another server."""

from urllib.parse import parse_qs, urlsplit

import lxml.html
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from manyhands.accounts.models import Account
from manyhands.core import ids, tokens
from manyhands.core.ids import AssignmentId, HITTypeId, RequesterId, WorkerId
from manyhands.work.models import Assignment
from manyhands.work.operations import accepting, hits
from manyhands.work.operations.hit_types import make_hit_type
from manyhands.work.operations.questions import question_of_xml
from tests import factories
from tests.conftest import Database
from tests.db.test_content_origin import call, post

PAGE = (
    "<!DOCTYPE html><html><head><title>Birds</title></head><body><form name='mturk_form' method='post'"
    " id='mturk_form' action='https://www.mturk.com/mturk/externalSubmit'><input type='hidden' name='assignmentId'"
    " id='assignmentId' value=''><p>Costs ${price}</p><input name='bird' required></form></body></html>"
)
BASE = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas"
HTML = (
    f'<HTMLQuestion xmlns="{BASE}/2011-11-11/HTMLQuestion.xsd"><HTMLContent><![CDATA[{PAGE}]]></HTMLContent>'
    "<FrameHeight>450</FrameHeight></HTMLQuestion>"
)
EXTERNAL = (
    f'<ExternalQuestion xmlns="{BASE}/2006-07-14/ExternalQuestion.xsd">'
    "<ExternalURL>https://study.example/run?a=1&amp;b=2#top</ExternalURL><FrameHeight>0</FrameHeight></ExternalQuestion>"
)
FORM = (
    f'<QuestionForm xmlns="{BASE}/2017-11-06/QuestionForm.xsd"><Question><QuestionIdentifier>age</QuestionIdentifier>'
    "<IsRequired>true</IsRequired><QuestionContent><Text>How old is the bird?</Text></QuestionContent>"
    '<AnswerSpecification><FreeTextAnswer><Constraints><IsNumeric minValue="0" maxValue="90"/></Constraints>'
    "</FreeTextAnswer></AnswerSpecification></Question></QuestionForm>"
)


class Market:
    """A requester with HITs of these questions, and a worker."""

    def __init__(self, *questions: str, auto_accept_next: bool = False) -> None:
        self.requester = factories.make_requester()
        self.worker = factories.make_worker(auto_accept_next=auto_accept_next)
        self.me = RequesterId(self.requester.pk)
        self.hit_type_id: HITTypeId = make_hit_type(requester_id=self.me, terms=factories.TERMS)
        self.hit_ids = [
            hits.create_hit(
                requester_id=self.me,
                hit_type_id=self.hit_type_id,
                new=hits.NewHIT(question_of_xml(question), lifetime_s=3600),
            ).hit_id
            for question in questions
        ]

    def accept(self) -> AssignmentId:
        taken = accepting.accept_next(worker_id=WorkerId(self.worker.pk), hit_type_id=self.hit_type_id)
        return taken.assignment_id

    def frame(self, number: AssignmentId) -> str:
        return f"/a/{tokens.make('assignment', number, self.worker.pk, good_for_s=600)}"


@pytest.mark.usefixtures("database")
@pytest.mark.feature("M-16")
def test_a_page_of_html_is_shown_as_given_and_posts_here_instead_of_to_amazon() -> None:
    market = Market(HTML)
    number = market.accept()
    shown = call("GET", market.frame(number))
    assert shown.status == 200
    (form,) = shown.page.forms
    fields = dict(form.form_values())
    assert urlsplit(form.action).path.startswith("/a/")
    assert b"mturk.com" not in shown.body
    assert b"Costs ${price}" in shown.body
    assert fields["assignmentId"] == ids.encode("assignment", number)
    assert b'type="submit"' in shown.body  # a submit button is always there

    again = post(form.action, [*fields.items(), ("bird", "")])
    assert again.status == 422
    done = post(
        form.action, [(name, value) for name, value in fields.items() if name != "bird"] + [("bird", "tit")]
    )
    assert done.status == 200
    assert Assignment.objects.get().answer == [["bird", "tit"]]


@pytest.mark.usefixtures("database")
def test_a_study_elsewhere_hands_in_by_the_assignments_id_alone() -> None:
    market = Market(EXTERNAL)
    number = market.accept()
    named = ("assignmentId", ids.encode("assignment", number))
    posted = [named, ("hitId", "x"), ("workerId", "A1"), ("bird", "tit"), ("bird", "owl")]
    assert post("//mturk/externalSubmit", posted).status == 200
    assert Assignment.objects.get().answer == [["bird", "tit"], ["bird", "owl"]]
    # Sent twice it is the same submission; another answer is refused and the first one stands.
    assert post("/mturk/externalSubmit", posted).status == 200
    assert post("/mturk/externalSubmit", [named, ("bird", "bat")]).status == 409
    assert Assignment.objects.get().answer == [["bird", "tit"], ["bird", "owl"]]


@pytest.mark.usefixtures("database")
def test_a_page_that_builds_its_own_form_can_hand_in_for_its_own_assignment_only() -> None:
    market = Market(HTML, HTML)
    number = market.accept()
    other = market.accept()
    forged = [("assignmentId", ids.encode("assignment", other)), ("bird", "tit")]
    # The id of another assignment of the same requester's, learnt somehow, is worth nothing.
    assert post("/mturk/externalSubmit", forged).status == 404
    host = urlsplit(call("GET", market.frame(number)).data["turk"]["turkSubmitTo"]).path
    assert post(f"{host}/mturk/externalSubmit", forged).status == 200
    assert Assignment.objects.get(pk=other).status == "accepted"
    assert Assignment.objects.get(pk=number).answer == [["bird", "tit"]]
    assert post("/a/made-up/mturk/externalSubmit", forged).status == 404


@pytest.mark.usefixtures("database")
def test_what_the_protocol_forbids_is_refused_and_changes_nothing() -> None:
    market = Market(EXTERNAL)
    number = market.accept()
    layout = factories.publish(market.requester, 1)
    foreign = factories.accept(market.worker, layout).assignment_id
    for named, status in (
        ("ASSIGNMENT_ID_NOT_AVAILABLE", 400),
        ("", 404),
        ("3" + "A" * 29, 404),
        # A template of the site's goes by its token: the id alone says nothing there.
        (ids.encode("assignment", foreign), 404),
    ):
        assert post("/mturk/externalSubmit", [("assignmentId", named), ("x", "1")]).status == status
    empty = post("/mturk/externalSubmit", [("assignmentId", ids.encode("assignment", number))])
    assert empty.status == 422
    assert set(Assignment.objects.values_list("status", flat=True)) == {"accepted"}
    Assignment.objects.filter(pk=number).update(deadline_at=timezone.now())
    late = post("/mturk/externalSubmit", [("assignmentId", ids.encode("assignment", number)), ("x", "1")])
    assert late.status == 410


@pytest.mark.usefixtures("database")
@pytest.mark.feature("M-17")
def test_a_study_elsewhere_is_framed_with_its_parameters_and_hands_in_by_get_or_post(client) -> None:  # type: ignore[no-untyped-def]
    market = Market(EXTERNAL, EXTERNAL)
    browser: Client = client(market.worker)
    preview = browser.get(f"/projects/{ids.encode('hit_type', market.hit_type_id)}/tasks")
    seen = _frame(preview.content)
    given = parse_qs(urlsplit(seen["src"]).query)
    assert given["assignmentId"] == ["ASSIGNMENT_ID_NOT_AVAILABLE"]
    assert "workerId" not in given
    assert "https:" in preview.headers["Content-Security-Policy"].split("frame-src", 1)[1].split(";")[0]

    number = market.accept()
    public = ids.encode("assignment", number)
    page = browser.get(f"/assignments/{public}")
    seen = _frame(page.content)
    address = urlsplit(seen["src"])
    assert (address.netloc, address.path, address.fragment) == ("study.example", "/run", "top")
    assert parse_qs(address.query) == {
        "a": ["1"], "b": ["2"], "assignmentId": [public], "hitId": [ids.encode("hit", market.hit_ids[0])],
        "turkSubmitTo": [settings.CONTENT_ORIGIN], "workerId": [ids.encode_account(market.worker.pk)],
    }  # fmt: skip
    assert "allow-same-origin" in seen["sandbox"]
    assert "data-task-submit" not in page.content.decode()

    done = call("GET", "/mturk/externalSubmit", QUERY_STRING=f"assignmentId={public}&code=42")
    assert done.status == 200
    assert Assignment.objects.get().answer == [["code", "42"]]


@pytest.mark.usefixtures("database")
def test_after_a_study_elsewhere_the_page_around_opens_the_next_task() -> None:
    market = Market(EXTERNAL, EXTERNAL, auto_accept_next=True)
    public = ids.encode("assignment", market.accept())
    done = post("/mturk/externalSubmit", [("assignmentId", public), ("code", "42")])
    taken = Assignment.objects.get(status="accepted")
    told = done.data["submitted"]
    assert isinstance(told, dict)
    assert told["next"] == {"assignmentId": ids.encode("assignment", taken.pk)}
    assert told["open"] is True


@pytest.mark.usefixtures("database")
def test_ordinary_tasks_frame_nothing_but_the_content_origin(client) -> None:  # type: ignore[no-untyped-def]
    worker = factories.make_worker()
    held = factories.accept(worker, factories.publish(factories.make_requester(), 1))
    page = client(worker).get(f"/assignments/{ids.encode('assignment', held.assignment_id)}")
    assert f"frame-src {settings.CONTENT_ORIGIN};" in page.headers["Content-Security-Policy"] + ";"
    assert "allow-same-origin" not in _frame(page.content)["sandbox"]


@pytest.mark.usefixtures("database")
def test_a_form_of_the_protocol_is_drawn_here_and_its_rules_are_kept() -> None:
    market = Market(FORM)
    number = market.accept()
    shown = call("GET", market.frame(number))
    assert "How old is the bird?" in shown.body.decode()
    form = shown.page.forms[0]
    kept = [(name, value) for name, value in form.form_values() if name != "age"]
    for wrong in ("", "91", "young"):
        refused = post(form.action, [*kept, ("age", wrong)])
        assert refused.status == 422, wrong
    assert "91" in post(form.action, [*kept, ("age", "91")]).body.decode()
    assert Assignment.objects.get().status == "accepted"
    assert post(form.action, [*kept, ("age", "12")]).status == 200
    assert Assignment.objects.get().answer == [["age", "12"]]


def _frame(content: bytes) -> dict[str, str]:
    (frame,) = lxml.html.document_fromstring(content).xpath("//iframe")
    return dict(frame.attrib)


def test_of_workers_only_the_holder_gets_the_address(database: Database, client) -> None:  # type: ignore[no-untyped-def]
    market = Market(EXTERNAL)
    public = ids.encode("assignment", market.accept())
    stranger: Account = factories.make_worker()
    assert client(stranger).get(f"/assignments/{public}").status_code == 404
    assert not Assignment.objects.exclude(status="accepted").exists()
