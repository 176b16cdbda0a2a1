"""Submitting and reviewing in a browser: an archive is sent and mended, every page is accessible and keeps to the width."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from submissions.models import Submission, User
from submissions.services.transitions import perform
from submissions.workflow.states import Action
from tests.makers import make_submission
from tests.submissions.stages import call, checked_version, organisation, person, put, valid_submission

pytestmark = pytest.mark.django_db(transaction=True)

SCREENS = {
    "desk": (1280, "light"),
    "desk at night": (1280, "dark"),
    "phone": (390, "light"),
    "night": (390, "dark"),
}


@pytest.fixture
def scene(db: None, tmp_path: Path, settings) -> SimpleNamespace:
    cache.clear()
    settings.ARCHIVE_DIR = tmp_path / "archives"
    call_command("load_catalogue", verbosity=0)
    owner, reviewer = person("owner"), person("reviewer", is_reviewer=True)
    staff = person("staff", is_staff=True)
    lab, opened = organisation(owner=owner, viewer=staff), call()
    return SimpleNamespace(owner=owner, reviewer=reviewer, staff=staff, lab=lab, call=opened, folder=tmp_path)


def archive(folder: Path, **changes: object) -> Path:
    make_submission(folder, **changes)
    return Path(shutil.make_archive(str(folder), "zip", folder))


def log_in(context: BrowserContext, user: User, address: str) -> None:
    """The session of ``user`` without a form: the form has tests of its own."""
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])


def test_an_archive_is_sent_mended_and_handed_in(page: Page, live_server, scene: SimpleNamespace) -> None:
    log_in(page.context, scene.owner, live_server.url)
    page.goto("/submissions/new/")
    page.get_by_label("Archive").set_input_files(archive(scene.folder / "first", top1_pct=50.0))
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("list", name="Stages of the submission")).to_be_visible()
    submission = Submission.objects.get()
    assert page.url == f"{live_server.url}{submission.get_absolute_url()}"
    assert submission.current_version.verdict == "invalid"

    upload = page.locator("form[data-upload]")
    if not upload.is_visible():
        page.get_by_text("Send a new version").click()
    upload.get_by_label("Archive").set_input_files(archive(scene.folder / "second"))
    upload.get_by_role("button", name="Send this version").click()
    expect(page.get_by_role("heading", name="Report on version 2")).to_be_visible()
    expect(page.get_by_role("heading", name="How it would stand")).to_be_visible()
    page.get_by_role("button", name="Hand in for review").click()
    expect(page.get_by_role("status").first).to_contain_text("Done")
    submission.refresh_from_db()
    assert (submission.state, submission.current_version.number) == ("in-review", 2)


def test_the_same_archive_again_leads_to_its_submission_and_says_so(
    page: Page, live_server, scene: SimpleNamespace
) -> None:
    log_in(page.context, scene.owner, live_server.url)
    sent = archive(scene.folder / "first")
    for _ in range(2):
        page.goto("/submissions/new/")
        page.get_by_label("Archive").set_input_files(sent)
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("list", name="Stages of the submission")).to_be_visible()
    expect(page.get_by_text("This archive was sent before")).to_be_visible()
    assert Submission.objects.count() == 1


def test_a_version_over_the_limit_is_not_sent(
    page: Page, live_server, scene: SimpleNamespace, settings
) -> None:
    settings.UPLOAD_MAX_BYTES = 1_000_000
    log_in(page.context, scene.owner, live_server.url)
    page.goto("/submissions/new/")
    page.get_by_label("Archive").set_input_files(
        {"name": "a.zip", "mimeType": "application/zip", "buffer": b"x" * 1_100_000}
    )
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("at most 1.0 MB are taken. Nothing was sent.")).to_be_visible()
    assert not Submission.objects.exists()


def _pages(scene: SimpleNamespace) -> dict[str, list[str]]:
    """Addresses by who reads them: a submission in review with two versions and a conversation, one sent back."""
    talked = valid_submission(scene.lab, scene.owner, scene.call, scene.folder, benchmarks=("kws", "ad"))
    checked_version(talked, scene.owner, scene.folder, iterations=1200, extra={"closed/notes.txt": "A note."})
    perform(talked, Action.HAND_IN, scene.owner)
    perform(talked, Action.COMMENT, scene.reviewer, comment="Which supply voltage was it?")
    invalid = valid_submission(scene.lab, scene.owner, scene.call, scene.folder, system="other_board")
    checked_version(invalid, scene.owner, scene.folder, system="other_board", top1_pct=40.0)
    accepted = put(
        valid_submission(scene.lab, scene.owner, scene.call, scene.folder, system="third_board"), "accepted"
    )
    own = talked.get_absolute_url()
    return {
        "owner": ["/submissions/", "/submissions/new/", own, f"{own}edit/", f"{own}compare/?from=1&to=2",
                  invalid.get_absolute_url(), accepted.get_absolute_url()],
        "reviewer": ["/review/", own, accepted.get_absolute_url()],
        "staff": ["/review/", "/review/calls/", own],
    }  # fmt: skip


def _listen(page: Page, complaints: list[str]) -> None:
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_is_accessible_and_keeps_to_the_width(
    browser: Browser, live_server, scene: SimpleNamespace, screen: str
) -> None:
    width, theme = SCREENS[screen]
    complaints: list[str] = []
    for reader, addresses in _pages(scene).items():
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=theme
        )
        log_in(context, getattr(scene, reader), live_server.url)
        page = context.new_page()
        _listen(page, complaints)
        for address in addresses:
            answer = page.goto(address)
            assert answer.status == 200, address
            violations = Axe().run(page).response["violations"]
            complaints += [
                f"{address}: {v['id']}: {[n['html'][:120] for n in v['nodes']][:3]}" for v in violations
            ]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                complaints.append(f"{address} scrolls sideways at {width}")
        context.close()
    assert complaints == []
