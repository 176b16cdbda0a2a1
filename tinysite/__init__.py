"""The composition root: settings, URLs, the Celery application, and the servers that run them.

It imports the applications; nothing imports it.
"""

from .celery import app as celery_app

__all__ = ["celery_app"]
