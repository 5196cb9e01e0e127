"""People: one account, which may be worker and requester at once, and its roles.

No methods with rules: what changes an account is in ``operations``.
"""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from manyhands.accounts.states import AccountStatus


class AccountManager(BaseUserManager["Account"]):
    """Reads only; accounts are made by ``operations.register``."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(email__iexact=username)


class Account(AbstractBaseUser):
    """A person. ``email`` is unique without regard to case."""

    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=100)
    status = models.CharField(max_length=12, choices=AccountStatus.choices, default=AccountStatus.ACTIVE)
    is_worker = models.BooleanField(default=False, db_default=False)
    is_requester = models.BooleanField(default=False, db_default=False)
    is_operator = models.BooleanField(default=False, db_default=False)
    is_reviewer = models.BooleanField(default=False, db_default=False)
    language = models.CharField(max_length=5, default="en", db_default="en")
    time_zone = models.CharField(max_length=64, default="UTC", db_default="UTC")
    created_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = AccountManager()

    class Meta:
        db_table = "account"
        constraints = [models.UniqueConstraint(Lower("email"), name="account_email_unique")]

    def __str__(self) -> str:
        return self.name

    # What Django's admin asks of a user; operators are the only ones it lets in.
    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.status == AccountStatus.ACTIVE

    @property
    def is_staff(self) -> bool:
        return self.is_operator

    def has_perm(self, perm: str, obj: object = None) -> bool:  # noqa: ARG002 -- Django's signature
        return self.is_operator and self.is_active

    def has_module_perms(self, app_label: str) -> bool:  # noqa: ARG002 -- Django's signature
        return self.is_operator and self.is_active


class Worker(models.Model):
    """What belongs to an account as a worker, and what the accept statement reads and counts."""

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True, related_name="worker")
    auto_accept_next = models.BooleanField(default=False, db_default=False)
    hold_until = models.DateTimeField(null=True)
    accepted_day = models.DateField(null=True)
    accepted_day_count = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "worker"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_day_count__gte=0), name="worker_accepted_day_count_not_negative"
            )
        ]


class Requester(models.Model):
    """What belongs to an account as a requester. ``display_name`` is what workers see."""

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True, related_name="requester")
    display_name = models.CharField(max_length=100)

    class Meta:
        db_table = "requester"


class Session(AbstractBaseSession):
    """A log-in on one device; carries its account so that both load in one statement."""

    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="sessions")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "session"


class AuditEntry(models.Model):
    """An act done by the power of a role. Written by ``audit.record``, never changed."""

    actor = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    act = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "audit_entry"
        indexes = [models.Index(fields=["subject", "-id"], name="audit_entry_subject")]
