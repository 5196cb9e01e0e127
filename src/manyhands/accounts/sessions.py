"""Sessions in our own table, loaded together with their account in one statement.

A request with a session cookie costs one statement to know its person; a request without one costs
none, and a page view writes nothing. What a session may do is decided anew on every request from the
account's present status and password: a suspended account's sessions are dead at once.
"""

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare

from manyhands.accounts import devices
from manyhands.accounts.models import Account, Requester, Session, Worker
from manyhands.accounts.states import MAY_SIGN_IN
from manyhands.core import db, sql

# Where the browser's description of itself waits in the session's data until it is a column.
DEVICE = "device"
_DEVICE_MAX = 300

_LOAD_SESSION = sql.load("manyhands.accounts", "load_session")
# In the order of the statement's columns; a test holds them against the models.
ACCOUNT_COLUMNS = (
    "id", "password", "last_login", "email", "name", "status", "is_worker", "is_requester",
    "is_operator", "is_reviewer", "language", "time_zone", "created_at",
)  # fmt: skip
WORKER_COLUMNS = (
    "account_id",
    "auto_accept_next",
    "hold_until",
    "accepted_day",
    "accepted_day_count",
    "qualification_changes",
)
REQUESTER_COLUMNS = ("account_id", "display_name")


class SessionStore(DatabaseSessionStore):
    """Django's database store on our table, which knows whose session it is."""

    account: Account | None = None
    seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        """The session's data; also sets ``account``. One statement."""
        found = db.one_or_none(_loaded, _LOAD_SESSION, session_key=self.session_key)
        if found is None:
            self._session_key = None
            return {}
        data, self.seen_at, self.account = found
        return self.decode(data)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = cast("Session", super().create_model_instance(data))
        session.account_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        session.device = str(data.get(DEVICE, ""))[:_DEVICE_MAX]
        return session

    def save(self, must_create: bool = False) -> None:
        """Write the session. An update leaves ``created_at`` alone, and never revives an ended session."""
        if self.session_key is None:
            self.create()
            return
        session = self.create_model_instance(self._get_session(no_load=must_create))  # type: ignore[attr-defined]  # Django's own, untyped
        if must_create:
            try:
                with transaction.atomic():
                    session.save(force_insert=True)
            except IntegrityError:
                raise CreateError from None
            return
        written = Session.objects.filter(session_key=session.session_key).update(
            session_data=session.session_data,
            expire_date=session.expire_date,
            account_id=session.account_id,
            device=session.device,
        )
        if not written:
            raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        Session.objects.filter(session_key=session_key or self.session_key).delete()
        self.account = None


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's: it reads the cookie, and writes the session only when it was changed."""


class AccountMiddleware(AuthenticationMiddleware):
    """``request.user``, and the person's language and time zone for the length of the request."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        account = account_of(request)
        request.user = account or AnonymousUser()
        if account is None:
            timezone.deactivate()
            return
        translation.activate(account.language)
        request.LANGUAGE_CODE = translation.get_language() or account.language
        timezone.activate(ZoneInfo(account.time_zone))
        seen_at: datetime | None = getattr(request.session, "seen_at", None)
        if seen_at is not None and timezone.now() - seen_at > devices.SEEN_EVERY:
            devices.seen(str(request.session.session_key))


def account_of(request: HttpRequest) -> Account | None:
    """The account this request is logged in as; None without a session, or when it is no longer good."""
    session = request.session
    if session.session_key is None:
        return None
    password_mark = session.get(HASH_SESSION_KEY, "")
    account: Account | None = getattr(session, "account", None)
    if account is None or account.status not in MAY_SIGN_IN:
        return None
    if not constant_time_compare(password_mark, account.get_session_auth_hash()):
        return None
    return account


def _loaded(*row: Any) -> tuple[str, datetime, Account | None]:
    """Session data, last use and account, with worker and requester set so that neither is asked for again."""
    data, seen_at, columns = row[0], row[1], row[2:]
    if columns[0] is None:
        return data, seen_at, None
    split = len(ACCOUNT_COLUMNS)
    account = Account.from_db("default", ACCOUNT_COLUMNS, columns[:split])
    worker_row = columns[split : split + len(WORKER_COLUMNS)]
    requester_row = columns[split + len(WORKER_COLUMNS) :]
    cached = account._state.fields_cache
    cached["worker"] = (
        None if worker_row[0] is None else Worker.from_db("default", WORKER_COLUMNS, worker_row)
    )
    cached["requester"] = (
        None if requester_row[0] is None else Requester.from_db("default", REQUESTER_COLUMNS, requester_row)
    )
    return data, seen_at, account
