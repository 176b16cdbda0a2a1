"""What tests of accounts share: no counted attempt of an earlier test, mails that are sent at once, small makers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from submissions.models import Membership, Organisation, User

PASSWORD = "four plain words here"


@pytest.fixture(autouse=True)
def _no_attempt_is_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def post(django_capture_on_commit_callbacks) -> Callable:
    """POST that also does what follows the commit, as a request outside a test does."""

    def send(client: Client, url: str, /, **data: object):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(url, data)

    return send


def make_user(email: str = "ada@lab.example", **columns: object) -> User:
    columns = {"name": "Ada", "is_active": True, "email_confirmed_at": "2026-01-01T00:00Z"} | columns
    return User.objects.create_user(email, PASSWORD, **columns)


def make_organisation(owner: User, name: str = "Tiny Lab") -> Organisation:
    organisation = Organisation.objects.create(name=name, slug=name.lower().replace(" ", "-"))
    Membership.objects.create(user=owner, organisation=organisation, role="owner")
    return organisation


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def mailed_path() -> str:
    """The address in the newest mail, without its host."""
    return re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[-1].body).group(1)
