"""The tree in which work is found: every task group in one sub-category, that in one category."""

from django.db import models


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
