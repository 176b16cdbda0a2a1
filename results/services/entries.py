"""One run as a leaderboard row: a function from a run with its measurements and findings to the flat entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from results.analysis.comparability import comparability
from results.domain.findings import SEVERITY_ORDER, Severity
from results.models import LeaderboardEntry, Measurement, PublishedFinding, Run

Values = Mapping[str, Measurement]
QUALITY_NAMES = {"top1_pct": "top1", "auc": "auc", "fp_fn": "fp_fn"}


def entry_of(run: Run, duplicate_of: str) -> LeaderboardEntry:
    """The unsaved entry of ``run``; see :func:`entry_columns`."""
    return LeaderboardEntry(**entry_columns(run, duplicate_of))


def entry_columns(run: Run, duplicate_of: str) -> dict[str, Any]:
    """Every column of the entry of ``run``.

    Reads ``run.measurements``, ``run.benchmark``, ``run.neural_model``, the findings of run and system, and the
    system with device and publication (round, submitter); prefetch them. ``duplicate_of`` is the public id of the
    run of an earlier round that has the same log, or empty.
    """
    system = run.system
    publication = system.publication
    values = {measurement.metric: measurement for measurement in run.measurements.all()}
    energy = values.get("energy_uj_per_inf") or values.get("average_power_mw")
    return dict(
        run_id=run.pk,
        public_id=run.public_id,
        benchmark=run.benchmark_id,
        round=publication.round_id,
        round_position=publication.round.position,
        division=publication.division,
        availability=system.availability,
        provenance=publication.provenance,
        submitter_slug=publication.submitter.slug,
        submitter_name=publication.submitter.name,
        submitter_directory=publication.submitter_directory,
        system_id=system.pk,
        system_label=system.system_id,
        variant=run.variant,
        device_slug=system.device.slug,
        device_name=system.device.name,
        device_short_name=system.device.short_name,
        device_class=system.device.device_class,
        software=system.software,
        framework=system.framework,
        deployment_style=system.deployment_style,
        precision=run.precision,
        neural_model=run.neural_model.slug if run.neural_model else "",
        clock_mhz=system.computing_clock_mhz,
        latency_ms=_value(values, "latency_ms"),
        throughput_inf_per_s=_value(values, "throughput_inf_per_s"),
        energy_uj_per_inf=_value(values, "energy_uj_per_inf"),
        average_power_mw=_value(values, "average_power_mw"),
        supply_voltage_mv=_value(values, "supply_voltage_mv"),
        energy_scope=energy.energy_scope if energy else "none",
        **_quality(values, run.benchmark.quality_metric, run.benchmark.closed_target),
        evaluation_set=_evaluation_set(run),
        duplicate_of=duplicate_of,
        latency_range=_latency_range(run.windows),
        finding_codes=_finding_codes([*run.findings.all(), *system.findings.all()], run),
    )


def _value(values: Values, metric: str) -> float | None:
    found = values.get(metric)
    return found.value if found else None


def _quality(values: Values, metric: str, target: float) -> dict[str, Any]:
    """The quality columns; the benchmark's own metric only, so that a column never mixes two."""
    if metric == "fp_fn":
        counts = [values.get("sww_false_positives"), values.get("sww_false_negatives")]
        if all(counts):
            fp, fn = (count.value for count in counts)
            # The closed division limits each count, so the larger one decides the margin.
            return _quality_columns(metric, fp + fn, f"{fp:.0f}/{fn:.0f}", target - max(fp, fn))
    elif metric in values:
        found = values[metric]
        return _quality_columns(metric, found.value, found.printed, found.value - target)
    return {"quality_metric": "", "quality_value": None, "quality_text": "", "quality_margin": None}


def _quality_columns(metric: str, value: float, text: str, margin: float) -> dict[str, Any]:
    return {
        "quality_metric": QUALITY_NAMES[metric],
        "quality_value": value,
        "quality_text": text[:40],
        # 85.4 - 80 is 5.400000000000006 in binary; no quality is printed with more than six decimals.
        "quality_margin": round(margin, 6),
    }


def _evaluation_set(run: Run) -> str:
    """The set that the accuracy was taken on; where the accuracy log is missing, what a curator has noted, else that
    of the timed inputs, which the runner takes from the same folder; empty when none of them tells."""
    noted = comparability().known_sets.get(run.public_id, "")
    return run.evaluation_set or noted or run.facts.get("performance_stimuli", "")


def _latency_range(windows: Iterable[Mapping[str, Any]]) -> float | None:
    """max/min - 1 of the throughput of the timed windows; None for fewer than two."""
    rates = [
        rate
        for window in windows
        if window.get("phase") == "performance" and (rate := window.get("throughput_inf_per_s"))
    ]
    return max(rates) / min(rates) - 1 if len(rates) > 1 else None


def _finding_codes(findings: Iterable[PublishedFinding], run: Run) -> list[list[str]]:
    """[code, severity] of every finding on the run or on its whole system, each once, worst first, then by code."""
    own = {(finding.code, finding.severity) for finding in findings if finding.run_id in (None, run.pk)}
    return [list(pair) for pair in sorted(own, key=lambda pair: (SEVERITY_ORDER[Severity(pair[1])], pair[0]))]
