"""The page of self-reported results in a browser: accessible, readable on a phone, complete without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from submissions.models import Membership, Organisation, User

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits(
    page: Page, live_server, client: Client, width: int, scheme: str
) -> None:
    call_command("load_catalogue", verbosity=0)
    user = User.objects.create(email="sender@example.org", name="Sender", is_active=True)
    organisation = Organisation.objects.create(name="Example Lab", slug="example-lab")
    Membership.objects.create(user=user, organisation=organisation, role="owner")
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto("/submissions/new/self-reported/")
    page.get_by_role("heading", name="Hand in a self-reported result").wait_for()
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
