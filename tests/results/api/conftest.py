from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.cache import cache
from rest_framework.throttling import AnonRateThrottle

from tests.results.figures_data import QUARANTINED, USABLE, figure, load
from tests.results.makers import aggregate, make_finding, make_publication, make_run, make_system


@pytest.fixture(autouse=True)
def no_throttle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests ask as often as they like; the test of the throttle sets its own rate."""
    cache.clear()
    monkeypatch.setattr(AnonRateThrottle, "THROTTLE_RATES", {"anon": None})


def make_world(runs: int = 3) -> None:
    """``runs`` systems with a run of two benchmarks each, evidence, a finding, and a described system."""
    for number in range(1, runs + 1):
        publication = make_publication(directory=f"Lab{number}")
        publication.repository, publication.commit = "example/results_v1.1", "0a1b2c3"
        publication.save()
        system = make_system(
            publication,
            f"sys{number}",
            device=f"board-{number}",
            description=[["Host Processor Frequency", "120 MHz", 7], ["Software Stack", "", 8]],
            description_path=f"closed/Lab{number}/systems/sys{number}.json",
            description_sha256="d" * 64,
        )
        for benchmark in ("kws", "vww"):
            run = make_run(
                benchmark,
                latency_ms=10.0 * number,
                energy_uj=100.0 * number if number != 2 else None,
                system=system,
                public_id=f"v1.1-closed-lab{number}-{benchmark}",
                windows=[
                    {"phase": "performance", "number": 1, "path": "results.txt", "line": 3, "runtime_s": 10.1}
                ],
            )
            for measurement in run.measurements.all():
                measurement.evidence.create(
                    position=0, path="closed/a file.txt", line=4, last_line=6, sha256="e" * 64,
                    reading="stated", text="Median throughput is 10.0 inf./sec.",
                )  # fmt: skip
        make_finding(run, "performance.too-short", "warning")
    _load_figures(runs)
    aggregate()


def _load_figures(number: int) -> None:
    """A few usable external figures and a quarantined one, and one more per run."""
    with TemporaryDirectory() as folder:
        more = (figure(model=f"net-{k}", model_stated=f"net {k}", input="") for k in range(number))
        load(Path(folder), *USABLE, *QUARANTINED, *more)


@pytest.fixture
def world(db: None) -> None:
    make_world()
