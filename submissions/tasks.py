"""What the worker runs for submissions and accounts: each task calls one service and can run twice."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from celery import shared_task
from django.utils import timezone

from submissions.services import (
    accounts,
    audit,
    calls,
    checks,
    mail,
    model_analysis,
    model_projections,
    processing,
)

logger = logging.getLogger(__name__)


@shared_task
def check_version(version_pk: int) -> bool:
    """Read and check one version of a submission."""
    return processing.claim_and_check(version_pk)


@shared_task
def run_check(check_pk: str) -> bool:
    """Read and check what somebody without an account sent."""
    return checks.run(check_pk)


@shared_task
def sweep_submissions() -> int:
    """Hand over again what a lost message or a killed worker has left undone."""
    return processing.sweep() + checks.sweep() + model_projections.sweep()


@shared_task
def project_models() -> int:
    """Project every analysed model that waits for it on all systems."""
    from submissions.services import project_models  # here, for who hands the task over needs no engine

    return project_models.project_waiting()


@shared_task
def expire_checks() -> int:
    """Delete the checks without an account and the analyses of models whose time is over."""
    return checks.expire(timezone.now()) + model_analysis.expire(timezone.now())


@shared_task
def publish_due_calls() -> int:
    """Publish what was accepted for the rounds whose moment has come."""
    return len(calls.publish_due(timezone.now()))


@shared_task
def check_storage() -> int:
    """Compare every stored archive with its SHA-256; one line of the log for each that is wrong."""
    problems = audit.audit().problems
    for problem in problems:
        logger.error("storage of archives: %s %s: %s", problem.kind, problem.name, problem.detail)
    return len(problems)


@shared_task(autoretry_for=(OSError, SMTPException), retry_backoff=30, max_retries=5)
def send_mail(to: str, subject: str, body: str) -> None:
    """Send one mail; a mail server that does not answer is asked again for about a quarter of an hour."""
    mail.deliver(to=to, subject=subject, body=body)


@shared_task
def send_password_reset(email: str, origin: str) -> None:
    """Mail the link for a new password, if the address has an account: the page does not wait to find out."""
    accounts.send_password_reset(email, origin)


@shared_task
def tidy_accounts() -> None:
    """Delete accounts that nobody confirmed, invitations that have ended, sessions that have expired."""
    accounts.tidy()
