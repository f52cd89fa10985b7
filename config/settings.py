"""How this site is set up. The only module that reads the environment; everything has a working default."""

import base64
import contextlib
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.logs import without_secrets

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")  # absent: nothing happens; what the environment says already stands

# manage.py says that this is a development site unless DEBUG is set; a web server started by hand does not.
DEBUG = env.bool("DEBUG", default=env.bool("TESTAMUR_DEVELOPMENT", default=False))
DEVELOPMENT = DEBUG  # what the addresses and commands go by: tests turn DEBUG off, this stays


def needed(name: str, default: str) -> str:
    """The variable; in development its default, in production a sentence that names it."""
    value = env.str(name, default="")
    if value or DEBUG:
        return value or default
    raise ImproperlyConfigured(f"{name} must be set when DEBUG is off (README, “In production”).")


# The site and its name
SITE_NAME = env.str("SITE_NAME", default="Testamur")
VAR_ROOT = Path(env.str("TESTAMUR_VAR", default=str(BASE_DIR / "var")))
BASE_URL_FILE = VAR_ROOT / "public_base_url"  # what the last `up` served: `award` issues for the same name
_SERVED = BASE_URL_FILE.read_text().strip() if DEVELOPMENT and BASE_URL_FILE.exists() else ""
PUBLIC_BASE_URL = needed("PUBLIC_BASE_URL", _SERVED or "http://127.0.0.1:8000").rstrip("/")
_BASE = urlsplit(PUBLIC_BASE_URL)
if _BASE.scheme not in {"http", "https"} or not _BASE.hostname or _BASE.path or _BASE.query:
    raise ImproperlyConfigured("PUBLIC_BASE_URL must be a scheme and a host, such as https://badges.example")

# Credentials name the address they were issued for and are worth nothing under another: in development each
# address is a site of its own, with its own database, keys and files. TESTAMUR_VAR names one folder instead.
_OWN_FOLDER = DEVELOPMENT and not env.str("TESTAMUR_VAR", default="")
VAR = VAR_ROOT / "sites" / _BASE.netloc.replace(":", "-") if _OWN_FOLDER else VAR_ROOT
VAR.mkdir(parents=True, exist_ok=True)


def kept_in_var(name: str) -> str:
    """A secret of a development site: 32 random bytes in base64, made once, readable by its owner only."""
    path = VAR / name
    if not path.exists():
        fresh = path.with_name(f"{name}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        with contextlib.suppress(FileExistsError):  # two processes may start at once: the first one's stands
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text().strip()


def given(name: str) -> str:
    """A secret from NAME or from the file that NAME_FILE points at, or ""."""
    if path := env.str(f"{name}_FILE", default=""):
        try:
            return Path(path).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", "") or "it is not text in UTF-8"
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {reason}.") from None
    return env.str(name, default="")


def secret(name: str, file_in_var: str) -> str:
    """A secret that was given; a development site makes its own."""
    if value := given(name):
        return value
    if DEBUG:
        return kept_in_var(file_in_var)
    raise ImproperlyConfigured(f"{name} or {name}_FILE must be set when DEBUG is off.")


def master_key(text: str, name: str = "TESTAMUR_MASTER_KEY") -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in base64 (openssl rand -base64 32).")
    return key


# A development site issues for the name of PUBLIC_BASE_URL, and is looked at on this machine.
ALLOWED_HOSTS = list(dict.fromkeys([_BASE.hostname, *(["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])]))
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
SECRET_KEY = secret("SECRET_KEY", "secret.key")
MASTER_KEY_WAS_GIVEN = bool(given("TESTAMUR_MASTER_KEY"))
TESTAMUR_MASTER_KEY = master_key(secret("TESTAMUR_MASTER_KEY", "master.key"))
_OLD_MASTER_KEY = given("TESTAMUR_OLD_MASTER_KEY")  # for `manage.py rewrap_keys` alone
TESTAMUR_OLD_MASTER_KEY = master_key(_OLD_MASTER_KEY, "TESTAMUR_OLD_MASTER_KEY") if _OLD_MASTER_KEY else None

# The operator's own certificate (X.509, PEM), if PDFs are to be signed as well (PAdES)
PDF_SIGNING_CERTIFICATE_FILE = env.str("PDF_SIGNING_CERTIFICATE_FILE", default="")
PDF_SIGNING_KEY_FILE = env.str("PDF_SIGNING_KEY_FILE", default="")
PDF_SIGNING_KEY_PASSWORD = given("PDF_SIGNING_KEY_PASSWORD")

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "config",
    "portfolios",
    "credentials",
    "skills",
    "issuers",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "django_structlog",
    "csp",
]

MIDDLEWARE = [
    "config.look.WithoutNul",
    "config.look.OneHost",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.look.PrivatePages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "config.look.TooOftenPages",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["config.components"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.look.site",
            ],
        },
    }
]

# Database: SQLite without a setting, PostgreSQL by DATABASE_URL
DATABASES = {
    "default": env.db_url_config(env.str("DATABASE_URL", default=f"sqlite:///{VAR}/testamur.sqlite3"))
}
DATABASE_IS_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if DATABASE_IS_SQLITE:
    # Writers queue for the lock at BEGIN instead of failing in the middle; readers are never held up.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | {
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=8), "timeout": 10},
        "options": f"-c statement_timeout={env.int('DATABASE_STATEMENT_TIMEOUT_MS', default=30_000)}"
        " -c lock_timeout=20000",
    }

# Queue: folders without a setting, Redis by REDIS_URL. The row is the job; Celery only wakes workers.
REDIS_URL = env.str("REDIS_URL", default="")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, str | int | float]
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 3600,
        "socket_connect_timeout": 2,
        "socket_timeout": 10,
        "max_retries": 1,
    }
else:
    QUEUE_FOLDER = VAR / "queue"
    for folder in ("messages", "control"):
        (QUEUE_FOLDER / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost"
    CELERY_BROKER_TRANSPORT = "config.folders:Transport"
    CELERY_WORKER_POOL = "config.pool:TaskPool"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_FOLDER / "messages"),
        "data_folder_out": str(QUEUE_FOLDER / "messages"),
        "control_folder": str(QUEUE_FOLDER / "control"),
        "polling_interval": 0.2,
    }

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# Files
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR / "media")))
MEDIA_URL = "media/"
STATIC_URL = "static/"
STATIC_ROOT = VAR_ROOT / "static"
GENERATED_STATIC_DIR = VAR_ROOT / "generated"  # web fonts, cut from their packages by config.fonts
GENERATED_STATIC_DIR.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static", GENERATED_STATIC_DIR]
WHITENOISE_USE_FINDERS = DEBUG  # collecting takes long and is of no use in development
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "config.storage.AtomicFileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# A roster may have 20 MB; anything over 2.5 MB goes to a temporary file while it is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 201  # 200 may be checked at once; one more gets a sentence
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# Mail: a development site keeps what it sends and shows it at /outbox/
OUTBOX_FOLDER = VAR / "outbox"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{SITE_NAME} <no-reply@{_BASE.hostname}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
elif DEBUG:
    EMAIL_BACKEND = "config.outbox.OutboxBackend"

# Sign-in: an e-mail address that was verified, and a password
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    }
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/me/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False  # programs that look at links in mail must not confirm an address
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 20
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
# Links in mail lead to the host that was asked, of which production has one; this machine speaks plain http.
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if DEVELOPMENT else _BASE.scheme
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "20/m/ip",
    "confirm_email": "1/30s/key",
    "reset_password": "20/m/ip,5/m/key",
    "manage_email": "10/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME

LIMITS_COUNT = True  # issuers.limits

# The one door out (credentials.fetching): https to public addresses, at port 443 and these
FETCHING_EXTRA_PORTS = env.list("FETCHING_EXTRA_PORTS", cast=int, default=[])
FETCHING_ALLOW_PRIVATE = env.bool("FETCHING_ALLOW_PRIVATE", default=False)

# What a browser is told
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
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
if not DEBUG:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked for by machines inside the house
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    if env.bool("BEHIND_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Entering the preload lists of browsers binds a whole domain: its owner's decision, not this program's.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    # Not by password: that door would have no limits and no second factor.
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.api.in_sentences",
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"The API of {SITE_NAME}",
    "DESCRIPTION": "Check any credential, read one of this site and its Report, find what can be earned. "
    "With an API key of an issuer: award, revoke, read what it awarded.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "config.formats"

# Logs: lines for people in development, JSON in production; never a password, token, cookie or key
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
_SHARED_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    without_secrets,
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.dev.ConsoleRenderer(colors=False)
            if DEBUG
            else structlog.processors.JSONRenderer(),
            "foreign_pre_chain": _SHARED_PROCESSORS,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": LOG_LEVEL, "propagate": False},
        # One line a request is for production; in development the terminal is for people.
        "django_structlog": {"level": "WARNING" if DEBUG else LOG_LEVEL},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
# Nobody keeps a book of who looked at which credential or status list.
DJANGO_STRUCTLOG_USER_ID_FIELD = ""
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_SHARED_PROCESSORS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
