"""Questions to the help desk, the workers' forum, and links to the operator's channels. No rules here."""

from typing import NewType

from django.db import models
from django.db.models.functions import Lower, Now

from manyhands.accounts.models import Account
from manyhands.help.states import TicketStatus, Topic, Via
from manyhands.work.models import Assignment, HITType

TicketId = NewType("TicketId", int)
ThreadId = NewType("ThreadId", int)
PostId = NewType("PostId", int)


class HelpLink(models.Model):
    """A channel of the operator's: a social network, a private group, a chat."""

    title = models.CharField(max_length=80)
    url = models.URLField(max_length=300)
    ordinal = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "help_link"
        ordering = ["ordinal", "id"]

    def __str__(self) -> str:
        return self.title


class Ticket(models.Model):
    """A question and what became of it. ``number`` is what people say: ``KLM-482``.

    ``asker`` is None when somebody asked without an account; ``email`` is where answers go.
    """

    number = models.CharField(max_length=7, unique=True)
    asker = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=5, default="en")
    topic = models.CharField(max_length=10, choices=Topic.choices)
    subject = models.CharField(max_length=150)
    status = models.CharField(max_length=8, choices=TicketStatus.choices, default=TicketStatus.OPEN)
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", db_index=False)
    hit_type = models.ForeignKey(HITType, models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())
    # When somebody last wrote, or the state last changed.
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "ticket"
        indexes = [
            models.Index(fields=["asker", "-changed_at"], name="ticket_by_asker"),
            models.Index(fields=["status", "changed_at"], name="ticket_queue"),
        ]


class TicketMessage(models.Model):
    """Words of a ticket. ``author`` is None for an asker without an account; ``mail_id`` a mail's own id,

    so that a mail which is delivered twice is kept once.
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="messages")
    author = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    is_staff = models.BooleanField(default=False, db_default=False)
    via = models.CharField(max_length=4, choices=Via.choices, default=Via.FORM)
    words = models.TextField()
    mail_id = models.CharField(max_length=250, null=True, unique=True)
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "ticket_message"


class ForumMember(models.Model):
    """The name somebody writes under in the forum; chosen with the first post, not the account's own."""

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True, related_name="+")
    name = models.CharField(max_length=40)

    class Meta:
        db_table = "forum_member"
        constraints = [models.UniqueConstraint(Lower("name"), name="forum_member_name_unique")]


class ForumCategory(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=60)
    description = models.CharField(max_length=200)
    ordinal = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "forum_category"
        ordering = ["ordinal", "id"]

    def __str__(self) -> str:
        return self.name


class ForumThread(models.Model):
    """A talk on one subject. Its order in lists is that of ``last_post_id``, which only grows.

    ``is_hidden`` follows its first post, because a title can hurt as much.
    """

    category = models.ForeignKey(ForumCategory, models.PROTECT, related_name="+", db_index=False)
    title = models.CharField(max_length=150)
    post_count = models.IntegerField(default=0, db_default=0)
    last_post_id = models.BigIntegerField(default=0, db_default=0)
    is_locked = models.BooleanField(default=False, db_default=False)
    is_hidden = models.BooleanField(default=False, db_default=False)
    locked_reason = models.CharField(max_length=500, default="", db_default="")

    class Meta:
        db_table = "forum_thread"
        indexes = [models.Index(fields=["category", "-last_post_id"], name="forum_thread_listed")]


class ForumPost(models.Model):
    """What one person wrote; the first of a thread opens it. A hidden post keeps its place and its words."""

    thread = models.ForeignKey(ForumThread, models.PROTECT, related_name="+", db_index=False)
    author = models.ForeignKey(ForumMember, models.PROTECT, related_name="+")
    is_staff = models.BooleanField(default=False, db_default=False)
    words = models.TextField()
    posted_at = models.DateTimeField(db_default=Now())
    edited_at = models.DateTimeField(null=True)
    is_hidden = models.BooleanField(default=False, db_default=False)
    hidden_reason = models.CharField(max_length=500, default="", db_default="")

    class Meta:
        db_table = "forum_post"
        indexes = [models.Index(fields=["thread", "id"], name="forum_post_of_thread")]


class PostReport(models.Model):
    """Somebody finds a post wrong; settled when staff hid it or left it."""

    post = models.ForeignKey(ForumPost, models.PROTECT, related_name="+", db_index=False)
    reporter = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=500)
    reported_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "forum_post_report"
        constraints = [models.UniqueConstraint(fields=["post", "reporter"], name="forum_post_report_once")]
        indexes = [
            models.Index(
                fields=["id"], name="forum_post_report_unsettled", condition=models.Q(settled_at__isnull=True)
            )
        ]


class ThreadRead(models.Model):
    """How far somebody has read a thread."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+", db_index=False)
    thread = models.ForeignKey(ForumThread, models.CASCADE, related_name="+", db_index=False)
    last_post_id = models.BigIntegerField()

    class Meta:
        db_table = "forum_thread_read"
        constraints = [models.UniqueConstraint(fields=["account", "thread"], name="forum_thread_read_once")]
