"""Two versions of one submission beside each other: files, findings, values."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass
from typing import Any

from results.domain.metrics import METRICS
from submissions.checking.wire import report_from_wire
from submissions.models import Reading, Version


@dataclass(frozen=True, slots=True)
class Value:
    """One value of one run; ``old`` or ``new`` is None where that version has none."""

    run: str
    metric: str
    old: str | None
    new: str | None

    @property
    def name(self) -> str:
        """The metric as pages call it."""
        return METRICS[self.metric].name if self.metric in METRICS else self.metric

    @property
    def unit(self) -> str:
        return METRICS[self.metric].unit if self.metric in METRICS else ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs from one version to another. Files are all of the archive, compared by SHA-256."""

    from_version: int
    to_version: int
    files_added: list[str]
    files_removed: list[str]
    files_changed: list[str]
    findings_gone: list[dict[str, Any]]
    findings_new: list[dict[str, Any]]
    values: list[Value]

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not any(
            (self.files_added, self.files_removed, self.files_changed, self.findings_gone, self.findings_new, self.values)
        )  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """The shape of the API."""
        return asdict(self)


def compare(one: Version, other: Version) -> Comparison:
    """What changed from ``one`` to ``other``; a version without a report has no files, findings and values."""
    before, after = _files(one), _files(other)
    gone, new = _difference(one.findings, other.findings), _difference(other.findings, one.findings)
    old_values, new_values = _values(one), _values(other)
    keys = sorted({*old_values, *new_values})
    return Comparison(
        one.number, other.number,
        files_added=sorted(after.keys() - before.keys()), files_removed=sorted(before.keys() - after.keys()),
        files_changed=sorted(path for path in before.keys() & after.keys() if before[path] != after[path]),
        findings_gone=gone, findings_new=new,
        values=[
            Value(*key, old_values.get(key), new_values.get(key))
            for key in keys if old_values.get(key) != new_values.get(key)
        ],
    )  # fmt: skip


def _files(version: Version) -> dict[str, str]:
    """Path → SHA-256 of every file of the archive; empty for one that could not be opened."""
    content = Reading.objects.filter(version=version).values_list("content", flat=True).first()
    if content is None:
        return {}
    report = report_from_wire(content)
    listed = (record.files for record in report.read.submissions)
    files = itertools.chain(report.other_files, *listed)
    return {file.path: file.sha256 for file in files if file.sha256 is not None}


def _difference(these: list[dict[str, Any]], those: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The findings of ``these`` that ``those`` lack; a finding whose line alone moved is the same."""
    known = {_identity(finding) for finding in those}
    return [finding for finding in these if _identity(finding) not in known]


def _identity(finding: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(
        finding.get(name) for name in ("code", "severity", "file", "expected", "found", "system", "run")
    )


def _values(version: Version) -> dict[tuple[str, str], str]:
    found = {}
    for run in version.runs:
        key = "/".join(
            part for part in (run["division"], run["system"], run["benchmark"], run["variant"]) if part
        )
        for value in run["values"]:
            found[key, value["metric"]] = value["printed"]
    return found
