"""Queries of the pages of submitting, objecting and accounts, however many rows they show."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.test import Client

from results.models import Run
from submissions.services.calls import publish_due
from submissions.services.objections import add_statement, open_objection
from submissions.services.tokens import create_token
from submissions.services.transitions import perform
from submissions.workflow.states import Action
from tests.query_counts import assert_query_count
from tests.submissions.stages import call, checked_version, organisation, person, valid_submission


@pytest.fixture
def scene(db: None, tmp_path: Path, settings) -> SimpleNamespace:
    """Two versions, a published submission with two objections, three members, two tokens."""
    call_command("load_catalogue", verbosity=0)
    settings.ARCHIVE_DIR = tmp_path / "archives"
    owner, reviewer, objector = person("owner"), person("reviewer", is_reviewer=True), person("objector")
    lab = organisation(owner=owner, submitter=person("submitter"), viewer=person("viewer"))
    published = valid_submission(lab, owner, call("v1.2"), tmp_path, benchmarks=("kws", "ad"))
    perform(published, Action.HAND_IN, owner)
    perform(published, Action.ACCEPT, reviewer)
    assert published.call is not None
    publish_due(published.call.publishes_at)
    open_ = valid_submission(lab, owner, call(), tmp_path, iterations=1100)
    checked_version(open_, owner, tmp_path, iterations=1200)
    texts = {"rule_code": "perf.window-too-short", "statement": "Short.", "evidence": "results.txt:2"}
    objections = [open_objection(run, objector, **texts) for run in Run.objects.all()]
    for _ in range(2):
        add_statement(objections[0], owner, body="They are long enough.")
    for name in ("laptop", "nightly"):
        create_token(owner, name=name)
    return SimpleNamespace(
        owner=owner, submission=open_, objection=objections[0], staff=person("staff", is_staff=True), lab=lab
    )


def test_each_page_takes_the_queries_that_are_written_down(scene: SimpleNamespace, client: Client) -> None:
    client.force_login(scene.owner)
    own = scene.submission.get_absolute_url()
    pages = {
        "objections": "/objections/",
        "objection": scene.objection.get_absolute_url(),
        "object": f"/results/{scene.objection.result}/object/",
        "changes": "/changes/",
        "compare": f"{own}compare/?from=1&to=2",
        "edit": f"{own}edit/",
        "submission-new": "/submissions/new/",
        "new-self-reported": "/submissions/new/self-reported/",
        "account": "/account/",
        "organisation": f"/organisations/{scene.lab.slug}/",
        "check-new": "/check/",
    }
    for name, address in pages.items():
        assert_query_count(client, name, address)


def test_the_calls_take_the_queries_that_are_written_down(scene: SimpleNamespace, client: Client) -> None:
    client.force_login(scene.staff)
    assert_query_count(client, "calls", "/review/calls/")
