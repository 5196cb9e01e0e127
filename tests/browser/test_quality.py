"""What a task's page counts in a real browser, and that a person at work is not taken for a program."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, expect

from manyhands.accounts.models import Account
from manyhands.core import ids
from manyhands.quality import submissions
from manyhands.quality.models import SubmissionSignal
from manyhands.work.models import Assignment
from tests import factories
from tests.browser.test_worker_work import frame

pytestmark = pytest.mark.browser


@pytest.mark.feature("C-40", "M-31")
def test_a_person_s_keys_and_pointer_are_counted_and_the_answer_holds_nothing_of_it(
    live_server: object, new_context: Callable[..., BrowserContext]
) -> None:
    worker: Account = factories.make_worker(name="Ana")
    group = factories.publish(factories.make_requester(), 1)
    held = factories.accept(worker, group).assignment_id
    client = Client()
    client.force_login(worker)
    context = new_context()
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": settings.SITE_ORIGIN}]
    )
    page = context.new_page()
    page.goto(f"/assignments/{ids.encode('assignment', held)}")
    page.get_by_text("What is recorded").click()
    expect(page.get_by_text("Counts only", exact=False)).to_be_visible()

    field = frame(page).get_by_label("Meaning")
    field.click()
    field.press_sequentially("an owl")
    page.get_by_role("button", name="Submit", exact=True).first.click()
    expect(page.get_by_role("heading", name="Task group finished")).to_be_visible()
    submissions.read()

    done = Assignment.objects.get(pk=held)
    assert done.answer == [["meaning", "an owl"]]
    assert done.reported is not None
    assert (done.reported["keys"], done.reported["resumed"], done.reported["pastes"]) == (6, 0, 0)
    assert done.reported["pointer"] >= 1
    assert not SubmissionSignal.objects.exists()
