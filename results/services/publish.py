"""Publish: the records of one submitter in one division of one round become rows, in one transaction.

The same content written twice changes nothing. Content that replaces the shipped copy keeps the runs it concerns, so
that addresses stay, and attaches excerpts and the archive to them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db import transaction

from results.catalog.identify import energy_scope, read_precision, read_supply_voltage_mv
from results.catalog.reader import catalogue
from results.domain.findings import Finding
from results.domain.metrics import ENERGY_METRICS
from results.domain.records import Evidence as EvidenceRecord
from results.domain.records import (
    Excerpt,
    How,
    MeasurementRecord,
    Place,
    Readability,
    Reading,
    RunRecord,
    SubmissionRecord,
    SystemRecord,
)
from results.models import (
    Evidence,
    Measurement,
    NeuralModel,
    Provenance,
    Publication,
    PublishedFinding,
    Round,
    Run,
    System,
)

from . import identify
from .recompute import schedule

LAYOUT = "2: excerpts"
"""Part of the content hash: another layout of the rows makes the same content be stored again."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a publication comes from: the public repository, and the archive that was read (empty: shipped copy)."""

    round_id: str
    repository: str
    commit: str
    archive_sha256: str = ""
    provenance: str = Provenance.REVIEWED


@dataclass(frozen=True, slots=True)
class Published:
    """What :func:`publish` did. ``changed`` is false when the same content stood there already."""

    publication: Publication
    changed: bool
    runs: int


@transaction.atomic
def publish(
    record: SubmissionRecord,
    findings: Iterable[Finding],
    source: Source,
    excerpts: Mapping[Place, Excerpt] = MappingProxyType({}),
) -> Published:
    """Store one submitter's results of one division and make their recomputation due.

    ``excerpts`` are the lines to show for places of evidence, where the submitted files are at hand.

    Runs without a throughput and without a power figure have nothing to rank and are stored all the same, with their
    findings: nothing that was submitted is lost. Raises Round.DoesNotExist for a round that the catalogue lacks.
    """
    findings = tuple(findings)
    round_ = Round.objects.get(pk=source.round_id)
    publication, _ = Publication.objects.select_for_update().get_or_create(
        round=round_, division=record.division, submitter_directory=record.submitter,
        defaults={"submitter": identify.submitter_for(record), "provenance": source.provenance},
    )  # fmt: skip
    content = _content_sha256(record, findings, source)
    if publication.content_sha256 == content:
        return Published(publication, changed=False, runs=len(record.runs))
    publication.submitter = identify.submitter_for(record)
    publication.repository, publication.commit = source.repository, source.commit
    publication.archive_sha256, publication.provenance = source.archive_sha256, source.provenance
    publication.content_sha256 = content
    publication.save()
    systems = _store_systems(publication, record)
    runs = _store_runs(source.round_id, systems, record, excerpts)
    _store_findings(publication, systems, runs, findings)
    schedule(publication)
    return Published(publication, changed=True, runs=len(runs))


def _content_sha256(record: SubmissionRecord, findings: tuple[Finding, ...], source: Source) -> str:
    """Hash of all that would be stored, catalogue readings included, so that a corrected alias takes effect."""
    parts = [LAYOUT, repr(source), repr(record), repr(findings)]
    for system in record.systems:
        device = identify.device_for(system, source.round_id)
        columns = identify.system_columns(system, device.device_class)
        parts.append(
            json.dumps([system.system_id, device.slug, device.device_class, columns], sort_keys=True)
        )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _store_systems(
    publication: Publication, record: SubmissionRecord
) -> dict[str, tuple[System, SystemRecord]]:
    wanted = {system.system_id: system for system in record.systems}
    for run in record.runs:  # results whose description is missing still have a system
        wanted.setdefault(run.system_id, _undescribed(run))
    publication.systems.exclude(system_id__in=wanted).delete()
    stored = {}
    for system_id, system in wanted.items():
        device = identify.device_for(system, publication.round_id)
        values = identify.system_columns(system, device.device_class) | {"device": device}
        row, _ = System.objects.update_or_create(
            publication=publication, system_id=system_id, defaults=values
        )
        stored[system_id] = (row, system)
    return stored


def _undescribed(run: RunRecord) -> SystemRecord:
    return SystemRecord(run.submitter, run.division, run.system_id, None, None, Readability.UNREADABLE)


def _store_runs(
    round_id: str,
    systems: Mapping[str, tuple[System, SystemRecord]],
    record: SubmissionRecord,
    excerpts: Mapping[Place, Excerpt],
) -> dict[str, Run]:
    stored: dict[str, Run] = {}
    for run in record.runs:
        system, description = systems[run.system_id]
        row, _ = Run.objects.update_or_create(
            system=system, benchmark_id=run.benchmark, variant=run.variant,
            defaults=_run_columns(round_id, run, description),
        )  # fmt: skip
        stored[run.key] = row
    kept = [row.pk for row in stored.values()]
    Run.objects.filter(system__in=[system for system, _ in systems.values()]).exclude(pk__in=kept).delete()
    Measurement.objects.filter(run__in=kept).delete()
    measurements, evidence = [], []
    for run in record.runs:
        system, description = systems[run.system_id]
        for row, places in _measurements(run, stored[run.key], system, description):
            measurements.append(row)
            evidence += [
                Evidence(measurement=row, position=n, **_place_columns(place, excerpts))
                for n, place in enumerate(places)
            ]
    Measurement.objects.bulk_create(measurements)
    Evidence.objects.bulk_create(evidence)
    return stored


def _run_columns(round_id: str, run: RunRecord, description: SystemRecord) -> dict[str, object]:
    model = identify.neural_model_for(run, catalogue())
    precision = read_precision(description, run.variant, run.system_id)
    return {
        "public_id": identify.public_id(round_id, run),
        "neural_model_id": _model_pk(model) if model else None,
        "precision": (precision.label or "")[:60],
        "folder": run.folder,
        "runner": run.runner or "",
        "runner_version": run.runner_version or "",
        "energy_monitor": run.facts.get("energy_monitor", ""),
        "evaluation_set": run.facts.get("accuracy_stimuli", ""),
        "performance_log_sha256": run.performance_log_sha256 or "",
        "windows": [
            {name: value for name in window.__slots__ if (value := getattr(window, name)) is not None}
            for window in run.windows
        ],
        "facts": dict(run.facts) | ({"dut_model": run.dut_model} if run.dut_model else {}),
    }


def _model_pk(slug: str) -> int:
    return NeuralModel.objects.only("pk").get(slug=slug).pk


def _measurements(
    run: RunRecord, row: Run, system: System, description: SystemRecord
) -> Iterable[tuple[Measurement, tuple[EvidenceRecord, ...]]]:
    values = dict(run.measurements)
    voltage = _declared_voltage(values, description)
    if voltage is not None:
        values["supply_voltage_mv"] = voltage
    supply = values.get("supply_voltage_mv")
    supply_mv = supply.value if supply else None
    scope = energy_scope(system.device.device_class, row.energy_monitor or None, supply_mv, row.runner)
    for metric, measurement in values.items():
        again = run.recomputed.get(metric)
        places = measurement.evidence + tuple(
            e for e in (again.evidence if again else ()) if e not in measurement.evidence
        )
        yield Measurement(
            run=row, metric=metric, value=measurement.value, printed=measurement.printed, how=str(measurement.how),
            reading=str(measurement.reading), energy_scope=scope if metric in ENERGY_METRICS else "none",
            recomputed_value=again.value if again else None, recomputed_printed=again.printed if again else "",
        ), places  # fmt: skip


def _declared_voltage(
    values: Mapping[str, MeasurementRecord], description: SystemRecord
) -> MeasurementRecord | None:
    """The supply voltage that only the system description states, for energies whose log does not."""
    notes = description.get_field("Hardware Notes")
    if (
        "supply_voltage_mv" in values
        or not ENERGY_METRICS & set(values)
        or notes is None
        or not description.path
    ):
        return None
    millivolts = read_supply_voltage_mv(notes.value)
    if millivolts is None:
        return None
    place = EvidenceRecord(
        path=description.path, line=notes.line, sha256=description.sha256 or "", reading=Reading.STATED,
        text=f'"{notes.key}": "{notes.value}"'[:400],
    )  # fmt: skip
    return MeasurementRecord(
        "supply_voltage_mv", float(millivolts), str(millivolts), How.DECLARED, Reading.STATED, (place,)
    )


def _place_columns(place: EvidenceRecord, excerpts: Mapping[Place, Excerpt]) -> dict[str, object]:
    return {
        "path": place.path, "line": place.line, "last_line": place.last_line, "sha256": place.sha256,
        "reading": str(place.reading), "text": place.text[:400].replace("\x00", ""),
        "excerpt": excerpts.get((place.path, place.line, place.last_line), []),
    }  # fmt: skip


def _store_findings(
    publication: Publication,
    systems: Mapping[str, tuple[System, SystemRecord]],
    runs: Mapping[str, Run],
    findings: Iterable[Finding],
) -> None:
    publication.findings.all().delete()
    PublishedFinding.objects.bulk_create(
        PublishedFinding(
            publication=publication,
            system=systems[finding.system][0] if finding.system in systems else None,
            run=runs.get(finding.run or ""),
            code=finding.code, severity=str(finding.severity), path=finding.file[:400], line=finding.line,
            expected=finding.expected.replace("\x00", ""), found=finding.found.replace("\x00", ""),
            mend=finding.mend.replace("\x00", ""),
        )
        for finding in findings
    )  # fmt: skip
