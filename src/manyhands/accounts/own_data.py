"""What belongs to a person across all domains: copied out on request, and in the way of an end.

Each domain has an ``own_data.py`` that adds to these when the program starts; this one stands for accounts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import LiteralString

from manyhands.core.errors import Refusal
from manyhands.core.ids import AccountId

Eraser = Callable[[AccountId], None]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the copy: a name, and a statement of JSON rows for ``%(account_id)s``."""

    name: str
    statement: LiteralString


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps an account from ending: a statement that gives true, and the refusal that says so."""

    refusal: type[Refusal]
    statement: LiteralString


SECTIONS: list[Section] = []
OBSTACLES: list[Obstacle] = []
ERASERS: list[Eraser] = []


def add(
    *,
    sections: list[Section] | None = None,
    obstacles: list[Obstacle] | None = None,
    erasers: list[Eraser] | None = None,
) -> None:
    """Called once by each domain's ``own_data`` module."""
    SECTIONS.extend(sections or [])
    OBSTACLES.extend(obstacles or [])
    ERASERS.extend(erasers or [])


add(
    sections=[
        Section(
            "account",
            "SELECT to_jsonb(row) FROM (SELECT email, name, status, is_worker, is_requester, language, time_zone,"
            " created_at, last_login FROM account WHERE id = %(account_id)s) AS row",
        ),
        Section(
            "profile",
            "SELECT to_jsonb(account_profile) - 'bank' - 'account_id' FROM account_profile"
            " WHERE account_id = %(account_id)s",
        ),
        Section(
            "agreements",
            "SELECT to_jsonb(account_agreement) - 'id' - 'account_id' FROM account_agreement"
            " WHERE account_id = %(account_id)s ORDER BY id",
        ),
        Section(
            "identity",
            "SELECT jsonb_build_object('provider', provider, 'subject', uid, 'linked_at', date_joined,"
            " 'signed_in_at', last_login) FROM socialaccount_socialaccount WHERE user_id = %(account_id)s",
        ),
        Section(
            "devices",
            "SELECT jsonb_build_object('device', device, 'signed_in_at', created_at, 'last_seen_at', last_seen_at)"
            " FROM session WHERE account_id = %(account_id)s ORDER BY created_at",
        ),
        Section(
            "api_keys",
            "SELECT to_jsonb(api_key) - 'secret' - 'id' - 'account_id' FROM api_key"
            " WHERE account_id = %(account_id)s ORDER BY id",
        ),
        Section(
            "acts_of_operators",
            "SELECT jsonb_build_object('act', act, 'facts', facts, 'at', at) FROM audit_entry"
            " WHERE subject = 'account:' || %(account_id)s::text ORDER BY id",
        ),
    ]
)
