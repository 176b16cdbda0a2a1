"""Projections in a browser: accessible at two widths and themes, one tab stop for the matrix, keys that walk it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.results.makers import make_run
from tests.results.projection_field import make_backtest, make_matrix, make_projection

pytestmark = pytest.mark.django_db(transaction=True)


def pages() -> list[str]:
    one, two = make_matrix()
    make_backtest(anchors=1)
    for number in range(30):
        make_projection(make_run("kws", device=f"another-board-{number}").system, "ic01", 10.0 + number)
    return [
        "/projections/", "/projections/?metric=energy", "/projections/?show=states", "/projections/?level=class",
        "/projections/?state=projected", f"/projections/{one.pk}/ic01/", f"/projections/{two.pk}/vww01/",
        "/projections/backtest/", "/devices/board-a/", "/models/ic01/", f"/systems/{one.pk}/",
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_projections_are_accessible_and_fit_their_screen(
    browser: Browser, live_server, width: int, theme: str
) -> None:
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=theme,
        reduced_motion="reduce",
    )  # fmt: skip
    page, wrong = context.new_page(), []
    for url in pages():
        page.goto(url)
        wrong += [f"{url}: {found['id']}" for found in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{url}: scrolls sideways")
    context.close()
    assert wrong == []


@pytest.mark.parametrize("show", ["values", "states"])
def test_the_keys_walk_the_matrix_and_the_focus_says_what_a_cell_holds(page: Page, show: str) -> None:
    one, two = make_matrix()
    page.goto(f"/projections/?show={show}")
    matrix, said = page.locator("[data-matrix]"), page.locator("[data-matrix-said]")
    assert matrix.locator("td[tabindex='0']").count() == 1, "the whole matrix is one tab stop"
    matrix.locator("td[tabindex='0']").focus()
    expect(said).to_contain_text("× ad01: cannot project")
    page.keyboard.press("End")
    expect(said).to_contain_text(
        "BOARD-A Stack A 2.0, v1.1, Lab × ic01: projected 180 ms, 80 %: 112 to 288 ms"
    )
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    expect(said).to_contain_text("BOARD-B Stack B 1.0, v1.0, Lab × vww01: flash: does not fit")
    page.keyboard.press("Control+Home")
    expect(said).to_contain_text("BOARD-A")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/projections/{one.pk}/ic01/")


def test_without_scripts_every_cell_is_a_link(browser: Browser, live_server) -> None:
    one, _ = make_matrix()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/projections/")
    page.get_by_role("link", name="projected 180 ms").click()
    assert page.url.endswith(f"/projections/{one.pk}/ic01/")
    page.goto("/projections/?show=states")
    page.get_by_role("link", name="The same with values").click()
    expect(page.get_by_role("link", name="measured 20.0 ms")).to_be_visible()
    context.close()


def test_from_the_masthead_to_a_class_to_its_systems_to_a_cell(page: Page) -> None:
    make_matrix()
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Projections").click()
    page.get_by_role("link", name="classes", exact=True).click()
    page.get_by_role("link", name="MCU", exact=True).click()
    assert page.url.endswith("/projections/?class=mcu")
    page.get_by_label("Cells").select_option("does-not-fit")
    page.get_by_role("button", name="Show").click()
    assert page.url.endswith("/projections/?class=mcu&state=does-not-fit")
    expect(page.locator("tr[data-system]")).to_have_count(1)
