"""A model of one's own in a browser: from its file to a ranked answer, a changed limit, a shared address."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from results.models import System
from submissions import tasks
from submissions.services.project_models import project_waiting
from tests.results.makers import make_device, make_projection, make_publication, make_system
from tests.results.small_engine import make_learnable, use_small_engine
from tests.submissions.formats.neural_models.tflite_files import mobilenet
from tests.submissions.model_analyses import kept, pruned_model

pytestmark = pytest.mark.django_db(transaction=True)

SCREENS = {
    "desk": (1280, "light"),
    "desk at night": (1280, "dark"),
    "phone": (390, "light"),
    "phone at night": (390, "dark"),
}


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    use_small_engine(monkeypatch)
    # The worker works when a test lets it, so that the page is seen to wait.
    monkeypatch.setattr(tasks.project_models, "delay", lambda: None)


def limit(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).fill(value)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_file_leads_to_measured_and_projected_systems_within_limits(
    browser: Browser, live_server, scripts: bool
) -> None:
    cache.clear()
    make_learnable()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=scripts)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto("/models/analyse/")
    page.get_by_label("Model file").set_input_files(
        {"name": "wake.tflite", "mimeType": "application/octet-stream", "buffer": mobilenet()}
    )
    page.get_by_role("button", name="Analyse").click()
    page.get_by_role("link", name="Which hardware fits it?").click()
    expect(page.get_by_role("status")).to_contain_text("Your model waits for the worker")
    project_waiting()
    if not scripts:
        page.get_by_role("link", name="load the page again").click()
    part = page.locator("#projected")
    expect(part.get_by_role("link", name="BOARD-7", exact=True)).to_be_visible()

    limit(page, "Network takes RAM at most", "256")
    limit(page, "Frame rate", "10")
    page.locator("form.find-form button").first.click()
    expect(page).to_have_url(re.compile(r"analysis=[a-z0-9]{24}.*ram_max=256&fps=10"))
    expect(
        page.locator("main .find-table").first.get_by_role("link", name="BOARD-6", exact=True)
    ).to_be_visible()
    row = part.get_by_role("row").filter(has=page.get_by_role("link", name="BOARD-7", exact=True))
    expect(row).to_contain_text("RAM fits")
    expect(row).to_contain_text("projected")
    likely = row.locator("td").first.inner_text()

    limit(page, "Latency at most", "5")
    page.locator("form.find-form button").first.click()
    expect(page).to_have_url(re.compile("latency_max=5"))
    unlikely = (
        part.get_by_role("row")
        .filter(has=page.get_by_role("link", name="BOARD-7", exact=True))
        .locator("td")
        .first
    )
    assert unlikely.inner_text() != likely
    expect(page.get_by_text("fail a limit").or_(page.get_by_text("Nothing fits")).first).to_be_visible()

    shared = browser.new_context(base_url=live_server.url, java_script_enabled=scripts)
    other = shared.new_page()
    other.goto(page.url)
    expect(other.locator("#projected").get_by_role("link", name="BOARD-7", exact=True)).to_be_visible()
    assert other.locator("#projected table").first.inner_text() == part.locator("table").first.inner_text()
    shared.close()
    context.close()


def _system(device: str) -> System:
    make_device(device)
    return make_system(make_publication("v1.1", "closed", "lab"), device=device, software="X-CUBE-AI 8.1.0")


def _pages() -> dict[str, str]:
    """Every state of the projected part, by what it shows."""
    make_learnable()
    for device, value in (("quick", 12.0), ("slow", 140.0)):
        system = _system(device)
        make_projection(system, value=value, anchors=["vww-0", "kws-0"])
        make_projection(system, metric="energy_uj_per_inf", value=value * 30)
    make_projection(
        _system("odd"), value=None, reason="devices of class fpga differ too much from each other"
    )
    own, waiting = kept(mobilenet(), filename="wake.tflite").pk, kept(pruned_model()).pk
    Client().get(f"/find/hardware/?analysis={own}")
    project_waiting()
    return {
        "hardware, projected": "/find/hardware/?model=vww01&latency_max=100&energy_max=1000&objective=energy",
        "hardware, average power": "/find/hardware/?model=vww01&fps=5&sleep_power=0.1&average_power_max=5&objective=average-power",
        "hardware, does not fit": "/find/hardware/?model=vww01&ram_max=10&fps=10",
        "own model": f"/find/hardware/?analysis={own}&ram_max=256&fps=10",
        "own model, waiting": f"/find/hardware/?analysis={waiting}",
        "what runs on a device": "/find/model/?device=quick&latency_max=50",
        "a network on a device": "/find/performance/?model=vww01&device=quick&latency_max=50",
    }


@pytest.mark.parametrize("screen", SCREENS)
def test_every_state_of_the_projected_part_is_accessible_and_keeps_to_the_width(
    browser: Browser, live_server, screen: str
) -> None:
    cache.clear()
    width, theme = SCREENS[screen]
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": 900},
        color_scheme=theme,
        reduced_motion="reduce",
    )
    page, wrong = context.new_page(), []
    for state, url in _pages().items():
        answer = page.goto(url)
        if answer is None or answer.status != 200:
            wrong.append(f"{state}: answered {answer and answer.status}")
        wrong += [
            f"{state}: {found['id']}: {[node['html'][:120] for node in found['nodes']][:2]}"
            for found in Axe().run(page).response["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{state}: scrolls sideways")
    context.close()
    assert wrong == []
