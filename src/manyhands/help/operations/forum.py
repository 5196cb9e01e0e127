"""Talk among workers: threads, posts, and what staff may do about them. Each function owns its transaction."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from manyhands.accounts import audit
from manyhands.accounts.models import Account
from manyhands.core import db
from manyhands.core.ids import AccountId
from manyhands.help import limits, words
from manyhands.help.access import is_staff, require_member, require_staff
from manyhands.help.errors import (
    AlreadyHidden,
    NameNeeded,
    NameReserved,
    NameTaken,
    NoLongerEditable,
    NotHidden,
    NothingSaid,
    ReasonMissing,
    ThreadLocked,
    ThreadNotFound,
    TooLong,
)
from manyhands.help.models import (
    ForumCategory,
    ForumMember,
    ForumPost,
    ForumThread,
    PostId,
    PostReport,
    ThreadId,
)

EDITABLE_S = 15 * 60
NAME_MIN, NAME_MAX = 2, 40
_OFFICIAL = re.compile(
    r"manyhands|staff|support|admin|moderator|operator|поддержк|админ|модератор|運営|管理", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Posted:
    thread_id: ThreadId
    post_id: PostId


def start_thread(*, account_id: AccountId, category: str, title: str, text: str, name: str = "") -> Posted:
    """Open a thread with its first post; ``category`` is a slug, ``name`` is needed with one's first post ever.

    Raises WorkersOnly, ThreadNotFound (no such category), NothingSaid, TooLong, TooOften, NameNeeded,
    NameTaken, NameReserved.
    """
    account = require_member(account_id)
    kept_title = words.one_line(title, maximum=words.TITLE_MAX)
    kept = words.clean(text, maximum=words.POST_MAX)
    category_id = ForumCategory.objects.filter(slug=category).values_list("pk", flat=True).first()
    if category_id is None:
        raise ThreadNotFound
    limits.count("post", account_id)
    with transaction.atomic():
        member = _member(account, name)
        thread = ForumThread.objects.create(category_id=category_id, title=kept_title)
        return _insert_post(ThreadId(thread.pk), member, kept, by_staff=is_staff(account))


def write_post(*, account_id: AccountId, thread_id: ThreadId, text: str, name: str = "") -> Posted:
    """Answer in a thread that is neither locked nor hidden; staff may write in both.

    Locks the thread. Raises WorkersOnly, ThreadNotFound, ThreadLocked, NothingSaid, TooLong, TooOften,
    NameNeeded, NameTaken, NameReserved.
    """
    account = require_member(account_id)
    kept = words.clean(text, maximum=words.POST_MAX)
    by_staff = is_staff(account)
    with transaction.atomic():
        thread = ForumThread.objects.select_for_update().filter(pk=thread_id).first()
        if thread is None or (thread.is_hidden and not by_staff):
            raise ThreadNotFound
        if thread.is_locked and not by_staff:
            raise ThreadLocked
        limits.count("post", account_id)
        return _insert_post(thread_id, _member(account, name), kept, by_staff=by_staff)


def edit_post(*, account_id: AccountId, post_id: PostId, text: str) -> Posted:
    """Change one's own post within 15 minutes; it says so from then on. One guarded UPDATE.

    Raises WorkersOnly, NothingSaid, TooLong, ThreadLocked, NoLongerEditable, ThreadNotFound (another's).
    """
    require_member(account_id)
    kept = words.clean(text, maximum=words.POST_MAX)
    own = ForumPost.objects.filter(pk=post_id, author_id=account_id, is_hidden=False)
    post = own.select_related("thread").first()
    if post is None or post.thread.is_hidden:
        raise ThreadNotFound
    if post.thread.is_locked:
        raise ThreadLocked
    young = own.filter(posted_at__gt=timezone.now() - timedelta(seconds=EDITABLE_S))
    if not young.update(words=kept, edited_at=Now()):
        raise NoLongerEditable
    return Posted(ThreadId(post.thread_id), post_id)


def report_post(*, account_id: AccountId, post_id: PostId, reason: str) -> None:
    """Tell the staff that something is wrong with a post; to say it twice changes nothing.

    Raises WorkersOnly, ThreadNotFound, ReasonMissing, TooOften.
    """
    require_member(account_id)
    kept = _reason(reason)
    if not ForumPost.objects.filter(pk=post_id, is_hidden=False, thread__is_hidden=False).exists():
        raise ThreadNotFound
    limits.count("report", account_id)
    PostReport.objects.get_or_create(post_id=post_id, reporter_id=account_id, defaults={"reason": kept})


def hide_post(*, staff_id: AccountId, post_id: PostId, reason: str) -> None:
    """Take a post out of sight, with the reason its author reads; the first post takes its thread along.

    Settles its reports. Raises StaffOnly, ReasonMissing, AlreadyHidden, ThreadNotFound.
    """
    require_staff(staff_id)
    kept = _reason(reason)
    with transaction.atomic():
        shown = ForumPost.objects.filter(pk=post_id, is_hidden=False)
        if not shown.update(is_hidden=True, hidden_reason=kept):
            raise AlreadyHidden if ForumPost.objects.filter(pk=post_id).exists() else ThreadNotFound
        _hide_thread_of(post_id, hidden=True)
        _settle(post_id)
        audit.record(actor_id=staff_id, act="forum_post.hide", subject=f"forum_post:{post_id}", reason=kept)


def restore_post(*, staff_id: AccountId, post_id: PostId, reason: str) -> None:
    """Show a hidden post again. Raises StaffOnly, ReasonMissing, NotHidden, ThreadNotFound."""
    require_staff(staff_id)
    kept = _reason(reason)
    with transaction.atomic():
        hidden = ForumPost.objects.filter(pk=post_id, is_hidden=True)
        if not hidden.update(is_hidden=False, hidden_reason=""):
            raise NotHidden if ForumPost.objects.filter(pk=post_id).exists() else ThreadNotFound
        _hide_thread_of(post_id, hidden=False)
        audit.record(
            actor_id=staff_id, act="forum_post.restore", subject=f"forum_post:{post_id}", reason=kept
        )


def leave_post(*, staff_id: AccountId, post_id: PostId) -> None:
    """Settle the reports on a post that may stay. Raises StaffOnly."""
    require_staff(staff_id)
    with transaction.atomic():
        settled = _settle(post_id)
        if settled:
            audit.record(
                actor_id=staff_id, act="forum_post.leave", subject=f"forum_post:{post_id}", reports=settled
            )


def lock_thread(*, staff_id: AccountId, thread_id: ThreadId, reason: str) -> None:
    """Let nobody write in a thread any more; to lock twice changes the reason only.

    Raises StaffOnly, ReasonMissing, ThreadNotFound.
    """
    _set_lock(staff_id, thread_id, locked=True, reason=_reason(reason))


def unlock_thread(*, staff_id: AccountId, thread_id: ThreadId, reason: str) -> None:
    """Let people write again. Raises StaffOnly, ReasonMissing, ThreadNotFound."""
    _set_lock(staff_id, thread_id, locked=False, reason=_reason(reason))


_MARK_READ = """
INSERT INTO forum_thread_read AS mark (account_id, thread_id, last_post_id)
VALUES (%(account_id)s, %(thread_id)s, %(post_id)s)
    ON CONFLICT (account_id, thread_id) DO UPDATE SET last_post_id = excluded.last_post_id
 WHERE mark.last_post_id < excluded.last_post_id
"""


def mark_read(*, account_id: AccountId, thread_id: ThreadId, post_id: PostId) -> None:
    """Remember that a thread was read up to a post; never goes back. One statement."""
    db.run(_MARK_READ, account_id=account_id, thread_id=thread_id, post_id=post_id)


def _insert_post(thread_id: ThreadId, member: ForumMember, text: str, *, by_staff: bool) -> Posted:
    post = ForumPost.objects.create(thread_id=thread_id, author=member, words=text, is_staff=by_staff)
    ForumThread.objects.filter(pk=thread_id).update(last_post_id=post.pk, post_count=F("post_count") + 1)
    mark_read(account_id=AccountId(member.pk), thread_id=thread_id, post_id=PostId(post.pk))
    return Posted(thread_id, PostId(post.pk))


def _member(account: Account, name: str) -> ForumMember:
    known = ForumMember.objects.filter(pk=account.pk).first()
    if known is not None:
        return known
    try:
        chosen = words.one_line(name, maximum=NAME_MAX)
    except (NothingSaid, TooLong):
        raise NameNeeded from None
    if len(chosen) < NAME_MIN:
        raise NameNeeded
    if _OFFICIAL.search(chosen) and not is_staff(account):
        raise NameReserved
    try:
        with transaction.atomic():
            return ForumMember.objects.create(account=account, name=chosen)
    except IntegrityError:
        raise NameTaken from None


def _set_lock(staff_id: AccountId, thread_id: ThreadId, *, locked: bool, reason: str) -> None:
    require_staff(staff_id)
    act = "forum_thread.lock" if locked else "forum_thread.unlock"
    with transaction.atomic():
        thread = ForumThread.objects.filter(pk=thread_id)
        if not thread.update(is_locked=locked, locked_reason=reason if locked else ""):
            raise ThreadNotFound
        audit.record(actor_id=staff_id, act=act, subject=f"forum_thread:{thread_id}", reason=reason)


def _hide_thread_of(post_id: PostId, *, hidden: bool) -> None:
    """When the post is the first of its thread, the thread follows it."""
    thread_id = ForumPost.objects.values_list("thread_id", flat=True).get(pk=post_id)
    first = ForumPost.objects.filter(thread_id=thread_id).order_by("id").values_list("pk", flat=True).first()
    if first == post_id:
        ForumThread.objects.filter(pk=thread_id).update(is_hidden=hidden)


def _settle(post_id: PostId) -> int:
    return PostReport.objects.filter(post_id=post_id, settled_at=None).update(settled_at=Now())


def _reason(raw: str) -> str:
    try:
        return words.one_line(raw, maximum=words.REASON_MAX)
    except NothingSaid:
        raise ReasonMissing from None
