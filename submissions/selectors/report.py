"""The report on some files, as JSON and as a page shows it: a version of a submission, or a check without account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from results.domain.findings import SEVERITY_ORDER, Severity
from results.domain.links import rule_address
from results.domain.metrics import METRICS
from results.domain.records import Excerpt, Place
from results.presentation import submitted_digits
from submissions.models import Check, Progress, Reading, Version
from submissions.rules.catalogue import RULES

SHOWN_OF_ONE_CODE = 3
"""Findings of one code that are shown at once; the rest are folded."""

_FINDING_KEYS = (
    "code", "severity", "file", "line", "expected", "found", "mend", "submitter", "division", "system", "run",
)  # fmt: skip
_RUN_KEYS = (
    "division", "submitter", "system", "benchmark", "variant", "folder", "runner", "valid", "values",
)  # fmt: skip
_SEVERITIES = {
    Severity.ERROR: ("error", "Must be mended", "error"),
    Severity.WARNING: ("warn", "Should be mended", "warning"),
    Severity.NOTE: ("note", "For your information", "note"),
}
"""CSS class, heading of the section, and the word for one finding."""
_STEPS = ("Received", "Read", "Checked")
_STEP_NOW = {Progress.QUEUED: 0, Progress.READING: 1, Progress.CHECKING: 2}
_HEADLINE_NOW = {
    Progress.QUEUED: "Waiting to be read", Progress.READING: "Being read", Progress.CHECKING: "Being checked",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an excerpt; number 0 stands for lines left out, ``hit`` is the line that is meant."""

    number: int
    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding with the line it speaks of; ``lines`` is empty where the finding names no line.

    ``number`` counts the findings of the report from 1.
    """

    number: int
    where: str
    concerns: str
    expected: str
    found: str
    mend: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """The findings of one rule at one severity: ``first`` are shown, ``rest`` are folded."""

    code: str
    title: str
    rule_url: str
    first: tuple[FindingView, ...]
    rest: tuple[FindingView, ...]

    @property
    def count(self) -> int:
        """How many findings there are of this rule."""
        return len(self.first) + len(self.rest)


@dataclass(frozen=True, slots=True)
class Section:
    """All findings of one severity."""

    severity: str
    css: str
    heading: str
    count: int
    groups: tuple[CodeGroup, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a run with every digit that was submitted, and where it stands."""

    name: str
    printed: str
    unit: str
    how: str
    where: str


@dataclass(frozen=True, slots=True)
class RunView:
    """One run as it was understood; ``valid`` is None where the rules say nothing of it."""

    benchmark: str
    variant: str
    valid: bool | None
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class SystemView:
    """One system with its runs."""

    division: str
    submitter: str
    system: str
    runs: tuple[RunView, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the check: ``state`` is done, now, failed or empty for what is still to come."""

    name: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as a page shows it. ``finished`` is false while the files are still being read or checked."""

    state: str
    finished: bool
    verdict: str
    headline: str
    failure: str
    steps: tuple[Step, ...]
    sections: tuple[Section, ...]
    systems: tuple[SystemView, ...]
    run_count: int


def report_json(checked: Version | Check) -> dict[str, Any]:
    """The public shape of a report: state, verdict (null until done), findings, runs, failure (null without one).

    ``findings`` and ``runs`` are those of ``check_submission --json``.
    """
    return {
        "state": str(checked.progress),
        "verdict": checked.verdict or None,
        "findings": [{key: finding[key] for key in _FINDING_KEYS} for finding in checked.findings],
        "runs": [_run_json(run) for run in checked.runs],
        "failure": checked.failure or None,
    }


def check_json(check: Check) -> dict[str, Any]:
    """The report of a check without account, and until when it can be read."""
    return {**report_json(check), "expires_at": check.expires_at.isoformat()}


def _run_json(run: Mapping[str, Any]) -> dict[str, Any]:
    """A run with its keys in the order of the command's output, which a JSON column does not keep."""
    values = [
        {
            **{key: value[key] for key in ("metric", "value", "printed", "how", "reading")},
            "evidence": [
                {key: place[key] for key in ("file", "line", "sha256")} for place in value["evidence"]
            ],
        }
        for value in run["values"]
    ]
    return {key: values if key == "values" else run[key] for key in _RUN_KEYS}


def report_view(checked: Version | Check) -> ReportView:
    """The report as a page shows it; one query for the excerpts of a version that is done."""
    excerpts = _excerpts(checked)
    ordered = sorted(checked.findings, key=lambda finding: SEVERITY_ORDER[Severity(finding["severity"])])
    numbered = enumerate(ordered, start=1)
    sections = tuple(
        _section(Severity(severity), list(group), excerpts)
        for severity, group in groupby(numbered, key=lambda pair: pair[1]["severity"])
    )
    return ReportView(
        state=str(checked.progress),
        finished=checked.progress in (Progress.DONE, Progress.FAILED),
        verdict=checked.verdict,
        headline=_headline(checked, sections),
        failure=checked.failure,
        steps=_steps(checked),
        sections=sections,
        systems=_systems(checked.runs),
        run_count=len(checked.runs),
    )


def _excerpts(checked: Version | Check) -> dict[Place, Excerpt]:
    """Place → lines, of what the check kept. A version keeps them beside its records, which are not loaded here."""
    if checked.progress != Progress.DONE:
        return {}
    if isinstance(checked, Check):
        kept = checked.excerpts
    else:
        kept = Reading.objects.filter(pk=checked.pk).values_list("content__excerpts", flat=True).first() or []
    return {(place[0], place[1], place[2]): lines for place, lines in kept}


Numbered = tuple[int, Mapping[str, Any]]


def _section(severity: Severity, findings: Sequence[Numbered], excerpts: Mapping[Place, Excerpt]) -> Section:
    css, heading, _ = _SEVERITIES[severity]
    by_code: dict[str, list[Numbered]] = {}
    for number, finding in findings:
        by_code.setdefault(finding["code"], []).append((number, finding))
    groups = tuple(_group(code, entries, excerpts) for code, entries in by_code.items())
    return Section(str(severity), css, heading, len(findings), groups)


def _group(code: str, findings: Sequence[Numbered], excerpts: Mapping[Place, Excerpt]) -> CodeGroup:
    views = tuple(_finding(number, finding, excerpts) for number, finding in findings)
    rule = RULES.get(code)
    title = rule.title.removesuffix(".") if rule else code
    return CodeGroup(code, title, rule_address(code), views[:SHOWN_OF_ONE_CODE], views[SHOWN_OF_ONE_CODE:])


def _finding(number: int, finding: Mapping[str, Any], excerpts: Mapping[Place, Excerpt]) -> FindingView:
    lines = excerpts.get((finding["file"], finding["line"], None), [])
    return FindingView(
        number=number,
        where=_where(finding["file"], finding["line"]),
        concerns=finding["run"] or finding["system"] or "",
        expected=finding["expected"],
        found=finding["found"],
        mend=finding["mend"],
        lines=tuple(Line(number, text, hit) for number, text, hit in lines),
    )


def _where(file: str, line: int | None) -> str:
    return f"{file}:{line}" if line else file


def _headline(checked: Version | Check, sections: Iterable[Section]) -> str:
    """The report in a few words: ``Invalid: 1 error, 2 notes``."""
    if checked.progress == Progress.FAILED:
        return "Could not be checked"
    if checked.progress != Progress.DONE:
        return _HEADLINE_NOW[Progress(checked.progress)]
    counts = [
        f"{section.count} {_SEVERITIES[Severity(section.severity)][2]}{'s' if section.count != 1 else ''}"
        for section in sections
    ]
    return f"{checked.verdict.capitalize()}: {', '.join(counts) or 'no findings'}"


def _steps(checked: Version | Check) -> tuple[Step, ...]:
    runs, findings = len(checked.runs), len(checked.findings)
    read = f"{runs} run{'s' if runs != 1 else ''}"
    found = f"{findings} finding{'s' if findings != 1 else ''}"
    if checked.progress == Progress.DONE:
        return tuple(Step(name, note, "done") for name, note in zip(_STEPS, ("", read, found), strict=True))
    if checked.progress == Progress.FAILED:
        return (Step("Received", "", "done"), Step("Read", "failed", "failed"), Step("Checked", "", ""))
    now = _STEP_NOW[Progress(checked.progress)]
    notes = ("waiting to be read", "now", "now")
    return tuple(
        Step(name, notes[k] if k == now else "", "done" if k < now else "now" if k == now else "")
        for k, name in enumerate(_STEPS)
    )


def _systems(runs: Iterable[Mapping[str, Any]]) -> tuple[SystemView, ...]:
    by_system: dict[tuple[str, str, str], list[RunView]] = {}
    for run in runs:
        key = (run["division"], run["submitter"], run["system"])
        values = tuple(_value(value) for value in run["values"])
        by_system.setdefault(key, []).append(RunView(run["benchmark"], run["variant"], run["valid"], values))
    return tuple(SystemView(*key, tuple(found)) for key, found in by_system.items())


def _value(value: Mapping[str, Any]) -> Value:
    metric = METRICS.get(value["metric"])
    place = value["evidence"][0] if value["evidence"] else None
    return Value(
        name=metric.name if metric else value["metric"],
        printed=submitted_digits(value["printed"]),
        unit=metric.unit if metric else "",
        how=value["how"],
        where=_where(place["file"], place["line"]) if place else "",
    )
