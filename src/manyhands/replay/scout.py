"""Which HIT is which recorded task: a worker leafs through a group, skipping from preview to preview."""

import re
from urllib.parse import urlsplit

from manyhands.replay import worker
from manyhands.replay.browser import Browser, ReplayFailed
from manyhands.replay.progress import Progress

_SKIP = re.compile(r"/tasks/([A-Z0-9]+)/skip$")


def hits_by_task(browser: Browser, group: str, count: int, progress: Progress) -> dict[str, str]:
    """The public id of every task's HIT. Raises ReplayFailed when the group ends before all were seen."""
    found: dict[str, str] = {}
    page = browser.get(group)
    while len(found) < count:
        skip = page.find_form(action="/skip")
        task = worker.task_on(browser, page)
        if skip is None or task is None:
            raise ReplayFailed(
                f"{page.url}: the previews end after {len(found)} of {count} tasks. "
                f"It says: {page.words[:500]}"
            )
        hit = _SKIP.search(urlsplit(skip.action).path)
        if hit is None:
            raise ReplayFailed(f"{page.url}: the skip button names no task: {skip.action}")
        found[task] = hit[1]
        progress.add()
        if len(found) < count:
            page = browser.submit(skip)
    return found
