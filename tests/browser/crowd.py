"""A crowd template shown to a worker through the product: published, accepted, opened in its frame."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from playwright.sync_api import Frame, Locator, Page

from manyhands.accounts.models import Account
from manyhands.core import tokens
from manyhands.core.ids import AssignmentId, WorkerId
from manyhands.work.models import Assignment, AssignmentDraft
from manyhands.work.operations import accepting
from tests import factories
from tests.browser.test_sandbox import PUT_FRAME

SCRIPT = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
AXE_RUN = (
    "async () => (await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })).violations"
    ".map((each) => [each.id, each.nodes.map((node) => node.html + node.failureSummary)])"
)


@dataclass(frozen=True, slots=True)
class CrowdTask:
    """The page around, the frame in it, and the worker's assignment."""

    page: Page
    worker: Account
    assignment_id: AssignmentId

    @property
    def frame(self) -> Frame:
        frame = self.page.frame("task")
        assert frame is not None
        return frame

    def __getitem__(self, selector: str) -> Locator:
        return self.frame.locator(selector)

    def heard(self, kind: str) -> list[dict[str, Any]]:
        """The messages of this kind the page around has got; waits for the first."""
        self.page.wait_for_function("kind => window.heard.some(each => each.manyhands === kind)", arg=kind)
        return [each for each in self.page.evaluate("window.heard") if each["manyhands"] == kind]

    def submit(self) -> dict[str, Any]:
        """Press Submit; what is stored then."""
        self.frame.get_by_role("button", name="Submit").click()
        return self.stored()

    def say_submit(self) -> None:
        """Submit as the page around does, with a button of its own."""
        self.page.evaluate("frames.task.postMessage({ manyhands: 'submit' }, '*')")

    def stored(self) -> dict[str, Any]:
        """The one object in the stored answer's one field; waits for the submission."""
        self.heard("submitted")
        ((name, value),) = Assignment.objects.get(pk=self.assignment_id).answer
        assert name == "taskAnswers"
        (answer,) = json.loads(value)
        return dict(answer)

    def answers(self) -> dict[str, Any]:
        """What would be sent now."""
        (answer,) = self.frame.evaluate(
            "JSON.parse(document.querySelector('crowd-form')._serializeForm().taskAnswers)"
        )
        return dict(answer)

    def saved_draft(self) -> None:
        """Store the newest draft as the page around would, and open the frame again."""
        (*_, newest) = self.heard("draft")
        AssignmentDraft.objects.create(assignment_id=self.assignment_id, answer=newest["answers"])
        self.frame.goto(self.frame.url)

    def violations(self) -> list[Any]:
        self.frame.evaluate(AXE_SCRIPT)
        return list(self.frame.evaluate(AXE_RUN))


Open = Callable[..., CrowdTask]


def open_in(page: Page, html: str, *, row: dict[str, str] | None = None, script: str = SCRIPT) -> CrowdTask:
    """Publish ``html`` after the original's script address, accept it and show its frame."""
    published = factories.publish(factories.make_requester(), [row or {"word": "w"}], html=script + html)
    worker = factories.make_worker()
    accepted = accepting.accept_next(worker_id=WorkerId(worker.pk), hit_type_id=published.hit_type_id)
    token = tokens.make("assignment", accepted.assignment_id, worker.pk, good_for_s=600)
    page.goto("/")
    page.evaluate(PUT_FRAME, f"{settings.CONTENT_ORIGIN}/a/{token}")
    # Positions in the frame are then positions in the page.
    page.evaluate("document.querySelector('iframe').style.border = '0'")
    task = CrowdTask(page, worker, accepted.assignment_id)
    task.heard("ready")
    return task
