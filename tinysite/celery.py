"""The Celery application; a worker reports that it lives through the cache, where /healthz looks."""

import os
import time
from typing import Any

from celery import Celery
from celery.signals import heartbeat_sent, worker_process_init, worker_ready, worker_shutdown

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinysite.settings")

app = Celery("tinysite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

WORKER_SEEN_KEY = "tinysite-worker-seen"
# A worker sends a heartbeat every 2 s; a busy machine may delay some.
WORKER_SEEN_FOR_S = 20


NICENESS = 5


@worker_process_init.connect
def let_pages_go_first(**_: Any) -> None:
    os.nice(NICENESS)


@worker_ready.connect
@heartbeat_sent.connect
def report_worker(**_: Any) -> None:
    from django.core.cache import cache

    cache.set(WORKER_SEEN_KEY, time.time(), timeout=WORKER_SEEN_FOR_S)


@worker_ready.connect
def take_up_what_was_lost(**_: Any) -> None:
    from results.services.background import forget_turns

    forget_turns()


@worker_shutdown.connect
def report_worker_gone(**_: Any) -> None:
    from django.core.cache import cache

    cache.delete(WORKER_SEEN_KEY)
