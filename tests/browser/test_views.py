"""Home, leaderboards and plots in a browser: accessible, as wide as the screen, quicker with scripts, whole without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.results.makers import make_publication, make_run, make_system
from tests.results.views.field import make_field, make_many

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = (
    "/",
    "/leaderboards/",
    "/leaderboards/vww/",
    "/leaderboards/vww/?sort=energy&division=closed",
    "/leaderboards/vww/?round=v0.7&energy=measured",
    "/pareto/",
    "/pareto/vww/",
    "/pareto/vww/?x=latency&y=energy&division=closed",
    "/pareto/vww/?x=latency&y=energy&division=closed&by=class&latency_max=60&outside=1",
)
SCREENS = {
    "desk": (1280, "light"),
    "desk at night": (1280, "dark"),
    "phone": (390, "light"),
    "night": (390, "dark"),
}


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest, browser: Browser, live_server) -> Iterator[Page]:
    width, theme = SCREENS[request.param]
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=theme
    )
    yield context.new_page()
    context.close()


def _complaints(page: Page) -> list[str]:
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def _sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_every_view_is_accessible_and_breaks_no_policy(screen: Page) -> None:
    make_field()
    complaints, wrong = _complaints(screen), []
    for url in PAGES:
        screen.goto(url)
        violations = Axe().run(screen).response["violations"]
        wrong += [f"{url}: {v['id']}: {[node['html'][:120] for node in v['nodes']][:3]}" for v in violations]
    assert wrong + complaints == []


def test_the_findings_of_the_home_page_are_accessible_and_lead_to_their_method(screen: Page) -> None:
    make_field()
    for software, latency_ms in (("Fast 1", 20.0), ("Slow 1", 60.0)):
        make_run(latency_ms=latency_ms, system=make_system(make_publication(), software=software))
    make_many(20)
    complaints = _complaints(screen)
    screen.goto("/")
    findings = screen.get_by_role("region", name="What the tables of results do not say")
    expect(findings.get_by_role("listitem")).to_have_count(4)
    assert Axe().run(screen).response["violations"] == []
    assert not _sideways(screen)
    findings.get_by_role("link", name="How this is computed: Software alone").click()
    expect(screen.get_by_role("heading", name="What software alone is worth")).to_be_in_viewport()
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_no_view_scrolls_sideways(browser: Browser, live_server, width: int) -> None:
    make_field()
    make_many(30)
    context = browser.new_context(base_url=live_server.url, viewport={"width": width, "height": 800})
    page = context.new_page()
    for url in (
        *PAGES,
        "/leaderboards/vww/?col=latency,energy,power,throughput,precision,framework,style,system",
    ):
        page.goto(url)
        assert not _sideways(page), url
    context.close()


def test_no_view_asks_another_site_for_anything(page: Page, live_server) -> None:
    make_field()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for url in PAGES:
        page.goto(url)
    page.get_by_role("button", name="Interactive plot").click()
    expect(page.locator(".plot-live .main-svg").first).to_be_visible()
    home = urlsplit(live_server.url).netloc
    assert [url for url in asked if urlsplit(url).scheme != "data" and urlsplit(url).netloc != home] == []


def test_a_filter_changes_results_counts_and_address_without_loading_the_page(page: Page) -> None:
    make_field()
    page.goto("/leaderboards/vww/")
    page.evaluate("window.stillHere = true")
    page.get_by_role("checkbox", name="v0.7").check()
    expect(page.get_by_role("status")).to_have_text("1 of 9 results")
    expect(page).to_have_url(re.compile(r"/leaderboards/vww/\?round=v0\.7$"))
    expect(page.get_by_role("checkbox", name="v0.7")).to_be_checked()
    assert page.evaluate("window.stillHere === true")
    page.get_by_role("link", name="Remove filter: Round: v0.7").click()
    expect(page.get_by_role("status")).to_have_text("9 of 9 results")
    expect(page.get_by_role("checkbox", name="v0.7")).not_to_be_checked()
    expect(page).to_have_url(re.compile(r"/leaderboards/vww/$"))


def test_going_back_shows_the_view_before(page: Page) -> None:
    make_field()
    page.goto("/leaderboards/vww/")
    page.get_by_role("columnheader", name="Energy").get_by_role("link").click()
    expect(page).to_have_url(re.compile("sort=energy"))
    page.go_back()
    expect(page.locator("th[aria-sort]").first).to_contain_text("Latency")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_value_that_is_no_number_is_explained_in_place(page: Page) -> None:
    make_field()
    page.goto("/leaderboards/vww/")
    page.get_by_label("Latency, ms, from").fill("fast")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", name="This view cannot be shown")).to_be_visible()
    expect(page.get_by_text("is not a number above 0, in ms")).to_be_visible()


def test_the_leaderboard_is_whole_without_scripts(browser: Browser, live_server) -> None:
    make_field()
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.goto("/leaderboards/vww/")
    page.get_by_role("checkbox", name="v0.7").check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile(r"/leaderboards/vww/\?round=v0\.7$"))
    expect(page.get_by_role("status")).to_have_text("1 of 9 results")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Throughput").check()
    page.get_by_role("button", name="Show these columns").click()
    expect(page.get_by_role("columnheader", name="Throughput")).to_be_visible()
    context.close()


def test_the_plot_is_drawn_without_scripts_and_offers_no_dead_button(browser: Browser, live_server) -> None:
    make_field()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/pareto/vww/?division=closed")
    expect(page.get_by_role("img", name=re.compile("form the front")).first).to_be_visible()
    expect(page.get_by_text("Interactive plot")).to_be_hidden()
    context.close()


def test_the_interactive_plot_takes_the_place_of_the_drawing_and_gives_it_back(page: Page) -> None:
    make_field()
    page.goto("/pareto/vww/?division=closed")
    button = page.get_by_role("button", name="Interactive plot")
    button.click()
    expect(page.locator(".plot-live .main-svg").first).to_be_visible()
    expect(page.locator("[data-plot-still]")).to_be_hidden()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(page.locator("[data-plot-still]")).to_be_visible()


def test_the_arrow_keys_walk_the_marks_of_a_plot_and_enter_opens_the_result(page: Page) -> None:
    make_field()
    page.goto("/pareto/vww/?x=latency&y=energy&division=closed")
    plot, said = page.get_by_role("application"), page.locator("[data-plot-said]")
    expect(said).to_contain_text("walk the marks with the arrow keys")
    plot.focus()
    plot.press("ArrowRight")
    expect(said).to_contain_text("ACCELERATED")
    expect(said).to_contain_text("On the front.")
    expect(page.locator(".walk-ring:visible")).to_have_count(1)
    plot.press("End")
    expect(said).to_contain_text("Beaten by")
    plot.press("Escape")
    expect(page.locator(".walk-ring")).to_have_count(0)
    plot.press("ArrowRight")
    plot.press("Enter")
    expect(page).to_have_url(re.compile(r"/results/fast/$"))


def test_pointing_at_a_mark_says_what_beats_it(page: Page) -> None:
    make_field()
    page.goto("/pareto/vww/?x=latency&y=energy&division=closed")
    page.locator('.wide [data-key="board"]').hover()
    expect(page.locator("[data-plot-said]")).to_contain_text("Beaten by")
    expect(page.locator("[data-plot-said]").get_by_role("link")).to_have_attribute("href", "/results/board/")


def test_a_plot_is_saved_as_png(page: Page) -> None:
    make_field()
    complaints = _complaints(page)
    page.goto("/pareto/vww/?x=latency&y=energy&division=closed")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as PNG").click()
    assert saved.value.suggested_filename == "vww-energy-latency.png"
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
    assert complaints == []


def test_the_theme_is_chosen_without_scripts(browser: Browser, live_server) -> None:
    make_field()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, color_scheme="light")
    page = context.new_page()
    page.goto("/leaderboards/vww/?round=v1.1")
    page.get_by_role("link", name="dark").click()
    expect(page).to_have_url(re.compile(r"/leaderboards/vww/\?round=v1\.1$"))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    context.close()


def test_the_menu_of_a_phone_opens_and_closes_from_the_keyboard(browser: Browser, live_server) -> None:
    make_field()
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto("/leaderboards/")
    page.get_by_text("Menu", exact=True).press("Enter")
    expect(page.get_by_role("link", name="Devices")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Devices")).to_be_hidden()
    expect(page.locator("details.menu > summary")).to_be_focused()
    context.close()
