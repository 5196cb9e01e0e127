"""Texts handed in as work that the platform's editors proofread: corrected, graded, or sent back."""

from django.db import models
from django.db.models.functions import Now

from manyhands.accounts.models import Account
from manyhands.qualifications.models import QualificationType
from manyhands.qualifications.states import Grade
from manyhands.work.models import Assignment, Project


class ProofreadProject(models.Model):
    """A project whose submissions editors proofread; grades move the score of ``skill`` where it is held."""

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="+")
    skill = models.ForeignKey(QualificationType, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "proofread_project"


class ProofreadSubmission(models.Model):
    """An editor's word on one submission, once. ``corrected``: ``[field, value]`` pairs, empty when nothing was."""

    assignment = models.OneToOneField(Assignment, models.PROTECT, primary_key=True, related_name="+")
    editor = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    grade = models.CharField(max_length=20, choices=Grade.choices)
    corrected = models.JSONField(default=list)
    words = models.TextField(default="", db_default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "proofread_submission"
