"""A hostile HTMLQuestion of the API in the real task page: it reaches nothing but its own assignment."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from manyhands.core import ids
from manyhands.core.ids import RequesterId, WorkerId
from manyhands.work.models import Assignment, AssignmentDraft
from manyhands.work.operations import accepting, hits
from manyhands.work.operations.hit_types import make_hit_type
from manyhands.work.operations.questions import question_of_xml
from tests import factories
from tests.harness.every_url import signed_in

pytestmark = pytest.mark.browser

HOSTILE = """<!DOCTYPE html><html><head><title>x</title></head><body>
<form id="f" action="https://evil.example/" target="_top"><input name="a"></form>
<iframe src="SITE/tasks"></iframe><p id="found"></p>
<script>
const found = {};
const attempt = (name, act) => {
  try { found[name] = "got " + String(act()); } catch (error) { found[name] = error.name; }
};
attempt("origin", () => self.origin);
attempt("cookie", () => document.cookie);
attempt("storage", () => localStorage.length);
attempt("parent", () => parent.document.body.innerHTML);
attempt("top", () => { top.location.href = "https://evil.example/"; });
const fetched = (address) =>
  fetch(address, { credentials: "include" }).then(() => "got it", (error) => error.name);
addEventListener("load", async () => {
  found.fetch = await fetched("SITE/tasks?format=json");
  parent.postMessage({ manyhands: "draft", assignmentId: "OTHER", answers: [["a", "noise"]] }, "*");
  for (const noise of [null, 1, "x", { manyhands: "constructor" }, { manyhands: "__proto__" }, { manyhands: {} }])
    parent.postMessage(noise, "*");
  document.getElementById("found").textContent = JSON.stringify(found);
});
const forge = (address) => {
  const form = document.createElement("form");
  form.action = address;
  form.method = "post";
  form.innerHTML = '<input name="assignmentId" value="OTHER"><input name="a" value="forged">';
  document.body.append(form);
  setTimeout(() => form.submit(), 50);
};
</script><!--PAD--></body></html>"""


def test_a_hostile_question_reaches_nothing_of_the_site_or_of_another_assignment(page: Page) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    me = RequesterId(requester.pk)
    hit_type_id = make_hit_type(requester_id=me, terms=factories.TERMS)

    def create(html: str) -> None:
        xml = factories.HTML_QUESTION
        start, end = xml.index("<![CDATA[") + 9, xml.index("]]>")
        new = hits.NewHIT(question_of_xml(xml[:start] + html + xml[end:]), lifetime_s=3600)
        hits.create_hit(requester_id=me, hit_type_id=hit_type_id, new=new)

    create("<!DOCTYPE html><html><body><form><input name='a'></form></body></html>")
    other = accepting.accept_next(worker_id=WorkerId(worker.pk), hit_type_id=hit_type_id).assignment_id
    html = HOSTILE.replace("SITE", settings.SITE_ORIGIN).replace("OTHER", ids.encode("assignment", other))
    create(html.replace("PAD", "x" * (64_000 - len(html))))
    own = accepting.accept_next(worker_id=WorkerId(worker.pk), hit_type_id=hit_type_id).assignment_id
    cookies = signed_in(worker).cookies
    page.context.add_cookies(
        [{"name": name, "value": each.value, "url": settings.SITE_ORIGIN} for name, each in cookies.items()]
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    address = f"/assignments/{ids.encode('assignment', own)}"
    page.goto(address)
    frame = page.frame_locator("#task-frame")
    expect(frame.locator("#found")).to_contain_text("fetch")
    assert frame.locator("#found").evaluate("(each) => JSON.parse(each.textContent)") == {
        "origin": "got null", "cookie": "SecurityError", "storage": "SecurityError", "parent": "SecurityError",
        "top": "SecurityError", "fetch": "TypeError",
    }  # fmt: skip
    expect(page.locator("#draft-status")).not_to_be_empty()
    assert not AssignmentDraft.objects.filter(assignment_id=other).exists()
    assert page.url.endswith(address)

    # The site's own addresses are no targets, and the id of another assignment hands nothing in.
    submit = f"{settings.CONTENT_ORIGIN}/mturk/externalSubmit"
    forged = {"assignmentId": ids.encode("assignment", other), "a": "forged"}
    assert page.request.post(submit, form=forged).status == 404
    assert set(Assignment.objects.values_list("status", flat=True)) == {"accepted"}
    # From the page itself it is the page's own assignment that is handed in, whatever id the form names.
    (inside,) = [each for each in page.frames if each.url.startswith(f"{settings.CONTENT_ORIGIN}/a/")]
    with page.expect_response(lambda answer: "externalSubmit" in answer.url) as answered:
        inside.evaluate(
            "each => each.forEach(forge)", [f"{settings.SITE_ORIGIN}/settings/auto-accept", submit]
        )
    assert answered.value.status == 200
    page.wait_for_url("**/finished*")
    assert not [url for url in asked if "auto-accept" in url or "evil" in url or "format=json" in url]
    assert dict(Assignment.objects.values_list("pk", "status")) == {other: "accepted", own: "submitted"}
    page.goto("/dashboard")
    assert page.url.endswith("/dashboard")
