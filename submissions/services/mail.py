"""Mails: plain text out of ``templates/mail/``, handed to the worker once the transaction has committed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string


def queue_mail(template: str, to: str, subject: str, **context: Any) -> None:
    """Queue ``templates/mail/<template>.txt`` for the address ``to``, after the commit of the caller's transaction."""
    body = render_to_string(
        f"mail/{template}.txt", {"site_name": settings.SITE_NAME, "contact": settings.CONTACT, **context}
    )
    queue_task("send_mail", to=to, subject=subject, body=body)


def queue_task(name: str, **arguments: Any) -> None:
    """Hand a task of submissions.tasks to the worker after the commit; with the broker gone the page is answered
    all the same."""

    def hand_over() -> None:
        from submissions import tasks

        getattr(tasks, name).delay(**arguments)

    transaction.on_commit(hand_over, robust=True)


def deliver(*, to: str, subject: str, body: str) -> None:
    """Send one mail now. Raises what the mail server's connection raises (OSError, SMTPException)."""
    EmailMessage(f"{settings.SITE_NAME}: {subject}", body, to=[to]).send()
