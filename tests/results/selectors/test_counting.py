"""What pages say of the whole field from the columns is what counting the rows one by one says."""

from __future__ import annotations

from collections import Counter

import pytest
from django.test import Client

from results.analysis.comparability import comparability
from results.analysis.observations import software_alone, zero_channels
from results.analysis.ranking import Interval, interval_bands
from results.analysis.uncertainty import spread
from results.domain.coverage import GridQuery
from results.domain.scores_query import parse_scores_query
from results.models import Benchmark, LeaderboardEntry
from results.selectors import benchmark as benchmark_selector
from results.selectors import model as model_selector
from results.selectors import scores as score_selector
from results.selectors import submitter as submitter_selector
from results.selectors.benchmark import benchmark_detail, benchmark_list
from results.selectors.coverage import grid_view, grid_words
from results.selectors.home import home_view
from results.selectors.leaderboard import conditions_of
from results.selectors.model import model_detail
from results.selectors.round import round_list
from results.selectors.scores import scores_view
from results.selectors.snapshot import current_snapshot
from results.selectors.snapshot.counting import counted_everywhere, number_of_systems_with
from results.selectors.submitter import submitter_detail, submitter_list
from results.selectors.summary import BEST_METRICS, benchmark_summaries
from results.services import observations
from results.services.aggregate import recompute_all
from tests.results.makers import REFERENCE_MS, make_publication, make_reference, make_run, make_system
from tests.results.selectors.test_snapshot import fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries() -> list[LeaderboardEntry]:
    fill(80)
    recompute_all()
    return list(LeaderboardEntry.objects.order_by("run_id"))


def closed(entries: list[LeaderboardEntry], benchmark: str) -> list[LeaderboardEntry]:
    return [e for e in entries if e.benchmark == benchmark and e.division == "closed"]


def test_counts_of_several_columns_are_those_of_the_rows(entries: list[LeaderboardEntry]) -> None:
    found = counted_everywhere(
        current_snapshot(), "round", "benchmark", "device", "has_energy", "energy_measured"
    )
    assert found == Counter(
        (e.round, e.benchmark, e.device_slug, e.energy_uj_per_inf is not None, e.energy_scope != "none")
        for e in entries
    )
    assert number_of_systems_with(
        current_snapshot(), {"division": ["open"], "round": ["v0.7", "v1.1"]}
    ) == len({e.system_id for e in entries if e.division == "open" and e.round != "v1.0"})


def test_the_best_of_a_benchmark_is_the_least_of_its_largest_group(entries: list[LeaderboardEntry]) -> None:
    for summary in benchmark_summaries():
        own = closed(entries, summary.benchmark.pk)
        for metric in BEST_METRICS:
            groups: dict[str, list[LeaderboardEntry]] = {}
            for entry in own:
                group = comparability().group(metric, conditions_of(entry))
                if getattr(entry, metric) is not None and group is not None:
                    groups.setdefault(group, []).append(entry)
            group = max(sorted(groups), key=lambda name: len(groups[name]))
            least = min(groups[group], key=lambda entry: (getattr(entry, metric), entry.pk))
            best = summary.best[metric]
            assert (best.entry, best.group, best.of) == (least, group, len(groups[group]))
        assert summary.counts == Counter(
            (e.round, e.division) for e in entries if e.benchmark == summary.benchmark.pk
        )


def test_the_home_page_counts_what_there_is(entries: list[LeaderboardEntry]) -> None:
    view = home_view()
    newest = [e for e in entries if e.round == "v1.1"]
    assert view.latest is not None
    assert (view.results, view.systems, view.rounds) == (80, len({e.system_id for e in entries}), 3)
    assert view.submitters == len({e.submitter_slug for e in entries})
    assert view.with_energy == sum(e.energy_scope != "none" for e in entries)
    assert set(view.device_choices) == {(e.device_slug, e.device_short_name) for e in entries}
    assert (view.latest.results, view.latest.systems) == (len(newest), len({e.system_id for e in newest}))


def test_a_benchmark_leads_with_the_fastest_and_draws_every_closed_result(
    entries: list[LeaderboardEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = [e for e in closed(entries, "vww") if e.latency_ms is not None]
    by_latency = sorted(own, key=lambda e: (e.latency_ms, e.pk))
    detail = benchmark_detail("vww")
    assert list(detail.fastest) == [e for e in by_latency if not e.duplicate_of][:5]
    assert [one.latency_ms for one in detail.history] == [e.latency_ms for e in by_latency]
    assert {row.benchmark.pk: row.best for row in benchmark_list()}["vww"] == by_latency[0]

    monkeypatch.setattr(benchmark_selector, "MOST_IN_HISTORY", 6)
    current_snapshot().part("vww").kept.clear()
    fewer = benchmark_detail("vww")
    assert fewer.history_of == len(own)
    assert len(fewer.history) <= 6
    for round_id in detail.rounds:
        best = [
            min((h.latency_ms for h in one.history if h.round == round_id), default=None)
            for one in (detail, fewer)
        ]
        assert best[0] == best[1]


def test_lists_of_rounds_and_submitters_count_their_results(entries: list[LeaderboardEntry]) -> None:
    for row in round_list():
        own = [e for e in entries if e.round == row.round.pk]
        assert row.divisions == Counter(e.division for e in own)
        assert row.with_energy == sum(e.energy_uj_per_inf is not None for e in own)
    for one in submitter_list():
        own = [e for e in entries if e.submitter_slug == one.submitter.slug]
        assert (one.results, one.devices) == (len(own), len({e.device_slug for e in own}))
        assert dict(one.rounds) == Counter(e.round for e in own)
        assert list(one.rounds) == sorted(one.rounds)


def test_a_submitter_of_many_systems_shows_the_first_and_counts_all(
    entries: list[LeaderboardEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    every = submitter_detail("a")
    order = list(dict.fromkeys(entry.system_id for entry in every.entries))
    assert every.systems == len(order) == len({e.system_id for e in entries if e.submitter_slug == "a"})
    for most in (1, 4, len(order) - 1):
        monkeypatch.setattr(submitter_selector, "MOST_SYSTEMS", most)
        first = submitter_detail("a")
        assert list(dict.fromkeys(entry.system_id for entry in first.entries)) == order[:most]
        assert first.systems == len(order)


def test_a_model_of_many_results_shows_the_fastest_and_counts_all(
    entries: list[LeaderboardEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = Benchmark.objects.get(pk="vww").reference_model.slug
    own = sorted(
        (e for e in entries if e.neural_model == slug),
        key=lambda e: (e.latency_ms is None, e.latency_ms or 0.0, e.pk),
    )
    assert list(model_detail(slug).entries) == own
    monkeypatch.setattr(model_selector, "MOST_RESULTS", 5)
    current_snapshot().kept.clear()
    first = model_detail(slug)
    assert (list(first.entries), first.results) == (own[:5], len(own))


def test_the_grid_of_devices_counts_each_result_once(entries: list[LeaderboardEntry]) -> None:
    view = grid_view(GridQuery(), grid_words())
    cells = {(row.device.slug, cell.benchmark): cell for row in view.rows for cell in row.cells}
    for device in {e.device_slug for e in entries}:
        for benchmark in ("vww", "kws"):
            own = [e for e in entries if (e.device_slug, e.benchmark) == (device, benchmark)]
            cell = cells[device, benchmark]
            assert cell.results == len(own)
            if own:
                assert cell.divisions == Counter(e.division for e in own)
                assert (cell.metrics or {})["quality"] == sum(e.quality_value is not None for e in own)


@pytest.mark.parametrize("asked", [{}, {"w_kws": ["3"]}, {"division": ["closed"]}, {"metric": ["energy"]}])
def test_the_first_scores_have_the_ranks_that_they_have_among_all(asked: dict[str, list[str]]) -> None:
    make_reference()
    for number in range(40):
        system = make_system(
            make_publication("v1.1", "open" if number % 3 else "closed", f"s{number}"), f"s{number}"
        )
        for place, benchmark in enumerate(("kws", "vww", "ic", "ad")[: 3 if number % 11 == 5 else 4]):
            make_run(
                benchmark, system=system, quality=0.9, energy_uj=5.0 + number if number % 4 else None,
                latency_ms=REFERENCE_MS[benchmark] / (1 + (number * 7 % 40) * 0.012 + place * 0.01),
            )  # fmt: skip
    recompute_all()
    query = parse_scores_query(asked)
    every = scores_view(query, 1000)
    scores = [row.score for row in every.ranked]
    assert [row.rank for row in every.ranked] == interval_bands(
        [Interval(one.value, one.low, one.high) for one in scores]
    )
    assert len(every.rows) == every.ranked_of + every.apart_of + every.unknown_of
    for most in (1, 7):
        first = scores_view(query, most)
        assert first.ranked == every.ranked[:most]
        assert first.apart == every.apart[:most]
        assert first.unknown == every.unknown[:most]
        assert (first.ranked_of, first.apart_of, first.unknown_of) == tuple(
            map(len, (every.ranked, every.apart, every.unknown))
        )


def test_documents_of_scores_follow_each_other_without_gap(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    make_reference()
    for number in range(9):
        system = make_system(make_publication("v1.1", "closed", f"s{number}"), f"s{number}")
        for benchmark in ("kws", "vww", "ic", "ad")[: number % 5]:
            make_run(benchmark, system=system, quality=0.9, latency_ms=REFERENCE_MS[benchmark] / (1 + number))
    recompute_all()
    every = client.get("/scores.json").json()
    assert every["next_start"] is None
    monkeypatch.setattr(score_selector, "MOST_IN_DOCUMENT", 3)
    rows, start = [], 1
    while start:
        answer = client.get(f"/api/v1/scores/?start={start}").json()
        rows += answer["results"]
        start = answer["next_start"]
    assert rows == every["results"]
    link = client.get("/scores.csv?division=closed")["Link"]
    assert link == '</scores.csv?division=closed&start=4>; rel="next"'
    assert client.get("/scores/?start=4").status_code == 400


def test_findings_of_the_few_stacks_are_those_of_all_results() -> None:
    for number in range(60):
        publication = make_publication(("v0.7", "v1.0", "v1.1")[number % 3], "closed", "abc"[number % 2])
        system = make_system(
            publication, f"s{number}", device=f"board-{number % 7}", software=f"Engine {number % 5}.0", framework="Engine",
            clock_mhz=(80.0, 120.0, 160.0 + number)[number % 3],
        )  # fmt: skip
        for place, benchmark in enumerate(("vww", "kws", "ic", "ad")):
            make_run(benchmark, system=system, latency_ms=1.0 + (number * 13 + place * 7) % 23, quality=0.9)
    recompute_all()
    closed_rows = LeaderboardEntry.objects.filter(division="closed")
    every = observations._results(closed_rows.values_list(*observations._WITH_RUN, named=True))
    few = [observations._result(one, spread(one.latency_ms)) for one in observations._fastest_of_stacks()]
    assert 0 < len(few) < len(every)
    assert software_alone(few) == software_alone(every)
    assert software_alone(few) is not None
    networks = {"vww": ("vww01", 100, 40)}
    assert zero_channels(few, networks) == zero_channels(every, networks)
