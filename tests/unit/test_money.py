"""Amounts of money: read exactly, refused when they are none, shared out half up."""

from decimal import Decimal

import pytest
from django.test.utils import override_settings
from django.utils import translation

from manyhands.core import money
from manyhands.core.errors import InvalidInput
from manyhands.ledger.fees import fee_on
from manyhands.ledger.models import FeeRule


@pytest.mark.feature("M-117")
@pytest.mark.parametrize(
    ("raw", "minor"),
    [
        ("0.01", 1),
        ("0.05", 5),
        ("1", 100),
        (" $12.34 ", 1234),
        ("100000.00", 10_000_000),
        ("1e2", 10_000),
        ("0.10", 10),
    ],
)
def test_an_amount_is_read_to_the_cent(raw: str, minor: int) -> None:
    assert money.parse(raw, field="reward") == minor


@pytest.mark.feature("M-117")
@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("0.001", "The smallest amount is $0.01."),
        ("0.015", "Amounts are exact to $0.01: use no finer fractions."),
        ("-1", "The smallest amount is $0.01."),
        ("0", "The smallest amount is $0.01."),
        ("100000.01", "The largest amount is $100,000.00."),
        ("1e400", "The largest amount is $100,000.00."),
        ("1e999999999", "The largest amount is $100,000.00."),
        ("1e-999999999", "The smallest amount is $0.01."),
        ("abc", "Enter an amount of money, such as 0.05."),
        ("", "Enter an amount of money, such as 0.05."),
        ("NaN", "Enter an amount of money, such as 0.05."),
        ("sNaN", "Enter an amount of money, such as 0.05."),
        ("Infinity", "Enter an amount of money, such as 0.05."),
        ("1,5", "Enter an amount of money, such as 0.05."),
        ("9" * 5_000, "The largest amount is $100,000.00."),
    ],
)
def test_what_is_no_amount_is_refused_with_the_fields_name(raw: str, sentence: str) -> None:
    with translation.override("en"), pytest.raises(InvalidInput) as refused:
        money.parse(raw, field="reward")
    assert refused.value.errors == {"reward": sentence}


def test_nothing_may_be_asked_for_where_nothing_is_allowed() -> None:
    assert money.parse("0", field="reward", minimum_minor=0) == 0


def test_a_currency_without_cents_has_none() -> None:
    with override_settings(CURRENCY="JPY"), translation.override("en"):
        assert money.parse("5", field="reward") == 5
        assert money.plain(5) == "5"
        with pytest.raises(InvalidInput):
            money.parse("0.5", field="reward")


@pytest.mark.parametrize(
    ("minor", "plain", "shown"), [(5, "0.05", "$0.05"), (123_456, "1234.56", "$1,234.56")]
)
def test_an_amount_is_shown_for_files_and_for_people(minor: int, plain: str, shown: str) -> None:
    with translation.override("en"):
        assert (money.plain(minor), money.show(minor)) == (plain, shown)


@pytest.mark.parametrize(
    ("reward", "fee"), [(0, 0), (1, 1), (2, 1), (3, 1), (7, 1), (8, 2), (12, 2), (13, 3), (100, 20)]
)
def test_the_fee_is_rounded_half_up_for_each_assignment_and_at_least_a_cent(reward: int, fee: int) -> None:
    rule = FeeRule(percent=Decimal(20), fixed_minor=0, minimum_minor=1)
    assert fee_on(rule, reward) == fee


def test_half_a_cent_is_rounded_up_exactly() -> None:
    # 2.5, 12.5, 0.5 and just below it; a binary fraction would get some of these wrong.
    assert money.share_half_up(25, Decimal(10)) == 3
    assert money.share_half_up(125, Decimal(10)) == 13
    assert money.share_half_up(5, Decimal(10)) == 1
    assert money.share_half_up(499, Decimal("0.1")) == 0
    assert money.share_half_up(500, Decimal("0.1")) == 1


def test_without_a_rule_there_is_no_fee() -> None:
    assert fee_on(None, 100) == 0
    assert fee_on(FeeRule(percent=Decimal("33.333"), fixed_minor=2, minimum_minor=0), 100) == 35
