"""Sign up, confirm, make an organisation in a browser; every page of accounts is accessible and fits a phone."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import Page, expect

PASSWORD = "four plain words here"

pytestmark = pytest.mark.django_db(transaction=True)


def _check(page: Page) -> None:
    """No finding of axe in either theme, and nothing wider than a phone."""
    for width, theme in ((1280, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_somebody_signs_up_confirms_and_makes_an_organisation(page: Page) -> None:
    cache.clear()
    page.goto("/account/sign-up/")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("This field is required.").first).to_be_visible()
    _check(page)
    page.get_by_label("E-mail address").fill("ada@lab.example")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    _check(page)
    page.goto(re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[-1].body).group(1))
    _check(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm and log in").click()
    expect(page.get_by_role("status")).to_contain_text("is confirmed")
    _check(page)
    page.get_by_role("link", name="Make an organisation").click()
    _check(page)
    page.get_by_label("Name").fill("Tiny Lab")
    page.get_by_role("button", name="Make the organisation").click()
    expect(page.get_by_role("heading", name="Tiny Lab", level=1)).to_be_visible()
    page.get_by_label("E-mail address").fill("grace@lab.example")
    page.get_by_role("button", name="Send an invitation").click()
    expect(page.get_by_text("grace@lab.example, submitter")).to_be_visible()
    _check(page)
    page.goto(re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[-1].body).group(1))
    _check(page)
    page.goto("/account/")
    page.locator("#id_token-name").fill("nightly")
    page.get_by_role("button", name="Make a token").click()
    expect(page.locator("code.secret")).to_contain_text("tiny_")
    _check(page)
    for url in ("/account/", "/account/password/", "/account/delete/"):
        page.goto(url)
        _check(page)
    page.goto("/account/")
    page.get_by_role("button", name="Log out").click()
    for url in (
        "/account/log-in/",
        "/account/password/reset/",
        "/account/password/reset/sent/",
        "/invitations/x/",
    ):
        page.goto(url)
        _check(page)
