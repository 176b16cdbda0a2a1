"""The fit finder over columns answers what judging each entry by the pure rules answers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable

import pytest

from results.analysis.constraints import Candidate, Fits, Judged, Objective, find_fits
from results.analysis.ranking import BAND_TOLERANCE
from results.domain.fit_query import FitQuery, Question, parse_fit_query
from results.domain.query import LeaderboardQuery
from results.models import Device, DeviceFact, LeaderboardEntry
from results.querysets import condition
from results.selectors import fit_cells
from results.selectors.fit import FitView, fit_view
from results.selectors.fit_cells import Cell, front_metrics, limits_of, metric_direction
from results.selectors.fit_values import (
    MEMORY_FIELDS,
    Groups,
    energy_group,
    known_values,
    memory_of,
    quality_group,
)
from results.selectors.snapshot import forget_snapshot
from results.services.aggregate import recompute_all
from tests.results.makers import make_publication, make_run, make_system

pytestmark = pytest.mark.django_db

DEVICES = ("board-a", "board-b", "board-c")
TASKS = ("vww", "kws", "ic")


@pytest.fixture(name="chance")
def _chance() -> random.Random:
    return random.Random(20)


@pytest.fixture(autouse=True)
def _field(chance: random.Random) -> None:
    """Random results with ties, absent values, supplies and scopes, test sets, and logs that were handed in again."""
    for number in range(120):
        publication = make_publication(
            chance.choice(["v0.5", "v1.0", "v1.1"]), chance.choice(["closed", "open"]), chance.choice("abc")
        )
        system = make_system(publication, f"s{number}", device=chance.choice(DEVICES))
        make_run(
            chance.choice(TASKS), system=system, latency_ms=chance.choice([None, 1.0, 1.01, 1.5, 2.0, 9.0, 200.0]),
            energy_uj=chance.choice([None, 5.0, 5.05, 8.0, 800.0]), supply_mv=chance.choice([1800.0, 1800.0, 3000.0, None]),
            scope=chance.choice(["chip-rail", "chip-rail", "board", "unknown"]), quality=chance.choice([None, 80.0, 85.5, 86.0]),
            log=chance.choice(["", "", "a" * 64, "b" * 64]), precision=chance.choice(["", "int8"]),
            public_id=f"r{chance.randrange(10**6)}-{number}",
        )  # fmt: skip
    for slug, kib in (("board-a", "128"), ("board-b", "512")):
        DeviceFact.objects.create(
            device=Device.objects.get(slug=slug), field="sram_kib", value=kib, unit="KiB", source="data sheet", source_tier=1
        )  # fmt: skip
    recompute_all()
    for entry in LeaderboardEntry.objects.filter(benchmark="ic"):
        entry.evaluation_set = chance.choice(["ic01-v0.5", "ic01-v0.7", "ic01-v0.7", ""])
        entry.save(update_fields=["evaluation_set"])
    forget_snapshot()


def _some_query(chance: random.Random) -> FitQuery:
    question = chance.choice(list(Question))
    params: dict[str, list[str]] = {"benchmark": chance.sample(TASKS, chance.choice([1, 1, 2, 3]))}
    if question is not Question.HARDWARE:
        params["device"] = chance.sample(DEVICES, chance.choice([1, 2]))
    some = {
        "division": ["closed", "open"], "round": ["v1.0", "v1.1"], "precision": ["int8"], "supply": ["1800"],
        "latency_max": ["1", "1.5", "50"], "energy_max": ["5", "7", "900"], "ram_min": ["64", "256"], "fps": ["5", "600"],
        "group": ["chip-rail@3000", "board@1800"], "objective": ["energy", "energy-delay", "inferences-per-joule", "quality"],
    }  # fmt: skip
    for name, values in some.items():
        if chance.random() < 0.35:
            params[name] = [chance.choice(values)]
    if len(params["benchmark"]) == 1 and chance.random() < 0.3:
        params["quality_min"] = ["85.5"]
    if "fps" in params and chance.random() < 0.7:
        params |= {"sleep_power": ["0.5"], "average_power_max": ["3"]}
    return parse_fit_query(params, question)


def test_every_view_is_that_of_judging_each_result(chance: random.Random) -> None:
    seen: Counter[str] = Counter()
    for _ in range(80):
        query = _some_query(chance)
        view = fit_view(query)
        entries, repeated = _looked_at(view)
        assert view.resubmitted == repeated
        assert view.left_out == {
            name: _matching(view, without=[name]).count() - _matching(view).count() for name in query.filters
        }
        for cell in view.cells:
            _assert_equal(cell, _judged(view, cell, entries))
            seen += Counter(fits=cell.fits, fails=cell.fails, not_judged=cell.not_judged)
        seen += Counter(repeated=repeated)
    assert min(seen[name] for name in ("fits", "fails", "not_judged", "repeated")) > 50


def test_a_short_list_is_the_start_of_the_long_one_with_the_counts_of_all(chance: random.Random) -> None:
    for _ in range(30):
        query = _some_query(chance)
        for short, long in zip(fit_view(query, rows=3).cells, fit_view(query).cells, strict=True):
            assert (short.fits, short.fails, short.not_judged) == (long.fits, long.fails, long.not_judged)
            for own, every in zip(_lists(short), _lists(long), strict=True):
                assert [one.judged for one in own] == [one.judged for one in every[:3]]


def test_a_list_that_is_too_long_ends_and_says_how_long_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_cells, "MOST_ROWS", 4)
    query = parse_fit_query({"benchmark": ["vww"], "latency_max": ["1.5"]}, Question.HARDWARE)
    (cell,) = fit_view(query).cells
    assert [len(own) for own in _lists(cell)] == [4, 4, 4]
    assert min(cell.fits, cell.fails, cell.not_judged) > 4
    assert cell.shown == 12
    distances = [one.judged.distance for one in cell.failing]
    assert distances == sorted(distances)


def _lists(cell: Cell) -> tuple[tuple[fit_cells.Match, ...], ...]:
    return cell.answers, cell.failing, cell.unjudged


def _matching(view: FitView, without: Iterable[str] = ()):
    tasks = [task.benchmark.pk for task in view.tasks]
    entries = LeaderboardEntry.objects.filter(benchmark__in=tasks)
    if view.query.devices:
        entries = entries.filter(device_slug__in=view.query.devices)
    return entries.filter(condition(LeaderboardQuery(None, view.query.filters), without))


def _looked_at(view: FitView) -> tuple[list[LeaderboardEntry], int]:
    """Each log once, with its earliest round in the view, and how many were left out for it."""
    entries = list(_matching(view).order_by("round_position", "run_id"))
    first: dict[str, LeaderboardEntry] = {}
    for entry in entries:
        first.setdefault(entry.duplicate_of or entry.public_id, entry)
    return list(first.values()), len(entries) - len(first)


def _judged(view: FitView, cell: Cell, entries: list[LeaderboardEntry]) -> Fits:
    query, benchmark = view.query, cell.task.benchmark
    energies = Counter(group for entry in entries if (group := energy_group(entry)))
    group = (query.group or _most(energies)) if query.needs_energy else None
    assert (view.group, {name: number for name, _, number in view.groups}) == (group, dict(energies))
    own = [
        entry
        for entry in entries
        if entry.benchmark == benchmark.pk and (cell.device is None or entry.device_slug == cell.device.slug)
    ]
    sets = Counter(name for entry in own if (name := quality_group(entry)))
    groups = Groups(group, _most(sets) if "quality" in query.metrics else None)
    facts = list(DeviceFact.objects.select_related("device"))
    memories = {slug: memory_of(fact for fact in facts if fact.device.slug == slug) for slug in DEVICES}
    asked = bool(MEMORY_FIELDS.keys() & set(query.metrics))
    candidates = [
        Candidate(
            entry.public_id,
            known_values(entry, query, groups, memories[entry.device_slug] if asked else {}).compared,
            entry.division,
        )
        for entry in own
    ]
    tolerance = 0.0 if query.objective == "quality" else BAND_TOLERANCE
    objective = Objective(query.objective, metric_direction(query.objective, benchmark), tolerance)
    front = {name: metric_direction(name, benchmark) for name in front_metrics(query)}
    return find_fits(candidates, limits_of(query), objective, front)


def _most(counts: Counter[str]) -> str | None:
    return max(sorted(counts), key=lambda name: counts[name]) if counts else None


def _assert_equal(cell: Cell, wanted: Fits) -> None:
    lists: tuple[tuple[Judged, ...], ...] = (wanted.answers, wanted.failing, wanted.unjudged)
    for found, expected in zip(_lists(cell), lists, strict=True):
        assert [one.judged for one in found] == list(expected)
    assert [cell.fits, cell.fails, cell.not_judged] == [len(own) for own in lists]
