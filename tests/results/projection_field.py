"""A small field for tests of projections: two reviewed systems, what a pass of the engine said of them, a back-test."""

from __future__ import annotations

import hashlib
import json

from django.utils import timezone

from results.models import Backtest, NextMeasurement, Projection, ProjectionGeneration, System
from tests.results.makers import (
    aggregate,
    make_benchmark,
    make_device,
    make_publication,
    make_run,
    make_system,
)

DATA = "ab" * 32
WIDE = "the 90 % band reaches a factor of 4.2 either way, more than 3"
TOO_LARGE = "flash: does not fit, needs 400 KiB (300 to 500) of 128 KiB; would surely fit with 372 KiB more"


def make_generation(**columns: object) -> ProjectionGeneration:
    return ProjectionGeneration.objects.create(
        **({"engine": "tinysite 1", "data_generation": 1, "data_sha256": DATA, "sha256": "cd" * 32, "seconds": 1.0,
            "projected": 1, "refused": 1, "changed": 2, "shipped": True} | columns)
    )  # fmt: skip


def make_projection(system: System, model: str, value: float | None = 18.0, **columns: object) -> Projection:
    """An answer of the newest generation: a latency with bands of a factor 1.6 and 2, or a refusal."""
    bands = (
        {}
        if value is None
        else {"low_80": value / 1.6, "high_80": value * 1.6, "low_90": value / 2, "high_90": value * 2}
    )
    defaults = {
        "metric": "latency_ms", "value": value, "question": "cell", "made_at": timezone.now(),
        "generation": ProjectionGeneration.objects.first() or make_generation(),
        "state": "projected" if value is not None else "cannot-project", "reason": "" if value is not None else WIDE,
    }  # fmt: skip
    return Projection.objects.create(system=system, model=model, **(defaults | bands | columns))


def make_measured() -> tuple[System, System]:
    """board-a of vendor Acme with kws (latency and energy) and vww, board-b with a slower and an older kws."""
    for benchmark in ("kws", "vww", "ic", "ad"):
        make_benchmark(benchmark)
    for slug, vendor in (("board-a", "Acme"), ("board-b", "Bolt")):
        device = make_device(slug)
        device.vendor = vendor
        device.save()
    one = make_system(make_publication("v1.1"), "one", device="board-a", software="Stack A 2.0")
    two = make_system(make_publication("v1.0"), "two", device="board-b", software="Stack B 1.0")
    make_run("kws", latency_ms=20.0, energy_uj=900.0, system=one, public_id="one-kws")
    make_run("vww", latency_ms=100.0, system=one, public_id="one-vww")
    make_run("kws", latency_ms=40.0, system=two, public_id="two-kws")
    aggregate()
    return one, two


def make_matrix() -> tuple[System, System]:
    """The measured field with an answer in each state: one × ic01 projected, one × ad01 refused, two × vww01 does not
    fit, two × ad01 not answered yet; an energy of one × vww01; what to measure next."""
    one, two = make_measured()
    generation = make_generation()
    make_projection(one, "ic01", 180.0, anchors=["one-vww", "one-kws", "gone"])
    make_projection(
        one, "vww01", 4321.0, metric="energy_uj_per_inf", question="system:1", anchors=["one-kws"]
    )
    make_projection(one, "ad01", None)
    make_projection(two, "vww01", None, state="does-not-fit", reason=TOO_LARGE)
    make_projection(two, "ic01", 360.0)
    for place, (of, system, model) in enumerate(
        (("system", one, "ic01"), ("system", two, "vww01"), ("model", two, "ic01")), start=1
    ):
        NextMeasurement.objects.create(
            of=of, system=system, model=model, metrics=["latency_ms"], place=1, cells=4, share=0.4 / place,
            factor_before=1.8, factor_after=1.5, generation=generation,
        )  # fmt: skip
    return one, two


def frozen_cells() -> list[dict[str, object]]:
    """Two latencies: the engine is 10 % too high on the first and 20 % on the second, which it refuses; the additive
    baseline is exact on both."""
    return [
        {"result": "one-kws", "model": "kws01", "metric": "latency", "reason": "", "factor_80": 1.2, "factor_90": 1.5,
         "projected": {"tinysite": 22.0, "additive": 20.0}},
        {"result": "one-vww", "model": "vww01", "metric": "latency", "reason": WIDE, "factor_80": 1.1, "factor_90": 4.2,
         "projected": {"tinysite": 120.0, "additive": 100.0}},
    ]  # fmt: skip


def make_backtest(round_id: str = "v1.1", anchors: int = 1) -> Backtest:
    """A scored back-test of :func:`frozen_cells`, frozen with the hash that the page tells how to compute."""
    cells = frozen_cells()
    digest = hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()
    measured = {"one-kws": 20.0, "one-vww": 100.0}
    for cell in cells:
        cell["measured"] = measured[str(cell["result"])]
    figures = {"p90": 19.0, "within10": 50.0, "within25": 100.0, "within50": 100.0, "spearman": None}
    methods = {
        "tinysite": figures | {"mdape": 15.0, "coverage80": 50.0, "coverage90": 100.0},
        "additive": figures | {"mdape": 0.0, "coverage80": None, "coverage90": None},
    }
    found = {
        "latency": {
            "n": 2,
            "answered": 1,
            "answered_mdape": 10.0,
            "band90": 2.5,
            "skill": None,
            "methods": methods,
        }
    }
    row = Backtest.objects.create(
        round_id=round_id,
        anchors=anchors,
        engine="tinysite 1",
        data_sha256=DATA,
        frozen_sha256=digest,
        cells=cells,
    )
    row.figures, row.scored_at = found, timezone.now()
    row.save()
    return row
