"""Pages of HTML that read the assignment from their address and build the form that hands in, as many do."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, expect

from manyhands.core import ids
from manyhands.work.models import Assignment
from manyhands.work.operations.questions import Asked, question_of_xml
from tests import factories

pytestmark = pytest.mark.browser

PAGE = """<!DOCTYPE html><html><head><title>t</title></head><body>
<p id="mode"></p><button type="button" id="done">Finish</button>
<script>
const asked = new URLSearchParams(window.location.search);
const isPreview = asked.get("assignmentId") === "ASSIGNMENT_ID_NOT_AVAILABLE";
document.getElementById("mode").textContent = isPreview ? "a preview" : "work of " + asked.get("workerId");
document.getElementById("done").addEventListener("click", () => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = %s;
  const values = { assignmentId: asked.get("assignmentId"), hit: asked.get("hitId"), note: "" };
  for (const [name, value] of Object.entries(values)) {
    const field = document.createElement("input");
    field.type = "hidden"; field.name = name; field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
});
</script></body></html>"""
ACTIONS = {
    "joined": 'asked.get("turkSubmitTo") + "/mturk/externalSubmit"',
    "resolved": 'new URL("mturk/externalSubmit", asked.get("turkSubmitTo")).href',
    "of the host": 'new URL("/mturk/externalSubmit", asked.get("turkSubmitTo")).href',
    "relative": '"/mturk/externalSubmit"',
    "of Amazon": '["https://www", "mturk", "com/mturk/externalSubmit"].join(".")',
}


def question(action: str) -> Asked:
    return question_of_xml(
        factories.HTML_QUESTION.partition("<!DOCTYPE")[0] + PAGE % action + "]]></HTMLContent>"
        "<FrameHeight>450</FrameHeight></HTMLQuestion>"
    )


@pytest.mark.parametrize("kind", ACTIONS)
def test_a_page_that_hands_in_by_itself_does_so_for_each_of_its_assignments(
    live_server: object, new_context: Callable[..., BrowserContext], kind: str
) -> None:
    requester, worker = factories.make_requester(), factories.make_worker(auto_accept_next=True)
    for number in range(2):
        group = factories.create_hit(requester, question=question(ACTIONS[kind] + f" /* {number} */"))
    page = new_context().new_page()
    client = Client()
    client.force_login(worker)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": settings.SITE_ORIGIN}]
    )
    page.goto(reverse("group", args=[group.hit_type_id]))
    frame = page.frame_locator("#task-frame")
    expect(frame.get_by_text("a preview")).to_be_visible()

    factories.accept(worker, group)
    for count in (1, 2):
        held = Assignment.objects.get(worker_id=worker.pk, status="accepted")
        if count == 1:
            page.goto(f"/assignments/{ids.encode('assignment', held.pk)}")
        else:
            page.wait_for_url(f"**/assignments/{ids.encode('assignment', held.pk)}*")
        expect(frame.get_by_text(f"work of {ids.encode_account(worker.pk)}")).to_be_visible()
        with page.expect_response(lambda answer: "/a/" in answer.url and answer.request.method == "POST"):
            frame.get_by_role("button", name="Finish").click()
        held.refresh_from_db()
        assert held.status == "submitted"
        assert held.answer == [["hit", ids.encode("hit", held.hit_id)], ["note", ""]]
    page.wait_for_url("**/finished?submitted=1")
