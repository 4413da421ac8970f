"""All settings, read from the environment and from the file `.env`. `.env.example` lists each variable.

There is one settings module: a laptop and the live service differ only in their environment. A live
service refuses to start if a required variable is missing or unsafe.
"""

import os
import re
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from trafficking_plan import __version__
from trafficking_plan.country import profile as country
from trafficking_plan.running import environment, logs
from trafficking_plan.sign_in import openid

# Whichever program starts us: manage.py, gunicorn, a timer.
environment.read_settings_file()
BASE_DIR = environment.HOME
RELEASE = __version__
CODE_DIR = environment.CODE
RESOURCES_DIR = environment.RESOURCES
# What a key is drawn from must not be guessed; Django's own check asks for as many characters.
LEAST_KEY_LENGTH = 50
LEAST_TOKEN_LENGTH = 32


def env(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if not value and default != "":
        raise ImproperlyConfigured(f"{name} is not set. See .env.example.")
    return value or ""


def env_flag(name: str, default: str) -> bool:
    value = env(name, default)
    if value not in {"yes", "no"}:
        raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")
    return value == "yes"


def env_number(name: str, default: int) -> int:
    value = env(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a number, not {value!r}.")
    return int(value)


def is_on_this_machine(host: str) -> bool:
    """Return whether this is the host of a local database: a socket's folder, or a loopback address."""
    return host.startswith(("/", "127.")) or host in {"", "localhost", "::1"}


def need_package(package: str, name: str) -> None:
    """Refuse a setting whose package is not installed; only some installations need it."""
    if find_spec(package) is None:
        raise ImproperlyConfigured(
            f"{name} is set, but a package for it is not installed. Install deploy/extras.lock."
        )


def split_list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


DEBUG = env_flag("DEBUG", "no")
# Required unless DEBUG is on.
SECRET_KEY = env("SECRET_KEY", "for-a-debugging-machine-only" if DEBUG else None)
if not DEBUG and len(SECRET_KEY) < LEAST_KEY_LENGTH:
    raise ImproperlyConfigured(
        f"SECRET_KEY has {len(SECRET_KEY)} characters. Use at least {LEAST_KEY_LENGTH} random ones."
    )
# Of what is sealed in the database, the newest first. Not SECRET_KEY: a new one of that must lock nobody out.
SEALING_KEYS = split_list(
    env("SEALING_KEYS", "for-a-debugging-machine-only---------------" if DEBUG else None)
)
for sealing_key in SEALING_KEYS:
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}=?", sealing_key):
        raise ImproperlyConfigured(
            f"A key of SEALING_KEYS has {len(sealing_key)} characters. Each is 32 random bytes, written with 43: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
ALLOWED_HOSTS = split_list(env("ALLOWED_HOSTS", "localhost,127.0.0.1" if DEBUG else None))
# Whether users reach us over TLS. Off only on a debugging machine and in benchmarks.
BEHIND_TLS = env_flag("BEHIND_TLS", "no" if DEBUG else "yes")
CSRF_TRUSTED_ORIGINS = split_list(env("CSRF_TRUSTED_ORIGINS", ""))

# --- The country --------------------------------------------------------------------------

COUNTRY = env("COUNTRY", "new-zealand")
try:
    PROFILE = country.profile_of(COUNTRY, os.environ)
except ValueError as fault:
    raise ImproperlyConfigured(str(fault)) from fault
COUNTRY_NAME: str = PROFILE["COUNTRY_NAME"]
# Django has no English of the Pacific; formats/en defines its date formats ("30 July 2010").
LANGUAGE_CODE: str = PROFILE["LANGUAGE_CODE"]
# Of papers, and of pages in English.
LANGUAGE_TAG: str = PROFILE["LANGUAGE_TAG"]
SCREEN_LANGUAGE = LANGUAGE_TAG if LANGUAGE_CODE == "en" else LANGUAGE_CODE
TIME_ZONE: str = PROFILE["TIME_ZONE"]
PAPER_SIZE: str = PROFILE["PAPER_SIZE"]
INFORMATION_ACT: str = PROFILE["INFORMATION_ACT"]
# The code of the Act of requests and releases; empty: the app of official information is left out.
REQUESTS: str = PROFILE["REQUESTS"]
# What is printed for the three markings, the lowest first.
MARKINGS: tuple[str, ...] = PROFILE["MARKINGS"]
PORTFOLIO_EXAMPLE: str = PROFILE["PORTFOLIO_EXAMPLE"]
# Whether agencies and covers have names in te reo Māori.
TE_REO: bool = PROFILE["TE_REO"]
GREETING: str = PROFILE["GREETING"]
PRODUCT_NAME: str = PROFILE["PRODUCT_NAME"]
# The path of a picture, and two colours; empty: our own.
PRODUCT_MARK: str = PROFILE["PRODUCT_MARK"]
PRODUCT_COLOURS: tuple[str, ...] = PROFILE["PRODUCT_COLOURS"]

INSTALLED_APPS = [
    "trafficking_plan",
    "agencies",
    "workitems",
    "reports",
    *(["reports.requests"] if REQUESTS else []),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "csp",
    "rules.apps.AutodiscoverRulesConfig",
    "simple_history",
]

MIDDLEWARE = [
    # Middleware that sets headers comes first, so that refusals by later ones have them too.
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "trafficking_plan.frame.middleware.NoStore",
    "trafficking_plan.api.problems.ProblemsForPrograms",
    # Before anything that asks for the host, the session or the database, and before the request log.
    "trafficking_plan.frame.middleware.HealthChecks",
    "trafficking_plan.running.request_log.RequestLog",
    "trafficking_plan.frame.middleware.RefuseUnreadableRequests",
    "trafficking_plan.frame.middleware.LinkToWhatServes",
    "trafficking_plan.frame.middleware.DatabaseAway",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # After WhiteNoise, whose files were compressed by collectstatic.
    "trafficking_plan.frame.middleware.CompressText",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "trafficking_plan.frame.middleware.SessionLimits",
    # Before a form that arrives signed out is kept.
    "trafficking_plan.maintenance.refuse_saving.RefuseSaving",
    "trafficking_plan.frame.middleware.RequireSignIn",
    "trafficking_plan.frame.middleware.RefuseHugeNumbers",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    # Near the end, so that middleware that writes, such as that of sessions, is outside.
    "trafficking_plan.frame.middleware.ReadWithoutLock",
    "trafficking_plan.frame.middleware.LeadToAdoption",
    "trafficking_plan.sign_in.second_step.LeadToSecondStep",
]

ROOT_URLCONF = "trafficking_plan.urls"
WSGI_APPLICATION = "trafficking_plan.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "trafficking_plan.frame.template_backend.Templates",
        "NAME": "django",
        "DIRS": [RESOURCES_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # Every template has words of the screens: none needs to load the tags that translate.
            # Nor the country's entries: {{ "PRODUCT_NAME"|setting }}.
            "builtins": [
                "django.templatetags.i18n",
                "agencies.templatetags.country_settings",
                "agencies.templatetags.words_of_pages",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "trafficking_plan.frame.context.page_frame",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database -----------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(
        env("DATABASE_URL", f"sqlite:///{BASE_DIR}/var/db.sqlite3"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
# A row and its history row are written by separate statements and must be committed together.
DATABASES["default"]["ATOMIC_REQUESTS"] = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # For concurrent users: transactions take the write lock at the start and wait for it; WAL
    # lets readers continue meanwhile, and pages that only read take no lock (ReadWithoutLock).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
            # Without it, INSERT OR REPLACE deletes a row without firing the trigger that refuses it.
            "PRAGMA recursive_triggers=ON;"
        ),
    }
else:
    if DEBUG and not is_on_this_machine(DATABASES["default"]["HOST"]):
        raise ImproperlyConfigured(
            "DEBUG is on and DATABASE_URL is a server on another machine. DEBUG shows records and "
            "settings to anyone; turn it off, or use a database on this machine."
        )
    DATABASES["default"]["ENGINE"] = "trafficking_plan.running.postgresql"
    # Notice an unreachable database within seconds, and limit how long a statement may block a
    # worker. JIT is off, because compiling our short statements (0.3 s) takes longer than running them.
    # A statement that a connection sends for the sixth time is prepared: planning the long ones takes
    # longer than running them, too. That needs values apart from the statement.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        {
            "connect_timeout": 3,
            # Packets that nobody answers end a connection, whether it sends or waits.
            "tcp_user_timeout": 6000,
            "keepalives_idle": 3,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "options": "-c statement_timeout=30000 -c jit=off",
            "server_side_binding": True,
            "prepare_threshold": 5,
        }
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Counts of failed sign-ins must be shared by all workers, hence the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        # Beyond this number a third of the entries is deleted. It is large, so that requests with
        # many made-up addresses cannot evict the counters of a real one.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- People -------------------------------------------------------------------------------

AUTH_USER_MODEL = "agencies.User"
# Email is unique by a case-insensitive constraint, which this check does not recognise.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "trafficking_plan.sign_in.accounts.InvitedOnlyAdapter"
ACCOUNT_FORMS = {
    "login": "trafficking_plan.sign_in.account_forms.SignInForm",
    "reauthenticate": "trafficking_plan.sign_in.account_forms.ReauthenticateForm",
    "change_password": "trafficking_plan.sign_in.account_forms.ChangePasswordForm",
    "reset_password": "trafficking_plan.sign_in.account_forms.ResetPasswordForm",
    "reset_password_from_key": "trafficking_plan.sign_in.account_forms.ResetPasswordKeyForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
# Sessions are always short, so there is no "Remember me" on the sign-in page.
ACCOUNT_SESSION_REMEMBER = False
# Wrong passwords are limited by sign_in_limits.py; `login_failed` is for codes of the second step. Many people
# may come from one address.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
}
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
# If this number is too low, all users share the rate limit of the proxy's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env_number("PROXIES", 0)
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"{PRODUCT_NAME}: "
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # seconds that the emailed link works
# By email to the person, when their password or second step changes.
ACCOUNT_EMAIL_NOTIFICATIONS = True

# Roles that must use a second step: codes of `Seat.Role`, "administrator", or "everyone". Whoever reads a plan
# with a SENSITIVE paper must in any case (second_step.py).
REQUIRE_SECOND_STEP = frozenset(split_list(env("REQUIRE_SECOND_STEP", "")))
MFA_ADAPTER = "trafficking_plan.sign_in.accounts.SecondSteps"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "trafficking_plan.sign_in.account_forms.CodeForm",
    "reauthenticate": "trafficking_plan.sign_in.account_forms.CodeAgainForm",
    "activate_totp": "trafficking_plan.sign_in.account_forms.SetUpAppForm",
    "add_webauthn": "trafficking_plan.sign_in.account_forms.AddPasskeyForm",
}
# The device asks for a fingerprint, face or PIN, so that a passkey is two steps in one.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = PRODUCT_NAME
# Clocks of telephones differ by some seconds.
MFA_TOTP_TOLERANCE = 1

# Sign-in with an organisation's own accounts; None if it is not used.
try:
    OIDC = openid.read_organisation(
        server=env("OIDC_SERVER", ""),
        client_id=env("OIDC_CLIENT_ID", ""),
        secret=env("OIDC_CLIENT_SECRET", ""),
        name=env("OIDC_NAME", ""),
        domains=split_list(env("OIDC_DOMAINS", "")),
        roles_claim=env("OIDC_ROLES_CLAIM", "roles"),
        seats=env("OIDC_SEATS", ""),
        asks_second_step=env_flag("OIDC_ASKS_SECOND_STEP", "no"),
    )
except ValueError as fault:
    raise ImproperlyConfigured(str(fault)) from fault
if OIDC:
    # Its libraries take memory that other installations save.
    INSTALLED_APPS.append("allauth.socialaccount.providers.openid_connect")
SOCIALACCOUNT_PROVIDERS = OIDC.for_allauth if OIDC else {}
SOCIALACCOUNT_ADAPTER = "trafficking_plan.sign_in.organisation.OrganisationAdapter"
# The sign-in page has a link. A form could not follow redirects to another site (form-action).
SOCIALACCOUNT_LOGIN_ON_GET = True

# --- Browser security ---------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
SESSION_ENGINE = "trafficking_plan.sign_in.session_store"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_NAME = "__Host-session" if BEHIND_TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if BEHIND_TLS else "csrf"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds that a session may last in total
SESSION_IDLE_SECONDS = 60 * 60  # seconds without a request after which it ends
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env_flag("TRUST_PROXY_TLS_HEADER", "no") else None
)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "trafficking_plan.frame.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Language, time, files, mail ----------------------------------------------------------

FORMAT_MODULE_PATH = ["trafficking_plan.frame.formats"]
# One language for everybody. Catalogues of other languages are in `locale`, or in a folder of your own.
LANGUAGES = [(LANGUAGE_CODE, LANGUAGE_CODE)]
# Words are in English as they stand: to look each one up would take a tenth of a long page's time.
USE_I18N = LANGUAGE_CODE != "en"
# Of languages whose dates Django does not know.
DATE_FORMAT, DATETIME_FORMAT, TIME_FORMAT = "j F Y", "j F Y, g:i a", "g:i a"
LOCALE_PATHS = [Path(env("LOCALE_DIR", str(RESOURCES_DIR / "locale")))]
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [RESOURCES_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
# Uploaded files are kept in a folder, or in a bucket of object storage.
FILES_DIR, FILES_BUCKET = env("FILES_DIR", ""), env("FILES_BUCKET", "")
if FILES_BUCKET:
    need_package("storages", "FILES_BUCKET")
    if FILES_DIR:
        raise ImproperlyConfigured(
            "FILES_DIR and FILES_BUCKET are both set. Keep files in one place."
        )
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", FILES_BUCKET):
        raise ImproperlyConfigured(
            f"FILES_BUCKET is {FILES_BUCKET!r}, which cannot be the name of a bucket."
        )
    if bool(env("AWS_ACCESS_KEY_ID", "")) != bool(env("AWS_SECRET_ACCESS_KEY", "")):
        raise ImproperlyConfigured("Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither.")
    FILES_SERVER = urlsplit(env("AWS_ENDPOINT_URL_S3", "https://"))
    if FILES_SERVER.scheme != "https" and not is_on_this_machine(FILES_SERVER.hostname or ""):
        raise ImproperlyConfigured(
            "AWS_ENDPOINT_URL_S3 does not begin with https://, so files would travel readable."
        )
STORAGES = {
    "default": (
        {
            "BACKEND": "trafficking_plan.storage.object_storage.Bucket",
            "OPTIONS": {"bucket_name": FILES_BUCKET},
        }
        if FILES_BUCKET
        else {
            "BACKEND": "trafficking_plan.storage.file_storage.MarkedFolder",
            "OPTIONS": {"location": FILES_DIR or str(BASE_DIR / "var" / "files")},
        }
    ),
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "trafficking_plan.storage.static_files.HashedFiles"
        )
    },
}

# ClamAV's daemon, which is asked about each upload: the path of its socket, or HOST:PORT. Empty: no scanner.
SCANNER = env("SCANNER", "")
if SCANNER and not re.fullmatch(r"/.+|[^/:]+:\d+", SCANNER):
    raise ImproperlyConfigured(
        f"SCANNER must be the path of clamd's socket, or HOST:PORT, not {SCANNER!r}."
    )

# Emails wait in the database until the mail server has taken them.
MAIL_FILES = "trafficking_plan.running.mail.MailFiles"
EMAIL_BACKEND = MAIL_FILES if DEBUG else "agencies.people.outbox.Outbox"
MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_FILE_PATH = BASE_DIR / "var" / "mail"
EMAIL_HOST = env("EMAIL_HOST", "localhost")
EMAIL_PORT = env_number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env_flag("EMAIL_TLS", "no")
EMAIL_TIMEOUT = 10
# Domains whose addresses may be invited, with their subdomains; empty: all.
ALLOWED_EMAIL_DOMAINS = split_list(env("ALLOWED_EMAIL_DOMAINS", "").lower())
# Shown in the footer of every page; may be empty.
SUPPORT_EMAIL = env("SUPPORT_EMAIL", "")
# Who is emailed when a unit of systemd fails; empty: nobody.
OPERATOR_EMAIL = env("OPERATOR_EMAIL", "")
# Shown at the top of every page but in no paper. Only `manage.py demo` sets it.
BANNER = ""
# Where weaknesses are reported, for /.well-known/security.txt; empty: there is no such page.
SECURITY_CONTACT = env("SECURITY_CONTACT", "")
if SECURITY_CONTACT and not SECURITY_CONTACT.startswith(("https://", "mailto:", "tel:")):
    raise ImproperlyConfigured(
        f"SECURITY_CONTACT must begin with https://, mailto: or tel:, not {SECURITY_CONTACT!r}."
    )
# Base URL of links in emails, which are also sent without a request.
SITE_URL = env("SITE_URL", "http://127.0.0.1:8000" if DEBUG else None).rstrip("/")
# Then links lead to where pages are served, whatever the port (frame/middleware.py).
SITE_URL_IS_GUESSED = DEBUG and not os.environ.get("SITE_URL")
DEFAULT_FROM_EMAIL = env("MAIL_FROM", "plan-of-action@localhost")
# Answers by email: the address to which they go, before whose "@" each gets "+" and a key, and the header with which the
# operator's mail server vouches for a sender. Without both, emails name no address to answer to and none is taken.
MAIL_ANSWERS_TO, MAIL_VERIFIED = env("MAIL_ANSWERS_TO", "").lower(), env("MAIL_VERIFIED", "")
if bool(MAIL_ANSWERS_TO) != bool(MAIL_VERIFIED):
    raise ImproperlyConfigured("Set MAIL_ANSWERS_TO and MAIL_VERIFIED, or neither.")
if MAIL_ANSWERS_TO and not re.fullmatch(r"[a-z0-9._-]{1,30}@[a-z0-9.-]+", MAIL_ANSWERS_TO):
    raise ImproperlyConfigured(
        f"MAIL_ANSWERS_TO must be an address with at most 30 characters before the “@”, not {MAIL_ANSWERS_TO!r}."
    )
if MAIL_VERIFIED and not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]+", MAIL_VERIFIED):
    raise ImproperlyConfigured(
        f"MAIL_VERIFIED must be the name of a header, such as X-Sender-Verified, not {MAIL_VERIFIED!r}."
    )
# Signs the emails that are posted to /mail/; empty: they come through `manage.py receive_mail` alone.
MAIL_POST_KEY = env("MAIL_POST_KEY", "")
if MAIL_POST_KEY and len(MAIL_POST_KEY) < LEAST_TOKEN_LENGTH:
    raise ImproperlyConfigured(
        f"MAIL_POST_KEY has {len(MAIL_POST_KEY)} characters. Use at least {LEAST_TOKEN_LENGTH} random ones."
    )

# --- Papers -------------------------------------------------------------------------------

# Limits of `render_papers` per paper: seconds, and memory of its process.
RENDER_SECONDS = env_number("RENDER_SECONDS", 300)
RENDER_MEBIBYTES = env_number("RENDER_MEBIBYTES", 2048)

# --- Official information -----------------------------------------------------------------

# How the Ombudsman is reached, as letters to requesters say; empty ways are left out.
OMBUDSMAN = {
    "website": env("OMBUDSMAN_WEBSITE", "www.ombudsman.parliament.nz"),
    "email": env("OMBUDSMAN_EMAIL", "info@ombudsman.parliament.nz"),
    "phone": env("OMBUDSMAN_PHONE", "0800 802 602"),
    "address": env("OMBUDSMAN_ADDRESS", "PO Box 10152, Wellington 6143"),
}

# --- History and logs ---------------------------------------------------------------------

# Reasons can be long; the default column is limited to 100 characters.
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
# History is always read by record or by plan; see `agencies.records.tracking.Versions` for its indexes.
SIMPLE_HISTORY_DATE_INDEX = False

# The file of the security log; empty: standard error, beside the requests but under a name of its own.
SECURITY_LOG = env("SECURITY_LOG", "")
LOGGING = logs.configuration(plain=DEBUG, security_file=SECURITY_LOG)

# The folder in which the processes of the web server add up the figures of /metrics; empty: no figures.
METRICS_DIR = env("METRICS_DIR", "")
# Who reads them sends it as a bearer token; empty: they are read from this machine alone.
METRICS_TOKEN = env("METRICS_TOKEN", "")
# Where a span for each request is sent, as OpenTelemetry names this variable; empty: nowhere.
OTEL_EXPORTER_OTLP_ENDPOINT = env("OTEL_EXPORTER_OTLP_ENDPOINT", "")
if OTEL_EXPORTER_OTLP_ENDPOINT:
    need_package("opentelemetry", "OTEL_EXPORTER_OTLP_ENDPOINT")
    if not OTEL_EXPORTER_OTLP_ENDPOINT.startswith(("https://", "http://")):
        raise ImproperlyConfigured(
            "OTEL_EXPORTER_OTLP_ENDPOINT must begin with https:// or http://."
        )
if METRICS_DIR:
    need_package("prometheus_client", "METRICS_DIR")
if METRICS_TOKEN and len(METRICS_TOKEN) < LEAST_TOKEN_LENGTH:
    raise ImproperlyConfigured(
        f"METRICS_TOKEN has {len(METRICS_TOKEN)} characters. Use at least {LEAST_TOKEN_LENGTH} random ones."
    )
