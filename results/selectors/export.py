"""The published runs as flat rows, straight from runs and measurements: one row per run, absent values empty."""

from __future__ import annotations

from collections.abc import Iterator

from results.models import Run

from .generation import one_state

COLUMNS = (
    "round", "division", "submitter", "system", "benchmark", "variant", "device", "neural_model", "precision",
    "availability", "latency_ms", "throughput_inf_per_s", "energy_uj_per_inf", "average_power_mw",
    "supply_voltage_mv", "quality_metric", "quality_value", "provenance", "energy_scope", "software", "clock_mhz",
    "sww_duty_cycle", "sww_false_positives", "sww_false_negatives", "id", "repository", "commit", "folder",
)  # fmt: skip
"""``submitter`` is the directory name of the round, ``device`` and ``neural_model`` are slugs."""

_VALUES = (
    "latency_ms", "throughput_inf_per_s", "energy_uj_per_inf", "average_power_mw", "supply_voltage_mv",
    "sww_duty_cycle", "sww_false_positives", "sww_false_negatives",
)  # fmt: skip


def export_rows(round_id: str | None = None) -> Iterator[dict[str, str | float | None]]:
    """One dict with the keys :data:`COLUMNS` per published run, by round, division, submitter, system, benchmark.

    Values are numbers, with every digit that was submitted; what was not measured is None. All rows are of one state of
    the data, and few are held at a time.
    """
    runs = (
        Run.objects.filter(status=Run.Status.PUBLISHED)
        .select_related("system__publication", "system__device", "neural_model")
        .prefetch_related("measurements")
        .order_by(
            "system__publication__round__position", "system__publication__division",
            "system__publication__submitter_directory", "system__system_id", "benchmark", "variant",
        )
    )  # fmt: skip
    if round_id is not None:
        runs = runs.filter(system__publication__round=round_id)
    with one_state():
        for run in runs.iterator(chunk_size=500):
            yield _row(run)


def _row(run: Run) -> dict[str, str | float | None]:
    publication, system = run.system.publication, run.system
    values = {measurement.metric: measurement for measurement in run.measurements.all()}
    energy = values.get("energy_uj_per_inf") or values.get("average_power_mw")
    quality_metric, quality_value = _quality({metric: m.value for metric, m in values.items()})
    return {
        "round": publication.round_id, "division": publication.division,
        "submitter": publication.submitter_directory, "system": system.system_id, "benchmark": run.benchmark_id,
        "variant": run.variant, "device": system.device.slug,
        "neural_model": run.neural_model.slug if run.neural_model else None, "precision": run.precision or None,
        "availability": system.availability or None,
        **{metric: values[metric].value if metric in values else None for metric in _VALUES},
        "quality_metric": quality_metric, "quality_value": quality_value, "provenance": publication.provenance,
        "energy_scope": energy.energy_scope if energy else None, "software": system.software or None,
        "clock_mhz": system.computing_clock_mhz, "id": run.public_id, "repository": publication.repository or None,
        "commit": publication.commit or None, "folder": run.folder,
    }  # fmt: skip


def _quality(values: dict[str, float]) -> tuple[str | None, str | float | None]:
    if "top1_pct" in values:
        return "top1", values["top1_pct"]
    if "auc" in values:
        return "auc", values["auc"]
    if "sww_false_positives" in values and "sww_false_negatives" in values:
        return "fp_fn", f"{values['sww_false_positives']:.0f}/{values['sww_false_negatives']:.0f}"
    return None, None
