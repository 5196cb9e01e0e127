"""The operator's identity provider for single sign-on, when the environment names one."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from manyhands.config import env

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """An OpenID Connect provider. ``account_url`` is where people change their name, address and password."""

    issuer: str
    name: str
    account_url: str
    client_id: str
    client_secret: str = field(repr=False)

    @property
    def id(self) -> str:
        """Part of the callback's path and of every link: another issuer's people are other people."""
        return re.sub(r"[^a-z0-9]+", "-", self.issuer.partition("://")[2].lower()).strip("-")


def identity_provider() -> IdentityProvider | None:
    """None without an issuer: single sign-on is off."""
    issuer = env.text("MANYHANDS_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return None
    parts = urlsplit(issuer)
    if not parts.hostname or not (parts.scheme == "https" or parts.hostname in _LOOPBACK):
        raise env.BadEnvironment("MANYHANDS_OIDC_ISSUER must start with https://")
    client_id = env.text("MANYHANDS_OIDC_CLIENT_ID", "")
    secret = env.text("MANYHANDS_OIDC_CLIENT_SECRET", "")
    if not (client_id and secret):
        raise env.BadEnvironment(
            "MANYHANDS_OIDC_ISSUER needs MANYHANDS_OIDC_CLIENT_ID and MANYHANDS_OIDC_CLIENT_SECRET."
        )
    return IdentityProvider(
        issuer=issuer,
        name=env.text("MANYHANDS_OIDC_NAME", parts.hostname),
        account_url=env.text("MANYHANDS_OIDC_ACCOUNT_URL", issuer),
        client_id=client_id,
        client_secret=secret,
    )
