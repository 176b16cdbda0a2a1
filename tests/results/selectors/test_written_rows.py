"""Rows of exports are written once, kept until they change, and never told wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from results.domain.query import parse_query
from results.models import Run
from results.selectors import leaderboard_export
from results.selectors.leaderboard_export import export_csv, export_json
from results.selectors.snapshot import current_snapshot, forget_snapshot, written
from results.services.aggregate import recompute_all, recompute_publication
from tests.results.makers import make_finding, make_run

pytestmark = pytest.mark.django_db

VWW = parse_query({}, benchmark="vww")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.SNAPSHOT_DIR = tmp_path / "snapshots"
    return tmp_path / "snapshots" / "written"


@pytest.fixture
def asked(monkeypatch) -> list[list[int]]:
    """The runs that the database was asked to write, call by call."""
    found: list[list[int]] = []
    for name in ("_csv_rows", "_json_rows"):
        write = getattr(leaderboard_export, name)

        def counted(part, runs, write=write):
            found.append(list(runs))
            return write(part, runs)

        monkeypatch.setattr(leaderboard_export, name, counted)
    return found


def csv_of(query=VWW) -> bytes:
    return b"".join(export_csv(query, "top1_pct"))


def ids_of(query=VWW) -> list[str]:
    return [row["id"] for row in json.loads(b"".join(export_json(query, "/here", "top1_pct")))["results"]]


def test_an_export_that_was_made_before_is_given_again_without_a_query(django_assert_num_queries):
    for number in range(3):
        make_run(public_id=f"run-{number}", precision='say "hi"\n')
    recompute_all()
    first = csv_of(), ids_of()
    with django_assert_num_queries(2):  # each looks which generation is the newest
        assert (csv_of(), ids_of()) == first


def test_another_view_of_the_same_rows_writes_only_those_that_are_new(asked):
    near, far = (make_run(public_id=name, latency_ms=ms) for name, ms in (("near", 1.0), ("far", 9.0)))
    recompute_all()
    assert ids_of(parse_query({"latency_max": ["2"]}, benchmark="vww")) == ["near"]
    assert ids_of(parse_query({"sort": ["-latency"]}, benchmark="vww")) == ["far", "near"]
    assert asked == [[near.pk], [far.pk]]


def test_a_publication_writes_its_own_rows_again_and_no_others(asked):
    old = make_run(public_id="old", latency_ms=1.0)
    other = make_run(public_id="other", latency_ms=5.0, submitter="another")
    recompute_all()
    before = csv_of()
    make_finding(other, "perf.window-too-short")
    recompute_publication(other.system.publication_id)
    after = csv_of()
    assert asked == [[old.pk, other.pk], [other.pk]]
    assert b"perf.window-too-short" in after
    assert after.splitlines()[1] == before.splitlines()[1]


def test_a_result_that_was_taken_back_leaves_the_export():
    make_run(public_id="stays")
    gone = make_run(public_id="goes")
    recompute_all()
    assert set(ids_of()) == {"stays", "goes"}
    publication = gone.system.publication_id
    Run.objects.filter(pk=gone.pk).delete()
    recompute_publication(publication)
    assert ids_of() == ["stays"]


def test_everything_computed_again_is_written_again(asked):
    run = make_run()
    recompute_all()
    csv_of()
    Run.objects.filter(pk=run.pk).update(precision="int4")
    recompute_all()
    assert b"int4" in csv_of()
    assert asked == [[run.pk], [run.pk]]


def test_another_process_takes_the_rows_that_are_there(asked):
    run = make_run()
    recompute_all()
    first = csv_of()
    forget_snapshot()  # maps the files again, as another process does
    assert csv_of() == first
    assert asked == [[run.pk]]


def test_a_process_sees_what_another_adds(asked):
    make_run(public_id="near", latency_ms=1.0)
    make_run(public_id="far", latency_ms=9.0)
    recompute_all()
    csv_of(parse_query({"latency_max": ["2"]}, benchmark="vww"))
    mine = current_snapshot()
    forget_snapshot()
    everything = csv_of()
    number = len(asked)
    held = written.written_rows(mine, mine.part("vww"), "csv")
    rows = mine.part("vww").order("latency", VWW.sort_direction())
    assert b"".join(held.texts(rows, lambda _: pytest.fail("written again"))) in everything
    assert len(asked) == number


def test_texts_that_were_lost_are_written_again(folder, asked):
    run = make_run()
    recompute_all()
    first = csv_of()
    (path,) = folder.glob("vww.csv.*.texts")
    path.write_bytes(path.read_bytes()[:60])
    forget_snapshot()
    assert csv_of() == first
    assert asked == [[run.pk], [run.pk]]


def test_a_folder_that_cannot_be_written_costs_time_and_no_row(folder, asked):
    run = make_run()
    recompute_all()
    folder.parent.mkdir(parents=True)
    folder.write_text("a file where the folder should be")
    assert csv_of() == csv_of()
    assert asked == [[run.pk], [run.pk]]


def test_rows_that_nobody_needs_any_more_do_not_pile_up(folder, monkeypatch):
    monkeypatch.setattr(written, "SLACK_BYTES", 0)
    run = make_run()
    recompute_all()
    for number in range(8):
        Run.objects.filter(pk=run.pk).update(precision=f"int{number}")
        recompute_publication(run.system.publication_id)
        assert f"int{number}".encode() in csv_of()
    row = len(csv_of().splitlines()[1])
    assert sum(path.stat().st_size for path in folder.glob("vww.csv.*.texts")) < 6 * row
    assert len(list(folder.glob("vww.csv.*.index"))) <= written.KEPT
