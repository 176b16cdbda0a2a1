"""The comparison, its chooser and the ticks of a leaderboard, in a browser."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.results.makers import aggregate
from tests.results.views.field import make_field, make_many

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = (
    "/compare/",
    "/compare/?with=run:board",
    "/compare/?q=board",
    "/compare/?run=board&run=fast&run=thrifty&run=at-3v&run=open",
    "/compare/?device=board-a&device=accelerated&device=npu-board",
    "/compare/?run=board",
    "/leaderboards/vww/",
)


@pytest.mark.parametrize(
    ("width", "height", "theme"),
    [(1280, 900, "light"), (1280, 900, "dark"), (390, 844, "light"), (390, 844, "dark")],
)
def test_comparing_is_accessible_and_fits_its_screen(
    browser: Browser, live_server, width: int, height: int, theme: str
) -> None:
    make_field()
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": height}, color_scheme=theme,
        reduced_motion="reduce",
    )  # fmt: skip
    page, wrong = context.new_page(), []
    for url in PAGES:
        page.goto(url)
        wrong += [f"{url}: {found['id']}" for found in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{url}: scrolls sideways")
    context.close()
    assert wrong == []


def test_ticked_results_are_compared_without_a_script(browser: Browser, live_server) -> None:
    make_field()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/leaderboards/vww/")
    page.locator('input.pick[value="fast"]').check()
    page.locator('input.pick[value="board"]').check()
    page.get_by_role("button", name="Compare chosen").click()
    expect(page).to_have_url("/compare/?run=fast&run=board")
    context.close()


def test_ticks_outlive_a_filter_and_end_at_eight(page: Page) -> None:
    make_field()
    make_many(10)
    aggregate()
    page.goto("/leaderboards/vww/?class=npu")
    page.locator('input.pick[value="thrifty"]').check()
    page.goto("/leaderboards/vww/?class=mcu")
    for k in range(7):
        page.locator(f'input.pick[value="many-00{k}"]').check()
    expect(page.locator('input.pick[value="many-008"]')).to_be_disabled()
    expect(page.locator("[data-compare-said]")).to_have_text("8 chosen, no more can be compared.")
    page.get_by_role("button", name="Compare chosen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("8 results compared")


def test_the_masthead_is_one_line_on_a_desk_and_leads_to_the_comparison(page: Page) -> None:
    make_field()
    page.goto("/")
    heights = page.locator(".nav a, .mast-end a").evaluate_all(
        "links => links.map((a) => a.getBoundingClientRect().top)"
    )
    assert max(heights) - min(heights) < 4
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Compare").click()
    expect(page).to_have_url("/compare/")
