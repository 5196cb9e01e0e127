"""Where work is found: the tree of categories, what is measured of each group, and searches kept.

Groups are named by number here, without a foreign key: their table stands above this domain.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from manyhands.accounts.models import Requester, Worker


class Category(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=60)
    ordinal = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "category"
        ordering = ["ordinal", "id"]

    def __str__(self) -> str:
        return self.name


class SubCategory(models.Model):
    category = models.ForeignKey(Category, models.PROTECT, related_name="sub_categories")
    slug = models.SlugField()
    name = models.CharField(max_length=60)
    ordinal = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "sub_category"
        ordering = ["ordinal", "id"]
        constraints = [models.UniqueConstraint(fields=["category", "slug"], name="sub_category_slug_unique")]

    def __str__(self) -> str:
        return self.name


class HITTypeFacts(models.Model):
    """What the decisions about a group's tasks have shown. Written by ``facts.count_decisions`` alone.

    Counts are of all decisions. Medians are of the latest ones, whose times stand in the samples (seconds,
    newest first); they are null while there are too few decisions to say. ``pay_…`` is the reward per hour
    between acceptance and submission; low and high are the quartiles.
    """

    hit_type_id = models.BigIntegerField(primary_key=True)
    decided_count = models.IntegerField()
    rejected_count = models.IntegerField()
    worker_count = models.IntegerField()
    pay_low_minor = models.IntegerField(null=True)
    pay_median_minor = models.IntegerField(null=True)
    pay_high_minor = models.IntegerField(null=True)
    work_s = models.IntegerField(null=True)
    decision_s = models.IntegerField(null=True)
    payment_s = models.IntegerField(null=True)
    work_samples = ArrayField(models.IntegerField())
    decision_samples = ArrayField(models.IntegerField())
    payment_samples = ArrayField(models.IntegerField())

    class Meta:
        db_table = "hit_type_facts"


class HITTypeWorker(models.Model):
    """Somebody whose work in the group was decided: there to count people once."""

    hit_type_id = models.BigIntegerField()
    worker = models.ForeignKey(Worker, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        db_table = "hit_type_worker"
        constraints = [models.UniqueConstraint(fields=["hit_type_id", "worker"], name="hit_type_worker_once")]


class FactsCursor(models.Model):
    """How far the history of assignments has been counted: one row (see ``facts``)."""

    id = models.SmallIntegerField(primary_key=True)
    done_to = models.BigIntegerField()
    seen_to = models.BigIntegerField()
    seen_xid = models.BigIntegerField()

    class Meta:
        db_table = "facts_cursor"


class SavedSearch(models.Model):
    """A search a worker wants to find again; with ``alerts``, new groups that fit are told of."""

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=80)
    criteria = models.JSONField()
    alerts = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    # When alerts were switched on last, and how far publications have been looked through since.
    alerts_since = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "saved_search"
        constraints = [models.UniqueConstraint(fields=["worker", "name"], name="saved_search_name_unique")]


class SavedSearchMatch(models.Model):
    """A group the owner of a saved search has been told of, once."""

    saved_search = models.ForeignKey(SavedSearch, models.CASCADE, related_name="+", db_index=False)
    hit_type_id = models.BigIntegerField()
    told_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "saved_search_match"
        constraints = [
            models.UniqueConstraint(fields=["saved_search", "hit_type_id"], name="saved_search_match_once")
        ]


class RequesterFacts(models.Model):
    """What workers' opened ratings say of a requester, in tenths of a star; a worker counts once."""

    requester = models.OneToOneField(Requester, models.CASCADE, primary_key=True, related_name="+")
    rater_count = models.IntegerField()
    pay_tenths = models.SmallIntegerField()
    fairness_tenths = models.SmallIntegerField()
    communication_tenths = models.SmallIntegerField()
    speed_tenths = models.SmallIntegerField()

    class Meta:
        db_table = "requester_facts"
