"""Checks and reports in a browser: the upload shows its way, the page renews itself, everything is accessible."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from submissions.checking.wire import to_wire
from submissions.models import Check
from submissions.services import checks
from tests.makers import make_submission
from tests.submissions.reports import make_check, report_on

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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_submission(
        tmp_path / "round", benchmarks=("kws", "ad"), top1_pct=50.0, auc=0.5, energy_uj_per_inf=250.0,
        system_fields={"Status": "Availble", "Division": "open"},
    )  # fmt: skip
    return tmp_path / "round"


def _finish(check: Check, folder: Path) -> None:
    report = report_on(folder)
    values = {"progress": "done", "excerpts": to_wire(report.excerpts), **report.as_json()}
    Check.objects.filter(pk=check.pk).update(**values)


@pytest.mark.parametrize("screen", SCREENS)
def test_form_and_reports_are_accessible_and_keep_to_the_width(
    browser: Browser, live_server, folder: Path, screen: str
) -> None:
    width, theme = SCREENS[screen]
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=theme
    )
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    addresses = [
        "/check/",
        make_check(report_on(folder)).get_absolute_url(),
        make_check().get_absolute_url(),
        make_check(progress="failed", failure="No room. Send it again.").get_absolute_url(),
    ]
    for address in addresses:
        page.goto(address)
        violations = Axe().run(page).response["violations"]
        complaints += [
            f"{address}: {v['id']}: {[n['html'][:120] for n in v['nodes']][:3]}" for v in violations
        ]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            complaints.append(f"{address} scrolls sideways at {width}")
    context.close()
    assert complaints == []


def test_a_waiting_page_becomes_the_report_by_itself(page: Page, folder: Path) -> None:
    check = make_check()
    page.goto(check.get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_have_text("The report is on its way")
    _finish(check, folder)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Invalid:")
    expect(page.get_by_role("heading", name="What was understood")).to_be_visible()


def test_an_upload_leads_to_its_report(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []

    def start(path: Path, **asked: object) -> Check:
        sent.append(path.stat().st_size)
        return make_check(filename=str(asked["filename"]))

    monkeypatch.setattr(checks, "start", start)
    page.goto("/check/")
    page.get_by_label("Archive").set_input_files(
        {"name": "ours.zip", "mimeType": "application/zip", "buffer": b"x" * 70_000}
    )
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The report is on its way")
    expect(page.get_by_text("ours.zip")).to_be_visible()
    assert sent == [70_000]


def test_a_file_over_the_limit_is_not_sent(page: Page, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.UPLOAD_MAX_BYTES = 1_000_000
    page.goto("/check/")
    page.get_by_label("Archive").set_input_files(
        {"name": "a.zip", "mimeType": "application/zip", "buffer": b"x" * 1_100_000}
    )
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("status")).to_have_text(
        "The file has 1.1 MB; at most 1.0 MB are taken. Nothing was sent."
    )


def test_a_refusal_stands_on_the_page(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(path: Path, **asked: object) -> Check:
        raise checks.TooBusy

    monkeypatch.setattr(checks, "start", start)
    page.goto("/check/")
    page.get_by_label("Archive").set_input_files(
        {"name": "a.zip", "mimeType": "application/zip", "buffer": b"x" * 70_000}
    )
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("The site is busy with other checks.")).to_be_visible()
    expect(page.get_by_role("button", name="Check")).to_be_enabled()
