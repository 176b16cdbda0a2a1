"""The whole way as people go it: an account, an archive with a defect, review, the publication, an objection."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from submissions import tasks
from submissions.models import Call, Membership, Organisation, Submission, User, Version
from submissions.services.calls import publish_due
from submissions.services.processing import claim_and_check
from tests.makers import make_submission
from tests.submissions.stages import call

PASSWORD = "four plain words here"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visit(browser: Browser, live_server) -> Iterator[Callable[[], Page]]:
    """A further visitor: a page with cookies of its own."""
    contexts = []

    def new() -> Page:
        contexts.append(
            browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
        )
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        return page

    cache.clear()
    call_command("load_catalogue", verbosity=0)
    yield new
    for context in contexts:
        context.close()


def _sign_up(page: Page, name: str) -> User:
    page.goto("/account/sign-up/")
    page.get_by_label("E-mail address").fill(f"{name}@example.org")
    page.get_by_label("Name").fill(name.title())
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    (sent,) = (message for message in mail.outbox if message.to == [f"{name}@example.org"])
    page.goto(re.search(r"https?://[^/\s]+(/\S+)", sent.body).group(1))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm and log in").click()
    expect(page.get_by_role("status")).to_contain_text("is confirmed")
    return User.objects.get(email=f"{name}@example.org")


def _make_organisation(page: Page, name: str) -> Organisation:
    page.get_by_role("link", name="Make an organisation").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make the organisation").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    return Organisation.objects.get(name=name)


def _reviewer(page: Page, name: str) -> User:
    user = _sign_up(page, name)
    call_command("grant_role", user.email, "reviewer", verbosity=0)
    return user


def _archive(folder: Path, name: str, **changes: object) -> Path:
    """A .zip of one submitter's closed folder with a kws run."""
    make_submission(folder / name, **changes)
    return Path(shutil.make_archive(str(folder / name), "zip", folder / name))


def _check_when_asked(monkeypatch: pytest.MonkeyPatch) -> Callable[[Page], None]:
    """Leave new versions to the test, as a busy worker would, so that the page is seen while it waits."""
    monkeypatch.setattr(tasks.check_version, "delay", lambda pk: None)

    def check(page: Page) -> None:
        expect(page.get_by_text("This page renews itself")).to_be_visible()
        claim_and_check(Version.objects.latest("pk").pk)
        expect(page.get_by_role("heading", name="What was understood")).to_be_visible()

    return check


def _send_and_mend(page: Page, folder: Path, check: Callable[[Page], None]) -> Submission:
    """A first version that misses the target of the closed division, then one without a defect."""
    broken, whole = _archive(folder, "broken", top1_pct=50.0), _archive(folder, "whole")
    page.goto("/submissions/new/")
    page.get_by_label("Archive").set_input_files(broken)
    page.get_by_role("button", name="Send").click()
    check(page)
    finding = page.locator("article.finding", has_text="closed.accuracy-below-target")
    expect(finding).to_contain_text("closed/example_lab/results/example_board/kws/accuracy/results.txt:1")
    expect(finding.get_by_text("To mend").first).to_be_visible()
    expect(page.get_by_role("button", name="Hand in for review")).to_have_count(0)
    page.get_by_label("Archive").set_input_files(whole)
    page.get_by_label("What changed").fill("The right network.")
    page.get_by_role("button", name="Send this version").click()
    check(page)
    expect(page.get_by_text("Checked, valid.")).to_be_visible()
    expect(page.get_by_role("heading", name="How it would stand")).to_be_visible()
    return Submission.objects.get()


def _sees_nothing(page: Page, submission: Submission) -> None:
    """Nothing of the submission stands on any public page, and its own address leads nowhere."""
    key = submission.public_id
    for address in (
        "/", "/leaderboards/kws/", "/leaderboards/kws.csv", "/rounds/v1.1/", "/submitters/", "/devices/", "/changes/", "/changes.atom",
        "/api/v1/results/", "/api/v1/changes/", "/api/v1/leaderboards/kws/", "/api/v1/submitters/",
    ):  # fmt: skip
        answer = page.request.get(address)
        assert answer.ok, address
        assert not any(word in answer.text() for word in (key, "Tiny Lab", "Example Board")), address
    assert page.request.get(f"/results/v1.1-closed-example_lab-example_board-kws-{key}/").status == 404
    assert page.request.get(f"/api/v1/submissions/{key}/").status in (401, 404)


def _published_result(page: Page) -> str:
    """Follow the leaderboard to the result; its address."""
    page.goto("/leaderboards/kws/")
    row = page.locator("tr", has_text="Example Board").first
    expect(row).to_contain_text("site-reviewed")
    row.get_by_role("link").first.click()
    expect(page.locator(".lede")).to_contain_text("not verified by MLCommons")
    expect(page.get_by_text("performance/results.txt").first).to_be_visible()
    expect(page.locator("#history")).to_contain_text("Published after review on this site.")
    return page.url


def test_a_submission_goes_from_sign_up_to_a_decided_objection(
    visit: Callable[[], Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender, colleague, reviewer, visitor, objector = (visit() for _ in range(5))
    _sign_up(sender, "ada")
    organisation = _make_organisation(sender, "Tiny Lab")
    Membership.objects.create(user=_reviewer(colleague, "cleo"), organisation=organisation, role="viewer")
    _reviewer(reviewer, "rex")
    _sign_up(objector, "olga")
    opened = call()

    submission = _send_and_mend(sender, tmp_path, _check_when_asked(monkeypatch))
    sender.get_by_role("button", name="Hand in for review").click()
    expect(sender.get_by_text("In review.")).to_be_visible()

    colleague.goto("/review/")
    expect(colleague.get_by_text("You cannot decide this one")).to_be_visible()
    colleague.goto(submission.get_absolute_url())
    expect(colleague.get_by_role("button", name="Accept")).to_have_count(0)
    reviewer.goto("/review/")
    reviewer.get_by_role("link", name=submission.public_id).click()
    reviewer.get_by_role("button", name="Accept", exact=True).click()
    expect(reviewer.get_by_text("Accepted, waiting for publication.")).to_be_visible()

    _sees_nothing(visitor, submission)
    past = timezone.now() - timedelta(seconds=1)
    Call.objects.filter(pk=opened.pk).update(closes_at=past, publishes_at=past)
    assert publish_due(timezone.now()) == [opened]
    result = _published_result(visitor)

    objector.goto(result)
    objector.get_by_role("link", name="Object to this result").click()
    objector.get_by_label("Rule").select_option("perf.window-too-short")
    objector.get_by_label("What is wrong").fill("The first window is short.")
    objector.get_by_label("Evidence").fill("performance/results.txt, line 3")
    objector.get_by_role("button", name="Open the objection").click()
    expect(objector.get_by_role("status")).to_contain_text("open and public")
    reviewer.goto(objector.url)
    reviewer.get_by_label("Outcome").select_option("upheld")
    reviewer.get_by_label("Reason").fill("Line 3 states 10.05 s.")
    reviewer.get_by_role("button", name="Decide the objection").click()
    expect(reviewer.get_by_role("status")).to_contain_text("is decided")
    visitor.goto(result)
    expect(visitor.locator("#history")).to_contain_text("Line 3 states 10.05 s.")


def test_a_self_reported_result_is_public_at_once_and_says_that_nobody_reviewed_it(
    visit: Callable[[], Page],
) -> None:
    sender, visitor = visit(), visit()
    _sign_up(sender, "ada")
    _make_organisation(sender, "Tiny Lab")
    sender.goto("/submissions/new/self-reported/")
    form = sender.locator("form", has=sender.locator("[name=way][value=form]"))
    form.get_by_label("Version of the benchmark").select_option("v1.3")
    form.get_by_label("Name of the system").fill("bench-board")
    form.locator("[name=device]").select_option("nucleo-l4r5zi")
    form.get_by_label("Evidence files").set_input_files(
        {"name": "kws.txt", "mimeType": "text/plain", "buffer": b"latency 104.2 ms\ntop-1 90.1 %\n"}
    )
    form.locator("details").evaluate_all("folded => folded.forEach((one) => { one.open = true; })")
    for metric, value, line in (("latency_ms", "104.2", "1"), ("top1_pct", "90.1", "2")):
        form.locator(f"[name={metric}-value]").fill(value)
        form.locator(f"[name={metric}-evidence_file]").fill("kws.txt")
        form.locator(f"[name={metric}-evidence_line]").fill(line)
    form.get_by_role("button", name="Send and check").click()
    sender.get_by_role("button", name="Publish, not reviewed").click()
    expect(sender.get_by_role("status")).to_contain_text("published at once")
    visitor.goto("/leaderboards/kws/?provenance=self-reported")
    row = visitor.locator("tr", has_text="NUCLEO-L4R5ZI").first
    expect(row).to_contain_text("not reviewed")
    row.get_by_role("link").first.click()
    expect(visitor.locator(".lede")).to_contain_text("open division")
    expect(visitor.locator(".lede")).to_contain_text("not verified by MLCommons")
    expect(visitor.get_by_text("latency 104.2 ms").first).to_be_visible()
