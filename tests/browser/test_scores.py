"""The page of scores in a browser: accessible at two widths and themes, fits its screen, keeps what was chosen."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.results.makers import aggregate, make_reference
from tests.results.views.test_scores import make_scored

pytestmark = pytest.mark.django_db(transaction=True)

QUERIES = (
    "",
    "?metric=energy",
    "?metric=energy-delay&w_kws=2",
    "?metric=memory",
    "?to={to}&w_ad=3",
    "?round=v0.7",
)


def _field() -> int:
    """The reference, two that share a rank, one at another supply, one with two benchmarks; the key of the first."""
    make_reference()
    first = make_scored("first", 4.0, thriftier=3.0)
    make_scored("second", 3.9, availability="preview")
    make_scored("slow", 2.0, thriftier=2.0, supply_mv=3000.0, division="open", device_class="npu")
    make_scored("partial", 9.0, benchmarks=("kws", "ic"))
    aggregate()
    return first.pk


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_scores_are_accessible_and_fit_their_screen(
    browser: Browser, live_server, width: int, theme: str
) -> None:
    to = _field()
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=theme,
        reduced_motion="reduce",
    )  # fmt: skip
    page, wrong = context.new_page(), []
    for query in QUERIES:
        page.goto(f"/scores/{query.format(to=to)}")
        for summary in page.locator("main details > summary").all():
            summary.click()
        wrong += [f"{query}: {found['id']}" for found in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{query}: scrolls sideways")
    context.close()
    assert wrong == []


def test_reference_weights_and_filters_stay_together_in_the_address(page: Page) -> None:
    to = _field()
    page.goto("/scores/")
    page.get_by_role("link", name=f"choose system {to},").click()
    page.get_by_text("Weights", exact=True).click()
    page.get_by_label("kws").fill("2")
    page.get_by_role("button", name="Weigh").click()
    page.get_by_label("Round").select_option("v1.1")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("weighted: kws ×2")
    expect(page.get_by_role("heading", level=1)).to_contain_text("against TFLite Micro on FIRST")
    assert f"round=v1.1&to={to}&w_kws=2" in page.url
    expect(page.locator("tr.chosen")).to_contain_text("1.00")
