"""The workers' forum: who may enter, what they may write, and what staff may do about it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from manyhands.accounts.models import Account, AuditEntry
from manyhands.core.ids import AccountId
from manyhands.help import errors
from manyhands.help.models import ForumMember, ForumPost, ForumThread, PostReport
from manyhands.help.operations import forum
from manyhands.help.queries import forum as queries
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


def me(account: Account) -> AccountId:
    return AccountId(account.pk)


def start(
    account: Account, title: str = "Bird photos", text: str = "How do you tell finches apart?"
) -> forum.Posted:
    known = ForumMember.objects.filter(pk=account.pk).exists()
    name = "" if known else f"Writer {account.pk}"
    return forum.start_thread(account_id=me(account), category="tasks", title=title, text=text, name=name)


def reply(account: Account, posted: forum.Posted, text: str = "By their beaks.") -> forum.Posted:
    return forum.write_post(
        account_id=me(account), thread_id=posted.thread_id, text=text, name=f"Writer {account.pk}"
    )


def everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (ForumThread, ForumPost, PostReport, AuditEntry)
    ]


@pytest.fixture
def worker() -> Account:
    return factories.make_worker()


@pytest.fixture
def staff() -> Account:
    return factories.make_account(is_operator=True)


@pytest.mark.feature("C-46")
def test_workers_and_staff_write_and_requesters_do_not(worker: Account, staff: Account) -> None:
    posted = start(worker)
    reply(staff, posted)
    before = everything()

    requester = factories.make_requester()
    for act in (lambda: start(requester), lambda: reply(requester, posted)):
        with pytest.raises(errors.WorkersOnly):
            act()
    assert everything() == before


@pytest.mark.feature("C-48")
def test_what_staff_write_is_marked_and_stays_so(worker: Account, staff: Account) -> None:
    posted = start(worker)
    reply(staff, posted)

    shown = queries.posts(account_id=me(worker), thread_id=posted.thread_id, page=1, editable_s=900)
    assert [each.is_staff for each in shown] == [False, True]
    assert queries.threads(account_id=me(worker), slug="tasks", for_staff=False)[0].has_staff_answer


@pytest.mark.parametrize(
    "name", ["", " ", "x", "\u200b\u200b\u200b", "y" * 41, "Manyhands", "The Support Team"]
)
def test_a_first_post_needs_a_name_that_is_not_the_staffs(worker: Account, name: str) -> None:
    with pytest.raises((errors.NameNeeded, errors.NameReserved)):
        forum.start_thread(account_id=me(worker), category="tasks", title="Title", text="Text", name=name)
    assert everything() == [[], [], [], []]


def test_a_name_is_one_persons() -> None:
    first, second = factories.make_worker(), factories.make_worker()
    forum.start_thread(account_id=me(first), category="tasks", title="One", text="Text", name="Finch")
    with pytest.raises(errors.NameTaken):
        forum.start_thread(account_id=me(second), category="tasks", title="Two", text="Text", name="FINCH")
    assert ForumThread.objects.count() == 1


def test_a_post_can_be_changed_for_fifteen_minutes_by_its_author_alone(worker: Account) -> None:
    posted = start(worker)
    with pytest.raises(errors.ThreadNotFound):
        forum.edit_post(account_id=me(factories.make_worker()), post_id=posted.post_id, text="Not mine")

    forum.edit_post(account_id=me(worker), post_id=posted.post_id, text="Better words")
    post = ForumPost.objects.get()
    assert post.words == "Better words"
    assert post.edited_at is not None

    ForumPost.objects.update(posted_at=timezone.now() - timedelta(minutes=16))
    with pytest.raises(errors.NoLongerEditable):
        forum.edit_post(account_id=me(worker), post_id=posted.post_id, text="Too late")
    assert ForumPost.objects.get().words == "Better words"


def test_a_hidden_first_post_hides_its_thread_and_leaves_an_audit_entry(
    worker: Account, staff: Account
) -> None:
    posted = start(worker)
    reader = factories.make_worker()
    forum.report_post(account_id=me(reader), post_id=posted.post_id, reason="An insult")
    assert [each.reasons for each in queries.reported()] == [["An insult"]]

    forum.hide_post(staff_id=me(staff), post_id=posted.post_id, reason="Insults people")

    assert queries.reported() == []
    assert queries.thread_head(thread_id=posted.thread_id, for_staff=False) is None
    assert queries.threads(account_id=me(reader), slug="tasks", for_staff=False) == []
    assert queries.search(text="finches", for_staff=False) == []
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.actor_id, entry.facts) == (
        "forum_post.hide",
        staff.pk,
        {"reason": "Insults people"},
    )
    with pytest.raises(errors.ThreadNotFound):
        reply(reader, posted)

    forum.restore_post(staff_id=me(staff), post_id=posted.post_id, reason="A mistake")
    assert queries.thread_head(thread_id=posted.thread_id, for_staff=False) is not None


def test_only_staff_moderate_and_a_refusal_changes_nothing(worker: Account) -> None:
    posted = start(worker)
    other = me(factories.make_account(worker=True, requester=True))
    before = everything()
    for act in (
        lambda: forum.hide_post(staff_id=other, post_id=posted.post_id, reason="x"),
        lambda: forum.restore_post(staff_id=other, post_id=posted.post_id, reason="x"),
        lambda: forum.leave_post(staff_id=other, post_id=posted.post_id),
        lambda: forum.lock_thread(staff_id=other, thread_id=posted.thread_id, reason="x"),
        lambda: forum.unlock_thread(staff_id=other, thread_id=posted.thread_id, reason="x"),
    ):
        with pytest.raises(errors.StaffOnly):
            act()
    assert everything() == before


def test_a_reason_is_asked_for(worker: Account, staff: Account) -> None:
    posted = start(worker)
    before = everything()
    for act in (
        lambda: forum.hide_post(staff_id=me(staff), post_id=posted.post_id, reason=" "),
        lambda: forum.lock_thread(staff_id=me(staff), thread_id=posted.thread_id, reason=""),
        lambda: forum.report_post(account_id=me(worker), post_id=posted.post_id, reason=""),
    ):
        with pytest.raises(errors.ReasonMissing):
            act()
    assert everything() == before


def test_in_a_locked_thread_only_staff_write(worker: Account, staff: Account) -> None:
    posted = start(worker)
    forum.lock_thread(staff_id=me(staff), thread_id=posted.thread_id, reason="Settled")
    with pytest.raises(errors.ThreadLocked):
        reply(worker, posted)
    with pytest.raises(errors.ThreadLocked):
        forum.edit_post(account_id=me(worker), post_id=posted.post_id, text="No")
    reply(staff, posted)
    forum.unlock_thread(staff_id=me(staff), thread_id=posted.thread_id, reason="Reopened")
    reply(worker, posted)
    assert ForumPost.objects.count() == 3


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("finches", True), ("FINCHES apart", True), ("鳥の写真", True), ("写真", True), ("птиц", True), ("zebra", False),
     ("bird", True), ("%", False), ("'); --", False), ("\"", False)],
)  # fmt: skip
def test_search_finds_words_in_every_script(worker: Account, text: str, wanted: bool) -> None:
    start(worker, text="How do you tell finches apart? 鳥の写真です。Фотографии птицы.")
    assert bool(queries.search(text=text, for_staff=False)) == wanted


def test_a_thread_is_unread_until_it_is_read_and_again_after_an_answer(worker: Account) -> None:
    reader = factories.make_worker()
    posted = start(worker)

    def is_unread() -> bool:
        return queries.threads(account_id=me(reader), slug="tasks", for_staff=False)[0].is_unread

    assert is_unread()
    forum.mark_read(account_id=me(reader), thread_id=posted.thread_id, post_id=posted.post_id)
    assert not is_unread()
    reply(worker, posted)
    assert is_unread()


def test_ten_posts_in_ten_minutes_are_enough(worker: Account) -> None:
    posted = start(worker)
    for _ in range(9):
        reply(worker, posted)
    with pytest.raises(errors.TooOften):
        reply(worker, posted)
    assert ForumPost.objects.count() == 10
