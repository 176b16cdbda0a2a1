"""The WSGI entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinysite.settings")

application = get_wsgi_application()

# Every view is loaded now, before gunicorn forks its workers, so that they share it and no first reader waits for it.
get_resolver().url_patterns  # noqa: B018 - reading them loads them
# What is loaded stays: to look through it again for garbage, several times a page, would cost more than the page.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 10, 10)
