"""Settings, in the order a reader asks for them. Every variable stands in the table of docs/operations.md."""

import sys
from pathlib import Path

from celery.schedules import crontab

from tinysite.embedded.paths import POSTGRES_PORT, DataFolder
from tinysite.embedded.postgres import DATABASE, ROLE
from tinysite.env import (
    envbool,
    envdatabase,
    envint,
    envlist,
    envmail,
    envorigin,
    envrate,
    envredis,
    envstr,
)
from tinysite.secret import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
DATA = DataFolder.from_environment(BASE_DIR)

# -- TinySite ------------------------------------------------------------------------------------------------
SITE_NAME = "TinySite"
# Where `manage.py up` listens, and how many processes and threads it gives to pages and to tasks.
BIND = envstr("TINYSITE_BIND", "127.0.0.1")
PORT = envint("PORT", 8000, least=1, most=65535)
WEB_WORKERS = envint("TINYSITE_WEB_WORKERS", 2, least=1)
WEB_THREADS = envint("TINYSITE_WEB_THREADS", 4, least=1)
TASK_SLOTS = envint("TINYSITE_TASK_SLOTS", 2, least=1)
# Submitted archives, each under the SHA-256 of its bytes.
ARCHIVE_DIR = DATA.archives
# Uploads are streamed into this folder; on the disk of the archives, so that a full disk shows before it is too late.
INCOMING_DIR = Path(envstr("TINYSITE_INCOMING", str(DATA.root / "incoming")))
# The columnar copy of the leaderboards that the processes of this machine share; made again when it is gone.
SNAPSHOT_DIR = DATA.root / "snapshots"
# Answers that a web process keeps for readers without an account, and how old its knowledge of the data may be for them.
KEPT_ANSWERS_BYTES = envint("TINYSITE_KEPT_ANSWERS_BYTES", 64_000_000)
DATA_VERSION_AGE_S = 0.2
# Where they are kept: a folder of this machine, or a bucket behind an S3 API.
ARCHIVE_STORAGE = envstr("TINYSITE_ARCHIVE_STORAGE", "folder", choices=["folder", "s3"])
# True where no worker runs (tests, a command on a stopped site): a queued task runs in the process that queues it.
RUN_TASKS_AT_ONCE = envbool("TINYSITE_RUN_TASKS_AT_ONCE", False)
# Names the rules in footnotes: the app of results does not import that of submissions.
RULE_TITLES = "tinysite.rules.rule_titles"
# Finds the facts of a model that was analysed, for the pages of results; see results.selectors.analysed_model.
ANALYSED_MODEL = "submissions.services.model_analysis.load_analysis"
# Finds what was projected of it, and has the worker project what was not yet.
ANALYSED_PROJECTIONS = "submissions.services.model_projections.projections_of"
RECOMPUTATION_SWEEP_S = envint("TINYSITE_RECOMPUTATION_SWEEP_S", 60, least=1)
# How long the check of one archive may take by the clock before it is ended.
CHECK_DEADLINE_S = envint("TINYSITE_CHECK_DEADLINE_S", 300, least=1)
UPLOAD_MAX_BYTES = envint("TINYSITE_UPLOAD_MAX_BYTES", 500_000_000, least=1)
# Checks without an account: how long they are kept, and how much of the disk and of the queue they may take.
CHECK_KEPT_S = envint("TINYSITE_CHECK_KEPT_S", 3600, least=60)
CHECKS_MAX_BYTES = envint("TINYSITE_CHECKS_MAX_BYTES", 5_000_000_000, least=1)
CHECKS_WAITING_MAX = envint("TINYSITE_CHECKS_WAITING_MAX", 50, least=1)
# Model files that are analysed: how long their facts are kept, how many of them, how long one may take by the clock, and
# how many are analysed at the same moment on one machine.
MODEL_KEPT_S = envint("TINYSITE_MODEL_KEPT_S", 86_400, least=60)
MODELS_KEPT_MAX = envint("TINYSITE_MODELS_KEPT_MAX", 5_000, least=1)
MODEL_DEADLINE_S = envint("TINYSITE_MODEL_DEADLINE_S", 25, least=1)
MODELS_AT_ONCE = envint("TINYSITE_MODELS_AT_ONCE", 2, least=1)

# -- Security ------------------------------------------------------------------------------------------------
DEBUG = envbool("DEBUG", False)
SECRET_KEY = secret_key(DATA)
# The machine itself may always ask: the supervisor and container health checks do.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *envlist("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = envlist("CSRF_TRUSTED_ORIGINS")
# True behind a proxy that ends TLS and sets X-Forwarded-Proto itself.
HTTPS = envbool("TINYSITE_HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = envint("TINYSITE_HSTS_S", 365 * 86400) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
# The hash is that of an empty <style>: Plotly makes one and fills it through the object model.
CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

# -- Accounts ------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "submissions.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
    )
]
LOGIN_URL = "submissions:log-in"
LOGIN_REDIRECT_URL = "submissions:mine"
LOGOUT_REDIRECT_URL = "results:home"
SESSION_ENGINE = "tinysite.sessions"
SESSION_COOKIE_AGE = envint("TINYSITE_SESSION_AGE_S", 14 * 86400, least=300)
# For links that confirm an address or set a password.
PASSWORD_RESET_TIMEOUT = 86400
# How often one address (a /64 of IPv6), and for one account, from wherever it is asked. Of log-ins only those that
# fail count; nothing counts for the rest of the site.
FORM_THROTTLE_RATES = {
    "log-in": envrate("TINYSITE_THROTTLE_LOG_IN", "20/hour"),
    "sign-up": envrate("TINYSITE_THROTTLE_SIGN_UP", "20/hour"),
    "password-reset": envrate("TINYSITE_THROTTLE_PASSWORD_RESET", "10/hour"),
    "invitation": envrate("TINYSITE_THROTTLE_INVITATION", "30/hour"),
}
# Where the site is reached, for links in mails; unset, that of the request.
SITE_ORIGIN = envorigin("TINYSITE_URL")
# Where people write to the operators; printed on pages and in mails.
CONTACT = envstr("TINYSITE_CONTACT")
# Without a server, mails are printed where tasks run: in worker.log.
_MAIL = envmail("TINYSITE_EMAIL_URL")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _MAIL else 'console'}.EmailBackend"
EMAIL_TIMEOUT = 20  # seconds; a silent server must not hold a task slot
if _MAIL:
    EMAIL_HOST, EMAIL_PORT = _MAIL["HOST"], _MAIL["PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL["HOST_USER"], _MAIL["HOST_PASSWORD"]
    EMAIL_USE_SSL, EMAIL_USE_TLS = _MAIL["USE_SSL"], _MAIL["USE_TLS"]
DEFAULT_FROM_EMAIL = envstr("TINYSITE_EMAIL_FROM", f"{SITE_NAME} <noreply@localhost>")

# -- Applications --------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "tinysite.apps.TinySiteConfig",
    "results.apps.ResultsConfig",
    "submissions.apps.SubmissionsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
]
# No GZip: compressing pages that hold a CSRF token leaks it (BREACH); a proxy may compress what is public.
MIDDLEWARE = [
    "results.views.kept.KeptAnswersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "tinysite.middleware.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "submissions.uploads.UploadMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "tinysite.urls"
WSGI_APPLICATION = "tinysite.wsgi.application"
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
                "results.views.context.site",
            ],
        },
    }
]

# -- Database, broker, cache ---------------------------------------------------------------------------------
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        # The embedded server when DATABASE_URL is unset (tinysite/embedded/).
        **(
            envdatabase("DATABASE_URL")
            or {"NAME": DATABASE, "USER": ROLE, "HOST": str(DATA.sockets), "PORT": str(POSTGRES_PORT)}
        ),
        "CONN_MAX_AGE": envint("TINYSITE_DATABASE_CONNECTION_AGE_S", 600),
        "CONN_HEALTH_CHECKS": True,
    }
}
REDIS_URL = envredis("REDIS_URL") or f"unix://{DATA.valkey_socket}"
if RUN_TASKS_AT_ONCE:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
else:
    CACHES = {"default": {"BACKEND": "tinysite.cache.SharedCache", "LOCATION": REDIS_URL}}

# -- Tasks ---------------------------------------------------------------------------------------------------
# Celery spells a socket differently from the Redis client.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_ALWAYS_EAGER = CELERY_TASK_EAGER_PROPAGATES = RUN_TASKS_AT_ONCE
# A task is acknowledged when it is done: one that is killed in the middle is handed out again.
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A publish has already committed its due recomputation: a lost message costs a delay, so do not keep people waiting.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# The console's mails stay readable: no log line around each of theirs.
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep-due-recomputations": {
        "task": "results.tasks.sweep_due_recomputations",
        "schedule": RECOMPUTATION_SWEEP_S,
    },
    "project": {"task": "results.tasks.project", "schedule": RECOMPUTATION_SWEEP_S},
    "backtest": {"task": "results.tasks.backtest", "schedule": RECOMPUTATION_SWEEP_S},
    "write-due-dumps": {"task": "results.tasks.write_due_dumps", "schedule": RECOMPUTATION_SWEEP_S},
    "sweep-submissions": {"task": "submissions.tasks.sweep_submissions", "schedule": 30},
    "expire-checks": {"task": "submissions.tasks.expire_checks", "schedule": 60},
    "publish-due-calls": {"task": "submissions.tasks.publish_due_calls", "schedule": 30},
    "check-storage": {"task": "submissions.tasks.check_storage", "schedule": crontab(hour=3, minute=0)},
    "tidy-accounts": {"task": "submissions.tasks.tidy_accounts", "schedule": crontab(hour=3, minute=20)},
}

# -- API -----------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    # The first one decides that who is not known is answered 401 with WWW-Authenticate, not 403.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "submissions.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": envrate("TINYSITE_THROTTLE_ANONYMOUS", "300/minute"),
        "user": envrate("TINYSITE_THROTTLE_USER", "1200/minute"),
        # Files cost most: archives of one account, checks without an account from one address, model files of either.
        "submissions": envrate("TINYSITE_THROTTLE_SUBMISSIONS", "60/hour"),
        "checks": envrate("TINYSITE_THROTTLE_CHECKS", "30/hour"),
        "models": envrate("TINYSITE_THROTTLE_MODELS", "60/hour"),
        # Everything else that one account writes: comments, decisions, objections.
        "writes": envrate("TINYSITE_THROTTLE_WRITES", "600/hour"),
    },
    # How many proxies stand in front: the throttle reads the client's address before them.
    "NUM_PROXIES": envint("TINYSITE_PROXIES", 0, most=10),
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "results.api.problems.problem_details",
}
SPECTACULAR_SETTINGS = {
    # Fields of one name with other choices: the schema calls each set by what it is.
    "ENUM_NAME_OVERRIDES": {
        "ProvenanceEnum": "results.models.Provenance",
        "ExternalProvenanceEnum": "results.api.serializers.figures.PROVENANCES",
        "CoverageStateEnum": "results.api.serializers.coverage.CELL_STATES",
        "MatrixStateEnum": "results.api.serializers.projections.STATES",
        "ProjectionStateEnum": "results.api.serializers.projections.ANSWER_STATES",
    },
    "TITLE": "TinySite API",
    "DESCRIPTION": "Published TinyML benchmark results with their evidence; submitting, reviewing, objecting.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "A token of the account page, sent as `Authorization: Bearer tiny_…`.",
            },
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": "sessionid",
                "description": "The log-in of the pages, sent by the browser itself. Whatever changes something also needs `X-CSRFToken`.",
            },
        }
    },
}

# -- Static files --------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "tinysite.staticfiles.PackageFilesFinder",
]
_SIDECAR = "static/drf_spectacular_sidecar"
# Scripts come out of installed packages, file by file: URL below /static/ → (package, path inside it).
STATICFILES_FROM_PACKAGES = {
    "vendor/htmx.min.js": ("django_htmx", "static/django_htmx/htmx-2.min.js"),
    "vendor/plotly.min.js": ("plotly", "package_data/plotly.min.js"),
    **{
        f"vendor/{name}": ("drf_spectacular_sidecar", f"{_SIDECAR}/swagger-ui-dist/{name}")
        for name in ("swagger-ui.css", "swagger-ui-bundle.js")
    },
}
# True after `collectstatic` (the container does it): names carry a hash and files are kept compressed.
COLLECTED_STATIC = envbool("TINYSITE_COLLECTED_STATIC", False)
STATIC_ROOT = BASE_DIR / "staticfiles" if COLLECTED_STATIC else None
WHITENOISE_USE_FINDERS = not COLLECTED_STATIC
_STATIC_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"
_BUCKET = {
    "bucket_name": envstr("TINYSITE_S3_BUCKET"),
    "endpoint_url": envstr("TINYSITE_S3_ENDPOINT") or None,
    "region_name": envstr("TINYSITE_S3_REGION") or None,
    "access_key": envstr("TINYSITE_S3_ACCESS_KEY") or None,
    "secret_key": envstr("TINYSITE_S3_SECRET_KEY") or None,
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "tinysite.staticfiles.CollectedFilesStorage" if COLLECTED_STATIC else _STATIC_STORAGE
    },
    # Files of the published data, each release under its hash; beside the archives.
    "releases": {
        "folder": {
            "BACKEND": "submissions.archive_storage.ArchiveFolder",
            "OPTIONS": {"location": DATA.releases},
        },
        "s3": {
            "BACKEND": "submissions.archive_bucket.ArchiveBucket",
            "OPTIONS": {**_BUCKET, "location": "releases"},
        },
    }[ARCHIVE_STORAGE],
    "archives": {
        "folder": {
            "BACKEND": "submissions.archive_storage.ArchiveFolder",
            "OPTIONS": {"location": ARCHIVE_DIR},
        },
        "s3": {
            "BACKEND": "submissions.archive_bucket.ArchiveBucket",
            "OPTIONS": _BUCKET,
        },
    }[ARCHIVE_STORAGE],
}

# -- Language, time, messages --------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True

# -- Logging -------------------------------------------------------------------------------------------------
LOG_LEVEL = envstr("TINYSITE_LOG_LEVEL", "INFO", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": sys.stderr}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # It warns of every HEAD request: Django leaves it to the server to drop the body.
        "gunicorn.http.wsgi": {"level": "ERROR"},
        # A line per task is for the worker's log, not for a command that does the tasks itself.
        "celery.app.trace": {"level": "WARNING" if RUN_TASKS_AT_ONCE else LOG_LEVEL},
    },
}
