"""What the columnar snapshot answers is what the plain queries answer, whole or brought up to date."""

from __future__ import annotations

import csv
import gc
import io
import json
import random
from collections import Counter
from dataclasses import replace

import pytest
from django.conf import settings

from results.analysis.ranking import rank_bands
from results.domain.query import LeaderboardQuery, parse_pareto_query, parse_query, with_value
from results.models import LeaderboardEntry, Run
from results.selectors import trade_off_columns
from results.selectors.facets import facets
from results.selectors.leaderboard import RATIO_METRICS, conditions_of, entry_page, leaderboard_page
from results.selectors.leaderboard_export import EXPORT_COLUMNS, FIRST_ROWS, export_csv, export_json
from results.selectors.pareto import pareto_view
from results.selectors.snapshot import current, current_snapshot, forget_snapshot, reading
from results.selectors.snapshot.files import SnapshotFiles
from results.selectors.snapshot.reading import read_everything
from results.services.aggregate import recompute_all, recompute_publication
from tests.results.makers import make_finding, make_publication, make_run, make_system

pytestmark = pytest.mark.django_db

CHANCE = random.Random(11)
SORTS = ("latency", "energy", "power", "quality", "throughput", "clock", "device", "submitter", "round")


def fill(count: int = 60) -> None:
    """Random results with ties, absent values, two supplies, repeated logs and findings."""
    for number in range(count):
        publication = make_publication(
            CHANCE.choice(["v0.7", "v1.0", "v1.1"]), CHANCE.choice(["closed", "open"]), CHANCE.choice("abc")
        )
        system = make_system(
            publication, f"s{number}", device=CHANCE.choice(["board-z", "Board-a", "board-é"]), framework=CHANCE.choice(["", "uTVM"]),
            software=CHANCE.choice(["=SUM(1)", 'say "hi"\n', "TFLM"]), clock_mhz=CHANCE.choice([None, 80.0, 120.0]),
        )  # fmt: skip
        run = make_run(
            CHANCE.choice(["vww", "kws"]), system=system, latency_ms=CHANCE.choice([None, 1.0, 1.01, 1.5, 2.0, 9.0]),
            energy_uj=CHANCE.choice([None, 5.0, 5.05, 8.0]), supply_mv=CHANCE.choice([1800.0, 3000.0, None]),
            scope=CHANCE.choice(["chip-rail", "board", "unknown"]), quality=CHANCE.choice([None, 80.0, 85.5]),
            log=CHANCE.choice(["", "", "a" * 64]), precision=CHANCE.choice(["", "int8"]),
        )  # fmt: skip
        if number % 7 == 0:
            make_finding(run, "perf.window-too-short")


def some_query() -> LeaderboardQuery:
    params: dict[str, list[str]] = {
        "sort": [CHANCE.choice(["", "-"]) + CHANCE.choice(SORTS)],
        "page_size": ["30"],
    }
    for name, values in {
        "division": ["closed", "open"], "round": ["v0.7", "v1.1", "v9.9"], "device": ["board-z", "nobody"], "supply": ["1800", "3300"],
        "scope": ["chip-rail"], "framework": ["not-stated", "uTVM"], "energy": ["measured"], "latency_max": ["1.5"], "precision": ["int8"],
    }.items():  # fmt: skip
        if CHANCE.random() < 0.25:
            params[name] = [CHANCE.choice(values)]
    return parse_query(params, benchmark="vww")


def plain(query: LeaderboardQuery) -> list[LeaderboardEntry]:
    return list(LeaderboardEntry.objects.matching(query).in_order(query, "top1_pct"))


def assert_equal_to_the_plain_queries(query: LeaderboardQuery) -> None:
    wanted = plain(query)
    page = leaderboard_page(query)
    assert [row.entry.pk for row in page.rows] == [entry.pk for entry in wanted[:30]]
    assert page.total_in_view == len(wanted)
    assert page.total_in_benchmark == LeaderboardEntry.objects.filter(benchmark="vww").count()
    assert_ranks_follow_from_the_whole_view(page, query, wanted)
    for facet in page.facets:
        for option in facet.options:
            alone = with_value(without(query, facet.name), facet.name, option.raw)
            assert option.count == LeaderboardEntry.objects.matching(alone).count(), (facet.name, option)


def without(query: LeaderboardQuery, name: str) -> LeaderboardQuery:

    filters = {key: values for key, values in query.filters.items() if key != name}
    return replace(query, filters=filters, energy=None if name == "energy" else query.energy)


def assert_ranks_follow_from_the_whole_view(
    page, query: LeaderboardQuery, wanted: list[LeaderboardEntry]
) -> None:
    if query.sort_name not in RATIO_METRICS:
        return
    from results.analysis.comparability import comparability

    column = RATIO_METRICS[query.sort_name]
    base = page.baselines.get(query.sort_name)
    group = base.group if base else "any"

    def compares(entry: LeaderboardEntry) -> bool:
        return (
            getattr(entry, column) is not None
            and comparability().group(column, conditions_of(entry)) == group
        )

    ranked = [entry for entry in wanted if compares(entry)]
    if query.sort_turned:
        ranked.reverse()
    bands = rank_bands([getattr(entry, column) for entry in ranked])
    by_pk = {entry.pk: band for entry, band in zip(ranked, bands, strict=True)}
    assert {row.entry.pk: row.rank for row in page.rows} == {
        row.entry.pk: by_pk.get(row.entry.pk) for row in page.rows
    }


def test_every_view_equals_that_of_the_plain_queries():
    fill()
    recompute_all()
    for _ in range(40):
        assert_equal_to_the_plain_queries(some_query())


def test_pages_in_both_directions_hold_every_row_once():
    fill(90)
    recompute_all()
    for sort in SORTS:
        query = parse_query({"sort": [sort]}, benchmark="vww")
        wanted, seen, cursor, back = [entry.pk for entry in plain(query)], [], None, None

        while True:
            page = entry_page(replace(query, cursor=cursor), "top1_pct")
            seen += [entry.pk for entry in page.entries]
            if page.next_cursor is None:
                back = page.previous_cursor
                break
            cursor = page.next_cursor
        assert seen == wanted
        if back:
            assert [
                entry.pk for entry in entry_page(replace(query, cursor=back), "top1_pct").entries
            ] == wanted[:30]


def test_a_snapshot_that_follows_the_changes_equals_a_new_one():
    fill(40)
    recompute_all()
    current_snapshot()
    for step in range(4):
        run = Run.objects.order_by("?").select_related("system__publication").first()
        publication = run.system.publication
        if step % 2:
            run.delete()
        make_run(
            latency_ms=CHANCE.choice([0.5, 1.0, 1.5]),
            system=make_system(publication, f"new-{step}", device=f"new-{step}"),
        )
        recompute_publication(publication.pk)
        followed = current_snapshot()
        anew = reading.read_everything(followed.key, followed.number)
        for name, part in anew.parts.items():
            own = followed.part(name)
            assert (own.runs == part.runs).all()
            assert own.originals.tolist() == part.originals.tolist()
            for sort, order in part.orders.items():
                assert (own.orders[sort] == order).all(), sort
            for column, codes in part.codes.items():
                assert [own.words[column][k] for k in own.codes[column]] == [
                    part.words[column][k] for k in codes
                ]
        assert_equal_to_the_plain_queries(some_query())


def test_a_log_that_was_handed_in_again_names_the_run_that_did_so_first():
    fill()
    recompute_all()
    runs = dict(LeaderboardEntry.objects.values_list("public_id", "run_id"))
    wanted = {
        run: runs[first] if first else run
        for run, first in LeaderboardEntry.objects.values_list("run_id", "duplicate_of")
    }
    assert any(run != first for run, first in wanted.items())
    for part in current_snapshot().parts.values():
        assert {run: wanted[run] for run in part.runs.tolist()} == dict(
            zip(part.runs.tolist(), part.originals.tolist(), strict=True)
        )


def test_changes_are_followed_and_not_everything_is_read_again(monkeypatch):
    run = make_run()
    recompute_all()
    current_snapshot()
    monkeypatch.setattr(current, "read_everything", lambda *_: pytest.fail("everything was read"))
    make_run(system=run.system, benchmark="kws")
    recompute_publication(run.system.publication_id)
    assert set(current_snapshot().parts) == {"vww", "kws"}


def test_another_process_maps_the_files_and_makes_nothing(monkeypatch):
    make_run()
    recompute_all()
    first = current_snapshot()
    forget_snapshot()
    monkeypatch.setattr(current, "_made", lambda *_: pytest.fail("made again"))
    assert current_snapshot().part("vww").runs.tolist() == first.part("vww").runs.tolist()


def test_a_damaged_or_foreign_file_is_made_again(settings, tmp_path):
    settings.SNAPSHOT_DIR = tmp_path
    make_run()
    recompute_all()
    key = current_snapshot().key
    forget_snapshot()
    for path in tmp_path.glob("*.columns"):
        path.write_bytes(b"[]\n")
    assert len(current_snapshot().part("vww")) == 1
    assert SnapshotFiles(tmp_path).read(key) is not None


def test_a_folder_that_cannot_be_written_costs_a_copy_and_no_answer(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.SNAPSHOT_DIR = tmp_path / "file" / "below"
    make_run()
    recompute_all()
    assert len(current_snapshot().part("vww")) == 1


def test_exports_hold_every_row_of_the_view_in_its_order():
    fill(FIRST_ROWS + 40)
    recompute_all()
    for query in [parse_query({}, benchmark="vww"), *(some_query() for _ in range(5))]:
        wanted = [exported(entry) for entry in plain(query)]
        text = b"".join(export_csv(query, "top1_pct")).decode()
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert text.startswith(",".join(EXPORT_COLUMNS) + "\r\n")
        assert [[row[name] for name in EXPORT_COLUMNS] for row in rows] == [
            ["" if value is None else harmless(value) for value in row.values()] for row in wanted
        ]
        document = json.loads(b"".join(export_json(query, "/here", "top1_pct")))
        assert document == {"view": "/here", "count": len(wanted), "results": wanted}


def harmless(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}" if value == int(value) else repr(value)
    return f"'{value}" if str(value).startswith("=") else str(value)


def exported(entry: LeaderboardEntry) -> dict[str, object]:
    """One row of an export as it follows from an entry."""
    names = {
        "submitter": "submitter_directory",
        "system": "system_label",
        "device": "device_slug",
        "id": "public_id",
    }
    row = {name: getattr(entry, names.get(name, name), None) for name in EXPORT_COLUMNS}
    row["energy_scope"] = None if entry.energy_scope == "none" else entry.energy_scope
    row["findings"] = " ".join(code for code, _ in entry.finding_codes)
    return {name: value if isinstance(value, float) else value or None for name, value in row.items()}


def test_facets_over_all_benchmarks_count_all_of_them():
    fill(30)
    recompute_all()
    found = {
        option.raw: option.count
        for facet in facets(LeaderboardQuery(benchmark=None))
        if facet.name == "round"
        for option in facet.options
    }
    assert found == Counter(LeaderboardEntry.objects.values_list("round", flat=True))
    assert settings.SNAPSHOT_DIR


def test_a_thinned_plot_keeps_every_front_and_counts_everything(monkeypatch):
    fill(80)
    recompute_all()
    whole = {
        by: pareto_view(replace(parse_pareto_query({}, benchmark="vww"), by=by))
        for by in ("division", "device", "supply")
    }
    monkeypatch.setattr(trade_off_columns, "MOST_POINTS", 5)
    for by, wanted in whole.items():
        view = pareto_view(replace(parse_pareto_query({}, benchmark="vww"), by=by))
        assert [front_of(one) for one in view.fronts] == [front_of(one) for one in wanted.fronts]
        assert (view.total_in_view, view.groups, view.group) == (
            wanted.total_in_view,
            wanted.groups,
            wanted.group,
        )
        assert len(view.points) < len(wanted.points)
        hidden = next(one.count for one in view.left_out if one.reason.startswith("counted and not drawn"))
        assert hidden == len(wanted.points) - len(view.points)


def front_of(front) -> tuple[object, ...]:
    return front.division, front.group, front.part, front.of, {point.entry.pk for point in front.points}


def test_the_name_of_a_file_is_forgotten_with_its_part(tmp_path):
    # Otherwise a new part that stands where the old one stood in memory would be taken for it, and never be written.
    files = SnapshotFiles(tmp_path)
    make_run()
    recompute_all()
    snapshot = read_everything("first", 1)
    files.write(snapshot)
    assert len(files._names) == 1
    del snapshot
    gc.collect()
    assert len(files._names) == 0
