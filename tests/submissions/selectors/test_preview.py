"""The private preview: ranks, changes, and what is worth a second look, from the kept reading alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from results.models import Submitter
from submissions.models import Version
from submissions.selectors.preview import Preview, preview_of
from tests.makers import make_submission
from tests.query_counts import expected_query_count
from tests.results.makers import aggregate, make_publication, make_run, make_system
from tests.submissions.reports import make_user, make_version, report_on

pytestmark = pytest.mark.django_db

BOARD = "NUCLEO-L4R5ZI"


@pytest.fixture(autouse=True)
def catalogue(db: None) -> None:
    call_command("load_catalogue", verbosity=0)


def version_of(tmp_path: Path, **run: object) -> Version:
    make_submission(tmp_path / "round", benchmarks=("kws",), system_fields={"Board Name": BOARD}, **run)
    return make_version(make_user(), report_on(tmp_path / "round"))


def shown(version: Version) -> Preview:
    preview = preview_of(version)
    assert preview is not None
    return preview


def test_a_run_is_ranked_among_what_is_published(tmp_path: Path) -> None:
    for latency_ms in (1.0, 50.0):
        make_run("kws", latency_ms=latency_ms, round_id="v1.0", quality=91.0, device="board-x")
    aggregate()
    (run,) = shown(version_of(tmp_path)).runs  # 10.05 ms
    ranks = {rank.name: (rank.rank, rank.of) for rank in run.ranks}
    assert ranks["Latency"] == ("2", 3)


def test_nothing_is_previewed_before_the_check_is_done(tmp_path: Path) -> None:
    assert preview_of(make_version(make_user())) is None


def test_an_invalid_run_is_left_out(tmp_path: Path) -> None:
    assert shown(version_of(tmp_path, top1_pct=50.0)).runs == ()


def test_changes_are_against_the_last_round_of_the_same_system(tmp_path: Path) -> None:
    publication = make_publication("v1.0", "closed", "lab")
    make_run(
        "kws",
        latency_ms=20.1,
        quality=90.0,
        system=make_system(publication, "example_board", device="board-x"),
    )
    aggregate()
    version = version_of(tmp_path)
    organisation = version.submission.organisation
    assert organisation is not None
    assert shown(version).runs[0].changes == ()  # nobody has said yet that the organisation is that submitter
    organisation.submitter = Submitter.objects.get(slug="lab")
    organisation.save()
    version.submission.organisation = organisation
    (run,) = shown(version).runs
    latency = next(change for change in run.changes if change.name == "Latency")
    assert (latency.old, latency.new, latency.ratio) == ("20.1", "10.1", "×0.500")
    assert "v1.0" in run.before


def test_what_stands_out_is_said_with_its_figures(tmp_path: Path) -> None:
    make_run(
        "kws", latency_ms=100.0, round_id="v1.0", quality=91.0, submitter="other", device="nucleo-l4r5zi"
    )
    aggregate()
    preview = shown(version_of(tmp_path))
    texts = [look.text for look in preview.runs[0].looks]
    assert preview.looks == len(texts)
    assert any("10.05 ms" in text and "100 ms" in text and "10 times faster" in text for text in texts)


def test_queries_do_not_grow_with_the_runs(tmp_path: Path) -> None:
    for number in range(4):
        make_submission(tmp_path / "round", system=f"board_{number}", benchmarks=("kws", "ad", "vww"))
    version = make_version(make_user(), report_on(tmp_path / "round"))
    version = Version.objects.select_related("submission__organisation__submitter").get(pk=version.pk)
    with CaptureQueriesContext(connection) as captured:
        assert shown(version).runs
    assert len(captured) == expected_query_count("preview")
