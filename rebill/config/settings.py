"""Django's settings for rebill, each read from an environment variable with a default that suits one machine."""

import os
from pathlib import Path

import dj_database_url

from rebill.config.environment import boolean, integer, secret_key, text

DATA_DIR = Path(text("REBILL_DATA", default=str(Path.cwd() / "rebill-data"))).absolute()
DATA_DIR.mkdir(parents=True, exist_ok=True)
REBILL_DATA = DATA_DIR
DEBUG = boolean("REBILL_DEBUG", default=False)
SECRET_KEY = secret_key(DATA_DIR)
ALLOWED_HOSTS = text("REBILL_HOSTS", default="127.0.0.1,localhost").split(",")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django_q",
    "anymail",
    "rebill.kit",
    "rebill.access",
    "rebill.parties",
    "rebill.catalogue",
    "rebill.subscriptions",
    "rebill.sources.recurring",
    "rebill.sources.oneoff",
    "rebill.charges",
    "rebill.runs",
    "rebill.invoices",
    "rebill.delivery",
    "rebill.exports",
]

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
