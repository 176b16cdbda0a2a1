"""The table of rules: what each code means, and the functions that check it.

A check is a generator of :class:`Breach`; the decorator :func:`rule` gives it its code and lays the round's severity
over it, so that no check ever decides how much it weighs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from results.domain.findings import Finding, Severity
from results.domain.records import Format, ReadResult, RunRecord, SourceFile, SubmissionRecord, SystemRecord

from .rulebook import BenchmarkRules, Rulebook


class Scope(StrEnum):
    """What a check looks at: once per submission, per system description or per run."""

    SUBMISSION = "submission"
    SYSTEM = "system"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a code means, for pages and documentation.

    ``official``: the official submission checker tests it. ``severity_of_reader`` is what the reader gives a finding
    of its own where the round's rulebook says nothing; None for a rule that checks records.
    """

    code: str
    title: str
    description: str
    why: str
    source: str
    mend: str
    official: bool = False
    severity_of_reader: Severity | None = None

    @property
    def area(self) -> str:
        """The part of the code before its dot."""
        return self.code.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a rule is broken: a finding before it has a code and a severity."""

    file: str
    line: int | None
    expected: str
    found: str
    mend: str


@dataclass(frozen=True)
class Context:
    """What a check may look at. ``system`` and ``run`` are None in checks of a wider scope.

    ``earlier_logs`` maps the SHA-256 of a performance log of an earlier round to where it stands; ``runs_by_log``
    maps the same hash to the runs of this reading that hand it in.
    """

    rulebook: Rulebook
    read: ReadResult
    submission: SubmissionRecord
    system: SystemRecord | None = None
    run: RunRecord | None = None
    earlier_logs: Mapping[str, str] = field(default_factory=dict)
    runs_by_log: Mapping[str, tuple[RunRecord, ...]] = field(default_factory=dict)

    @property
    def the_run(self) -> RunRecord:
        """The run of a check with run scope."""
        assert self.run is not None, "only checks with run scope ask for the run"
        return self.run

    @property
    def the_system(self) -> SystemRecord:
        """The system description of a check with system scope."""
        assert self.system is not None, "only checks with system scope ask for the system"
        return self.system

    @cached_property
    def files_of_modes(self) -> Mapping[str, tuple[SourceFile, ...]]:
        """The files that lie directly in the run's folder of each mode, under any accepted spelling of the folder."""
        base = self.the_run.folder.rstrip("/") + "/"
        modes = {name: mode for mode, names in reversed(self.rulebook.mode_folders.items()) for name in names}
        found: dict[str, list[SourceFile]] = {}
        for entry in self.the_run.files:
            folder, _, rest = entry.path.removeprefix(base).partition("/")
            if rest and "/" not in rest and folder in modes:
                found.setdefault(modes[folder], []).append(entry)
        return {mode: tuple(files) for mode, files in found.items()}

    @property
    def benchmark(self) -> BenchmarkRules | None:
        """The rules of the run's benchmark, None when no round knows it."""
        return self.rulebook.benchmark(self.the_run.benchmark)


AREAS: dict[str, str] = {
    "archive": "Opening what was handed in",
    "layout": "Folders and names",
    "file": "Single files",
    "files": "Required files",
    "benchmark": "Benchmarks",
    "system": "System descriptions",
    "run": "Runs as a whole",
    "results": "Results as the runner printed them",
    "log": "Raw logs",
    "perf": "Performance run",
    "closed": "Targets of the closed division",
    "open": "Targets in the open division",
    "accuracy": "Accuracy run",
    "energy": "Energy run",
    "sww": "Streaming wakeword",
    "value": "Plausibility",
    "table": "Tables of self-reported results",
}
"""Part of a code before its dot to its name, in the order of the documentation."""

OF_ROUNDS = frozenset({Format.MLPERF_TINY})
"""Formats of most checks: folders as the runners of the rounds leave them."""
EVERY_FORMAT = frozenset(Format)

Check = Callable[[Context], Iterator[Finding]]
_Body = Callable[[Context], Iterator[Breach]]

RULES: dict[str, Rule] = {}
CHECKS: dict[str, tuple[Scope, Check]] = {}


def describe(entry: Rule) -> None:
    """Put ``entry`` into the table; ValueError when its code is taken."""
    if entry.code in RULES:
        raise ValueError(f"{entry.code}: two rules have the same code")
    RULES[entry.code] = entry


def rule(
    code: str, scope: Scope, *, title: str, why: str, source: str, mend: str, official: bool = False,
    formats: frozenset[Format] = OF_ROUNDS,
) -> Callable[[_Body], Check]:  # fmt: skip
    """Register a check under ``code`` for submissions of ``formats``; its docstring says what is checked."""

    def register(body: _Body) -> Check:
        description = " ".join((body.__doc__ or "").split())
        describe(Rule(code, title, description, why, source, mend, official))

        def check(context: Context) -> Iterator[Finding]:
            division = context.submission.division
            severity = context.rulebook.severity(code, division)
            if severity is None or context.submission.format not in formats:
                return
            for breach in body(context):
                yield Finding(
                    code=code,
                    severity=severity,
                    file=breach.file,
                    line=breach.line,
                    expected=breach.expected,
                    found=breach.found,
                    mend=breach.mend,
                    submitter=context.submission.submitter,
                    division=division,
                    system=_system_id(context),
                    run=context.run.key if context.run else None,
                )

        check.__name__ = body.__name__
        check.__doc__ = body.__doc__
        CHECKS[code] = (scope, check)
        return check

    return register


def _system_id(context: Context) -> str | None:
    if context.run is not None:
        return context.run.system_id
    return context.system.system_id if context.system is not None else None
