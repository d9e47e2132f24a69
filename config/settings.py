"""Every setting of the product, read from the environment (see .env.example), in one file."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from apps.core.place import data_dir, socket_dir
from apps.core.vault import VaultError, house_secrets
from config import env
from config.assets import fingerprint
from config.database import Database, from_url

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = env.flag("GATEHOUSE_DEBUG")

# --- the house: where it lives and listens ---
GATEHOUSE_DATA_DIR = data_dir()
GATEHOUSE_SOCKET_DIR = socket_dir(GATEHOUSE_DATA_DIR)
GATEHOUSE_BIND = env.text("GATEHOUSE_BIND", "127.0.0.1")
GATEHOUSE_PORT = env.number("GATEHOUSE_PORT", 8000, least=1, most=65535)
GATEHOUSE_URL = env.text("GATEHOUSE_URL", f"http://localhost:{GATEHOUSE_PORT}").rstrip("/")
GATEHOUSE_WEB_PROCESSES = env.number("GATEHOUSE_WEB_PROCESSES", 0, most=64)  # 0: one per core
GATEHOUSE_TRUSTED_PROXIES = env.number("GATEHOUSE_TRUSTED_PROXIES", 0, most=10)
GATEHOUSE_LEASE_SECONDS = env.number("GATEHOUSE_LEASE_SECONDS", 30, least=2, most=600)
GATEHOUSE_LEASE_RENEW_SECONDS = env.number("GATEHOUSE_LEASE_RENEW_SECONDS", 5, least=1, most=60)
GATEHOUSE_CALL_SECONDS = env.number("GATEHOUSE_CALL_SECONDS", 900, least=5, most=7200)
GATEHOUSE_FIRST_BYTE_SECONDS = env.number("GATEHOUSE_FIRST_BYTE_SECONDS", 300, least=1, most=7200)

_secrets_file = env.text("GATEHOUSE_SECRETS_FILE")
try:
    HOUSE_SECRETS = house_secrets(
        GATEHOUSE_DATA_DIR, Path(_secrets_file) if _secrets_file else None
    )
except VaultError as problem:
    raise env.BadSetting(str(problem)) from None

SECRET_KEY = HOUSE_SECRETS.django_key

_address = urlsplit(GATEHOUSE_URL)
if _address.scheme not in {"http", "https"} or not _address.hostname:
    raise env.BadSetting("GATEHOUSE_URL must look like https://gatehouse.example.")
IS_HTTPS = _address.scheme == "https"
ALLOWED_HOSTS = sorted({_address.hostname, "localhost", "127.0.0.1", "[::1]"})
CSRF_TRUSTED_ORIGINS = [f"{_address.scheme}://{_address.netloc}"]

# --- what is installed ---
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "csp",
    "allauth",
    "allauth.account",
    "apps.core",
    "apps.accounts",
    "apps.projects",
    "apps.catalog",
    "apps.connections",
    "apps.budgets",
    "apps.guardrails",
    "apps.keys",
    "apps.usage",
    "apps.gateway",
    "apps.chat",
]

MIDDLEWARE = [
    "apps.core.headers.HouseHeaders",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "apps.core.static_files.PackedStaticFiles",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.asking.AskToSignIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.zone.ShowLocalTimes",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.accounts.context.house",
                "apps.projects.context.places",
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "apps.core.templatetags.ui",
            ],
        },
    }
]

# --- database ---
_database_url = env.text("DATABASE_URL")
DATABASE_IS_EMBEDDED = not _database_url
DATABASE = (
    from_url(_database_url)
    if _database_url
    else Database(
        name="gatehouse",
        user="gatehouse",
        password=HOUSE_SECRETS.postgres_password,
        host=str(GATEHOUSE_SOCKET_DIR),
        port="5432",
        options={},
    )
)
DATABASES = {"default": DATABASE.for_django()}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
    }
}

# --- people and sessions ---
AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mail is unique, by a constraint without regard to case
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "signed-out"
ACCOUNT_ADAPTER = "apps.accounts.adapter.HouseAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "login": "30/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = GATEHOUSE_TRUSTED_PROXIES

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
# Two houses on one machine share the host name, so the port keeps their cookies apart.
_cookie = f"gatehouse_{_address.port or ''}".rstrip("_")
SESSION_COOKIE_NAME = f"__Host-{_cookie}" if IS_HTTPS else _cookie
CSRF_COOKIE_NAME = f"{SESSION_COOKIE_NAME}_csrf"
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "apps.core.views.csrf_failed"

# --- what the browser may do ---
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
X_FRAME_OPTIONS = "DENY"
if IS_HTTPS and GATEHOUSE_TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default", "gatehouse"],  # static/js/trusted.js
    }
}

# --- language and time ---
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- static files ---
# Files come from the checkout and the installed packages; a first start packs them, nothing else.
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "apps.core.static_files.PlotlyFinder",
]
STATIC_URL = "/static/" if DEBUG else f"/static/{fingerprint(STATICFILES_DIRS[0])}/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = "^/static/[0-9a-f]{12}/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_AUTOREFRESH = DEBUG

# --- mail ---
EMAIL_URL = env.text("EMAIL_URL")
if EMAIL_URL:
    _mail = urlsplit(EMAIL_URL)
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or 587
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
    EMAIL_TIMEOUT = 10
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", f"gatehouse@{_address.hostname}")

# --- what is sent to a page: held in memory, never written to disk in the clear ---
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024  # what is larger is refused at the door (asgi.py)
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE  # a long text gets its sentence

# --- queue ---
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "pgmq://")

# --- logs ---
LOGGING_CONFIG = "config.logging.configure"
LOGGING = {"level": env.text("GATEHOUSE_LOG_LEVEL", "INFO").upper()}
