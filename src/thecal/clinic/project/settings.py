"""Django's settings, all that differs between clinics from the environment."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from thecal.clinic.project.environment import read
from thecal.clinic.project.subjects import SUBJECTS

THECAL = read(os.environ)
HERE = Path(__file__).resolve().parent

SECRET_KEY = THECAL.secret_key
DEBUG = False
ALLOWED_HOSTS = list(THECAL.hosts)
DATABASES = {"default": THECAL.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "thecal.clinic.project.urls"
WSGI_APPLICATION = "thecal.clinic.project.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django.forms",
    *(f"thecal.clinic.{subject}" for subject in SUBJECTS),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "thecal.clinic.project.middleware.NothingIsCached",
    "thecal.clinic.api.middleware.Problems",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "thecal.clinic.tokens.middleware.ByToken",
    "thecal.clinic.project.middleware.RateLimit",
    "thecal.clinic.project.middleware.SessionEnds",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "thecal.clinic.project.middleware.SecondFactor",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE.parent / "design" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "thecal.clinic.design.context.frame",
                "thecal.clinic.demo.mark.banner",
            ],
        },
    },
]

# Forms are drawn by the design's templates
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# The notebook and keys by which this clinic speaks to pumps: a folder for each clinic, its owner's
THECAL_PROGRAMMER = THECAL.home / "programmer"
# The files of exports that other systems asked for, until they are swept
THECAL_EXPORTS = THECAL.home / "exports"

# Time, language
USE_TZ = True
TIME_ZONE = THECAL.zone
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [HERE.parent / "locale"]
FORMAT_MODULE_PATH = ["thecal.clinic.project.formats"]

# Files; all from this package, none from elsewhere
STATIC_URL = "/static/"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "thecal.clinic.project.finders.FromWheels",
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# Who may come in
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "thecal.clinic.people.accounts.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip"}  # axes locks a person out, and remembers it
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if THECAL.is_development else "https"

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Thecal"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = THECAL.is_development
THECAL_SECOND_FACTOR = THECAL.second_factor

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]
# A clinic shares one address: it is slowed down by the rate limit, and not locked out as a whole.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS: list[str] = []
AXES_USERNAME_CALLABLE = "thecal.clinic.people.accounts.claimed"

# Requests: so many in a minute from one person, or from one address before it has signed in
THECAL_REQUESTS_A_MINUTE = {"person": 600, "address": 120}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Sessions end when nobody does anything, and after a working day in any case
SESSION_COOKIE_AGE = 30 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
THECAL_SESSION_ENDS_AFTER = timedelta(hours=12)
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "thecal.clinic.project.errors.forged"
MESSAGE_TAGS = {10: "info", 20: "info", 25: "ok", 30: "warn", 40: "stop"}  # the design's notices
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# What a browser may do with the pages
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
        "object-src": [NONE],
        "manifest-src": [SELF],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if not THECAL.is_development:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in THECAL.hosts]

# Mail; without a server it is printed in development, and kept on the page alone in production
DEFAULT_FROM_EMAIL = SERVER_EMAIL = THECAL.mail_from
if THECAL.mail:
    EMAIL_HOST, EMAIL_PORT = THECAL.mail["host"], THECAL.mail["port"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = THECAL.mail["user"], THECAL.mail["password"]
    EMAIL_USE_SSL, EMAIL_USE_TLS = THECAL.mail["is_tls"], not THECAL.mail["is_tls"]
else:
    EMAIL_BACKEND = "django.core.mail.backends." + (
        "console.EmailBackend" if THECAL.is_development else "dummy.EmailBackend"
    )

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
