"""A result as data: the same numbers, places and findings as its page."""

from __future__ import annotations

from collections.abc import Iterator

from results.domain.links import archive_address
from results.domain.metrics import METRICS
from results.models import Evidence, Measurement
from results.selectors.result import ResultDetail
from results.views.evidence import absences, file_address
from results.views.history import change_json

MEASUREMENT_COLUMNS = (
    "id", "metric", "value", "printed", "unit", "how", "reading", "energy_scope", "recomputed_value",
    "file", "line", "last_line", "sha256", "evidence_reading", "address", "status", "provenance",
)  # fmt: skip


def measurement_rows(detail: ResultDetail) -> Iterator[tuple[object, ...]]:
    """A row of :data:`MEASUREMENT_COLUMNS` per measurement and place of evidence."""
    for measurement in detail.measurements.values():
        head = (
            detail.run.public_id, measurement.metric, measurement.value, measurement.printed,
            METRICS[measurement.metric].unit or None, measurement.how, measurement.reading,
            measurement.energy_scope, measurement.recomputed_value,
        )  # fmt: skip
        for place in measurement.evidence.all():
            found = _evidence(place, detail)
            yield (
                head
                + tuple(found[key] for key in ("file", "line", "last_line", "sha256", "reading", "address"))
                + (detail.run.status, detail.run.system.publication.provenance)
            )


def result_json(detail: ResultDetail, citation: str) -> dict[str, object]:
    """The whole page; what is absent is null, with the reason under ``absent``."""
    run, system = detail.run, detail.run.system
    publication = system.publication
    return {
        "id": run.public_id,
        "status": run.status,
        "status_reason": run.status_reason or None,
        "moved_to": run.moved_to or None,
        "counted": detail.counted,
        "round": publication.round_id,
        "division": publication.division,
        "submitter": publication.submitter.slug,
        "submitter_directory": publication.submitter_directory,
        "provenance": publication.provenance,
        "benchmark": run.benchmark_id,
        "variant": run.variant or None,
        "neural_model": run.neural_model.slug if run.neural_model else None,
        "precision": run.precision or None,
        "device": system.device.slug,
        "system": {
            "pk": system.pk,
            "id": system.system_id,
            "availability": system.availability or None,
            "clock_mhz": system.clock_mhz,
            "software": system.software or None,
            "deployment_style": system.deployment_style or None,
            "file": system.description_path or None,
            "sha256": system.description_sha256 or None,
            "description": [
                {"key": key, "value": value, "line": line} for key, value, line in system.description
            ],
        },
        "measurements": [_measurement(row, detail) for row in detail.measurements.values()],
        "windows": run.windows,
        "facts": run.facts,
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity,
                "file": finding.path,
                "line": finding.line,
                "expected": finding.expected,
                "found": finding.found,
                "mend": finding.mend,
            }
            for finding in detail.findings
        ],
        "absent": [{"name": name, "why": why} for name, why in absences(detail)],
        "source": {"repository": publication.repository, "commit": publication.commit, "folder": run.folder},
        "archive": archive_address(run.public_id) if publication.key and detail.counted else None,
        "citation": citation,
        "history": [change_json(change) for change in detail.history],
        "reproduced_by": [row.public_id for row in detail.reproductions],
        "reproduces": [row.public_id for row in detail.originals],
    }


def _measurement(row: Measurement, detail: ResultDetail) -> dict[str, object]:
    return {
        "metric": row.metric,
        "value": row.value,
        "printed": row.printed,
        "unit": METRICS[row.metric].unit or None,
        "how": row.how,
        "reading": row.reading,
        "energy_scope": row.energy_scope,
        "recomputed_value": row.recomputed_value,
        "evidence": [_evidence(place, detail) for place in row.evidence.all()],
    }


def _evidence(place: Evidence, detail: ResultDetail) -> dict[str, object]:
    publication = detail.run.system.publication
    return {
        "file": place.path,
        "line": place.line,
        "last_line": place.last_line,
        "sha256": place.sha256,
        "reading": place.reading,
        "address": file_address(publication, place.path, place.line, place.last_line) or None,
        "text": place.text or None,
    }
