"""What the forum's pages read. One statement each, with a limit.

``for_staff`` shows what is hidden, marked as such.
"""

from dataclasses import dataclass
from datetime import datetime

from manyhands.core import db
from manyhands.core.ids import AccountId
from manyhands.help.models import ForumMember, PostId, ThreadId

THREADS_PAGE = 30
POSTS_PAGE = 25
FOUND_MAX = 50
NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class CategoryLine:
    slug: str
    name: str
    description: str
    thread_count: int
    unread_count: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class ThreadLine:
    thread_id: ThreadId
    title: str
    post_count: int
    is_locked: bool
    is_hidden: bool
    last_post_id: PostId
    last_at: datetime
    last_author: str
    last_is_staff: bool
    has_staff_answer: bool
    is_unread: bool


@dataclass(frozen=True, slots=True)
class ThreadHead:
    thread_id: ThreadId
    title: str
    post_count: int
    is_locked: bool
    is_hidden: bool
    locked_reason: str
    last_post_id: PostId
    category_slug: str
    category_name: str


@dataclass(frozen=True, slots=True)
class Post:
    post_id: PostId
    author_id: AccountId
    author_name: str
    is_staff: bool
    words: str
    posted_at: datetime
    edited_at: datetime | None
    is_hidden: bool
    hidden_reason: str
    is_editable: bool
    report_count: int


@dataclass(frozen=True, slots=True)
class Found:
    """A post that a search found."""

    post_id: PostId
    thread_title: str
    author_name: str
    is_staff: bool
    words: str
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Reported:
    """A post somebody reported, with the reasons given."""

    post_id: PostId
    thread_title: str
    author_name: str
    words: str
    posted_at: datetime
    reasons: list[str]


_CATEGORIES = """
SELECT category.slug, category.name, category.description, count(thread.id),
       count(thread.id) FILTER (WHERE coalesce(mark.last_post_id, 0) < thread.last_post_id),
       max(post.posted_at)
  FROM forum_category AS category
  LEFT JOIN forum_thread AS thread
       ON thread.category_id = category.id AND (%(for_staff)s OR NOT thread.is_hidden)
  LEFT JOIN forum_thread_read AS mark ON mark.thread_id = thread.id AND mark.account_id = %(account_id)s
  LEFT JOIN forum_post AS post ON post.id = thread.last_post_id
 GROUP BY category.id
 ORDER BY category.ordinal, category.id
 LIMIT 50
"""
_THREADS = """
SELECT thread.id, thread.title, thread.post_count, thread.is_locked, thread.is_hidden, thread.last_post_id,
       post.posted_at, member.name, post.is_staff,
       EXISTS (SELECT FROM forum_post AS ours
                WHERE ours.thread_id = thread.id AND ours.is_staff AND NOT ours.is_hidden),
       coalesce(mark.last_post_id, 0) < thread.last_post_id
  FROM forum_thread AS thread
  JOIN forum_category AS category ON category.id = thread.category_id
  JOIN forum_post AS post ON post.id = thread.last_post_id
  JOIN forum_member AS member ON member.account_id = post.author_id
  LEFT JOIN forum_thread_read AS mark ON mark.thread_id = thread.id AND mark.account_id = %(account_id)s
 WHERE category.slug = %(slug)s
   AND (%(for_staff)s OR NOT thread.is_hidden)
   AND thread.last_post_id < %(before)s
 ORDER BY thread.last_post_id DESC
 LIMIT %(limit)s
"""
_HEAD = """
SELECT thread.id, thread.title, thread.post_count, thread.is_locked, thread.is_hidden, thread.locked_reason,
       thread.last_post_id, category.slug, category.name
  FROM forum_thread AS thread
  JOIN forum_category AS category ON category.id = thread.category_id
 WHERE thread.id = %(thread_id)s AND (%(for_staff)s OR NOT thread.is_hidden)
"""
_POST_COLUMNS = """
SELECT post.id, post.author_id, member.name, post.is_staff, post.words, post.posted_at, post.edited_at,
       post.is_hidden, post.hidden_reason,
       post.author_id = %(account_id)s AND NOT post.is_hidden AND NOT thread.is_locked
           AND post.posted_at > now() - make_interval(secs => %(editable_s)s),
       (SELECT count(*) FROM forum_post_report AS report
         WHERE report.post_id = post.id AND report.settled_at IS NULL)
  FROM forum_post AS post
  JOIN forum_thread AS thread ON thread.id = post.thread_id
  JOIN forum_member AS member ON member.account_id = post.author_id
"""
_POSTS = (
    _POST_COLUMNS
    + """
 WHERE post.thread_id = %(thread_id)s
 ORDER BY post.id
 LIMIT %(limit)s OFFSET %(offset)s
"""
)
_POST = (
    _POST_COLUMNS
    + """
 WHERE post.id = %(post_id)s AND (%(for_staff)s OR NOT (thread.is_hidden OR post.is_hidden))
"""
)
_PLACE = """
SELECT thread.id, (SELECT count(*) FROM forum_post AS before
                    WHERE before.thread_id = post.thread_id AND before.id < post.id)
  FROM forum_post AS post
  JOIN forum_thread AS thread ON thread.id = post.thread_id
 WHERE post.id = %(post_id)s AND (%(for_staff)s OR NOT thread.is_hidden)
"""
# Words by the full-text indexes. Scripts without spaces between words, and words that inflect, are found
# as parts of the text.
_SEARCH = """
WITH hit AS (
    SELECT id FROM forum_post WHERE to_tsvector('simple', words) @@ websearch_to_tsquery('simple', %(text)s)
    UNION
    SELECT post.id
      FROM forum_thread AS thread
      JOIN forum_post AS post ON post.thread_id = thread.id
     WHERE to_tsvector('simple', thread.title) @@ websearch_to_tsquery('simple', %(text)s)
       AND post.id = (SELECT min(first.id) FROM forum_post AS first WHERE first.thread_id = thread.id)
    UNION
    SELECT post.id
      FROM forum_post AS post
      JOIN forum_thread AS thread ON thread.id = post.thread_id
     WHERE %(pattern)s::text IS NOT NULL
       AND (post.words ILIKE %(pattern)s
            OR (thread.title ILIKE %(pattern)s
                AND post.id = (SELECT min(first.id) FROM forum_post AS first WHERE first.thread_id = thread.id)))
)
SELECT post.id, thread.title, member.name, post.is_staff, post.words, post.posted_at
  FROM hit
  JOIN forum_post AS post ON post.id = hit.id
  JOIN forum_thread AS thread ON thread.id = post.thread_id
  JOIN forum_member AS member ON member.account_id = post.author_id
 WHERE %(for_staff)s OR NOT (thread.is_hidden OR post.is_hidden)
 ORDER BY post.id DESC
 LIMIT %(limit)s
"""
_REPORTED = """
SELECT post.id, thread.title, member.name, post.words, post.posted_at, array_agg(report.reason ORDER BY report.id)
  FROM forum_post_report AS report
  JOIN forum_post AS post ON post.id = report.post_id
  JOIN forum_thread AS thread ON thread.id = post.thread_id
  JOIN forum_member AS member ON member.account_id = post.author_id
 WHERE report.settled_at IS NULL
 GROUP BY post.id, thread.title, member.name
 ORDER BY min(report.id)
 LIMIT %(limit)s
"""


def categories(*, account_id: AccountId, for_staff: bool) -> list[CategoryLine]:
    """All categories, with how many threads each has and how many of them are new to this reader."""
    return db.many(CategoryLine, _CATEGORIES, account_id=account_id, for_staff=for_staff)


def threads(*, account_id: AccountId, slug: str, before: int = NEWEST, for_staff: bool) -> list[ThreadLine]:
    """Threads of a category, the last written in first; one more than a page when there are more."""
    return db.many(
        ThreadLine, _THREADS, account_id=account_id, slug=slug, before=before, for_staff=for_staff,
        limit=THREADS_PAGE + 1,
    )  # fmt: skip


def thread_head(*, thread_id: int, for_staff: bool) -> ThreadHead | None:
    return db.one_or_none(ThreadHead, _HEAD, thread_id=thread_id, for_staff=for_staff)


def posts(*, account_id: AccountId, thread_id: int, page: int, editable_s: int) -> list[Post]:
    """One page of a thread; hidden posts keep their place."""
    return db.many(
        Post, _POSTS, account_id=account_id, thread_id=thread_id, editable_s=editable_s,
        limit=POSTS_PAGE, offset=POSTS_PAGE * (page - 1),
    )  # fmt: skip


def post(*, account_id: AccountId, post_id: int, editable_s: int, for_staff: bool) -> Post | None:
    return db.one_or_none(
        Post, _POST, account_id=account_id, post_id=post_id, editable_s=editable_s, for_staff=for_staff
    )


def place_of(*, post_id: int, for_staff: bool) -> tuple[ThreadId, int] | None:
    """The thread of a post, and the page it stands on."""
    found = db.one_or_none(
        lambda thread_id, before: (thread_id, before), _PLACE, post_id=post_id, for_staff=for_staff
    )
    return None if found is None else (ThreadId(found[0]), found[1] // POSTS_PAGE + 1)


def search(*, text: str, for_staff: bool) -> list[Found]:
    """Posts with these words, the newest first."""
    escaped = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    pattern = None if text.isascii() else f"%{escaped}%"
    return db.many(Found, _SEARCH, text=text, pattern=pattern, for_staff=for_staff, limit=FOUND_MAX)


def reported() -> list[Reported]:
    """Posts with reports that nobody has settled, the longest waiting first."""
    return db.many(Reported, _REPORTED, limit=FOUND_MAX)


def name_of(account_id: AccountId) -> str | None:
    """The name somebody writes under; None before their first post."""
    return ForumMember.objects.filter(pk=account_id).values_list("name", flat=True).first()
