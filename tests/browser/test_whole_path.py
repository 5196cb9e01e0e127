"""From the front page to a decision by keyboard alone, in each language: nothing here can reach for a mouse."""

import re
from collections.abc import Callable

import pytest
from django.utils import translation
from playwright.sync_api import BrowserContext, Locator, Page, expect

from manyhands.accounts import reviewing as applications
from manyhands.accounts.models import Account
from manyhands.accounts.states import AccountStatus
from manyhands.core.ids import AccountId, AssignmentId, RequesterId
from manyhands.messaging import notices
from manyhands.messaging.models import MailMessage
from manyhands.web.worker import words
from manyhands.work.models import Assignment
from manyhands.work.operations import reviewing
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "seven blue tractors"
EMAIL = "ann@example.org"
TABS_MAX = 120
FOCUSED = "element => element === element.ownerDocument.activeElement && element.ownerDocument.hasFocus()"


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus; it must be there and be reachable."""
    expect(target).to_be_visible()
    for _ in range(TABS_MAX):
        if target.evaluate(FOCUSED):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by Tab")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def type_into(page: Page, target: Locator, text: str) -> None:
    tab_to(page, target)
    page.keyboard.type(text)


def link(page: Page, href: str) -> Locator:
    """The first link to this address that is not hidden."""
    return page.locator(f'a[href="{href}"]:visible').first


@pytest.mark.feature("W-04", "W-12", "W-63", "M-05")
@pytest.mark.parametrize("language", ["en", "ru", "ja"])
def test_register_verify_find_accept_submit_and_see_the_decision_by_keyboard_alone(
    new_context: Callable[..., BrowserContext], language: str
) -> None:
    requester = factories.make_requester(name="Laboratory")
    factories.publish(requester, 1, title="Explain words")
    page = new_context(locale=language).new_page()

    register(page, language)
    verify(page)
    log_in(page)
    find_and_accept(page)
    work_and_submit(page)
    decide(requester)
    see_the_decision(page, language)


def register(page: Page, language: str) -> None:
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    press(page, link(page, "/account/signup/"))
    for name, text in (("name", "Ann Example"), ("email", EMAIL), ("password1", PASSWORD)):
        type_into(page, page.locator(f"input[name={name}]"), text)
    press(page, page.locator("select[name=country]"), "ArrowDown")
    expect(page.locator("select[name=country]")).not_to_have_value("")
    for name in ("agrees", "keeps_quiet"):
        press(page, page.locator(f"input[name={name}]"), "Space")
    press(page, page.locator("form[action='/account/signup/'] button[type=submit]"))
    page.wait_for_url("**/account/confirm-email/")


def verify(page: Page) -> None:
    """Open the link of the mail; the operators let the applicant in."""
    mail = MailMessage.objects.get(recipient=EMAIL)
    found = re.search(r"http://\S+?(/account/confirm-email/\S+)", mail.body)
    assert found
    page.goto(found[1])
    page.wait_for_url("**/account/login/**")
    account = Account.objects.get(email=EMAIL)
    operator = factories.make_account(is_operator=True)
    if account.status == AccountStatus.PENDING:
        applications.approve(account_id=AccountId(account.pk), actor_id=AccountId(operator.pk))


def log_in(page: Page) -> None:
    type_into(page, page.locator("input[name=login]"), EMAIL)
    type_into(page, page.locator("input[name=password]"), PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard")


def find_and_accept(page: Page) -> None:
    press(page, link(page, "/tasks"))
    page.wait_for_url("**/tasks")
    type_into(page, page.locator("main input[type=search]"), "explain")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks?*q=explain*")
    group = page.locator("details.group")
    expect(group).to_have_count(1)
    press(page, group.locator("summary").first)
    expect(group).to_have_attribute("open", "")
    press(page, group.locator("form[action$='accept_random'] button"))
    page.wait_for_url("**/assignments/*")


def work_and_submit(page: Page) -> None:
    submit = page.locator("#task-panel > [data-task-submit]")
    expect(submit).to_be_enabled()
    meaning = page.frame_locator("#task-frame").locator("input[name=meaning]")
    type_into(page, meaning, "a thing")
    press(page, submit)
    page.wait_for_url("**/finished")
    assert dict(Assignment.objects.get().answer or []) == {"meaning": "a thing"}


def decide(requester: Account) -> None:
    reviewing.approve(
        requester_id=RequesterId(requester.pk),
        actor_id=AccountId(requester.pk),
        assignment_ids=[AssignmentId(Assignment.objects.get().pk)],
    )
    notices.tell_decisions()


def see_the_decision(page: Page, language: str) -> None:
    """On the dashboard there is a message, which says it; the submission says it, too."""
    with translation.override(language):
        approved = str(words.status("approved").word)
    press(page, link(page, "/dashboard"))
    page.wait_for_url("**/dashboard")
    press(page, page.locator("main a[href^='/messages/3']").first)
    page.wait_for_url("**/messages/3*")
    expect(page.locator("main")).to_contain_text("Explain words")
    press(page, link(page, "/dashboard"))
    page.wait_for_url("**/dashboard")
    press(page, page.locator("main a[href^='/submissions']").first)
    page.wait_for_url("**/submissions*")
    expect(page.locator("main")).to_contain_text(approved)
