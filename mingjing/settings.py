"""Settings, all from the environment with defaults that run on a laptop.

Every ``MINGJING_*`` variable read here is listed in docs/guide/deploy.md.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent

MINGJING_VAR = Path(os.environ.get("MINGJING_VAR", BASE_DIR / "var")).resolve()
MINGJING_CODEX = Path(os.environ.get("MINGJING_CODEX", BASE_DIR / "codex")).resolve()
MINGJING_LOG_ORIGIN = os.environ.get("MINGJING_LOG_ORIGIN", "mingjing.dazhou.example/record")
MINGJING_SIGNING_KEY_FILE = Path(
    os.environ.get("MINGJING_SIGNING_KEY_FILE", MINGJING_VAR / "keys" / "record.key")
)
# A second tree over the same entries with SM3 (GB/T 32905), and who signs beside Ed25519: docs/guide/record.md.
MINGJING_SM3_LOG = os.environ.get("MINGJING_SM3_LOG", "") == "1"
MINGJING_LOG_SIGNERS = [one for one in os.environ.get("MINGJING_LOG_SIGNERS", "").split(",") if one]
MINGJING_PUBLIC_URL = os.environ.get("MINGJING_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
# Whom the log asks to witness its growth (C2SP tlog-policy), and how long each of them may take.
MINGJING_POLICY_FILE = os.environ.get("MINGJING_POLICY_FILE", "")
MINGJING_WITNESS_SECONDS = float(os.environ.get("MINGJING_WITNESS_SECONDS", "10"))
# Which channels of publicity have an interface; none: all are served by upload files.
MINGJING_CHANNELS_FILE = os.environ.get("MINGJING_CHANNELS_FILE", "")
MINGJING_FONT_DIR = os.environ.get("MINGJING_FONT_DIR", "")
# Where stored files lie: nothing for the folder under MINGJING_VAR, or s3://bucket (needs mingjing[s3]).
MINGJING_STORE = os.environ.get("MINGJING_STORE", "")
MINGJING_S3_ENDPOINT = os.environ.get("MINGJING_S3_ENDPOINT", "")
MINGJING_S3_REGION = os.environ.get("MINGJING_S3_REGION", "")
MINGJING_S3_KEEP_DAYS = int(os.environ.get("MINGJING_S3_KEEP_DAYS", "135"))
# The SM3 of every stored file beside its SHA-256, where 密评 asks for it: four times the work for each byte.
MINGJING_SM3_FILES = os.environ.get("MINGJING_SM3_FILES", "") == "1"
# The virus scanner: unix:/run/clamav/clamd.ctl or tcp:host:port; none by default.
MINGJING_CLAMD = os.environ.get("MINGJING_CLAMD", "")
# What a gigabyte costs to keep for a year, in fen, for the overview of storage; 0 shows no costs.
MINGJING_STORAGE_FEN_PER_GB_YEAR = int(os.environ.get("MINGJING_STORAGE_FEN_PER_GB_YEAR", "0"))
# The address of the reverse proxy whose word on the visitor's address and scheme is taken; none by default.
MINGJING_TRUSTED_PROXY = os.environ.get("MINGJING_TRUSTED_PROXY", "")
# Without a worker that seals on a timer, each act at the desk gets its place in the log at once.
MINGJING_SEAL_AT_ONCE = os.environ.get("MINGJING_SEAL_AT_ONCE", "1") == "1"
# Files that come in piece by piece: the largest one, how much one officer may have under way, and how long what
# was not finished, or not used, is kept.
MINGJING_UPLOAD_MOST_GB = int(os.environ.get("MINGJING_UPLOAD_MOST_GB", "16"))
MINGJING_UPLOAD_QUOTA_GB = int(os.environ.get("MINGJING_UPLOAD_QUOTA_GB", "64"))
MINGJING_UPLOAD_KEEP_HOURS = int(os.environ.get("MINGJING_UPLOAD_KEEP_HOURS", "72"))
# Where a proxy finds the folder of stored files, to send them itself (nginx: an internal location). Off by default.
MINGJING_ACCEL_PREFIX = os.environ.get("MINGJING_ACCEL_PREFIX", "")
# Play copies and clips as files: the program ffmpeg, where the machine has it.
MINGJING_FFMPEG = os.environ.get("MINGJING_FFMPEG", "")
# Speech to text: one peer with the interface of OpenAI, best in one's own network. Off by default.
MINGJING_SPEECH_URL = os.environ.get("MINGJING_SPEECH_URL", "")
MINGJING_SPEECH_KEY = os.environ.get("MINGJING_SPEECH_KEY", "")
MINGJING_SPEECH_MODEL = os.environ.get("MINGJING_SPEECH_MODEL", "whisper-1")
# The demo city has a switch-user menu and a stamp that says 演示; production must never set this.
MINGJING_DEMO = os.environ.get("MINGJING_DEMO", "") == "1"


def _secret_key() -> str:
    """The key of sessions and forms: from the environment, or made once beside the database."""
    given = os.environ.get("MINGJING_SECRET_KEY")
    if given:
        return given
    path = MINGJING_VAR / "keys" / "secret.key"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


SECRET_KEY = _secret_key()
DEBUG = os.environ.get("MINGJING_DEBUG", "") == "1"
ALLOWED_HOSTS = os.environ.get("MINGJING_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "mingjing.record",
    "mingjing.insight",
    "mingjing.organs",
    "mingjing.law",
    "mingjing.parties",
    "mingjing.vault",
    "mingjing.cases",
    "mingjing.review",
    "mingjing.publicity",
    "mingjing.archives",
    "mingjing.oversight",
    "mingjing.exchange",
    "mingjing.web",
    "mingjing.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "mingjing.web.ui.middleware.small_statics",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mingjing.web.ui.middleware.security_headers",
    "mingjing.web.ui.large.large_print",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mingjing.web.ui.middleware.actor",
    "mingjing.web.ui.middleware.forms",
    "mingjing.web.ui.middleware.refusals",
]

ROOT_URLCONF = "mingjing.urls"
WSGI_APPLICATION = "mingjing.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [
            BASE_DIR / "mingjing" / "web" / door / "templates" for door in ("ui", "desk", "field", "public")
        ],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "mingjing.web.ui.jinja.environment"},
    },
]


def _database(url: str) -> dict[str, object]:
    """Django's database settings from ``sqlite:///path`` or ``postgresql://user:password@host:port/name``."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path),
            "OPTIONS": {
                # An act that was acknowledged must survive a power cut: WAL with FULL sync.
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    if parts.scheme == "postgresql":
        query = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.pop("host", parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            # The server plans a statement once, not each time: a third of the CPU of a step. Behind a pooler
            # that hands out connections for a transaction at a time: ?prepare_threshold=0.
            "OPTIONS": {
                "server_side_binding": True,
                "prepare_threshold": int(query.pop("prepare_threshold", 5)) or None,
                **query,
            },
        }
    raise ValueError(f"MINGJING_DATABASE_URL 只支持 sqlite:///… 或 postgresql://…，现为 {parts.scheme}://")


MINGJING_VAR.mkdir(parents=True, exist_ok=True)
DATABASES = {
    "default": _database(
        os.environ.get("MINGJING_DATABASE_URL", f"sqlite://{MINGJING_VAR / 'mingjing.sqlite3'}")
    )
}
# Two memories of each process. Counts of look-ups have their own, so that nobody makes the platform forget them by
# asking for many pages (``web.ui.limits``).
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"},
    "limits": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "limits",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "organs.Account"
AUTHENTICATION_BACKENDS = ["mingjing.organs.backend.OfficerBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "mingjing.organs.passwords.PasswordRules"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/desk"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_SAVE_EVERY_REQUEST = False
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "mingjing.web.ui.errors.stale_form"
CSRF_COOKIE_SAMESITE = "Lax"
_https = MINGJING_PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [MINGJING_PUBLIC_URL]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "mingjing" / "web" / "ui" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"pages": {"()": "mingjing.web.ui.logs.PagesWithoutValues"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["pages"]},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
