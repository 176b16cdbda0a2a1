"""The viewer of the API's schema draws under the site's policy, from files of the site alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

pytestmark = pytest.mark.django_db(transaction=True)


def test_swagger_draws_the_schema_and_asks_no_other_site(page: Page, live_server) -> None:
    asked: list[Request] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto("/api/v1/docs/")
    page.wait_for_selector(".opblock")
    page.wait_for_load_state("networkidle")
    assert page.locator(".opblock").count() > 5
    assert wrong == []
    elsewhere = [request.url for request in asked if not request.url.startswith((live_server.url, "data:"))]
    assert elsewhere == []


def test_a_request_made_from_swagger_is_answered_on_the_page(page: Page) -> None:
    page.goto("/api/v1/docs/#/benchmarks/list_benchmarks")
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
