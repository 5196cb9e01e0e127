"""The content origin on a real database: showing, refusing and taking answers, one statement each."""

import io
import time
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import lxml.html
import orjson
import pytest
from django.db import connection
from django.utils import timezone

from manyhands.accounts.models import Account
from manyhands.core import ids, tokens
from manyhands.core.ids import AssignmentId, WorkerId
from manyhands.web.content.wsgi import application
from manyhands.work.models import Assignment, AssignmentEvent
from manyhands.work.operations import accepting, reviewing, submitting
from tests import factories
from tests.conftest import Database
from tests.harness.wire import statements_sent

HTML = (
    '<form class="mh-form"><p>${word}</p><label>Meaning <input name="meaning" required></label>'
    '<fieldset><legend>Kind</legend><label><input type="radio" name="kind" value="n" required> Noun</label>'
    '<label><input type="radio" name="kind" value="v"> Verb</label></fieldset></form>'
)
GOOD = [("meaning", "a thing"), ("kind", "n")]


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def page(self) -> lxml.html.HtmlElement:
        return lxml.html.document_fromstring(self.body)

    @property
    def data(self) -> dict[str, object]:
        (script,) = self.page.xpath("//script[@id='manyhands-data']/text()")
        found: dict[str, object] = orjson.loads(str(script))
        return found

    def fields(self) -> list[tuple[str, str]]:
        """What the form of the document would send by itself."""
        return [(name, value) for name, value in self.page.forms[0].form_values() if name]


def call(method: str, path: str, content: bytes = b"", **environ: object) -> Answered:
    seen: list[object] = []
    path, _, query = path.partition("?")
    given = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(content)),
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "wsgi.input": io.BytesIO(content),
    }
    body = b"".join(application(given | environ, lambda status, headers: seen.extend([status, headers])))
    status, headers = seen
    assert isinstance(status, str)
    assert isinstance(headers, list)
    return Answered(int(status.split()[0]), dict(headers), body)


def post(path: str, pairs: list[tuple[str, str]], **environ: object) -> Answered:
    return call("POST", path, urlencode(pairs).encode(), **environ)


@dataclass(frozen=True, slots=True)
class Held:
    """A worker with an accepted task."""

    worker: Account
    requester: Account
    published: factories.Published
    assignment_id: AssignmentId

    @property
    def token(self) -> str:
        return tokens.make("assignment", self.assignment_id, self.worker.pk, good_for_s=60)

    @property
    def assignment(self) -> Assignment:
        return Assignment.objects.get(pk=self.assignment_id)

    def unchanged(self) -> bool:
        return self.assignment.status == "accepted" and self.assignment.answer is None


def hold(*, rows: factories.Rows = 3, html: str = HTML, auto_accept_next: bool = False) -> Held:
    requester = factories.make_requester()
    published = factories.publish(requester, rows, html=html)
    worker = factories.make_worker(auto_accept_next=auto_accept_next)
    accepted = accepting.accept_next(worker_id=WorkerId(worker.pk), hit_type_id=published.hit_type_id)
    return Held(worker, requester, published, accepted.assignment_id)


def test_the_frame_shows_the_row_escaped_with_the_fields_of_the_assignment(database: Database) -> None:
    held = hold(rows=[{"word": "<script>alert(1)</script>"}])
    shown = call("GET", f"/a/{held.token}")
    assert shown.status == 200
    assert shown.page.xpath("//p[1]/text()") == ["<script>alert(1)</script>"]
    sent = dict(shown.fields())
    assert sent["assignmentId"] == ids.encode("assignment", held.assignment_id)
    assert tokens.read("assignment", sent["manyhandsToken"]) == (held.assignment_id, held.worker.pk)
    assert shown.page.xpath("//*[@data-supplied]//button[@type='submit']")


def test_every_document_is_sandboxed_not_kept_and_sets_no_cookie(database: Database) -> None:
    held = hold()
    for answered in (
        call("GET", f"/a/{held.token}"),
        call("GET", "/a/nonsense"),
        post(f"/a/{held.token}", []),
        post(f"/a/{held.token}", GOOD),
        call("PUT", "/a/x"),
    ):
        assert answered.headers["Content-Security-Policy"].startswith("sandbox allow-scripts allow-forms")
        assert "allow-same-origin" not in answered.headers["Content-Security-Policy"]
        assert answered.headers["Cache-Control"] == "no-store"
        assert answered.headers["X-Content-Type-Options"] == "nosniff"
        assert answered.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in answered.headers


@pytest.mark.feature("S-05")
@pytest.mark.parametrize("path", ["/a/{token}", "/mturk/externalSubmit", "//mturk/externalSubmit"])
def test_an_answer_is_taken_in_the_order_of_the_form(database: Database, path: str) -> None:
    held = hold()
    sent = call("GET", f"/a/{held.token}").fields() + GOOD
    answered = post(path.format(token=held.token), sent)
    assert answered.status == 200
    assert answered.data["submitted"] == {
        "assignmentId": ids.encode("assignment", held.assignment_id),
        "next": None,
        "autoAccept": False,
        "reason": None,
        "message": "Your answer was submitted.",
    }
    assert (held.assignment.status, held.assignment.answer) == (
        "submitted",
        [["meaning", "a thing"], ["kind", "n"]],
    )


def test_a_complete_answer_costs_one_statement_and_brings_the_next_task(
    database: Database,
) -> None:
    held = hold(auto_accept_next=True)
    fields = call("GET", f"/a/{held.token}").fields() + GOOD
    with statements_sent() as sent:
        answered = post(f"/a/{held.token}", fields)
    assert len(sent) == 1
    following = Assignment.objects.get(worker_id=held.worker.pk, status="accepted")
    assert answered.status == 200
    assert answered.data["assignmentId"] == ids.encode("assignment", following.pk)
    submitted = answered.data["submitted"]
    assert isinstance(submitted, dict)
    assert submitted["next"] == {"assignmentId": ids.encode("assignment", following.pk)}
    assert answered.page.xpath("//p[1]/text()") == ["word 1"]
    # The next document hands in the next assignment, not the first again.
    again = post(answered.page.forms[0].action, answered.fields() + GOOD)
    assert again.status == 200
    assert Assignment.objects.filter(worker_id=held.worker.pk, status="submitted").count() == 2


def test_the_last_task_of_a_group_says_that_the_group_is_finished(database: Database) -> None:
    held = hold(rows=1, auto_accept_next=True)
    answered = post(f"/a/{held.token}", GOOD)
    submitted = answered.data["submitted"]
    assert isinstance(submitted, dict)
    assert (submitted["next"], submitted["autoAccept"], submitted["reason"]) == (None, True, "finished")


@pytest.mark.feature("W-40")
@pytest.mark.parametrize(
    ("sent", "missing"),
    [
        ([("meaning", "x")], ["kind"]),
        ([("meaning", "  "), ("kind", "n")], ["meaning"]),
        ([], ["meaning", "kind"]),
        ([("other", "x")], ["meaning", "kind"]),
        ([("meaning", ""), ("manyhandsOptional", '["meaning","kind"]')], ["meaning", "kind"]),
    ],
)
@pytest.mark.parametrize("with_layout", [True, False])
def test_missing_answers_are_named_what_was_typed_is_kept_and_nothing_changes(
    database: Database, sent: list[tuple[str, str]], missing: list[str], with_layout: bool
) -> None:
    held = hold()
    own = call("GET", f"/a/{held.token}").fields() if with_layout else []
    answered = post(f"/a/{held.token}", own + sent)
    assert answered.status == 422
    assert answered.data["missing"] == missing
    kept = [[name, value] for name, value in sent if name != "manyhandsOptional"]
    assert answered.data.get("draft", []) == kept
    assert answered.page.xpath("//noscript//li")
    assert held.unchanged()


def test_a_script_of_the_template_may_make_its_own_fields_optional(database: Database) -> None:
    held = hold(html=HTML + "<script>let x</script>")
    answered = post(f"/a/{held.token}", [("meaning", "x"), ("manyhandsOptional", '["kind"]')])
    assert (answered.status, held.assignment.status) == (200, "submitted")


def test_required_names_made_of_the_row_are_checked(database: Database) -> None:
    held = hold(rows=[{"word": "sun"}], html='<label>M <input name="m_${word}" required></label>')
    assert post(f"/a/{held.token}", [("m_moon", "x")]).data["missing"] == ["m_sun"]
    assert held.unchanged()
    assert post(f"/a/{held.token}", [("m_sun", "x")]).status == 200


def test_nothing_filled_in_is_asked_for_once_more_and_then_taken(database: Database) -> None:
    held = hold(html='<label>M <input name="m"></label>')
    answered = post(f"/a/{held.token}", [("m", " ")])
    assert answered.status == 422
    assert answered.data["notice"].startswith("Nothing is filled in.")
    assert held.unchanged()
    (form,) = answered.page.forms
    assert post(f"/a/{held.token}", [*form.form_values(), ("m", "")]).status == 200
    assert Assignment.objects.get(pk=held.assignment_id).answer == [["m", ""]]


def test_an_answer_without_fields_is_refused_and_the_task_stays(database: Database) -> None:
    held = hold(html='<label>M <input name="m"></label>')
    answered = post(f"/a/{held.token}", [])
    assert (answered.status, answered.data["notice"]) == (422, "The answer has no field.")
    assert held.unchanged()


def _tampered(token: str) -> str:
    return ("A" if token[5] != "A" else "B").join([token[:5], token[6:]])


def test_no_token_but_the_right_one_shows_or_takes_anything(database: Database) -> None:
    held, other = hold(), factories.make_worker()
    false = [
        "",
        "x",
        "é",
        _tampered(held.token),
        tokens.make("assignment", held.assignment_id, held.worker.pk, good_for_s=-1),
        tokens.make("assignment", held.assignment_id, other.pk, good_for_s=60),
        tokens.make("preview", held.assignment_id, held.worker.pk, good_for_s=60),
        tokens.make("assignment", held.assignment_id + 1000, held.worker.pk, good_for_s=60),
    ]
    for token in false:
        assert call("GET", f"/a/{token}").status == 404, token
        assert post(f"/a/{token}", GOOD).status in {404, 410}, token
        assert post("/mturk/externalSubmit", [("manyhandsToken", token), *GOOD]).status in {404, 410}, token
    assert held.unchanged()


def test_the_assignment_named_in_the_form_decides_nothing(database: Database) -> None:
    held, other = hold(), hold()
    sent = [("assignmentId", ids.encode("assignment", other.assignment_id)), *GOOD]
    assert post(f"/a/{held.token}", sent).status == 200
    assert held.assignment.status == "submitted"
    assert other.unchanged()


def test_a_layout_signed_for_another_assignment_does_not_replace_the_check(database: Database) -> None:
    held = hold()
    lax = hold(html='<label>M <input name="meaning"></label>')
    foreign = dict(call("GET", f"/a/{lax.token}").fields())["manyhandsLayout"]
    answered = post(f"/a/{held.token}", [("manyhandsLayout", foreign), ("meaning", "x")])
    assert answered.status == 422
    assert held.unchanged()


def test_the_same_answer_twice_is_one_submission_and_another_answer_is_refused(database: Database) -> None:
    held = hold()
    first, second = (post(f"/a/{held.token}", GOOD) for _ in range(2))
    assert (first.status, second.status) == (200, 200)
    third = post(f"/a/{held.token}", [("meaning", "another"), ("kind", "v")])
    assert third.status == 409
    assert held.assignment.answer == [list(pair) for pair in GOOD]
    assert (
        AssignmentEvent.objects.filter(assignment_id=held.assignment_id, to_status="submitted").count() == 1
    )
    assert call("GET", f"/a/{held.token}").status == 409


@pytest.mark.feature("M-129")
def test_an_answer_after_the_deadline_is_refused_with_words_and_changes_nothing(database: Database) -> None:
    held = hold()
    Assignment.objects.filter(pk=held.assignment_id).update(deadline_at=timezone.now() - timedelta(seconds=1))
    for answered in (post(f"/a/{held.token}", GOOD), post(f"/a/{held.token}", [])):
        assert answered.status == 410
        assert "The time allotted for this task is over." in answered.body.decode()
        problem = answered.data["problem"]
        assert isinstance(problem, dict)
        assert problem["code"] == "expired"
    assert held.unchanged()
    assert call("GET", f"/a/{held.token}").status == 410


def test_a_returned_task_is_no_longer_answered(database: Database) -> None:
    held = hold()
    accepting.return_assignment(worker_id=WorkerId(held.worker.pk), assignment_id=held.assignment_id)
    assert post(f"/a/{held.token}", GOOD).status == 410
    assert call("GET", f"/a/{held.token}").status == 410


@pytest.mark.feature("W-66")
def test_a_reopened_task_has_the_work_saved_so_far(database: Database) -> None:
    held = hold()
    submitting.save_draft(
        worker_id=WorkerId(held.worker.pk), assignment_id=held.assignment_id, answer=[("meaning", "half")]
    )
    assert call("GET", f"/a/{held.token}").data["draft"] == [["meaning", "half"]]


@pytest.mark.feature("C-37")
def test_an_answer_sent_back_for_correction_is_there_to_be_corrected(database: Database) -> None:
    held = hold()
    post(f"/a/{held.token}", GOOD)
    reviewing.send_back(
        requester_id=held.requester.pk,
        assignment_id=held.assignment_id,
        actor_id=held.requester.pk,
        words="Say more.",
    )
    assert call("GET", f"/a/{held.token}").data["draft"] == [list(pair) for pair in GOOD]
    assert post(f"/a/{held.token}", [("meaning", "a longer thing"), ("kind", "n")]).status == 200
    held.assignment.refresh_from_db()
    assert (held.assignment.status, held.assignment.answer) == (
        "submitted",
        [["meaning", "a longer thing"], ["kind", "n"]],
    )


def test_a_preview_is_readable_and_cannot_be_submitted(database: Database) -> None:
    held = hold()
    token = tokens.make("preview", held.published.hit_ids[2], 0, good_for_s=60)
    shown = call("GET", f"/p/{token}")
    assert (shown.status, shown.data["mode"]) == (200, "preview")
    sent = dict(shown.fields())
    assert sent["assignmentId"] == "ASSIGNMENT_ID_NOT_AVAILABLE"
    assert "manyhandsToken" not in sent
    assert post(f"/p/{token}", [*sent.items(), *GOOD]).status == 405
    assert post("/mturk/externalSubmit", [*sent.items(), *GOOD]).status == 400


def test_a_requester_sees_an_unsaved_template_with_a_row_and_others_see_nothing(database: Database) -> None:
    token = tokens.make("try", 7, 0, good_for_s=60)
    sent = [("html", "<b>${a}</b>"), ("row", '{"a": "<i>"}')]
    shown = post("/preview", [("token", token), *sent])
    assert (shown.status, shown.page.xpath("//b/text()")) == (200, ["<i>"])
    assert post("/preview", sent).status == 404
    assert post("/preview", [("token", tokens.make("preview", 7, 0, good_for_s=60)), *sent]).status == 404
    assert post("/preview", [("token", token), ("html", "x"), ("row", "{")]).status == 400
    assert call("GET", "/preview").status == 405


def test_multipart_forms_are_read_and_their_files_passed_over(database: Database) -> None:
    held = hold()
    parts = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in GOOD
    )
    file = (
        '--x\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n'
        "Content-Type: text/plain\r\n\r\nsecret\r\n--x--\r\n"
    )
    answered = call(
        "POST",
        f"/a/{held.token}",
        (parts + file).encode(),
        CONTENT_TYPE="multipart/form-data; boundary=x",
    )
    assert (answered.status, held.assignment.answer) == (200, [list(pair) for pair in GOOD])


def test_size_and_method_have_limits(database: Database) -> None:
    held = hold()
    megabyte = "x" * 1024 * 1024
    assert post(f"/a/{held.token}", [("meaning", megabyte), ("kind", "n")]).status == 413
    assert call("POST", f"/a/{held.token}", CONTENT_LENGTH=str(10**9)).status == 413
    many = [(f"f{number}", "x") for number in range(20_001)]
    assert post(f"/a/{held.token}", many).status == 413
    assert call("POST", f"/a/{held.token}", "é".encode()).status == 400
    assert call("POST", f"/a/{held.token}", b"x", CONTENT_TYPE="multipart/form-data").status == 400
    assert call("DELETE", f"/a/{held.token}").status == 405
    assert held.unchanged()
    large = [("meaning", "x" * (1000 * 1000)), ("kind", "n")]
    assert post(f"/a/{held.token}", large).status == 200


def test_nul_characters_are_no_way_to_break_a_submission(database: Database) -> None:
    held = hold()
    answered = post(f"/a/{held.token}", [("meaning", "a\0b"), ("kind", "n")])
    assert (answered.status, held.assignment.answer) == (200, [["meaning", "ab"], ["kind", "n"]])


@pytest.mark.parametrize(
    "path",
    [
        "/static/frame.js",
        "/static/frame.css",
        "/static/crowd-html-elements.js",
        "/crowd-html-elements.js",
        "/crowd-html-elements-v2.js",
        "/crowd-html-elements.css",
        "/robots.txt",
        "/health",
    ],
)
def test_own_files_are_served(path: str) -> None:
    answered = call("GET", path)
    assert (answered.status, len(answered.body) > 0) == (200, True)
    assert call("HEAD", path).body == b""


def test_only_an_address_with_a_version_is_kept_for_good() -> None:
    assert "immutable" in call("GET", "/static/crowd-html-elements.js").headers["Cache-Control"]
    assert call("GET", "/crowd-html-elements.js").headers["Cache-Control"] == "public, max-age=3600"


@pytest.mark.parametrize(
    "path", ["/static/../../config/settings.py", "/static/", "/admin/", "/tasks", "/p/x"]
)
def test_nothing_else_is_served(path: str) -> None:
    assert call("GET", path).status == 404


def test_a_connection_that_died_meanwhile_is_replaced_and_the_answer_taken(database: Database) -> None:
    held = hold()
    call("GET", f"/a/{held.token}")
    pid = connection.connection.info.backend_pid
    database.connect().execute("SELECT pg_terminate_backend(%s)", [pid])
    time.sleep(0.1)
    assert post(f"/a/{held.token}", GOOD).status == 200
    assert held.assignment.status == "submitted"


def test_our_own_failure_is_a_page_and_a_log_line(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    held = hold()
    monkeypatch.setattr("manyhands.work.queries.content.assignment_task", lambda **_: 1 // 0)
    answered = call("GET", f"/a/{held.token}")
    assert (answered.status, "went wrong on our side" in answered.body.decode()) == (500, True)
    assert "ZeroDivisionError" in caplog.text


def test_the_frame_speaks_the_language_asked_for_from_task_to_task(database: Database) -> None:
    held = hold(auto_accept_next=True)
    shown = call("GET", f"/a/{held.token}", QUERY_STRING="lang=ja")
    assert shown.page.forms[0].action.endswith("&lang=ja")
    assert not call("GET", f"/a/{held.token}", QUERY_STRING="lang=<b>").page.forms[0].action.endswith("<b>")
