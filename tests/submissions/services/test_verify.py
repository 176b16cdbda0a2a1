"""Every published number is computed again from its archive."""

from __future__ import annotations

from pathlib import Path

import pytest

from results.models import Measurement
from submissions.models import Archive
from submissions.services.import_round import import_round
from submissions.services.verify import Verified, verify_evidence
from tests.makers import make_submission
from tests.stored import path_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def imported(catalogue: None, tmp_path: Path) -> Path:
    root = tmp_path / "round"
    make_submission(root, benchmarks=("kws",), energy_uj_per_inf=250.0)
    import_round(root, round_id="v1.1")
    return root


def by_metric() -> dict[str, Verified]:
    return {value.metric: value for value in verify_evidence("v1.1")}


@pytest.mark.usefixtures("imported")
def test_throughput_latency_and_energy_are_reproduced_from_the_raw_log() -> None:
    values = by_metric()
    for metric in ("throughput_inf_per_s", "latency_ms", "energy_uj_per_inf"):
        assert values[metric].status == "reproduced", values[metric]


@pytest.mark.usefixtures("imported")
def test_an_accuracy_without_inputs_in_its_log_is_not_derivable_and_says_why() -> None:
    value = by_metric()["top1_pct"]
    assert value.status == "not derivable"
    assert "accuracy log" in value.reason


@pytest.mark.usefixtures("imported")
def test_a_figure_that_was_changed_in_the_database_differs_from_its_archive() -> None:
    Measurement.objects.filter(metric="energy_uj_per_inf").update(value=200.0)
    value = by_metric()["energy_uj_per_inf"]
    assert value.status == "differs"
    assert value.difference == pytest.approx(0.25)


@pytest.mark.usefixtures("imported")
def test_a_damaged_archive_is_noticed() -> None:
    path = path_of(Archive.objects.get().sha256)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"x")
    assert all("damaged" in value.reason for value in by_metric().values())


def test_a_stated_median_that_its_log_contradicts_differs(tmp_path: Path) -> None:
    root = tmp_path / "round"
    folder = make_submission(root, benchmarks=("kws",))
    results = folder / "results/example_board/kws/performance/results.txt"
    text = results.read_text()
    line = next(line for line in text.splitlines() if "Median throughput" in line)
    results.write_text(text.replace(line, line.split("is")[0] + "is  120.000 inf./sec."))
    import_round(root, round_id="v1.1")
    value = by_metric()["throughput_inf_per_s"]
    assert value.status == "differs"
    assert value.published == 120.0
