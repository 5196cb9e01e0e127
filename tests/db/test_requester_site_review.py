"""Deciding about submissions on the requester's pages; what it does to batches and money."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manyhands.core import ids
from manyhands.ledger import check
from manyhands.ledger.queries import balance_of
from manyhands.work.models import HIT, Assignment, Batch
from tests import factories
from tests.harness.wire import statements_sent

REWARD, FEE = 5, 1


@pytest.fixture
def work(database):
    """A batch of four tasks; two workers have handed in three answers."""
    requester = factories.make_requester(deposit_minor=1_000)
    made = factories.publish(requester, 4)
    done = []
    for worker, count in ((factories.make_worker(), 2), (factories.make_worker(), 1)):
        for _ in range(count):
            accepted = factories.accept(worker, made)
            factories.submit(worker, accepted.assignment_id, [("meaning", f"a thing <b>{len(done)}</b>")])
            done.append(accepted.assignment_id)
    return requester, made, done


def act_url(made, assignment_id: int, act: str) -> str:
    batch, assignment = ids.encode("batch", made.batch_id), ids.encode("assignment", assignment_id)
    return reverse("review_decide", args=[batch, assignment, act])


def batch_url(name: str, made) -> str:
    return reverse(name, args=[ids.encode("batch", made.batch_id)])


@pytest.mark.feature("W-13", "S-05", "M-102")
def test_submissions_wait_in_the_review_page_with_input_and_answer_escaped(client, work):
    requester, made, _done = work

    page = client(requester).get(batch_url("review", made)).content.decode()

    assert page.count('class="review-row"') == 3
    assert "a thing &lt;b&gt;0&lt;/b&gt;" in page
    assert "thing <b>0</b>" not in page
    assert "word 0" in page
    assert "To review <b>3</b>" in page


@pytest.mark.feature("M-102", "S-06")
def test_approving_pays_once_however_often_it_is_pressed(client, work):
    requester, made, done = work
    browser = client(requester)
    url = act_url(made, done[0], "approve")

    first = browser.post(url)
    again = browser.post(url)

    worker_id = Assignment.objects.get(pk=done[0]).worker_id
    assert first.status_code == 302
    assert again.status_code == 409
    earned = balance_of(worker_id)
    assert earned.held_minor + earned.earned_available_minor == REWARD
    assert balance_of(requester.pk).fees_minor == FEE
    assert check.first_difference() is None


@pytest.mark.feature("W-36", "M-102", "M-104")
def test_rejecting_pays_nothing_and_keeps_the_money_reserved_for_the_appeal(client, work):
    requester, made, done = work
    reserved = balance_of(requester.pk).reserved_minor

    client(requester).post(
        act_url(made, done[0], "reject"), {"reason": "inconsistent", "words": "Two senses mixed."}
    )

    row = Assignment.objects.get(pk=done[0])
    assert (row.status, row.rejection_reason, row.feedback) == (
        "rejected",
        "inconsistent",
        "Two senses mixed.",
    )
    after = balance_of(requester.pk)
    assert after.reserved_minor == reserved
    assert after.fees_minor == 0
    assert balance_of(row.worker_id).held_minor == 0


@pytest.mark.parametrize(
    "posted", [{}, {"reason": "wrong"}, {"words": "No."}, {"reason": "mood", "words": "No."}]
)
def test_a_rejection_without_a_known_reason_and_words_is_refused(client, work, posted):
    requester, made, done = work

    page = client(requester).post(act_url(made, done[0], "reject"), posted)

    assert page.status_code == 422
    assert Assignment.objects.get(pk=done[0]).status == "submitted"


@pytest.mark.feature("M-102")
def test_a_rejection_can_be_turned_into_an_approval(client, work):
    requester, made, done = work
    browser = client(requester)
    browser.post(act_url(made, done[0], "reject"), {"reason": "wrong", "words": "No."})

    browser.post(act_url(made, done[0], "override"))
    again = browser.post(act_url(made, done[0], "override"))

    assert Assignment.objects.get(pk=done[0]).status == "approved"
    assert again.status_code == 409
    assert check.first_difference() is None


def test_an_answer_is_sent_back_with_words_only(client, work):
    requester, made, done = work
    browser = client(requester)

    silent = browser.post(act_url(made, done[0], "send-back"), {"words": " "})
    browser.post(act_url(made, done[1], "send-back"), {"words": "Which sense?"})

    assert silent.status_code == 422
    assert "Say in words" in silent.content.decode()
    statuses = dict(Assignment.objects.values_list("id", "status"))
    assert (statuses[done[0]], statuses[done[1]]) == ("submitted", "correction")


def test_htmx_gets_the_row_back_and_the_new_counts(client, work):
    requester, made, done = work
    browser = client(requester)

    swapped = browser.post(act_url(made, done[0], "approve"), headers={"HX-Request": "true"}).content.decode()
    refused = browser.post(act_url(made, done[1], "reject"), {"words": "No."}, headers={"HX-Request": "true"})
    twice = browser.post(act_url(made, done[0], "approve"), headers={"HX-Request": "true"})

    assert 'hx-swap-oob="true"' in swapped
    assert "To review <b>2</b>" in swapped
    assert "Approved" in swapped
    assert refused.status_code == 422
    assert "Choose a reason." in refused.content.decode()
    assert twice.status_code == 409
    assert "still waits for a decision" in twice.headers["X-Message"]


@pytest.mark.feature("M-102", "S-06")
def test_selected_submissions_are_decided_together_and_others_counted(client, work):
    requester, made, done = work
    browser = client(requester)
    browser.post(act_url(made, done[0], "approve"))
    url = batch_url("review", made)
    chosen = [ids.encode("assignment", number) for number in done]

    approved = browser.post(url, {"act": "approve", "assignment": chosen}, follow=True).content.decode()
    empty = browser.post(url, {"act": "approve"}, follow=True).content.decode()

    assert "2 approved. 1 had already been decided and stays as it is." in approved
    assert "Select at least one submission first." in empty
    assert Assignment.objects.filter(status="approved").count() == 3


def test_selected_submissions_are_rejected_together_only_with_a_reason(client, work):
    requester, made, done = work
    browser = client(requester)
    chosen = [ids.encode("assignment", number) for number in done]
    url = batch_url("review", made)

    refused = browser.post(url, {"act": "reject", "assignment": chosen, "words": "No."})
    browser.post(url, {"act": "reject", "assignment": chosen, "reason": "wrong", "words": "No."})

    assert refused.status_code == 422
    assert Assignment.objects.filter(status="rejected").count() == 3


def test_approve_all_leaves_alone_what_arrived_after_the_page_was_shown(client, work):
    requester, made, _done = work
    browser = client(requester)
    until = timezone.now()
    late = factories.make_worker()
    factories.submit(late, factories.accept(late, made).assignment_id)

    asked = browser.get(batch_url("review_approve_all", made), {"until": until.isoformat()}).content.decode()
    browser.post(batch_url("review_approve_all", made), {"until": until.isoformat()})

    assert "Approve 3 for $0.18" in asked
    assert Assignment.objects.filter(status="approved").count() == 3
    assert Assignment.objects.get(worker_id=late.pk).status == "submitted"


def test_a_foreign_submission_is_not_there_and_stays_as_it_is(client, work):
    _requester, made, done = work
    other = factories.make_requester()
    own = factories.publish(other, 1)
    browser = client(other)
    foreign = ids.encode("assignment", done[0])

    for act in ("approve", "reject", "send-back", "override"):
        posted = {"reason": "wrong", "words": "No."}
        assert browser.post(act_url(made, done[0], act), posted).status_code == 404
        # Under a batch of one's own it is not there either.
        assert browser.post(act_url(own, done[0], act), posted).status_code == 404
    bulk = browser.post(batch_url("review", own), {"act": "approve", "assignment": foreign}, follow=True)

    assert "0 approved. 1 had already been decided" in bulk.content.decode()
    assert set(Assignment.objects.values_list("status", flat=True)) == {"submitted"}


def test_the_filters_show_what_they_say(client, work):
    requester, made, done = work
    browser = client(requester)
    browser.post(act_url(made, done[0], "approve"))
    browser.post(act_url(made, done[1], "reject"), {"reason": "wrong", "words": "Off the mark."})
    url = batch_url("review", made)

    def rows(show: str) -> int:
        return browser.get(url, {"show": show}).content.decode().count('id="a-3')

    assert (rows("waiting"), rows("approved"), rows("rejected"), rows("all")) == (1, 1, 1, 3)
    assert "Off the mark." in browser.get(url, {"show": "rejected"}).content.decode()
    assert browser.get(url, {"show": "mine"}).status_code == 404


def test_review_pages_follow_each_other_by_key(client, work, monkeypatch):
    monkeypatch.setattr("manyhands.work.queries.requester.REVIEW_PAGE", 2)
    requester, made, done = work
    browser = client(requester)
    url = batch_url("review", made)

    first = browser.get(url).content.decode()
    second = browser.get(url, {"after": ids.encode("assignment", done[1])}).content.decode()

    assert first.count('id="a-3') == 2
    assert f"after={ids.encode('assignment', done[1])}" in first
    assert second.count('id="a-3') == 1


@pytest.mark.feature("M-105", "M-104")
def test_the_batch_page_counts_places_and_money_live(client, work):
    requester, made, done = work
    browser = client(requester)
    browser.post(act_url(made, done[0], "approve"))
    browser.post(act_url(made, done[1], "reject"), {"reason": "wrong", "words": "No."})

    page = " ".join(browser.get(batch_url("batch", made)).content.decode().split())

    for text in (
        "Approved <b>1</b>",
        "To review <b>1</b>",
        "In work <b>0</b>",
        "Rejected <b>1</b>",
        "Open 1",
    ):
        assert text in page
    assert "$0.06" in page  # spent: one reward and its fee
    assert "$0.18" in page  # reserved: one open, one to review, one rejected and not yet released
    assert 'hx-trigger="every 4s"' in page


def test_a_batch_is_extended_expired_and_closed_with_its_money(client, work):
    requester, made, done = work
    browser = client(requester)
    extend = batch_url("batch_extend", made)

    nothing = browser.post(extend, {"more_assignments": "0"})
    asked = browser.post(extend, {"more_assignments": "1", "longer_s_0": "2", "longer_s_1": "86400"})
    browser.post(
        extend, {"more_assignments": "1", "longer_s_0": "2", "longer_s_1": "86400", "confirmed": "1"}
    )
    extended = Batch.objects.get()
    too_soon = browser.post(batch_url("batch_dispose", made))
    told = browser.get(batch_url("batch_expire", made)).content.decode()
    browser.post(batch_url("batch_expire", made))
    for number in done:
        browser.post(act_url(made, number, "approve"))
    finished = browser.get(batch_url("batch", made)).content.decode()
    closed = browser.post(batch_url("batch_dispose", made), follow=True).content.decode()

    assert nothing.status_code == 422
    assert "Extend for $0.24" in asked.content.decode()
    assert extended.max_assignments == 2
    assert extended.expires_at
    assert extended.expires_at > timezone.now() + timedelta(days=2)
    assert too_soon.status_code == 409
    assert "5 free places are withdrawn, and $0.30 goes back" in told
    assert "Finished" in finished
    assert 'hx-trigger="every 4s"' not in finished
    assert "Closed" in closed
    balance = balance_of(requester.pk)
    assert (balance.available_minor, balance.reserved_minor) == (1_000 - 18, 0)
    assert check.first_difference() is None


def test_extending_beyond_the_balance_reserves_nothing(client, work):
    requester, made, _done = work

    page = client(requester).post(
        batch_url("batch_extend", made), {"more_assignments": "9000", "confirmed": "1"}
    )

    assert page.status_code == 409
    assert "There is not enough money" in page.content.decode()
    assert set(HIT.objects.values_list("max_assignments", flat=True)) == {1}


def test_pages_cost_few_statements(client, work):
    requester, made, _done = work
    browser = client(requester)
    for url, most in (
        (batch_url("batch", made), 7),
        (batch_url("batch_live", made), 3),
        (batch_url("review", made), 5),
        (reverse("requester_home"), 4),
        (reverse("requester_money"), 4),
    ):
        browser.get(url)
        with statements_sent() as sent:
            browser.get(url)
        assert len(sent) <= most, (url, sent)
