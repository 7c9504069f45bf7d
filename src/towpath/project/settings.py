"""The settings. Each comes from the environment; `towpath run` sets them for one machine (docs/running.md)."""

from pathlib import Path

from towpath.project import env

BASE = Path(__file__).resolve().parents[1]
VAR = env.path("TOWPATH_VAR", Path.cwd() / "var")
SECRETS = env.path("TOWPATH_SECRETS", VAR / "secrets")
SECRET_KEY = env.text("TOWPATH_SECRET_KEY")
DEBUG = False
DEMO = env.flag("TOWPATH_DEMO")
PORT = env.number("PORT", 8000)
# `.localhost` names reach this machine in every browser; a real installation names its own.
ALLOWED_HOSTS = env.listed("TOWPATH_HOSTS", ".localhost,127.0.0.1")
SECURE = env.flag("TOWPATH_HTTPS", default=False)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "towpath.foundation",
    "towpath.people",
    "towpath.catalogue",
    "towpath.documents",
    "towpath.contact",
    "towpath.exchange",
    "towpath.casework",
    "towpath.journeys",
    "towpath.surfaces",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "towpath.project.middleware.security_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "towpath.project.middleware.TenantMiddleware",
    "towpath.project.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "towpath.project.middleware.PlainText",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "towpath.project.urls"
WSGI_APPLICATION = "towpath.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "towpath.project.context.body",
            ],
        },
    }
]

DATABASES = {"default": env.database(env.text("DATABASE_URL"))}
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
if idle := env.number("TOWPATH_IDLE_SECONDS", 60):
    # What hangs inside a transaction would hold the journal back for everybody (ADR 0005). 0 where a pooler
    # refuses options at the start of a connection; then the database's role is given the same limit.
    options = DATABASES["default"]["OPTIONS"]
    assert isinstance(options, dict)
    options.setdefault("options", f"-c idle_in_transaction_session_timeout={idle}s")
if owner := env.text("DATABASE_OWNER_URL", ""):
    # Only `towpath migrate` uses it: the owner of the tables is not the application's role.
    DATABASES["owner"] = env.database(owner) | {"TEST": {"MIRROR": "default"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Far more than there are honest tries at one time: counters must not be pushed out by a flood of others.
CACHE_LIMITS = {"MAX_ENTRIES": 100_000}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": CACHE_LIMITS,
    },
}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "towpath.people.staff_signin.StaffAccounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Towpath"
MFA_TOTP_TOLERANCE = 1  # codes of the neighbouring 30 seconds, for clocks that are a little off
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
MFA_ADAPTER = "towpath.people.staff_signin.StaffFactors"

SESSION_ENGINE = "towpath.project.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "towpath.surfaces.errors.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
if env.flag("TOWPATH_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Who asks is the last address but the proxies' own; else all would share one count of tries.
    ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TOWPATH_PROXIES", 1)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
LIMITS = env.flag("TOWPATH_LIMITS", default=True)  # off only where one machine plays many callers
CLAMD = env.text(
    "TOWPATH_CLAMD", ""
)  # host:port of a virus scanner; without one, files are kept unscanned and say so
MAX_UPLOAD = 10_000_000  # bytes of one file that a resident sends

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("ar", "العربية")]
LOCALE_PATHS = [BASE / "surfaces" / "locale"]
FORMAT_MODULE_PATH = ["towpath.project.formats"]
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = env.path("TOWPATH_STATIC", VAR / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

EMAIL_HOST = env.text("TOWPATH_SMTP_HOST", "127.0.0.1")
EMAIL_PORT = env.number("TOWPATH_SMTP_PORT", PORT + 26)
EMAIL_HOST_USER = env.text("TOWPATH_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.text("TOWPATH_SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.flag("TOWPATH_SMTP_TLS")
EMAIL_TIMEOUT = 10
INTAKE_PORT = env.number("TOWPATH_INTAKE_PORT", PORT + 25)

# Where each body's residents sign in, and its registers: code -> settings, read in people and exchange.
SIGN_IN_ISSUER = env.text("TOWPATH_SIGNIN_ISSUER", f"http://127.0.0.1:{PORT + 1}")
SIGN_IN_CLIENT = env.text("TOWPATH_SIGNIN_CLIENT", "towpath")
SIGN_IN_SECRET = env.text("TOWPATH_SIGNIN_SECRET", "")
REGISTER_URL = env.text("TOWPATH_REGISTER_URL", f"http://127.0.0.1:{PORT + 2}")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("TOWPATH_LOG_LEVEL", "INFO")},
    "loggers": {name: {"level": "WARNING"} for name in ("httpx", "procrastinate")},
}
