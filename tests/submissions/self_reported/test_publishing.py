"""A self-reported table from its rows to the leaderboard."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from results.models import LeaderboardEntry, Provenance, Run
from results.services.publish import Source, publish
from results.services.recompute import sweep
from tests.submissions.formats.tabular.tables import report_on, rows

KEY = "abcdefghjkmn"


@pytest.fixture
def run(db: None, tmp_path: Path) -> Run:
    """The run of the table, read, judged and published as self-reported."""
    call_command("load_catalogue", verbosity=0)
    found = report_on(tmp_path, rows())
    assert found.judgement.verdict == "valid"
    record = found.record("open", "example-lab")
    assert record is not None
    source = Source("v1.3", "", "", "a" * 64, Provenance.SELF_REPORTED, key=KEY)
    publish(record, found.judgement.findings, source, found.excerpts)
    sweep(timedelta(0))
    return Run.objects.get()


def test_a_table_reaches_the_leaderboard_as_self_reported_in_the_open_division(run: Run) -> None:
    entry = LeaderboardEntry.objects.get()
    assert (entry.provenance, entry.division, entry.benchmark) == ("self-reported", "open", "kws")
    assert (entry.latency_ms, entry.energy_uj_per_inf, entry.quality_text) == (104.2, 2310.0, "90.1")
    assert entry.public_id.endswith(f"-{KEY}")


def test_a_device_chosen_from_the_catalogue_is_that_device(run: Run) -> None:
    device = run.system.device
    assert (device.slug, device.curated) == ("nucleo-l4r5zi", True)
    assert run.system.clock_mhz == 120


def test_the_reference_network_and_the_numeric_format_are_those_that_the_table_states(run: Run) -> None:
    assert run.neural_model is not None
    assert (run.neural_model.slug, run.precision) == ("kws01", "int8")


def test_the_energy_has_the_scope_that_the_table_states(db: None, tmp_path: Path) -> None:
    call_command("load_catalogue", verbosity=0)
    found = report_on(
        tmp_path, rows(energy_scope="board")
    )  # a microcontroller at 1.8 V would be taken for chip rail
    record = found.record("open", "example-lab")
    assert record is not None
    publish(record, (), Source("v1.3", "", "", "", Provenance.SELF_REPORTED, key=KEY))
    energy = Run.objects.get().measurements.get(metric="energy_uj_per_inf")
    assert energy.energy_scope == "board"


def test_the_memory_that_a_run_needs_is_published_in_its_unit(db: None, tmp_path: Path) -> None:
    call_command("load_catalogue", verbosity=0)
    stated = {
        "metric": "peak_ram_kib",
        "value": "65.536",
        "unit": "kB",
        "evidence_line": "",
        "how": "declared",
    }
    found = report_on(tmp_path, [*rows(), rows()[0] | stated])
    record = found.record("open", "example-lab")
    assert record is not None
    publish(record, (), Source("v1.3", "", "", "", Provenance.SELF_REPORTED, key=KEY))
    assert Run.objects.get().measurements.get(metric="peak_ram_kib").value == pytest.approx(64.0)


def test_a_network_of_ones_own_is_not_taken_for_the_reference(db: None, tmp_path: Path) -> None:
    call_command("load_catalogue", verbosity=0)
    found = report_on(tmp_path, rows(model="small", model_file="model/net.tflite"), net="weights")
    record = found.record("open", "example-lab")
    assert record is not None
    publish(record, (), Source("v1.3", "", "", "", Provenance.SELF_REPORTED, key=KEY))
    run = Run.objects.get()
    assert (run.neural_model, run.variant) == (None, "small")


def test_the_value_shows_the_lines_around_its_evidence(run: Run) -> None:
    place = run.measurements.get(metric="latency_ms").evidence.get(path="logs/kws.txt")
    assert [2, "median latency 104.2 ms", True] in [list(line) for line in place.excerpt]
