"""Every page of the requester's site answers, for its requester and for nobody else."""

import pytest
from django.test import Client
from django.urls import reverse

from manyhands.core import ids
from tests import factories


def batch_url(name: str, batch_id: int) -> str:
    return reverse(name, args=[ids.encode("batch", batch_id)])


@pytest.mark.feature("M-99")
def test_a_new_requester_finds_the_way_to_a_first_project(client):
    requester = factories.make_requester()

    page = client(requester).get("/requester/")

    assert page.status_code == 200
    assert "Publish your first task" in page.content.decode()
    assert reverse("project_new") in page.content.decode()


@pytest.mark.feature("M-99")
def test_a_worker_is_offered_to_become_a_requester_and_becomes_one(client):
    browser: Client = client(factories.make_worker())

    offered = browser.get("/requester/")
    after = browser.post(reverse("requester_become"), {"display_name": "Word Lab"}, follow=True)

    assert offered.status_code == 403
    assert "Start publishing tasks" in offered.content.decode()
    assert after.status_code == 200
    assert "Publish your first task" in after.content.decode()


def test_a_visitor_is_sent_to_the_log_in(client):
    assert client().get("/requester/money").headers["Location"].startswith("/account/login")


PAGES = ["batch", "batch_live", "review", "answers", "batch_extend", "batch_expire", "batch_dispose",
         "results_csv", "results_jsonl", "answers_csv", "answers_jsonl", "review_approve_all"]  # fmt: skip


@pytest.fixture
def published(database):
    requester, worker = factories.make_requester(), factories.make_worker()
    made = factories.publish(requester, 3)
    accepted = factories.accept(worker, made)
    factories.submit(worker, accepted.assignment_id)
    return requester, made, accepted


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_a_batch_answers_its_requester_and_is_not_there_for_another(client, published, name):
    requester, made, _accepted = published
    url = batch_url(name, made.batch_id)

    assert client(requester).get(url).status_code == 200
    assert client(factories.make_requester()).get(url).status_code == 404
    assert client(requester).get(url.replace("/batches/3", "/batches/4")).status_code == 404


@pytest.mark.parametrize(
    "name", ["project", "project_settings", "project_archive", "layout", "form_builder", "upload"]
)
def test_every_page_of_a_project_answers_its_requester_and_is_not_there_for_another(client, published, name):
    requester, made, _accepted = published
    url = reverse(name, args=[ids.encode("project", made.project_id)])

    assert client(requester).get(url).status_code == 200
    assert client(factories.make_requester()).get(url).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "/requester/",
        "/requester/money",
        "/requester/money?account=fees",
        "/requester/money.csv",
        "/requester/projects/new",
        "/requester/projects/new?start=translation",
        "/requester/projects/new?start=form",
    ],
)
def test_the_other_pages_answer(client, published, url):
    response = client(published[0]).get(url)

    assert response.status_code == 200
    assert response.getvalue()


def test_one_submission_has_a_page_with_its_history(client, published):
    requester, made, accepted = published
    url = reverse(
        "review_assignment",
        args=[ids.encode("batch", made.batch_id), ids.encode("assignment", accepted.assignment_id)],
    )

    page = client(requester).get(url).content.decode()

    assert "a thing" in page
    assert "word 0" in page
    assert "submitted" in page


def test_a_draft_shows_rows_and_price_and_can_be_thrown_away(client):
    requester = factories.make_requester()
    batch_id = factories.upload(requester, factories.make_project(requester), 4)
    browser = client(requester)

    page = browser.get(batch_url("batch", batch_id)).content.decode()
    browser.post(batch_url("batch_discard", batch_id))

    assert "Publish 4 tasks for $0.24" in page
    assert "word 3" in page
    assert browser.get(batch_url("batch", batch_id)).status_code == 404
