"""The operator's channels, shown in Help. Each change leaves an audit entry."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from manyhands.accounts import audit
from manyhands.accounts.operators import require_operator
from manyhands.core.ids import AccountId
from manyhands.help import words
from manyhands.help.errors import BadLink, TooManyLinks
from manyhands.help.models import HelpLink

LINKS_MAX = 20
_is_url = URLValidator(schemes=["https", "http"])


@dataclass(frozen=True, slots=True)
class Link:
    title: str
    url: str


def set_links(*, actor_id: AccountId, links: list[Link]) -> None:
    """Replace the list, in this order. Raises OperatorsOnly, BadLink, TooManyLinks, NothingSaid, TooLong."""
    require_operator(actor_id)
    if len(links) > LINKS_MAX:
        raise TooManyLinks
    rows = [
        HelpLink(title=words.one_line(link.title, maximum=80), url=_clean_url(link.url), ordinal=ordinal)
        for ordinal, link in enumerate(links)
    ]
    with transaction.atomic():
        HelpLink.objects.all().delete()
        HelpLink.objects.bulk_create(rows)
        audit.record(actor_id=actor_id, act="help_links.set", subject="help_links:all", count=len(rows))


def _clean_url(raw: str) -> str:
    url = raw.strip()
    try:
        _is_url(url)
    except ValidationError:
        raise BadLink from None
    if len(url) > 300:
        raise BadLink
    return url
