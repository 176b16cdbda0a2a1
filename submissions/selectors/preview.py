"""The private preview of a version: where each valid run would stand, what changed, what is worth a second look.

Nothing of it is stored or published. It reads the kept reading of the version and opens no archive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.urls import reverse

from results.analysis.comparability import Conditions
from results.analysis.standing import (
    COST_METRICS,
    SecondLook,
    Standing,
    Standpoint,
    second_looks,
    standing,
)
from results.catalog.identify import (
    energy_scope,
    identify_device,
    identify_submitter,
    read_supply_voltage_mv,
)
from results.catalog.reader import catalogue
from results.domain.metrics import ENERGY_METRICS, METRICS
from results.domain.records import RunRecord, SubmissionRecord
from results.models import Benchmark, LeaderboardEntry, Publication
from results.presentation import table_number, times_text
from submissions.checking.report import Report
from submissions.checking.wire import report_from_wire
from submissions.models import Progress, Reading, Submission, Version

RANKED = ("latency_ms", "energy_uj_per_inf", "average_power_mw", "quality")
_QUALITY_KEYS = {"top1": "top1_pct", "auc": "auc", "fp_fn": "fp_fn"}
_QUALITY_NAMES = {
    "top1_pct": ("Top-1", "%"),
    "auc": ("AUC", ""),
    "fp_fn": ("False positives + negatives", ""),
}


@dataclass(frozen=True, slots=True)
class Rank:
    """The place of one value in words: ``3`` of ``15``; ``of`` is 0 where nothing compares with it."""

    name: str
    value: str
    unit: str
    rank: str
    of: int
    among: str


@dataclass(frozen=True, slots=True)
class Change:
    """One value against the same system's last published one; ``ratio`` is new/old, empty where the two do not
    compare."""

    name: str
    unit: str
    old: str
    new: str
    ratio: str


@dataclass(frozen=True, slots=True)
class Look:
    """A sentence on something worth a second look, and the published result that it is seen beside."""

    text: str
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class RunPreview:
    """One valid run. ``before`` is the published result that ``changes`` compare with, empty without one."""

    system: str
    benchmark: str
    variant: str
    division: str
    ranks: tuple[Rank, ...]
    before: str
    before_url: str
    changes: tuple[Change, ...]
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The preview of a version; ``looks`` counts what is worth a second look over all runs."""

    runs: tuple[RunPreview, ...]
    looks: int


def shown_preview(version: Version) -> Preview | None:
    """The preview for a page; None for a version that is published: where it stands is no longer private."""
    return None if version.submission.published_version_id == version.pk else preview_of(version)


def preview_of(version: Version) -> Preview | None:
    """The preview of ``version`` against what is published now; None until its check is done. Five queries at most."""
    if version.progress != Progress.DONE:
        return None
    content = Reading.objects.filter(pk=version.pk).values_list("content", flat=True).first()
    if content is None:
        return None
    submission = version.submission
    report = report_from_wire(content)
    runs = [
        (run, record)
        for record in report.read.submissions
        for run in record.runs
        if report.judgement.run_verdicts.get(run.key)
    ]
    if not runs:
        return Preview((), 0)
    published = _published(submission, {run.benchmark for run, _ in runs})
    qualities = dict(Benchmark.objects.values_list("pk", "quality_metric"))
    submitters = _submitters(submission, report)
    moved = set(submission.moved_to_open)
    shown = tuple(
        _preview(
            run, _standpoint(run, record, submission, qualities, submitters, moved), published, submitters
        )
        for run, record in runs
    )
    return Preview(shown, sum(len(run.looks) for run in shown))


def preview_json(version: Version) -> dict[str, Any]:
    """The preview as the API answers it; ``looks`` and ``runs`` are None until the check is done."""
    preview = preview_of(version)
    return {
        "state": str(version.progress),
        "looks": preview.looks if preview else None,
        "runs": [_run_json(run) for run in preview.runs] if preview else None,
    }


def _run_json(run: RunPreview) -> dict[str, Any]:
    """``run`` with None where the page shows nothing."""
    told = asdict(run)
    for name in ("variant", "before", "before_url"):
        told[name] = told[name] or None
    for rank in told["ranks"]:
        rank["rank"] = rank["rank"] or None
    for change in told["changes"]:
        for name in ("old", "new", "ratio"):
            change[name] = change[name] or None
    return told


@dataclass(frozen=True, slots=True)
class _Row:
    """A published run with what its standpoint does not hold."""

    standpoint: Standpoint
    round_position: int
    system: str
    variant: str


def _published(submission: Submission, benchmarks: Iterable[str]) -> list[_Row]:
    """Every published run of ``benchmarks`` but those that this submission itself has published. One query."""
    entries = (
        LeaderboardEntry.objects.filter(benchmark__in=benchmarks)
        .exclude(system__publication__submissions=submission)
        .order_by("round_position", "run_id")
        .values(
            "public_id", "benchmark", "division", "submitter_slug", "submitter_name", "round", "round_position",
            "system_label", "variant", "device_slug", "device_short_name", "device_class", "energy_scope",
            "supply_voltage_mv", "evaluation_set", "quality_metric", "quality_value", "latency_ms",
            "energy_uj_per_inf", "average_power_mw", "throughput_inf_per_s", "run__performance_log_sha256",
        )
    )  # fmt: skip
    return [_row(entry) for entry in entries]


def _row(entry: Mapping[str, Any]) -> _Row:
    values = {
        name: entry[name] for name in (*COST_METRICS, "throughput_inf_per_s") if entry[name] is not None
    }
    if entry["quality_value"] is not None:
        values["quality"] = entry["quality_value"]
    standpoint = Standpoint(
        conditions=Conditions(
            entry["benchmark"], entry["energy_scope"], entry["supply_voltage_mv"], entry["evaluation_set"]
        ),
        values=values,
        quality_metric=_QUALITY_KEYS.get(entry["quality_metric"], ""),
        division=entry["division"],
        submitter=entry["submitter_slug"],
        device=entry["device_slug"],
        device_class=entry["device_class"],
        public_id=entry["public_id"],
        label=f"{entry['device_short_name']}, {entry['submitter_name']}, {entry['round']}",
        log_sha256=entry["run__performance_log_sha256"],
    )
    return _Row(standpoint, entry["round_position"], entry["system_label"], entry["variant"])


def _submitters(submission: Submission, report: Report) -> set[str]:
    """The slugs under which this submitter has published: linked by staff, used before, or named by an import."""
    organisation = submission.organisation
    if organisation is not None:
        used = Publication.objects.filter(submissions__organisation=organisation)
        slugs = set(used.values_list("submitter__slug", flat=True))
        return slugs | ({organisation.submitter.slug} if organisation.submitter else set())
    known = (identify_submitter(catalogue(), record.submitter, None) for record in report.read.submissions)
    return {slug for slug in known if slug is not None}


def _standpoint(
    run: RunRecord, record: SubmissionRecord, submission: Submission, qualities: Mapping[str, str],
    submitters: set[str], moved: set[str],
) -> Standpoint:  # fmt: skip
    """The run as it would be published: with its division after a move, its device and its energy scope."""
    system = record.system(run.system_id)
    device = identify_device(catalogue(), system, submission.round).slug if system else None
    device_class = catalogue().devices[device].device_class if device else ""
    supply_mv = run.value("supply_voltage_mv")
    if supply_mv is None and system is not None:
        supply_mv = read_supply_voltage_mv(system.get("Hardware Notes"))
    scope = run.facts.get("energy_scope") or energy_scope(
        device_class, run.facts.get("energy_monitor") or None, supply_mv, run.runner
    )
    has_energy = bool(ENERGY_METRICS & set(run.measurements))
    evaluation_set = run.facts.get("accuracy_stimuli") or run.facts.get("performance_stimuli", "")
    quality_metric = qualities.get(run.benchmark, "")
    return Standpoint(
        conditions=Conditions(run.benchmark, scope if has_energy else "none", supply_mv, evaluation_set),
        values=_values(run, quality_metric),
        quality_metric=quality_metric,
        division="open" if run.key in moved else run.division,
        submitter=min(submitters, default=""),
        device=device or "",
        device_class=device_class,
        log_sha256=run.performance_log_sha256 or "",
    )


def _values(run: RunRecord, quality_metric: str) -> dict[str, float]:
    values = {
        name: value
        for name in (*COST_METRICS, "throughput_inf_per_s")
        if (value := run.value(name)) is not None
    }
    if quality_metric == "fp_fn":
        counts = [run.value("sww_false_positives"), run.value("sww_false_negatives")]
        quality = sum(count for count in counts if count is not None) if None not in counts else None
    else:
        quality = run.value(quality_metric)
    return values if quality is None else {**values, "quality": quality}


def _preview(run: RunRecord, own: Standpoint, published: Sequence[_Row], submitters: set[str]) -> RunPreview:
    others = [row.standpoint for row in published]
    ranks = [_rank(found, own) for metric in RANKED if (found := standing(own, metric, others)) is not None]
    before = _before(run, own, published, submitters)
    # An organisation may have published under several names: its own figures repeat no other submitter's.
    looks = [
        look
        for look in second_looks(own, others)
        if look.kind != "same-digits" or look.other.submitter not in submitters
    ]
    return RunPreview(
        system=run.system_id,
        benchmark=run.benchmark,
        variant=run.variant,
        division=own.division,
        ranks=tuple(ranks),
        before=before.label if before else "",
        before_url=_address(before) if before else "",
        changes=tuple(_changes(own, before)) if before else (),
        looks=tuple(_look(look, own) for look in looks),
    )


def _rank(found: Standing, own: Standpoint) -> Rank:
    name, unit = _name(found.metric, own.quality_metric)
    return Rank(
        name,
        table_number(found.value),
        unit,
        str(found.rank) if found.rank else "",
        found.of,
        found.group_label,
    )


def _before(
    run: RunRecord, own: Standpoint, published: Sequence[_Row], submitters: set[str]
) -> Standpoint | None:
    """The last published run of the same submitter, benchmark and variant on the same system, else same device."""
    same = [
        row
        for row in published
        if row.standpoint.submitter in submitters
        and row.standpoint.conditions.benchmark == run.benchmark
        and row.variant == run.variant
        and (row.system == run.system_id or (own.device and row.standpoint.device == own.device))
    ]
    last = max(same, key=lambda row: (row.system == run.system_id, row.round_position), default=None)
    return last.standpoint if last else None


def _changes(own: Standpoint, before: Standpoint) -> Iterable[Change]:
    for metric in RANKED:
        old, new = before.values.get(metric), own.values.get(metric)
        if old is None and new is None:
            continue
        name, unit = _name(metric, own.quality_metric)
        compares = old and new and own.group(metric) is not None and own.group(metric) == before.group(metric)
        yield Change(
            name, unit, "" if old is None else table_number(old), "" if new is None else table_number(new),
            f"×{table_number(new / old)}" if compares and old and new else "",
        )  # fmt: skip


def _look(look: SecondLook, own: Standpoint) -> Look:
    return Look(_sentence(look, own), _address(look.other), look.other.label)


def _sentence(look: SecondLook, own: Standpoint) -> str:
    if look.value is None or look.other_value is None:
        return "The performance log is byte for byte that of a published result."
    name, unit = _name(look.metric, own.quality_metric)
    value, other = f"{look.value:g} {unit}".strip(), f"{look.other_value:g} {unit}".strip()
    if look.kind == "same-digits":
        return f"{name}: {value}, to the last digit the value of another submitter."
    if look.kind == "best-quality":
        return f"{name}: {value}, better than any published in this division; the best so far is {other}."
    times = times_text(look.other_value / look.value)
    words = "times less" if look.metric == "energy_uj_per_inf" else "times faster"
    whose = f"among devices of the class {look.among}" if look.among else "on this device"
    return f"{name}: {value}, {times} {words} than the best comparable result {whose}, {other}."


def _name(metric: str, quality_metric: str) -> tuple[str, str]:
    if metric == "quality":
        return _QUALITY_NAMES.get(quality_metric, ("Quality", ""))
    return METRICS[metric].name, METRICS[metric].unit


def _address(run: Standpoint) -> str:
    return reverse("results:result", args=[run.public_id])
