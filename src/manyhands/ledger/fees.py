"""What the platform takes of a reward: dated rules, linear, rounded half up per assignment (money.md, 6)."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from manyhands.core.money import Minor, share_half_up
from manyhands.ledger.models import FeeRule


def fee_on(rule: FeeRule | None, reward_minor: int) -> Minor:
    """The fee one rule asks on one reward; a reward of nothing costs nothing."""
    if rule is None or reward_minor == 0:
        return Minor(0)
    share = share_half_up(reward_minor, rule.percent) + rule.fixed_minor
    return Minor(max(share, rule.minimum_minor))


def requester_fee_rule(at: datetime | None = None) -> FeeRule | None:
    """The rule in force for requesters, the latest when several are."""
    moment = at or timezone.now()
    return (
        FeeRule.objects.filter(payer_side=FeeRule.PayerSide.REQUESTER, country="", valid_from__lte=moment)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=moment))
        .order_by("-valid_from", "-id")
        .first()
    )


def requester_fee(reward_minor: int) -> Minor:
    """The fee a requester pays for one assignment of this reward, today."""
    return fee_on(requester_fee_rule(), reward_minor)
