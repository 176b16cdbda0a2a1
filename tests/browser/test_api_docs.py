"""The viewers of the API's schema draw under the site's policy, from files of the site alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("address", "drawn"), [("/api/v1/docs/", ".opblock"), ("/api/v1/redoc/", "h2")])
def test_a_viewer_draws_the_schema_without_any_request_to_another_site(
    page: Page, live_server, address: str, drawn: str
) -> None:
    answered: list[Request] = []
    wrong: list[str] = []
    page.on("requestfinished", lambda request: answered.append(request))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(address)
    page.wait_for_selector(drawn)
    page.wait_for_load_state("networkidle")
    assert page.locator(drawn).count() > 5
    assert wrong == []
    # Redoc would fetch the logo of its makers; the policy stops it before anything is sent.
    assert [request.url for request in answered if not request.url.startswith(live_server.url)] == []


def test_a_request_made_from_swagger_is_answered_on_the_page(page: Page) -> None:
    page.goto("/api/v1/docs/#/benchmarks/list_benchmarks")
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
