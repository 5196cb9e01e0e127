"""People: one account, which may be worker and requester at once, and its roles.

No methods with rules: what changes an account is in ``operations``.
"""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from manyhands.accounts.states import MAY_SIGN_IN, AccountStatus


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
        """Whether allauth lets the person in; what one may do here is decided by ``status``."""
        return self.status in MAY_SIGN_IN

    @property
    def is_under_review(self) -> bool:
        return self.status == AccountStatus.PENDING

    @property
    def is_staff(self) -> bool:
        return self.is_operator

    def has_perm(self, perm: str, obj: object = None) -> bool:  # noqa: ARG002 -- Django's signature
        return self.is_operator and self.status == AccountStatus.ACTIVE

    def has_module_perms(self, app_label: str) -> bool:  # noqa: ARG002 -- Django's signature
        return self.is_operator and self.status == AccountStatus.ACTIVE


class Worker(models.Model):
    """What belongs to an account as a worker, and what the accept statement reads and counts."""

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True, related_name="worker")
    auto_accept_next = models.BooleanField(default=False, db_default=False)
    hold_until = models.DateTimeField(null=True)
    accepted_day = models.DateField(null=True)
    accepted_day_count = models.IntegerField(default=0, db_default=0)
    # Counts the changes of this worker's qualifications: an accept that waited for one looks again.
    qualification_changes = models.IntegerField(default=0, db_default=0)

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
    # Written at log-in and then at most every half hour: a page view writes nothing.
    last_seen_at = models.DateTimeField(db_default=Now())
    # The browser's own description of itself, at log-in.
    device = models.CharField(max_length=300, default="", db_default="")

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


class AccountProfile(models.Model):
    """What a person says about themselves. Everything but ``profile_name`` and ``country`` is optional.

    ``profile_name`` and ``country`` are as given at registration; a trigger keeps them so. ``bank`` is
    sealed with the installation's key (``core.secrets``) and never shown whole.
    """

    class Payout(models.TextChoices):
        LATER = ""
        PAYPAL = "paypal"
        BANK = "bank"

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="profile")
    profile_name = models.CharField(max_length=100)
    country = models.CharField(max_length=2, default="", db_default="")
    first_name = models.CharField(max_length=100, default="", db_default="")
    last_name = models.CharField(max_length=100, default="", db_default="")
    organization = models.CharField(max_length=150, default="", db_default="")
    paypal_email = models.EmailField(max_length=254, default="", db_default="")
    payout = models.CharField(max_length=8, choices=Payout.choices, default=Payout.LATER, db_default="")
    shares_profile = models.BooleanField(default=False, db_default=False)
    location = models.CharField(max_length=150, default="", db_default="")
    birth_date = models.DateField(null=True)
    languages = models.JSONField(default=list)
    skills = models.CharField(max_length=1000, default="", db_default="")
    interests = models.CharField(max_length=1000, default="", db_default="")
    street = models.CharField(max_length=300, default="", db_default="")
    city = models.CharField(max_length=150, default="", db_default="")
    region = models.CharField(max_length=150, default="", db_default="")
    postal_code = models.CharField(max_length=20, default="", db_default="")
    bank = models.BinaryField(null=True)
    # When the profile was first filled in by its person.
    filled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "account_profile"


class Agreement(models.Model):
    """Which version of which terms a person agreed to, and when. Never changed."""

    class Kind(models.TextChoices):
        PARTICIPATION = "participation"
        NON_DISCLOSURE = "non-disclosure"

    account = models.ForeignKey(Account, models.CASCADE, related_name="agreements", db_index=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    version = models.CharField(max_length=16)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "account_agreement"
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "version"], name="account_agreement_once")
        ]


class AccountRequest(models.Model):
    """An application that waits for an operator, or did. Overdue: undecided and past ``due_at``."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="request")
    requested_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.TextField(default="", db_default="")

    class Meta:
        db_table = "account_request"
        indexes = [
            models.Index(
                fields=["due_at"], name="account_request_open", condition=models.Q(decided_at__isnull=True)
            )
        ]


class WorkerGoal(models.Model):
    """What a worker wants to reach in a day or a week: minor units of money, or seconds of work."""

    class Period(models.TextChoices):
        DAY = "day"
        WEEK = "week"

    class Measure(models.TextChoices):
        MONEY = "money"
        TIME = "time"

    worker = models.OneToOneField(Worker, models.CASCADE, primary_key=True, related_name="goal")
    period = models.CharField(max_length=4, choices=Period.choices)
    measure = models.CharField(max_length=5, choices=Measure.choices)
    target = models.IntegerField()
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "worker_goal"
        constraints = [
            models.CheckConstraint(condition=models.Q(target__gt=0), name="worker_goal_target_positive")
        ]


class DataExport(models.Model):
    """A copy of everything about a person, asked for by them. ``content`` is a ZIP file, until it expires."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="exports")
    requested_at = models.DateTimeField(db_default=Now())
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    content = models.BinaryField(null=True)

    class Meta:
        db_table = "data_export"


class APIKey(models.Model):
    """A pair of access key id and secret with which a requester's program signs its requests.

    ``secret`` is sealed with the installation's key: a signature is checked with the secret itself, so a
    hash would not do. A key past ``expires_at`` or with ``revoked_at`` opens nothing and is kept for the record.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="api_keys")
    access_key_id = models.CharField(max_length=20, unique=True)
    secret = models.BinaryField()
    name = models.CharField(max_length=100)
    scopes = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    # Written at most once a minute: a request otherwise writes nothing.
    last_used_at = models.DateTimeField(null=True)
    spend_limit_minor = models.BigIntegerField(null=True)
    spent_minor = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "api_key"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(spend_limit_minor__isnull=True)
                | models.Q(spent_minor__lte=models.F("spend_limit_minor")),
                name="api_key_within_its_limit",
            ),
            models.CheckConstraint(condition=models.Q(spent_minor__gte=0), name="api_key_spent_not_negative"),
        ]
