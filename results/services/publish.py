"""Publish: the records of one submitter in one division of one round become rows, in one transaction.

The same content written twice changes nothing. Content that replaces the shipped copy keeps the runs it concerns, so
that addresses stay, and attaches excerpts and the archive to them.

What somebody has decided about a result outlives a new version: a removed result stays removed, a moved one stays
moved (and its copy in the open division takes the new values). A result of this site that a new version no longer holds
is withdrawn, not deleted, and counts again when a later version brings it back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
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
    ResultChange,
    Round,
    Run,
    Submitter,
    System,
)

from . import changes, identify
from .differences import RunChange, compare, standing
from .moved import copies_in, copy_into_open
from .recompute import schedule

LAYOUT = "2: excerpts"
"""Part of the content hash: another layout of the rows makes the same content be stored again."""
NO_LONGER_HELD = "The version that is published now no longer holds this result."


@dataclass(frozen=True, slots=True)
class Source:
    """Where a publication comes from: the public repository, and the archive that was read (empty: shipped copy).

    ``key`` is the public id of the submission for what was sent to this site, and ``published_at`` the moment at which
    it appears; both are empty for what MLCommons published. ``submitter`` is the slug of a results.Submitter; when it
    is empty the submitter is identified by the names in the record.
    """

    round_id: str
    repository: str
    commit: str
    archive_sha256: str = ""
    provenance: str = Provenance.REVIEWED
    key: str = ""
    submitter: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What :func:`publish` did. ``changed`` is false when the same content stood there already.

    ``changes`` are the runs that appeared or got other values, for the caller to log; what was withdrawn because it is
    gone has been logged.
    """

    publication: Publication
    changed: bool
    runs: int
    changes: tuple[RunChange, ...] = ()


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
    submitter = _submitter(record, source)
    # no_key: a recomputation of other results refers to the row and need not wait.
    publication, _ = Publication.objects.select_for_update(no_key=True).get_or_create(
        round=round_, division=record.division, submitter_directory=record.submitter, key=source.key,
        defaults={"submitter": submitter, "provenance": source.provenance},
    )  # fmt: skip
    content = _content_sha256(record, findings, source)
    if publication.content_sha256 == content:
        return Published(publication, changed=False, runs=len(record.runs))
    earlier_archive, before = publication.archive_sha256, standing(publication)
    publication.submitter = submitter
    publication.repository, publication.commit = source.repository, source.commit
    publication.archive_sha256, publication.provenance = source.archive_sha256, source.provenance
    publication.published_at = publication.published_at or source.published_at
    publication.content_sha256 = content
    publication.save()
    systems = _store_systems(publication, record)
    runs = _store_runs(source, systems, record, excerpts)
    _retire(publication, systems, runs.values())
    _store_findings(publication, systems, runs, findings)
    schedule(publication)
    _refresh_copies(runs.values())
    found = compare(before, publication, runs.values())
    if not source.key and earlier_archive:
        _log_other_reading(found)
    return Published(publication, changed=True, runs=len(runs), changes=found)


@transaction.atomic
def retire(publication: Publication) -> None:
    """Take back every run of ``publication``: the version that is published now has nothing under its name."""
    publication.content_sha256 = ""
    publication.save(update_fields=["content_sha256"])
    _retire(publication, {}, ())
    schedule(publication)


def _submitter(record: SubmissionRecord, source: Source) -> Submitter:
    return (
        Submitter.objects.get(slug=source.submitter) if source.submitter else identify.submitter_for(record)
    )


def _retire(
    publication: Publication, systems: Mapping[str, tuple[System, SystemRecord]], held: Iterable[Run]
) -> None:
    """Take the runs out that the record no longer holds, and then the systems that have none.

    A run that has stood on this site as public with a history is withdrawn; a mere import leaves no trace. What was
    moved into the publication does not belong to the record.
    """
    kept = [run.pk for run in held] + copies_in(publication)
    gone = Run.objects.filter(system__publication=publication).exclude(pk__in=kept)
    if not publication.key:
        gone.exclude(public_id__in=ResultChange.objects.values("result")).delete()
    moved_on = Run.objects.filter(
        public_id__in=gone.filter(status=Run.Status.MOVED).values("moved_to"), status=Run.Status.PUBLISHED
    )
    for run in moved_on.select_related("system__publication"):
        changes.withdraw(run, actor=publication.submitter.name, text=NO_LONGER_HELD)
    for run in gone.filter(status=Run.Status.PUBLISHED).select_related("system__publication"):
        Run.objects.filter(pk=run.pk).update(status=Run.Status.WITHDRAWN, status_reason=NO_LONGER_HELD)
        changes.record(run, "withdrawn", actor=publication.submitter.name, text=NO_LONGER_HELD)
    publication.systems.filter(runs__isnull=True).exclude(system_id__in=systems).delete()


def _refresh_copies(runs: Iterable[Run]) -> None:
    for run in runs:
        if run.status == Run.Status.MOVED:
            schedule(copy_into_open(run).system.publication)


def _log_other_reading(found: Iterable[RunChange]) -> None:
    """An official result whose archive was read before and now gives another value: readers have seen the old one."""
    for change in found:
        if change.values:
            changes.record(
                change.run, "corrected", actor=changes.SITE,
                text="The archive was imported again and gives other values.",
                data={"values": [list(value) for value in change.values]},
            )  # fmt: skip


def _content_sha256(record: SubmissionRecord, findings: tuple[Finding, ...], source: Source) -> str:
    """Hash of all that would be stored, catalogue readings included, so that a corrected alias takes effect."""
    # The moment of publication is left out: the same content an hour later is the same content.
    parts = [LAYOUT, repr(replace(source, published_at=None)), repr(record), repr(findings)]
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
    source: Source,
    systems: Mapping[str, tuple[System, SystemRecord]],
    record: SubmissionRecord,
    excerpts: Mapping[Place, Excerpt],
) -> dict[str, Run]:
    stored: dict[str, Run] = {}
    for run in record.runs:
        system, description = systems[run.system_id]
        row, _ = Run.objects.update_or_create(
            system=system, benchmark_id=run.benchmark, variant=run.variant,
            defaults=_run_columns(source, run, description),
        )  # fmt: skip
        if row.status == Run.Status.WITHDRAWN and (source.key or row.status_reason == NO_LONGER_HELD):
            row.status, row.status_reason = Run.Status.PUBLISHED, ""
            row.save(update_fields=["status", "status_reason"])
        stored[run.key] = row
    kept = [row.pk for row in stored.values()]
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


def _run_columns(source: Source, run: RunRecord, description: SystemRecord) -> dict[str, object]:
    model = identify.neural_model_for(run, catalogue())
    stated = run.facts.get("precision") or read_precision(description, run.variant, run.system_id).label
    return {
        "public_id": identify.public_id(source.round_id, run, source.key),
        "neural_model_id": _model_pk(model) if model else None,
        "precision": (stated or "")[:60],
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
    scope = run.facts.get("energy_scope") or energy_scope(
        system.device.device_class, row.energy_monitor or None, supply_mv, row.runner
    )
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
    publication.findings.exclude(run__in=copies_in(publication)).delete()
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
