"""Who calls: ``Authorization: Bearer <access key id>:<secret>``. No session, no cookie, and so no CSRF."""

import hmac
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import translation
from ninja.security import HttpBearer

from manyhands.accounts import api_keys
from manyhands.accounts.api_keys import Credential, Scope
from manyhands.core.ids import AccountId, RequesterId
from manyhands.core.secrets import NotReadable
from manyhands.mturk import throttle
from manyhands.mturk.throttle import Allowance
from manyhands.web.api.problems import Problem


@dataclass(frozen=True, slots=True)
class Caller:
    """The requester whose key it is, and what the key may still do."""

    requester_id: RequesterId
    account_id: AccountId
    key_id: int
    scopes: list[str]
    allowance: Allowance


class Request(HttpRequest):
    """A request after ``KeyAuth``."""

    auth: Caller


class KeyAuth(HttpBearer):
    """An API key that may do this: ``scope`` None asks for any key."""

    def __init__(self, scope: Scope | None = None) -> None:
        self.scope = scope
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """The caller. Raises Problem: unknown or expired key, too many requests, missing scope."""
        translation.activate("en")
        credential = _credential(token)
        if credential.is_expired:
            raise _not_authenticated("This API key has expired.")
        if not credential.may_request:
            raise Problem(403, "AccountNotActive", "This account is not an active requester's.")
        allowance = throttle.take(credential.key_id)
        caller = Caller(
            requester_id=RequesterId(credential.account_id),
            account_id=AccountId(credential.account_id),
            key_id=credential.key_id,
            scopes=credential.scopes,
            allowance=allowance,
        )
        request.auth = caller  # type: ignore[attr-defined]  # refusals carry the allowance, too
        if allowance.is_over:
            raise Problem(429, "TooManyRequests", "Too many requests a second.", headers={"Retry-After": "1"})
        if self.scope is not None and self.scope not in credential.scopes:
            raise Problem(403, "ScopeMissing", f"This API key lacks the scope '{self.scope.value}'.")
        if not credential.use_is_noted:
            api_keys.touch(key_id=credential.key_id)
        return caller


def _credential(token: str) -> Credential:
    """The key, its secret compared in constant time; an unknown id and a wrong secret answer alike."""
    access_key_id, _, given = token.partition(":")
    readable = access_key_id.isascii() and access_key_id.isalnum()
    credential = api_keys.credential(access_key_id) if readable else None
    try:
        secret = credential.secret() if credential else ""
    except NotReadable:
        secret = ""
    is_right = hmac.compare_digest(secret.encode(), given.encode(errors="surrogateescape"))
    if credential is None or not secret or not is_right:
        raise _not_authenticated("The API key or its secret is wrong.")
    return credential


def _not_authenticated(words: str) -> Problem:
    return Problem(401, "NotAuthenticated", words, headers={"WWW-Authenticate": 'Bearer realm="api"'})
