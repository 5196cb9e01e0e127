"""The one settings module, read through the typed environment (``config.env``)."""

from pathlib import Path
from urllib.parse import urlsplit

from manyhands.config import env
from manyhands.config.database import database_settings
from manyhands.config.environment import environment, own_and_other_origins
from manyhands.config.identity import identity_provider
from manyhands.config.secret import secret_key

PACKAGE = Path(__file__).resolve().parent.parent

# Where this installation keeps what is its own: the database, the secret key, uploaded files.
HOME = env.folder("MANYHANDS_HOME", Path.home() / ".manyhands")
DEMO = env.flag("MANYHANDS_DEMO", default=False)
DEBUG = env.flag("MANYHANDS_DEBUG", default=False)
# 'production' or 'sandbox': a second marketplace with data, people and money of its own (ADR 0014).
ENVIRONMENT = environment()
_IN_SANDBOX = ENVIRONMENT == "sandbox"
SECRET_KEY = secret_key(HOME, ENVIRONMENT)

# The site and the content origin: requester HTML is only ever served from the second.
_OWN, _OTHER = own_and_other_origins()
SITE_ORIGIN, CONTENT_ORIGIN = _OWN.site, _OWN.content
# Where the other environment's site is; empty where none runs.
OTHER_SITE_ORIGIN = _OTHER.site if _OTHER else ""
_SECURE = SITE_ORIGIN.startswith("https://")
_LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [str(urlsplit(SITE_ORIGIN).hostname), str(urlsplit(CONTENT_ORIGIN).hostname), *_LOCAL_HOSTS]
CSRF_TRUSTED_ORIGINS = [SITE_ORIGIN]

INSTALLED_APPS = [
    "manyhands.core",
    "manyhands.accounts",
    "manyhands.catalog",
    "manyhands.qualifications",
    "manyhands.ledger",
    "manyhands.work",
    "manyhands.quality",
    "manyhands.messaging",
    "manyhands.help",
    "manyhands.moderation",
    "manyhands.reputation",
    "manyhands.proofreading",
    "manyhands.mturk",
    "manyhands.web",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "manyhands.accounts.sessions.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "manyhands.accounts.sessions.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "manyhands.config.urls"
WSGI_APPLICATION = "manyhands.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "manyhands.web.context.site",
            ],
            "builtins": ["manyhands.web.templatetags.manyhands"],
        },
    }
]

DATABASES = {"default": database_settings(HOME, ENVIRONMENT)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared by all processes, because rate limits count in it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # A full cache drops entries, and a dropped entry is a rate limit forgotten.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
    # Drawn parts of the frame of every page, in this process: each names all that it depends on.
    "frame": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "frame",
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}

# Accounts ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_ENGINE = "manyhands.accounts.sessions"
# Ports do not tell cookies apart: two environments on one host need names of their own.
_COOKIES = "sandbox_" if _IN_SANDBOX else ""
SESSION_COOKIE_NAME = f"{_COOKIES}manyhands_session"
CSRF_COOKIE_NAME = f"{_COOKIES}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_COOKIES}django_language"
# The storage that may use a cookie gives it one name only.
MESSAGE_STORAGE = (
    f"django.contrib.messages.storage.{'session.Session' if _IN_SANDBOX else 'fallback.Fallback'}Storage"
)
SESSION_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _SECURE
CSRF_COOKIE_HTTPONLY = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
# A page view does not write the session, so this counts from log-in.
SESSION_COOKIE_AGE = 30 * 86_400

# What kind of place this is: see accounts/profile.py for what each value switches.
PROFILE = env.one_of(
    "MANYHANDS_PROFILE", "marketplace", {"marketplace", "private-team", "research-lab", "volunteers"}
)

# Whether an operator looks at each application for an account; unset, the profile says (in a marketplace
# yes, but not in the demo, where visitors begin at once). Nobody is looked at in the sandbox.
ACCOUNT_REVIEW: bool | None = (
    env.flag("MANYHANDS_ACCOUNT_REVIEW", default=False)
    if env.text("MANYHANDS_ACCOUNT_REVIEW", "") or DEMO
    else None
)
if _IN_SANDBOX:
    ACCOUNT_REVIEW = False
# Countries whose people can be paid by bank transfer; people of others are not asked for bank details.
BANK_TRANSFER_COUNTRIES = env.text("MANYHANDS_BANK_COUNTRIES", "").upper().split()

# Log-in, sign-up and e-mail confirmation are django-allauth's, by e-mail address only.
ACCOUNT_ADAPTER = "manyhands.web.site.account_adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "manyhands.web.site.account_forms.LogInForm",
    "signup": "manyhands.web.site.account_forms.SignUpForm",
    "change_password": "manyhands.web.site.account_forms.ChangePasswordForm",
    "reset_password": "manyhands.web.site.account_forms.ResetPasswordForm",
    "reset_password_from_key": "manyhands.web.site.account_forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Nobody may make us write to addresses that have no account here.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
# Behind reverse proxies, how many of them to believe about the visitor's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("MANYHANDS_TRUSTED_PROXIES", 0)
# Limits per address multiply where many people share one: a campus, or a replay of a recorded crowd.
_PER_IP = env.integer("MANYHANDS_IP_LIMIT_FACTOR", 1_000 if DEMO else 1)
ACCOUNT_RATE_LIMITS = {
    "login": f"{30 * _PER_IP}/m/ip",
    "login_failed": f"{10 * _PER_IP}/m/ip,5/5m/key",
    "signup": f"{20 * _PER_IP}/m/ip",
    "reset_password": f"{20 * _PER_IP}/m/ip,5/m/key",
    "reset_password_from_key": f"{20 * _PER_IP}/m/ip",
    "confirm_email": "1/m/key",
    "resend_confirmation": f"{5 * _PER_IP}/m/ip",
}

# The second step of signing in: an app's codes, recovery codes, passkeys.
MFA_ADAPTER = "manyhands.web.site.account_mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1

# Single sign-on with the operator's own identity provider, when there is one.
IDENTITY_PROVIDER = identity_provider()
SOCIALACCOUNT_ADAPTER = "manyhands.web.site.identity_adapter.IdentityAdapter"
SOCIALACCOUNT_FORMS = {"signup": "manyhands.web.site.identity_forms.CompleteForm"}
# A first sign-in asks for the country and agreement to the terms, as every sign-up does.
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10

# Background jobs live in each domain's jobs.py.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# Mail ----------------------------------------------------------------------------------------
# Mail is a row first (the outbox) and leaves by a job through the transport, when there is one.
EMAIL_BACKEND = "manyhands.messaging.mailbox.DatabaseMailbox"
_SMTP = "django.core.mail.backends.smtp.EmailBackend"
MAIL_TRANSPORT = (
    # From the sandbox nothing leaves.
    "" if _IN_SANDBOX else env.text("MANYHANDS_MAIL_TRANSPORT", _SMTP if env.text("EMAIL_HOST", "") else "")
)
DEFAULT_FROM_EMAIL = env.text("MANYHANDS_FROM_EMAIL", "Manyhands <noreply@localhost>")
# Where questions come in by mail, such as help@example.org; answers then come from addresses under it.
HELP_ADDRESS = env.text("MANYHANDS_HELP_ADDRESS", "")
# Answers to people's mail come in at reply+<token>@ this domain (manyhands mail-in), and nobody learns an
# address; with the switch on, a requester who is asked something sees the worker's own.
RELAY_DOMAIN = env.text("MANYHANDS_RELAY_DOMAIN", str(urlsplit(SITE_ORIGIN).hostname))
CONTACT_LITERAL_EMAIL = env.flag("MANYHANDS_CONTACT_LITERAL_EMAIL", default=False)
# The push services that browsers may name: nothing is ever sent to another host.
PUSH_HOSTS = env.text("MANYHANDS_PUSH_HOSTS", "googleapis.com mozilla.com windows.com push.apple.com").split()
# Where requesters are told of events. Webhooks go to the public internet by TLS; hosts named here may be
# private and without it. Queues and topics are called with the operator's AWS credentials: only those whose
# URL or ARN begins as one of these may be named, so without any there are none.
WEBHOOK_PRIVATE_HOSTS = env.text("MANYHANDS_WEBHOOK_PRIVATE_HOSTS", "").split()
AWS_DESTINATIONS = env.text("MANYHANDS_AWS_DESTINATIONS", "").split()
SQS_ENDPOINT = env.text("MANYHANDS_SQS_ENDPOINT", "")
SNS_ENDPOINT = env.text("MANYHANDS_SNS_ENDPOINT", "")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.integer("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 20

# Language and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский"), ("ja", "日本語")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files --------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True

# Files -----------------------------------------------------------------------------------------
# What workers hand in: a folder that all machines share, each environment's own.
_FILES = env.folder("MANYHANDS_FILES", HOME / "files") / ENVIRONMENT
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "answers": {"BACKEND": "manyhands.core.files.FolderStorage", "OPTIONS": {"location": _FILES}},
}
ANSWER_FILE_BYTES_MAX = env.integer("MANYHANDS_ANSWER_FILE_MB", 100) * 1024 * 1024

# Security ------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-src": [CONTENT_ORIGIN],
        "form-action": ["'self'", CONTENT_ORIGIN],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
    }
}

# Money and work ------------------------------------------------------------------------------
CURRENCY = env.text("MANYHANDS_CURRENCY", "USD")
# What every requester of the sandbox has to publish with, again and again; 0 in production.
SANDBOX_BALANCE_MINOR = 10_000_00 if _IN_SANDBOX else 0
# Earnings beyond this are paid out; in minor units.
BALANCE_THRESHOLD_MINOR = env.integer("MANYHANDS_BALANCE_THRESHOLD_MINOR", 10_00)
ASSIGNMENTS_PER_WORKER_AND_DAY_MAX = env.integer("MANYHANDS_DAILY_LIMIT", 3_800)
ACCEPTED_AT_ONCE_MAX = env.integer("MANYHANDS_QUEUE_LIMIT", 25)
SKIP_COOL_DOWN_S = env.integer("MANYHANDS_SKIP_COOL_DOWN_S", 15 * 60)
APPEAL_WINDOW_S = env.integer("MANYHANDS_APPEAL_WINDOW_S", 7 * 86_400)
# Pages of requesters' own without TLS: refused by browsers inside a site that has it.
HTTP_QUESTIONS_ALLOWED = env.flag("MANYHANDS_HTTP_QUESTIONS", default=not _SECURE)
# One bonus is never more than this; in minor units.
BONUS_MINOR_MAX = env.integer("MANYHANDS_BONUS_MINOR_MAX", 10_000_00)
# As with Mechanical Turk: fewer than ten assignments cannot become ten or more. There it guards a fee.
TEN_ASSIGNMENTS_RULE = env.flag("MANYHANDS_TEN_ASSIGNMENTS_RULE", default=False)
CSV_BYTES_MAX = env.integer("MANYHANDS_CSV_BYTES_MAX", 200 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# Requests of one API key to one process; as many may come at once.
API_REQUESTS_PER_S = env.integer("MANYHANDS_API_REQUESTS_PER_S", 200)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("MANYHANDS_LOG_LEVEL", "WARNING")},
}
