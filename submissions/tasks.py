"""What the worker runs for submissions and accounts: each task calls one service and can run twice."""

from __future__ import annotations

from smtplib import SMTPException

from celery import shared_task

from submissions.services import accounts, mail


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
