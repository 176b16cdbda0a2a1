"""The fit finder in a browser: every question and state, at two widths and in two themes."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.results.views.field import make_field

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {
    "no network chosen": "/find/hardware/",
    "no device chosen": "/find/model/",
    "neither chosen": "/find/performance/",
    "hardware, answers and failures": "/find/hardware/?model=vww01&latency_max=80&objective=energy",
    "hardware, nothing fits": "/find/hardware/?benchmark=vww&latency_max=0.001",
    "hardware, memory that nobody states": "/find/hardware/?benchmark=vww&ram_min=64",
    "hardware, average power": "/find/hardware/?benchmark=vww&average_power_max=5&fps=2&sleep_power=0.005",
    "what runs on a device": "/find/model/?device=board-a",
    "a network on a device": "/find/performance/?model=vww01&device=board-a&latency_max=50",
    "refused": "/find/hardware/?benchmark=vww&latency_max=soon&colour=red",
}


@pytest.mark.parametrize(
    ("width", "height", "theme"),
    [(1280, 900, "light"), (1280, 900, "dark"), (390, 844, "light"), (390, 844, "dark")],
)
def test_every_state_of_the_finder_is_accessible_and_fits_its_screen(
    browser: Browser, live_server, width: int, height: int, theme: str
) -> None:
    make_field()
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": height}, color_scheme=theme,
        reduced_motion="reduce",
    )  # fmt: skip
    page, wrong = context.new_page(), []
    for state, url in PAGES.items():
        answer = page.goto(url)
        if answer is None or answer.status != (400 if state == "refused" else 200):
            wrong.append(f"{state}: answered {answer and answer.status}")
        wrong += [f"{state}: {found['id']}" for found in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{state}: scrolls sideways")
    context.close()
    assert wrong == []


def test_a_question_is_asked_and_answered_without_a_script(browser: Browser, live_server) -> None:
    make_field()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/find/hardware/?model=vww01")
    page.locator('form.find-form input[name="latency_max"]').fill("80")
    page.locator("form.find-form button").first.click()
    expect(page).to_have_url("/find/hardware/?model=vww01&latency_max=80")
    page.locator("summary", has_text="fail a limit").first.click()
    expect(page.get_by_text("over the limit of 80 ms").first).to_be_visible()
    context.close()
