"""A requester's template in a real browser: what it can do for a worker, and what it cannot do at all.

The page around is the site's own first page with the frame put into it, so that the site's policy and
the content origin's both apply.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from playwright.sync_api import Frame, Page, expect

from manyhands.accounts.models import Account
from manyhands.core import tokens
from manyhands.core.ids import AssignmentId, WorkerId
from manyhands.work.layout import form_builder
from manyhands.work.models import Assignment, AssignmentDraft
from manyhands.work.operations import accepting
from tests import factories

pytestmark = pytest.mark.browser

FORM = {
    "title": "Look at the word",
    "instructions": ["Read the word and say what it is."],
    "shown": [{"column": "word", "kind": "text", "label": "Word"}],
    "questions": [
        {"kind": "single_choice", "name": "kind", "label": "Kind", "options": ["Noun", "Verb", "Other"]},
        {"kind": "multiple_choice", "name": "marks", "label": "Marks", "options": ["Rare", "Old"]},
        {"kind": "short_text", "name": "meaning", "label": "Meaning"},
        {"kind": "long_text", "name": "note", "label": "Note", "required": False},
    ],
}
PUT_FRAME = """
(address) => {
  window.heard = [];
  const frame = document.createElement("iframe");
  frame.name = "task";
  frame.title = "Task";
  frame.setAttribute("sandbox", "allow-scripts allow-forms allow-popups");
  frame.style.cssText = "width: 100%; height: 900px";
  window.addEventListener("message", (event) => {
    if (event.source === frame.contentWindow && event.data.manyhands) window.heard.push(event.data);
  });
  document.body.replaceChildren(frame);
  frame.src = address;
}
"""


def built(spec: dict[str, Any] = FORM) -> str:
    return form_builder.to_html(form_builder.from_json(spec))


@dataclass(frozen=True, slots=True)
class Task:
    """The page around, the frame in it, and the worker's assignment."""

    page: Page
    worker: Account
    assignment_id: AssignmentId

    @property
    def frame(self) -> Frame:
        frame = self.page.frame("task")
        assert frame is not None
        return frame

    def heard(self, kind: str) -> list[dict[str, Any]]:
        """The messages of this kind the page around has got; waits for the first."""
        self.page.wait_for_function("kind => window.heard.some(each => each.manyhands === kind)", arg=kind)
        heard: list[dict[str, Any]] = self.page.evaluate("window.heard")
        return [each for each in heard if each["manyhands"] == kind]

    def say(self, message: dict[str, Any]) -> None:
        self.page.evaluate("message => frames.task.postMessage(message, '*')", message)

    @property
    def assignment(self) -> Assignment:
        return Assignment.objects.get(pk=self.assignment_id)


Open = Callable[..., Task]


@pytest.fixture
def open_task(page: Page) -> Open:
    """Publish a template, accept a task of it and show its frame in a page of the site."""

    def make(html: str, *, rows: factories.Rows = 2, auto_accept_next: bool = False) -> Task:
        published = factories.publish(factories.make_requester(), rows, html=html)
        worker = factories.make_worker(auto_accept_next=auto_accept_next)
        accepted = accepting.accept_next(worker_id=WorkerId(worker.pk), hit_type_id=published.hit_type_id)
        token = tokens.make("assignment", accepted.assignment_id, worker.pk, good_for_s=600)
        page.context.add_cookies(
            [{"name": "secret", "value": "of the site", "url": settings.SITE_ORIGIN, "httpOnly": False}]
        )
        page.goto("/")
        page.evaluate(PUT_FRAME, f"{settings.CONTENT_ORIGIN}/a/{token}")
        task = Task(page, worker, accepted.assignment_id)
        task.heard("ready")
        return task

    return make


HOSTILE = """
<p>${word}</p><label>Answer <input name="answer"></label>
<script>
const found = {};
const attempt = (name, act) => {
  try { found[name] = "got " + String(act()); } catch (error) { found[name] = error.name; }
};
attempt("origin", () => self.origin);
attempt("cookie", () => document.cookie);
attempt("storage", () => localStorage.length);
attempt("parent", () => parent.document.body.innerHTML);
attempt("parentCookie", () => parent.document.cookie);
attempt("top", () => { top.location.href = "https://evil.example/"; });
const fetched = (address) =>
  fetch(address, { credentials: "include" }).then(() => "got it", (error) => error.name);
const shown = (address) => new Promise((done) => {
  const image = new Image();
  image.onload = () => done("got it");
  image.onerror = () => done("blocked");
  image.src = address;
});
const posted = (address) => new Promise((done) => {
  const form = document.createElement("form");
  form.action = address;
  form.method = "post";
  document.documentElement.append(form);
  document.addEventListener("securitypolicyviolation", (event) => {
    if (event.effectiveDirective === "form-action") done("blocked");
  });
  setTimeout(() => done("sent"), 1500);
  form.submit();
});
addEventListener("load", async () => {
  found.fetch = await fetched("SITE/tasks");
  found.fetchHere = await fetched("CONTENT/health");
  found.image = await shown("SITE/static/x.svg");
  found.form = await posted("SITE/settings/auto-accept");
  parent.postMessage({ manyhands: "escape", found }, "*");
});
</script>
"""


def test_a_hostile_template_reaches_nothing_of_the_site(page: Page, open_task: Open) -> None:
    html = HOSTILE.replace("SITE", settings.SITE_ORIGIN).replace("CONTENT", settings.CONTENT_ORIGIN)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    task = open_task(html)
    (escape,) = task.heard("escape")
    assert escape["found"] == {
        "origin": "got null",
        "cookie": "SecurityError",
        "storage": "SecurityError",
        "parent": "SecurityError",
        "parentCookie": "SecurityError",
        "top": "SecurityError",
        "fetch": "TypeError",
        "fetchHere": "TypeError",
        "image": "blocked",
        "form": "blocked",
    }
    assert task.page.url.startswith(settings.SITE_ORIGIN)
    assert not [url for url in asked if "auto-accept" in url or "evil" in url]


def test_a_frame_opened_by_itself_has_no_origin_either(open_task: Open) -> None:
    task = open_task("<form><input name=a></form>")
    page = task.page.context.new_page()
    page.goto(task.frame.url)
    assert page.evaluate("self.origin") == "null"


@pytest.mark.feature("W-40")
def test_submitting_with_missing_answers_marks_each_field_and_sends_nothing(open_task: Open) -> None:
    task = open_task(built())
    task.frame.click("button[type=submit]")
    (invalid,) = task.heard("invalid")
    assert invalid["fields"] == [
        {"name": "kind", "label": "Kind"},
        {"name": "marks", "label": "Marks"},
        {"name": "meaning", "label": "Meaning"},
    ]
    expect(task.frame.locator(".mh-error")).to_have_count(3)
    expect(task.frame.locator(".mh-summary")).to_be_focused()
    assert task.frame.locator("[name=meaning]").get_attribute("aria-invalid") == "true"
    assert task.assignment.status == "accepted"
    task.frame.click(".mh-summary a >> text=Meaning")
    expect(task.frame.locator("[name=meaning]")).to_be_focused()
    task.page.keyboard.type("a thing")
    task.frame.check("[value=Noun]")
    task.frame.check("[value=Old]")
    expect(task.frame.locator(".mh-error, .mh-summary, [aria-invalid]")).to_have_count(0)
    task.frame.click("button[type=submit]")
    assert task.heard("submitted")[0]["next"] is None
    assert task.assignment.answer == [
        ["kind", "Noun"],
        ["marks", "Old"],
        ["meaning", "a thing"],
        ["note", ""],
    ]


@pytest.mark.feature("W-40")
def test_what_the_server_finds_missing_is_marked_with_the_answers_kept(open_task: Open) -> None:
    task = open_task(built())
    task.frame.check("[value=Verb]")
    task.frame.fill("[name=note]", "typed")
    # A worker who gets around the frame's own check.
    task.frame.evaluate("HTMLFormElement.prototype.submit.call(document.forms[0])")
    task.frame.wait_for_selector(".mh-summary")
    expect(task.frame.locator(".mh-error")).to_have_count(2)
    expect(task.frame.locator("[value=Verb]")).to_be_checked()
    expect(task.frame.locator("[name=note]")).to_have_value("typed")
    assert task.assignment.status == "accepted"


def test_a_task_is_done_by_keys_alone_and_the_next_one_follows(open_task: Open) -> None:
    question = FORM["questions"][0]
    task = open_task(built(FORM | {"questions": [question]}), auto_accept_next=True)
    task.frame.click("h1")
    task.page.keyboard.press("2")
    expect(task.frame.locator("[value=Verb]")).to_be_checked()
    task.page.keyboard.press("Control+Enter")
    (submitted,) = task.heard("submitted")
    assert submitted["next"] is not None
    assert task.assignment.answer == [["kind", "Verb"]]
    expect(task.frame.locator(".mh-text")).to_have_text("word 1")
    assert task.heard("ready")[-1]["assignmentId"] == submitted["next"]["assignmentId"]


def test_digits_typed_into_a_text_choose_nothing(open_task: Open) -> None:
    task = open_task(built())
    task.frame.locator("[name=meaning]").press_sequentially("12")
    expect(task.frame.locator("[name=meaning]")).to_have_value("12")
    expect(task.frame.locator(":checked")).to_have_count(0)


def test_the_page_around_gets_drafts_submits_and_switches_instructions(open_task: Open) -> None:
    task = open_task(built())
    assert task.heard("ready")[0]["hasInstructions"] is True
    task.say({"manyhands": "host"})
    expect(task.frame.locator("[data-supplied]")).to_be_hidden()
    task.say({"manyhands": "instructions", "show": False})
    expect(task.frame.locator("[data-instructions]")).to_be_hidden()
    task.frame.fill("[name=meaning]", "half")
    assert task.heard("draft")[0]["answers"] == [["meaning", "half"], ["note", ""]]
    task.say({"manyhands": "submit"})
    assert len(task.heard("invalid")[0]["fields"]) == 2


@pytest.mark.feature("W-66")
def test_a_draft_is_restored(open_task: Open) -> None:
    task = open_task(built())
    answer = [["kind", "Other"], ["marks", "Rare"], ["marks", "Old"], ["meaning", "half"], ["note", "a\nb"]]
    AssignmentDraft.objects.create(assignment_id=task.assignment_id, answer=answer)
    task.frame.goto(task.frame.url)
    expect(task.frame.locator(":checked")).to_have_count(3)
    expect(task.frame.locator("[name=meaning]")).to_have_value("half")
    expect(task.frame.locator("[name=note]")).to_have_value("a\nb")


def test_messages_from_others_than_the_page_around_are_not_obeyed(open_task: Open) -> None:
    task = open_task(built())
    task.frame.evaluate("window.postMessage({ manyhands: 'instructions', show: false }, '*')")
    task.frame.evaluate("new Promise((done) => setTimeout(done, 50))")
    expect(task.frame.locator("[data-instructions]")).to_be_visible()


def test_a_preview_says_how_to_begin_and_cannot_be_sent(open_task: Open) -> None:
    task = open_task(built())
    token = tokens.make("preview", task.assignment.hit_id, 0, good_for_s=60)
    task.frame.goto(f"{settings.CONTENT_ORIGIN}/p/{token}")
    expect(task.frame.locator(".mh-note")).to_have_text("Accept the task to work on it.")
    expect(task.frame.locator("button[type=submit]")).to_be_disabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_built_form_is_accessible_also_when_it_is_refused(open_task: Open, scheme: Any) -> None:
    task = open_task(built())
    task.page.emulate_media(color_scheme=scheme)
    task.frame.click("button[type=submit]")
    task.heard("invalid")
    task.frame.evaluate(AXE_SCRIPT)
    found = task.frame.evaluate(
        "async () => (await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })).violations"
        ".map((each) => [each.id, each.nodes.map((node) => node.html)])"
    )
    assert found == []
