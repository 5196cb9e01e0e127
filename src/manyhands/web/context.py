"""What every page is told: whether this is the demo, the languages, and the theme chosen on this device."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

THEMES = ("light", "dark", "system")
THEME_COOKIE = "theme"


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of all templates. The theme comes from a cookie, so the page is right at its first paint."""
    theme = request.COOKIES.get(THEME_COOKIE, "system")
    return {
        "demo": settings.DEMO,
        "is_sandbox": settings.ENVIRONMENT == "sandbox",
        "other_site_origin": settings.OTHER_SITE_ORIGIN,
        "identity_provider": settings.IDENTITY_PROVIDER,
        "contact_literal_email": settings.CONTACT_LITERAL_EMAIL,
        "languages": settings.LANGUAGES,
        "language": get_language() or settings.LANGUAGE_CODE,
        "theme": theme if theme in THEMES else "system",
    }
