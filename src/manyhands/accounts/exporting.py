"""A copy of everything about a person: asked for by them, made by a job, kept for a week."""

import io
import json
import zipfile
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from manyhands.accounts import mail, profiles
from manyhands.accounts.errors import ExportTooSoon
from manyhands.accounts.models import Account, DataExport
from manyhands.accounts.own_data import SECTIONS
from manyhands.core import db, ids
from manyhands.core.ids import AccountId

KEPT = timedelta(days=7)
# One at a time, and one an hour: a copy of a long life is work.
AGAIN_AFTER = timedelta(hours=1)
_SALT = "data export"


def request(*, account_id: AccountId) -> int:
    """Note that a copy is wanted; the job makes it. Raises ExportTooSoon."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account_id)
        recent = DataExport.objects.filter(
            account_id=account_id, requested_at__gt=timezone.now() - AGAIN_AFTER
        )
        if recent.exists():
            raise ExportTooSoon
        return int(DataExport.objects.create(account_id=account_id).pk)


def make(*, export_id: int) -> bool:
    """Gather everything into one ZIP file and mail its link, once; false when that was done before."""
    export = DataExport.objects.select_related("account").filter(pk=export_id, ready_at=None).first()
    if export is None:
        return False
    content = _zipped(AccountId(export.account_id))
    now = timezone.now()
    with transaction.atomic():
        waiting = DataExport.objects.filter(pk=export_id, ready_at=None)
        if not waiting.update(content=content, ready_at=now, expires_at=now + KEPT):
            return False
        path = reverse("account_export_download", args=[signing.dumps(export_id, salt=_SALT)])
        with translation.override(export.account.language):
            mail.send(
                "account/email/export_ready",
                export.account.email,
                name=export.account.name,
                link=mail.on_site(path),
                days=KEPT.days,
            )
    return True


def read(*, account_id: AccountId, token: str) -> bytes | None:
    """The file behind a link, for the person it is about and while it is kept; else None."""
    try:
        export_id = int(signing.loads(token, salt=_SALT, max_age=KEPT))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = DataExport.objects.filter(pk=export_id, account_id=account_id, expires_at__gt=timezone.now())
    content = found.values_list("content", flat=True).first()
    return None if content is None else bytes(content)


def token_of(export: DataExport) -> str:
    return signing.dumps(export.pk, salt=_SALT)


def latest(account_id: AccountId) -> DataExport | None:
    """The newest copy asked for, without its content."""
    return DataExport.objects.filter(account_id=account_id).defer("content").order_by("-id").first()


def make_waiting() -> int:
    """Make what a killed process left; how many."""
    waiting = DataExport.objects.filter(ready_at=None).values_list("pk", flat=True)[:100]
    return sum(make(export_id=export_id) for export_id in list(waiting))


def forget_expired(now: datetime | None = None) -> int:
    """Drop files past their end."""
    return DataExport.objects.filter(expires_at__lt=now or timezone.now()).delete()[0]


def _zipped(account_id: AccountId) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        for section in SECTIONS:
            rows = list(db.stream(lambda row: row, section.statement, account_id=int(account_id)))
            folder.writestr(f"{section.name}.json", _json(rows))
        about = {"id": ids.encode_account(account_id), "made_at": timezone.now().isoformat()}
        bank = profiles.profile_of(account_id).bank
        about |= {"bank_holder": bank.holder, "bank": bank.bank, "bank_number": bank.number}
        folder.writestr("about.json", _json(about))
    return packed.getvalue()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)
