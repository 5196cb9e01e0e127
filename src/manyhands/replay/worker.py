"""A recorded worker at the worker's pages: finds the group, accepts a task, answers it in its frame."""

import enum
from urllib.parse import urlencode, urlsplit

from manyhands.replay.browser import Browser, Form, Page, ReplayFailed
from manyhands.replay.layout import ANSWER_FIELD

_TOKEN = "manyhandsToken"  # noqa: S105 (the name of a field)
_REFUSED = frozenset({403, 404, 409, 410})
_ATTEMPTS = 4
# What the page's script says on submitting: here the answer was given by one change of the form.
_REPORT = 'manyhandsReport={"changes": 1}'


class Done(enum.Enum):
    """What became of one answer."""

    SUBMITTED = "submitted"
    CLOSED = "handed in before, or taken by others"


def find_group(browser: Browser, title: str) -> str:
    """The path of the task group with this title, by searching the task list. Raises ReplayFailed."""
    page = browser.get("/tasks?" + urlencode({"q": title}))
    for link in page.links("/projects/"):
        path = urlsplit(link).path
        if path.endswith("/tasks"):
            return path
    raise ReplayFailed(f"The task list shows no group “{title}”. It says: {page.words[:500]}")


def answer(browser: Browser, *, group: str, hit: str, task: str, label: str) -> Done:
    """Accept this one task on its page, fill its form in, submit.

    Whatever fails on the way (a server that restarts, a time-out) is looked at afresh.
    """
    for _attempt in range(_ATTEMPTS):
        page = _accepted(browser, f"{group}/{hit}")
        if page is None:
            return Done.CLOSED
        form = _frame_form(browser, page)
        if form is None:
            continue
        if form.element.get("data-task") != task:
            raise ReplayFailed(f"{page.url} shows {form.element.get('data-task')}, not {task}.")
        handed_in = browser.submit(form, {ANSWER_FIELD: label}, button=_REPORT)
        if handed_in.status == 200:
            return Done.SUBMITTED
        if handed_in.status not in _REFUSED:
            raise ReplayFailed(f"{task}: status {handed_in.status}. The frame says: {handed_in.words[:500]}")
    raise ReplayFailed(f"{browser.site}{group}/{hit}: no answer was taken in {_ATTEMPTS} attempts.")


def task_on(browser: Browser, page: Page) -> str | None:
    """Which recorded task a preview shows, read in its frame; None if the page has no frame."""
    address = page.frame()
    if address is None:
        return None
    marks = browser.get(address).root.xpath("//form/@data-task")
    return str(marks[0]) if marks else None


def _accepted(browser: Browser, preview: str) -> Page | None:
    """The page of the task, accepted now or held already; None when the worker cannot have it (any more)."""
    page = browser.get(preview)
    if urlsplit(page.url).path != preview or page.status != 200:
        return page if _is_task_page(page) else None
    form = page.form(action="/accept")
    # This task or none: the site would offer the next one instead.
    form.element.set("action", f"{form.action}?exact=1")
    page = browser.submit(form)
    if not _is_task_page(page):
        # Perhaps the first sending was taken and its answer lost: then the preview leads to the task.
        page = browser.get(preview)
    return page if _is_task_page(page) else None


def _is_task_page(page: Page) -> bool:
    return page.status == 200 and urlsplit(page.url).path.startswith("/assignments/")


def _frame_form(browser: Browser, page: Page) -> Form | None:
    address = page.frame()
    if address is None:
        raise ReplayFailed(f"{page.url} shows no task. It says: {page.words[:500]}")
    return browser.get(address).find_form(field=_TOKEN)
