"""A file is handed in within the frame: by keyboard, with progress and words, kept through a reload, removed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page, expect

from manyhands.core import files, ids
from manyhands.work.models import AnswerFile, Assignment
from tests import factories
from tests.browser.test_task_page import SignIn, open_task, sign_in
from tests.browser.test_worker_work import frame
from tests.db.test_answer_files import FORM
from tests.db.test_content_questions import Market

__all__ = ["sign_in"]  # a fixture

pytestmark = pytest.mark.browser

HANDED_IN = re.compile(r"/finished|submitted=1")
AXE_RUN = "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })"


def choose(page: Page, path: Path) -> None:
    """Choose a file as a keyboard does: focus, Space, and the system's own dialog."""
    field = frame(page).get_by_label("A photo?")
    field.focus()
    expect(field).to_be_focused()
    with page.expect_file_chooser() as chosen:
        field.press("Space")
    chosen.value.set_files(path)


def test_a_file_is_handed_in_by_keyboard(live_server: object, sign_in: SignIn, tmp_path: Path) -> None:
    market = Market(FORM)
    held = market.accept()
    page = sign_in(market.worker)
    refused: list[str] = []
    page.on("console", lambda told: refused.append(told.text) if "Content Security" in told.text else None)
    open_task(page, held)
    cat, dog = tmp_path / "my cat.png", tmp_path / "dog.png"
    cat.write_bytes(b"a cat")
    dog.write_bytes(b"a dog, larger")
    form = frame(page)

    large = tmp_path / "large.png"
    large.write_bytes(b"l" * 3000)
    choose(page, large)
    expect(form.get_by_text("The file is larger than 2.0\xa0KB.")).to_be_visible()
    assert AnswerFile.objects.count() == 0

    choose(page, cat)
    expect(form.get_by_role("status").filter(has_text="my cat.png is kept (5\xa0bytes)")).to_be_visible()
    expect(form.get_by_text("The file is larger")).to_have_count(0)
    page.keyboard.press("Tab")
    expect(form.get_by_role("button", name="Remove my cat.png")).to_be_focused()
    page.keyboard.press("Enter")
    expect(form.get_by_role("status").filter(has_text="my cat.png is removed")).to_be_visible()
    expect(form.get_by_label("A photo?")).to_be_focused()
    assert AnswerFile.objects.count() == 0

    choose(page, dog)
    expect(form.get_by_text("dog.png is kept")).to_be_visible()
    page.reload()
    expect(form.get_by_text("dog.png is kept")).to_be_visible()
    assert refused == []  # before axe, which reads style sheets, or tries to
    for target in page.frames:
        target.evaluate(AXE_SCRIPT)
        assert target.evaluate(AXE_RUN)["violations"] == []

    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Your answers")
    expect(dialog.get_by_text("dog.png")).to_be_visible()
    page.keyboard.press("Escape")
    form.get_by_label("Age?").fill("7")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(HANDED_IN)
    row = AnswerFile.objects.get()
    assert ["photo", row.key] in Assignment.objects.get().answer
    assert b"".join(files.chunks(row.key)) == b"a dog, larger"


def test_without_a_way_to_the_site_the_file_goes_with_the_answer(
    live_server: object, sign_in: SignIn, tmp_path: Path
) -> None:
    worker = factories.make_worker()
    published = factories.publish(factories.make_requester(), 1, html=factories.FILE_HTML)
    held = factories.accept(worker, published).assignment_id
    page = sign_in(worker)
    page.route(f"**/assignments/{ids.encode('assignment', held)}/files*", lambda route: route.abort())
    open_task(page, held)
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(frame(page).get_by_role("link", name="Photo")).to_be_visible()  # required, and said so at once
    (tmp_path / "cat.png").write_bytes(b"a cat")
    frame(page).get_by_label("Photo").set_input_files(tmp_path / "cat.png")
    expect(frame(page).get_by_text("It goes with your answer when you submit.")).to_be_visible()
    page.get_by_role("button", name="Submit", exact=True).click()
    page.wait_for_url(HANDED_IN)
    assert b"".join(files.chunks(AnswerFile.objects.get().key)) == b"a cat"


def test_without_scripts_the_form_sends_its_file(
    live_server: object, new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    market = Market(FORM)
    held = market.accept()
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.content_url}{market.frame(held)}")  # type: ignore[attr-defined]
    small, cat = tmp_path / "small.png", tmp_path / "cat.png"
    small.write_bytes(b"a")
    cat.write_bytes(b"a cat")
    for path in (small, cat):
        page.get_by_label("A photo?").set_input_files(path)
        page.get_by_label("Age?").fill("7")
        page.get_by_role("button", name="Submit").click()
        if path == small:
            expect(
                page.get_by_role("alert").get_by_text("The file is smaller than 3\xa0bytes.")
            ).to_be_visible()
    expect(page.get_by_role("heading", name="Your answer was submitted.")).to_be_visible()
    assert AnswerFile.objects.get().name == "cat.png"
