"""How allauth's single sign-on meets this site: one provider, from the settings; our operations decide.

The provider's word is taken only whole: its issuer is the configured one, the ID token is signed by its
keys and meant for us, and the user it describes is the one of the token.
"""

from typing import Any
from urllib.parse import urljoin

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from manyhands.accounts import identity, single_sign_on
from manyhands.accounts.identity import Identity
from manyhands.accounts.models import Account
from manyhands.core.ids import AccountId
from manyhands.web.site import identity_links

_KEPT = ("name", "given_name", "family_name")
_LONGEST = 100


class OpenIDConnect(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """The conversation with the provider."""

    @property
    def openid_config(self) -> dict[str, Any]:
        found: dict[str, Any] = super().openid_config
        ours = settings.IDENTITY_PROVIDER
        if ours is None or str(found.get("issuer", "")).rstrip("/") != ours.issuer:
            raise OAuth2Error("The discovery document is of another issuer")
        return found

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:  # noqa: ARG002 -- allauth's signature
        """Under the site's configured origin: that is what the provider was told."""
        path = reverse("openid_connect_callback", kwargs={"provider_id": self.provider_id})
        return urljoin(f"{settings.SITE_ORIGIN}/", path)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        claims = self._decode_id_token(app, kwargs["response"].get("id_token") or "")
        if "userinfo_endpoint" in self.openid_config:
            said = self._fetch_user_info(token.token)
            if said.get("sub") != claims["sub"]:
                raise OAuth2Error("The user is not the one of the ID token")
            claims |= said
        login = self.get_provider().sociallogin_from_response(request, {"userinfo": claims})
        login.account.extra_data = {name: str(claims.get(name) or "")[:_LONGEST] for name in _KEPT}
        for address in login.email_addresses:
            # Some providers write the word "false", which counts as true.
            address.verified = claims.get("email_verified") in (True, "true")
        return login

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        try:
            decoded: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
        # What allauth and the token's own header leave open: no key's name, a shared secret's algorithm, no JSON.
        except (KeyError, TypeError, ValueError) as failure:
            raise OAuth2Error("Invalid id_token") from failure
        if not decoded.get("sub"):
            raise OAuth2Error("The ID token names nobody")
        return decoded


class IdentityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Allauth's adapter of single sign-on for Manyhands."""

    def list_apps(self, request: Any, provider: Any = None, client_id: Any = None) -> list[Any]:  # noqa: ARG002 -- allauth's signature
        """The configured provider alone; allauth's own table of providers is never read."""
        ours = settings.IDENTITY_PROVIDER
        if ours is None or provider not in (None, "openid_connect", ours.id):
            return []
        if client_id not in (None, ours.client_id):
            return []
        return [
            SocialApp(
                provider="openid_connect",
                provider_id=ours.id,
                name=ours.name,
                client_id=ours.client_id,
                secret=ours.client_secret,
                settings={"server_url": ours.issuer, "oauth_pkce_enabled": True},
            )
        ]

    def get_provider(self, request: Any, provider: Any, client_id: Any = None) -> Any:
        found = super().get_provider(request, provider, client_id)
        found.oauth2_adapter_class = OpenIDConnect
        return found

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:  # noqa: ARG002 -- allauth's signature
        sociallogin.user.email = data.get("email") or ""
        sociallogin.user.name = str(data.get("name") or "")[:_LONGEST]
        return sociallogin.user

    def serialize_instance(self, instance: Any) -> Any:
        """For the session, until the sign-up is complete; an account not saved has no defaults of the database."""
        if isinstance(instance, Account):
            return {"email": instance.email, "name": instance.name}
        return super().serialize_instance(instance)

    def deserialize_instance(self, model: Any, data: Any) -> Any:
        return Account(**data) if model is Account else super().deserialize_instance(model, data)

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[Any, str] | None:
        """An account here, when both sides have confirmed the address. In the sandbox nobody confirms one here."""
        if settings.ENVIRONMENT == "sandbox":
            return None
        said = identity_of(sociallogin)
        account = identity.account_of_email(said.email) if said.is_verified else None
        return (account, said.email) if account else None

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Once the provider has answered: link, or keep an account in step, before anybody is signed in."""
        said = identity_of(sociallogin)
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            identity_links.link_own(request, said)
        elif sociallogin.is_existing:
            account_id = AccountId(sociallogin.user.pk)
            if sociallogin.account.pk is None:
                identity_links.link_by_email(request, account_id, said)
            else:
                single_sign_on.follow(account_id=account_id, identity=said)
            sociallogin.user.refresh_from_db()


def identity_of(sociallogin: SocialLogin) -> Identity:
    """What the provider said, as our operations take it."""
    kept = sociallogin.account.extra_data
    address = next(iter(sociallogin.email_addresses), None)
    return Identity(
        subject=sociallogin.account.uid,
        name=kept["name"] or " ".join(filter(None, (kept["given_name"], kept["family_name"]))),
        first_name=kept["given_name"],
        last_name=kept["family_name"],
        email=address.email if address else "",
        is_verified=bool(address and address.verified),
    )
