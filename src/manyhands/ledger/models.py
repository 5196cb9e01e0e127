"""Accounts, transfers, fee rules. A transfer is immutable; a mistake is corrected by another one."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from manyhands.ledger.accounts import MAY_BE_NEGATIVE, AccountKind


class LedgerAccount(models.Model):
    """``balance_minor`` = credits - debits, changed only by the statement that writes the transfer."""

    id = models.BigIntegerField(primary_key=True)
    owner_id = models.BigIntegerField()
    kind = models.SmallIntegerField(choices=[(kind.value, kind.name.lower()) for kind in AccountKind])
    balance_minor = models.BigIntegerField(default=0, db_default=0)
    version = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "ledger_account"
        constraints = [
            models.CheckConstraint(
                condition=Q(balance_minor__gte=0) | Q(kind__in=[int(kind) for kind in MAY_BE_NEGATIVE]),
                name="ledger_account_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(id=F("owner_id") * 16 + F("kind")) & Q(kind__gte=0, kind__lt=16),
                name="ledger_account_id_made_of_owner_and_kind",
            ),
        ]


class Transfer(models.Model):
    """``amount_minor`` from the debit account to the credit account, once per idempotency key."""

    debit_account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="+", db_index=False)
    credit_account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="+", db_index=False)
    amount_minor = models.BigIntegerField()
    idempotency_key = models.TextField(unique=True)
    # What it was for: 'reserve', 'release', 'reward', 'fee', 'deposit', …, and the row it concerns.
    purpose = models.CharField(max_length=12)
    assignment_id = models.BigIntegerField(null=True)
    batch_id = models.BigIntegerField(null=True)
    event_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "transfer"
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(
                condition=~Q(debit_account=F("credit_account")), name="transfer_between_two_accounts"
            ),
        ]
        indexes = [
            models.Index(fields=["debit_account", "id"], name="transfer_by_debit_account"),
            models.Index(fields=["credit_account", "id"], name="transfer_by_credit_account"),
        ]


class FeeRule(models.Model):
    """What the platform takes of a reward, from whom, and from when until when. Linear, no cliffs."""

    class PayerSide(models.TextChoices):
        REQUESTER = "requester"
        WORKER = "worker"

    payer_side = models.CharField(max_length=10, choices=PayerSide.choices)
    percent = models.DecimalField(max_digits=6, decimal_places=3)
    fixed_minor = models.IntegerField(default=0)
    minimum_minor = models.IntegerField(default=0)
    country = models.CharField(max_length=2, default="")
    valid_from = models.DateTimeField(db_default=Now())
    valid_to = models.DateTimeField(null=True)

    class Meta:
        db_table = "fee_rule"
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gte=0, fixed_minor__gte=0, minimum_minor__gte=0),
                name="fee_rule_not_negative",
            )
        ]
