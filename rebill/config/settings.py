"""Django's settings for rebill, each read from an environment variable with a default that suits one machine."""

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from rebill.config.environment import boolean, integer, secret_key, text

DATA_DIR = Path(text("REBILL_DATA", default=str(Path.cwd() / "rebill-data"))).absolute()
DATA_DIR.mkdir(parents=True, exist_ok=True)
REBILL_DATA = DATA_DIR
# Which engine rates calls: Polars on this machine, or a Spark master such as local[*] or spark://host:7077.
REBILL_RATING_ENGINE = text("REBILL_RATING_ENGINE", default="")
DEBUG = boolean("REBILL_DEBUG", default=False)
SECRET_KEY = secret_key(DATA_DIR)
REBILL_URL = text("REBILL_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = text("REBILL_HOSTS", default="127.0.0.1,localhost").split(",")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_q",
    "django_htmx",
    "axes",
    "rebill.kit",
    "rebill.access",
    "rebill.parties",
    "rebill.catalogue",
    "rebill.subscriptions",
    "rebill.sources.recurring",
    "rebill.sources.oneoff",
    "rebill.sources.usage",
    "rebill.sources.supplier_invoices",
    "rebill.sources.tabs",
    "rebill.charges",
    "rebill.runs",
    "rebill.invoices",
    "rebill.delivery",
    "rebill.exports",
    "rebill.interfaces.office",
    "rebill.interfaces.portal",
    # After the office, whose templates stand in for allauth's own.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rebill.interfaces.office.language.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "rebill.interfaces.office.account.seen.SeenMiddleware",
    # Last, as it asks: it turns a lock-out into its answer.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "rebill.config.urls"
WSGI_APPLICATION = "rebill.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rebill.interfaces.office.navigation.shell",
            ],
        },
    }
]

# --- pages --------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Found where the packages keep them: nobody collects files before the first start.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# Pages run their own scripts and nobody else's, and show nothing from elsewhere. `data:` is for the glyphs of the style
# sheet, `blob:` for a preview that was made in the page.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"

# Files arrive on disk and within limits, whatever page they are sent to.
FILE_UPLOAD_HANDLERS = ["rebill.interfaces.receiving.BoundedUpload"]

# Behind TLS the cookies travel encrypted only. The default suits a first look on one's own machine, over plain HTTP.
SECURE = boolean("REBILL_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
CSRF_TRUSTED_ORIGINS = [origin for origin in text("REBILL_ORIGINS", default="").split(",") if origin]
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600

# --- who signs in -------------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "office:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "rebill.interfaces.office.account.adapter.OfficeAccounts"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "rebill"
# Passkeys ask for HTTPS; a machine that serves itself over plain HTTP is the one exception.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
USERSESSIONS_TRACK_ACTIVITY = True

# Five wrong passwords for an address from one place lock that pair for a quarter of an hour. axes counts them in the
# database, for all processes; allauth's own count, which each process keeps for itself, is off.
ACCOUNT_RATE_LIMITS = {"login_failed": None}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "office/locked.html"
AXES_USERNAME_CALLABLE = "rebill.interfaces.office.account.lock_out.name_of"
AXES_VERBOSE = False

AUTH_USER_MODEL = "access.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# SQLite keeps everything in one file. WAL lets people read while a run writes; IMMEDIATE takes the write lock at the
# start of a transaction, so that two writers wait for each other instead of failing halfway.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": integer("REBILL_SQLITE_TIMEOUT", default=60),
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
        "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;"
    ),
}
DATABASE_URL = text("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'rebill.sqlite3'}")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=0)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    # Compiling a statement takes PostgreSQL seconds where a page has a tenth of one; no page earns that back.
    # Nor does what stands on a disk without a head cost four times as much out of its order: told so, PostgreSQL finds
    # words by their index instead of reading every customer.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off -c random_page_cost=1.1")

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("nl", "Nederlands"), ("de", "Deutsch"), ("fi", "suomi")]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]

# Mail goes to files in the data folder until a server is named, so that nobody is mailed by accident.
EMAIL_BACKEND = text("REBILL_EMAIL_BACKEND", default="rebill.delivery.channels.email.folder.EmailBackend")
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_HOST = text("REBILL_EMAIL_HOST", default="localhost")
EMAIL_PORT = integer("REBILL_EMAIL_PORT", default=25)
EMAIL_HOST_USER = text("REBILL_EMAIL_USER", default="")
EMAIL_HOST_PASSWORD = text("REBILL_EMAIL_PASSWORD", default="")
EMAIL_USE_TLS = boolean("REBILL_EMAIL_TLS", default=False)
EMAIL_USE_SSL = boolean("REBILL_EMAIL_SSL", default=False)
EMAIL_TIMEOUT = integer("REBILL_EMAIL_TIMEOUT", default=30)
ANYMAIL = {key.removeprefix("ANYMAIL_"): value for key, value in os.environ.items() if key.startswith("ANYMAIL_")}

# Tasks are kept in the database itself: no further server is needed. `retry` must exceed `timeout`, so that a task is
# handed out again only when its worker is surely gone.
Q_CLUSTER = {
    "name": "rebill",
    "orm": "default",
    "workers": integer("REBILL_WORKERS", default=2),
    "timeout": integer("REBILL_TASK_TIMEOUT", default=3600),
    "retry": integer("REBILL_TASK_TIMEOUT", default=3600) + 300,
    "max_attempts": 5,
    "catch_up": False,
    "ack_failures": True,
    "save_limit": 500,
    "poll": 1.0,
    "label": "rebill",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": text("REBILL_LOG_LEVEL", default="WARNING")},
}
