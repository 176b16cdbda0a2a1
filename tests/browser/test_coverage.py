"""Coverage in a browser: accessible at two widths and themes, its head and names stay in sight, keys reach all."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.results.coverage_field import make_field

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = (
    "/coverage/",
    "/coverage/?state=measured",
    "/coverage/devices/",
    "/coverage/devices/?cells=not-run",
    "/coverage/devices/?metric=energy&division=closed&cells=empty",
)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_coverage_is_accessible_and_fits_its_screen(
    browser: Browser, live_server, width: int, theme: str
) -> None:
    make_field()
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=theme,
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


@pytest.mark.parametrize("width", [1280, 390])
def test_head_and_device_stay_in_sight_while_keys_move_the_window(page: Page, width: int) -> None:
    make_field()
    page.set_viewport_size({"width": width, "height": 700})
    page.goto("/coverage/devices/")
    window = page.get_by_role("region", name="Devices against benchmarks")
    window.focus()
    first = page.get_by_role("link", name="NUCLEO-L4R5ZI", exact=True)
    expect(first).to_be_in_viewport()
    page.keyboard.press("End")
    expect(first).not_to_be_in_viewport()
    if width < 1000:
        window.evaluate("window => window.scrollTo({left: 150})")
    frame = window.bounding_box()
    head = page.get_by_role("columnheader", name="Device", exact=True).bounding_box()
    assert frame
    assert head
    assert abs(head["y"] - frame["y"]) < 3
    assert abs(head["x"] - frame["x"]) < 3


def test_a_reason_leads_to_its_cells_and_a_cell_to_its_results(page: Page) -> None:
    make_field()
    page.goto("/coverage/devices/")
    page.get_by_role("link", name="withdrawn").click()
    expect(page.get_by_role("heading", name="1 device")).to_be_visible()
    page.get_by_label("Cells").select_option("measured")
    page.get_by_role("button", name="Show").click()
    assert "cells=measured" in page.url
    page.get_by_role("link", name="3 results of NUCLEO-L4R5ZI on kws").click()
    assert "/leaderboards/kws/?device=nucleo-l4r5zi" in page.url
