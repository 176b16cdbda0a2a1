"""Analysing a model in a browser: with and without scripts, accessible at two widths and in two themes."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from tests.submissions.formats.neural_models import tflite_files
from tests.submissions.model_analyses import incomplete_model, kept, pruned_model

pytestmark = pytest.mark.django_db(transaction=True)

SCREENS = {
    "desk": (1280, "light"),
    "desk at night": (1280, "dark"),
    "phone": (390, "light"),
    "night": (390, "dark"),
}


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()


def choose(page: Page, content: bytes) -> None:
    page.goto("/models/analyse/")
    page.get_by_label("Model file").set_input_files(
        {"name": "ours.tflite", "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name="Analyse").click()


@pytest.mark.parametrize("screen", SCREENS)
def test_form_facts_and_refusal_are_accessible_and_keep_to_the_width(
    browser: Browser, live_server, screen: str
) -> None:
    width, theme = SCREENS[screen]
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=theme
    )
    page, complaints = context.new_page(), []

    def look(what: str) -> None:
        violations = Axe().run(page).response["violations"]
        complaints.extend(
            f"{what}: {v['id']}: {[n['html'][:120] for n in v['nodes']][:3]}" for v in violations
        )
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            complaints.append(f"{what} scrolls sideways at {width}")

    for content in (tflite_files.mobilenet(), pruned_model(), incomplete_model()):
        address = kept(content).get_absolute_url()
        page.goto(address)
        look(address)
    page.goto("/models/analyse/")
    look("form")
    choose(page, b"hello")
    expect(page.get_by_role("heading", name="The file cannot be analysed")).to_be_visible()
    look("refusal")
    context.close()
    assert complaints == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_upload_leads_to_its_facts(browser: Browser, live_server, scripts: bool) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=scripts)
    page = context.new_page()
    choose(page, pruned_model())
    expect(page.get_by_role("heading", level=1)).to_have_text("ours.tflite")
    expect(page.get_by_role("row", name="1 CONV_2D")).to_contain_text("1 of 4")
    context.close()
