"""The public rounds v0.5 to v1.1, imported whole, agree with an independent reading of them."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from results.models import LeaderboardEntry, PublishedFinding, Run
from submissions.formats.archive import read_manifest
from submissions.services.validate import check_path

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("imported_rounds")]

COUNTS = {
    ("v0.5", "closed"): 17, ("v0.5", "open"): 2, ("v0.7", "closed"): 47, ("v0.7", "open"): 12,
    ("v1.0", "closed"): 59, ("v1.0", "open"): 1, ("v1.1", "closed"): 111,
}  # fmt: skip


def exported() -> dict[tuple[str, ...], dict[str, str]]:
    out = io.StringIO()
    call_command("export_results", stdout=out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    names = ("round", "division", "submitter", "system", "benchmark", "variant")
    return {tuple(row[name] for name in names): row for row in rows}


def row_of(rows: dict[tuple[str, ...], dict[str, str]], want: dict[str, str]) -> dict[str, str]:
    return rows[
        tuple(
            want[name] for name in ("round", "division", "submitter_dir", "system_id", "benchmark", "variant")
        )
    ]


def left_out(public_rounds: Path, row: dict[str, str], mode: str) -> bool:
    """Whether the copy lacks the raw log of ``mode`` that the independent reading computed its value from."""
    absent = read_manifest(public_rounds / "MANIFEST.csv", row["round"])
    return any(path.startswith(f"{row['folder']}/{mode}/") and path.endswith("log.txt") for path in absent)


def test_the_rounds_hold_249_runs() -> None:
    counts = Counter(Run.objects.values_list("system__publication__round", "system__publication__division"))
    assert counts == COUNTS
    assert LeaderboardEntry.objects.count() == 249


@pytest.mark.parametrize(
    ("ours", "theirs", "tolerance", "mode"),
    [
        ("throughput_inf_per_s", "throughput_inf_per_s", 1e-3, "performance"),
        ("energy_uj_per_inf", "energy_uj_per_inf", 1e-3, "energy"),
        ("quality_value", "accuracy_value", 1e-9, "accuracy"),
        ("supply_voltage_mv", "supply_voltage_mv", 1e-9, "energy"),
    ],
)
def test_every_figure_agrees_with_the_independent_reading(
    ours: str, theirs: str, tolerance: float, mode: str, expected: list[dict[str, str]], public_rounds: Path
) -> None:
    rows = exported()
    different = []
    for want in expected:
        row = row_of(rows, want)
        mine, other = row[ours], want[theirs]
        if not mine and other and left_out(public_rounds, row, mode):
            continue  # not in this copy: absent, not guessed
        if bool(mine) != bool(other) or (mine and abs(float(mine) / float(other) - 1) > tolerance):
            different.append((row["id"], ours, mine, other))
    assert different == []


@pytest.mark.parametrize(("ours", "theirs"), [("device", "device_key"), ("availability", "availability")])
def test_every_identity_agrees_with_the_independent_reading(
    ours: str, theirs: str, expected: list[dict[str, str]]
) -> None:
    rows = exported()
    different = []
    for want in expected:
        row = row_of(rows, want)
        if row[ours] != want[theirs]:
            different.append((row["id"], row[ours], want[theirs]))
    assert different == []


def test_importing_again_changes_nothing(public_rounds: Path) -> None:
    before = exported()
    out = io.StringIO()
    call_command("import_round", public_rounds / "rounds" / "v1.0", round="v1.0", json=True, stdout=out)
    assert not any(entry["changed"] for entry in json.loads(out.getvalue())["submissions"])
    assert exported() == before


def test_v1_1_has_the_verdict_and_values_of_the_official_checker(public_rounds: Path) -> None:
    with (public_rounds / "expected" / "official_checker_v1.1.csv").open(newline="") as lines:
        official = {(r["Organization"], r["SystemDesc"], r["MlperfModel"]): r for r in csv.DictReader(lines)}
    runs = {
        (run.system.publication.submitter_directory, run.system.system_id, run.benchmark_id): run
        for run in Run.objects.filter(system__publication__round="v1.1").select_related("system__publication")
    }
    assert len(official) == 111
    assert set(official) == set(runs)
    for identity, row in official.items():
        values = {m.metric: m.value for m in runs[identity].measurements.all()}
        assert values["throughput_inf_per_s"] == float(row["Result"]), identity
        assert values.get("auc", values.get("top1_pct")) == float(row["Accuracy"]), identity
        assert values.get("energy_uj_per_inf") == (
            float(row["Power"]) if row["HasPower"] == "True" else None
        ), identity
    assert not PublishedFinding.objects.filter(publication__round="v1.1", severity="error").exists()


def test_the_sample_of_v1_3_holds_five_runs_with_streaming_wakeword(public_rounds: Path) -> None:
    report = check_path(public_rounds / "rounds" / "v1.3-sample", round_id="v1.3")
    runs = {run.benchmark: run for submission in report.read.submissions for run in submission.runs}
    assert sorted(runs) == ["ad", "ic", "kws", "sww", "vww"]
    streaming = runs["sww"]
    assert streaming.value("average_power_mw") is not None
    assert streaming.value("sww_duty_cycle") is not None
    assert streaming.value("sww_false_positives") is not None
    assert streaming.value("sww_false_negatives") is not None
    assert streaming.value("energy_uj_per_inf") is None
