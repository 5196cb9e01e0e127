"""What every answer of the content origin carries: a sandbox, a policy, no cookie, nothing kept."""

from functools import cache

from django.conf import settings
from django.utils.http import content_disposition_header

# Without allow-same-origin the document has no origin: no cookies, no storage, no way into the site.
# Links may open ordinary pages: a task may ask to look something up on the web.
SANDBOX = "allow-scripts allow-forms allow-modals allow-downloads allow-popups allow-popups-to-escape-sandbox"


@cache
def document() -> tuple[tuple[str, str], ...]:
    """The headers of a document. Scripts of templates run; what they can reach is images and media."""
    ours = settings.CONTENT_ORIGIN
    policy = "; ".join(
        (
            f"sandbox {SANDBOX}",
            "default-src 'none'",
            f"script-src 'unsafe-inline' 'unsafe-eval' {ours} https: blob:",
            f"style-src 'unsafe-inline' {ours} https:",
            f"img-src {ours} https: data: blob:",
            f"media-src {ours} https: data: blob:",
            f"font-src {ours} https: data:",
            "connect-src 'none'",
            "frame-src https:",
            f"form-action {ours}",
            f"frame-ancestors {settings.SITE_ORIGIN}",
            "base-uri 'none'",
        )
    )
    return (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", policy),
        ("Cache-Control", "no-store"),
        ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), display-capture=(), payment=()"),
        *_COMMON,
    )


def static(content_type: str, *, versioned: bool = True) -> tuple[tuple[str, str], ...]:
    """The headers of the frame's own files: a versioned address changes with its content."""
    kept = "public, max-age=31536000, immutable" if versioned else "public, max-age=3600"
    return (
        ("Content-Type", content_type),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Cache-Control", kept),
        # A document without an origin asks for fonts and modules from another origin than itself.
        ("Access-Control-Allow-Origin", "*"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        *_COMMON,
    )


def plain() -> tuple[tuple[str, str], ...]:
    return (("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"), *_COMMON)


def download(name: str, size: int) -> tuple[tuple[str, str], ...]:
    """The headers of a file that a worker handed in: whatever it is, a browser saves it and runs nothing."""
    return (
        ("Content-Type", "application/octet-stream"),
        ("Content-Disposition", content_disposition_header(True, name) or "attachment"),
        ("Content-Length", str(size)),
        ("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
        ("Cache-Control", "private, no-store"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        *_COMMON,
    )


_COMMON = (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"))
