"""From nothing to published tasks on the requester's pages, and everything that is refused on the way."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from manyhands.catalog.models import SubCategory
from manyhands.core import ids
from manyhands.ledger.queries import balance_of
from manyhands.work.models import HIT, Batch, BatchFile, Layout, Project
from manyhands.work.operations import batches
from tests import factories

SETTINGS: dict[str, Any] = {
    "start": "blank",
    "name": "Words",
    "title": "Explain a word",
    "description": "Say what a word means.",
    "keywords": "words",
    "reward": "0.05",
    "max_assignments": "2",
    "assignment_duration_s_0": "10",
    "assignment_duration_s_1": "60",
    "lifetime_s_0": "7",
    "lifetime_s_1": "86400",
    "auto_approval_delay_s_0": "3",
    "auto_approval_delay_s_1": "86400",
}


def settings(**changed: str) -> dict[str, Any]:
    return SETTINGS | {"sub_category": SubCategory.objects.get(slug="translation").pk} | changed


def file_of(content: bytes, name: str = "words.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/csv")


def url_of(name: str, kind: ids.Kind, number: int) -> str:
    return reverse(name, args=[ids.encode(kind, number)])


@pytest.mark.feature("M-99", "M-142", "S-03", "W-17")
def test_a_requester_goes_from_nothing_to_published_tasks_by_plain_forms(client):
    requester = factories.make_requester(deposit_minor=1_000)
    browser = client(requester)

    made = browser.post(reverse("project_new"), settings())
    project = Project.objects.get()
    saved = browser.post(made.headers["Location"], {"html": factories.WORD_HTML, "then": "upload"})
    uploaded = browser.post(saved.headers["Location"], {"file": file_of(b"word\nbank\nriver\n")})
    batch_url = uploaded.headers["Location"]
    priced = browser.post(
        f"{batch_url}/price",
        {"reward": "0.07", "max_assignments": "3", "lifetime_s_0": "2", "lifetime_s_1": "3600"},
    )
    asked = browser.get(f"{batch_url}/publish").content.decode()
    total = re.search(r'name="total_minor" value="(\d+)"', asked)
    assert total is not None
    published = browser.post(f"{batch_url}/publish", {"total_minor": total[1]}, follow=True)

    batch = Batch.objects.get()
    assert (project.reward_minor, project.assignment_duration_s, project.lifetime_s) == (5, 600, 604_800)
    assert priced.status_code == 302
    assert (batch.status, batch.reward_minor, batch.max_assignments, batch.lifetime_s) == (
        "published",
        7,
        3,
        7_200,
    )
    assert [hit.input for hit in HIT.objects.order_by("position")] == [{"word": "bank"}, {"word": "river"}]
    assert "2 tasks are published" in published.content.decode()
    balance = balance_of(requester.pk)
    assert balance.reserved_minor == 6 * (7 + batch.fee_minor) == int(total[1])
    assert balance.available_minor == 1_000 - balance.reserved_minor


@pytest.mark.feature("M-117")
@pytest.mark.parametrize(
    ("reward", "sentence"),
    [
        ("0.001", "The smallest amount is $0.01."),
        ("0.015", "use no finer fractions"),
        ("-1", "The smallest amount is $0.01."),
        ("five cents", "Enter an amount of money"),
        ("", "Enter an amount of money"),
        ("200000", "The largest amount is"),
    ],
)
def test_a_reward_that_is_no_amount_is_refused_at_its_field_and_changes_nothing(client, reward, sentence):
    browser = client(factories.make_requester())

    page = browser.post(reverse("project_new"), settings(reward=reward))

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert reward in page.content.decode()
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("assignment_duration_s_0", "5"), ("auto_approval_delay_s_0", "31"), ("lifetime_s_0", "soon"),
     ("max_assignments", "0"), ("title", ""), ("sub_category", "999999"), ("lifetime_s_1", "7")],
)  # fmt: skip
def test_settings_out_of_range_are_refused(client, field, value):
    browser = client(factories.make_requester())
    changed = {field: value} | (
        {"assignment_duration_s_1": "1"} if field == "assignment_duration_s_0" else {}
    )

    page = browser.post(reverse("project_new"), settings(**changed))

    assert page.status_code == 422
    assert "error-summary" in page.content.decode()
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"word\n", "column names but no rows"),
        ("word\nBär\n".encode("latin-1"), "is not UTF-8"),
        ("word\nbank\n".encode("utf-16"), "UTF-16"),
        (b"term\nbank\n", "There is no column of this name"),
        (b"word\nbank,river\n", "more cells (2) than there are columns (1)"),
        (b"word,note\nbank,x\n,y\n", "The cell is empty."),
    ],
)
def test_a_bad_file_is_reported_by_row_and_column_and_nothing_of_it_is_kept(client, content, sentence):
    requester = factories.make_requester()
    project_id = factories.make_project(requester)

    page = client(requester).post(url_of("upload", "project", project_id), {"file": file_of(content)})

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not Batch.objects.exists()
    assert not BatchFile.objects.exists()


def test_no_file_and_a_project_without_a_question_are_refused(client):
    requester = factories.make_requester()
    browser = client(requester)
    browser.post(reverse("project_new"), settings())
    url = url_of("upload", "project", Project.objects.get().pk)

    assert browser.post(url, {}).status_code == 422
    assert browser.post(url, {"file": file_of(b"word\nbank\n")}).status_code == 422
    assert not Batch.objects.exists()


def test_a_template_with_problems_is_shown_again_with_them_and_not_saved(client):
    requester = factories.make_requester()
    project_id = factories.make_project(requester)
    browser = client(requester)

    page = browser.post(url_of("layout", "project", project_id), {"html": "<p>${word}</p><p class='x"})

    assert page.status_code == 422
    assert "opened and never closed" in page.content.decode()
    assert "&lt;p class=&#x27;x" in page.content.decode()
    assert Layout.objects.count() == 1


def test_a_placeholder_the_file_does_not_have_is_named_while_writing_and_refused_with_the_file(client):
    requester = factories.make_requester()
    project_id = factories.make_project(requester)
    factories.upload(requester, project_id, 2)
    browser = client(requester)
    html = factories.WORD_HTML.replace("${word}", "${word} ${sense}")

    checked = browser.post(url_of("layout_check", "project", project_id), {"html": html}).content.decode()
    browser.post(url_of("layout", "project", project_id), {"html": html})
    refused = browser.post(url_of("upload", "project", project_id), {"file": file_of(b"word\nbank\n")})

    assert "There is no column “sense”" in checked
    assert refused.status_code == 422
    assert '<td class="mono" data-label="Column">sense</td>' in refused.content.decode()


def test_an_example_brings_its_layout_and_settings(client):
    requester = factories.make_requester()
    browser = client(requester)
    page = browser.get(f"{reverse('project_new')}?start=sentiment").content.decode()

    browser.post(reverse("project_new"), settings(start="sentiment"))

    assert "How does this review sound?" in page
    layout = Project.objects.get().layout
    assert layout is not None
    assert "${review}" in layout.html


FORM = {
    "title": "A word",
    "instructions": "Read the word.\n\nThen answer.",
    "shown-0-column": "word", "shown-0-kind": "text", "shown-0-label": "",
    "question-0-label": "Is it a noun?", "question-0-kind": "yes_no", "question-0-required": "1",
    "question-0-options": "", "question-0-help": "", "question-0-name": "",
}  # fmt: skip


def test_the_form_builder_works_by_submit_buttons_alone(client):
    requester = factories.make_requester()
    browser = client(requester)
    browser.post(reverse("project_new"), settings(start="form"))
    project = Project.objects.get()
    url = url_of("form_builder", "project", project.pk)

    added = browser.post(url, FORM | {"act": "add-question"}).content.decode()
    second = {
        "question-1-label": "Which kind?",
        "question-1-kind": "single_choice",
        "question-1-options": "a | Abstract\nc | Concrete",
        "question-1-help": "",
        "question-1-name": "",
    }
    moved = browser.post(url, FORM | second | {"act": "up-question-1"}).content.decode()
    incomplete = browser.post(url, FORM | second | {"question-1-options": "one", "act": "save"})
    saved = browser.post(url, FORM | second | {"act": "save"})

    assert 'name="question-1-label"' in added
    assert moved.index("Which kind?") < moved.index("Is it a noun?")
    assert incomplete.status_code == 422
    assert "Offer at least two options." in incomplete.content.decode()
    assert saved.headers["Location"] == url_of("upload", "project", project.pk)
    layout = Layout.objects.get()
    assert 'name="is_it_a_noun"' in layout.html
    assert 'value="a"' in layout.html
    assert layout.form_spec["questions"][1]["name"] == "which_kind"
    assert "Is it a noun?" in browser.get(url).content.decode()


def test_the_form_builder_previews_what_is_typed_and_stays_quiet_while_it_is_incomplete(client):
    requester = factories.make_requester()
    url = url_of("form_preview", "project", factories.make_project(requester))
    browser = client(requester)

    assert "Is it a noun?" in browser.post(url, FORM).content.decode()
    assert browser.post(url, FORM | {"question-0-label": ""}).status_code == 204


def test_the_price_follows_the_terms_and_bad_terms_leave_it_as_it_was(client):
    requester = factories.make_requester()
    batch_id = factories.upload(requester, factories.make_project(requester), 10)
    browser = client(requester)
    terms = {"reward": "0.10", "max_assignments": "2", "lifetime_s_0": "1", "lifetime_s_1": "86400"}
    url = url_of("batch_price", "batch", batch_id)

    good = browser.post(url, terms, headers={"HX-Request": "true"})
    bad = browser.post(url, terms | {"reward": "0.001"}, headers={"HX-Request": "true"})

    assert "Publish 10 tasks for $2.40" in good.content.decode()
    assert bad.status_code == 422
    assert "The smallest amount is $0.01." in bad.content.decode()
    assert Batch.objects.values_list("reward_minor", "max_assignments").get() == (10, 2)


def test_too_little_money_is_said_on_the_button_and_publishing_anyway_publishes_nothing(client):
    requester = factories.make_requester(deposit_minor=10)
    batch_id = factories.upload(requester, factories.make_project(requester), 10)
    browser = client(requester)
    url = url_of("batch", "batch", batch_id)

    page = browser.get(url).content.decode()
    browser.post(f"{url}/publish", {"total_minor": "60"})
    after = browser.get(url).content.decode()

    assert "$0.50 is missing" in page
    assert not HIT.objects.exists()
    assert "There is not enough money in your account" in after
    assert Batch.objects.get().status == "draft"
    assert balance_of(requester.pk).available_minor == 10


def test_a_price_that_changed_since_it_was_seen_is_asked_for_again(client):
    requester = factories.make_requester()
    batch_id = factories.upload(requester, factories.make_project(requester), 10)

    page = client(requester).post(url_of("batch_publish", "batch", batch_id), {"total_minor": "1"})

    assert page.status_code == 409
    assert "The price has changed" in page.content.decode()
    assert Batch.objects.get().status == "draft"


def test_publishing_twice_publishes_once(client):
    requester = factories.make_requester()
    batch_id = factories.upload(requester, factories.make_project(requester), 3)
    browser = client(requester)
    url = url_of("batch_publish", "batch", batch_id)

    first = browser.post(url, {"total_minor": "18"})
    again = browser.post(url, {"total_minor": "18"})

    assert first.status_code == 302
    assert again.status_code == 409
    assert HIT.objects.count() == 3
    assert balance_of(requester.pk).reserved_minor == 18


def test_a_large_file_is_published_by_a_job_and_its_progress_can_be_left_and_found_again(client, monkeypatch):
    monkeypatch.setattr("manyhands.web.requester.draft_views.ROWS_AT_ONCE", 2)
    requester = factories.make_requester()
    batch_id = factories.upload(requester, factories.make_project(requester), 3)
    browser = client(requester)
    url = url_of("batch", "batch", batch_id)

    browser.post(f"{url}/publish", {"total_minor": "18"})
    page = browser.get(url).content.decode()
    fragment = browser.get(f"{url}/progress").content.decode()
    batches.publish(batch_id=batch_id, actor_id=requester.pk)
    over = browser.get(f"{url}/progress")

    assert "You can leave this page" in page
    assert "0 of 3 rows" in fragment
    assert over.headers["HX-Redirect"] == url
    assert "Progress" in browser.get(url).content.decode()


@pytest.mark.feature("W-16")
def test_another_reward_makes_another_task_group_and_leaves_the_first_as_it_was(client):
    requester = factories.make_requester()
    first = factories.publish(requester, 2)
    batch_id = factories.upload(requester, first.project_id, 2)
    browser = client(requester)
    url = url_of("batch", "batch", batch_id)

    browser.post(
        f"{url}/price",
        {"reward": "0.09", "max_assignments": "1", "lifetime_s_0": "1", "lifetime_s_1": "86400"},
    )
    browser.post(f"{url}/publish", {"total_minor": str(2 * (9 + Batch.objects.get(pk=batch_id).fee_minor))})

    second = Batch.objects.select_related("hit_type").get(pk=batch_id)
    before = Batch.objects.select_related("hit_type").get(pk=first.batch_id)
    assert second.hit_type
    assert before.hit_type
    assert (before.hit_type.reward_minor, second.hit_type.reward_minor) == (5, 9)


def test_what_is_foreign_is_not_there_and_does_not_change(client):
    owner, other = factories.make_requester(), factories.make_requester()
    project_id = factories.make_project(owner)
    batch_id = factories.upload(owner, project_id, 3)
    browser = client(other)

    for name in ("project_settings", "project_archive", "layout", "form_builder", "upload"):
        assert browser.post(url_of(name, "project", project_id), settings()).status_code == 404
    for name in (
        "batch_price",
        "batch_publish",
        "batch_discard",
        "batch_expire",
        "batch_extend",
        "batch_dispose",
    ):
        assert browser.post(url_of(name, "batch", batch_id), {"total_minor": "18"}).status_code == 404
    assert Batch.objects.get().status == "draft"
    assert Project.objects.get().archived_at is None
    assert Layout.objects.count() == 1


def test_play_money_exists_only_in_the_demo(client, monkeypatch):
    requester = factories.make_requester(deposit_minor=0)
    browser = client(requester)
    url = reverse("requester_play_money")

    refused = browser.post(url, {"amount": "5"})
    monkeypatch.setattr("django.conf.settings.DEMO", True)
    browser.post(url, {"amount": "5", "next": "https://elsewhere.test/"})
    browser.post(url, {"amount": "0.001"})

    assert refused.status_code == 404
    assert balance_of(requester.pk).available_minor == 500
