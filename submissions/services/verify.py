"""Verify: every published number again from the archive it came from, and from its raw logs where they are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from results.domain.records import Reading, RunRecord
from results.models import Measurement, Publication, Run
from submissions.checking.owners import rooted
from submissions.formats.archive import open_tree
from submissions.formats.registry import read
from submissions.formats.tree import Tree
from submissions.models import Version

from .storage import ArchiveDamaged, ArchiveMissing, local_copy

REPRODUCED, DIFFERS, NOT_DERIVABLE = "reproduced", "differs", "not derivable"

RELATIVE_TOLERANCE = {
    "throughput_inf_per_s": 0.002, "latency_ms": 0.002, "energy_uj_per_inf": 0.001, "average_power_mw": 0.02,
}  # fmt: skip
"""How far a recomputed value may lie from the stated one: the spread that rounding and timers explain (FORMAT of the
rounds: laps agree within 0.2 %, energy × rate = power within 2 %)."""

MODE_OF = {
    "throughput_inf_per_s": "performance", "latency_ms": "performance", "energy_uj_per_inf": "energy",
    "average_power_mw": "energy", "energy_throughput_inf_per_s": "energy", "top1_pct": "accuracy", "auc": "accuracy",
}  # fmt: skip
"""Which folder's raw log a metric can be computed from; metrics not listed are only ever stated."""


@dataclass(frozen=True, slots=True)
class Verified:
    """One published value and what its evidence gives. ``difference`` is relative, in points for Top-1 and AUC."""

    round: str
    run: str
    metric: str
    published: float
    recomputed: float | None
    status: str
    difference: float | None
    reason: str
    file: str
    line: int | None

    def as_json(self) -> dict[str, object]:
        """The public shape."""
        return {name: getattr(self, name) for name in self.__slots__}


def verify_evidence(round_id: str | None = None, labels: Path | None = None) -> Iterator[Verified]:
    """Every published value of a round (None: of all), by publication. ``labels`` replaces the shipped true labels."""
    publications = Publication.objects.select_related("round").order_by("round__position", "pk")
    if round_id is not None:
        publications = publications.filter(round=round_id)
    for publication in publications:
        yield from _verify(publication, labels)


def _verify(publication: Publication, labels: Path | None) -> Iterator[Verified]:
    rows = Measurement.objects.filter(run__system__publication=publication, run__status=Run.Status.PUBLISHED)
    rows = rows.select_related("run__system").prefetch_related("evidence").order_by("run_id", "pk")
    runs, problem = _read_again(publication, labels)
    for row in rows:
        record = runs.get((row.run.system.system_id, row.run.benchmark_id, row.run.variant))
        status, recomputed, difference, reason = _compare(row, record, problem)
        place = next(iter(row.evidence.all()), None)
        yield Verified(
            publication.round_id, row.run.public_id, row.metric, row.value, recomputed, status, difference, reason,
            place.path if place else "", place.line if place else None,
        )  # fmt: skip


def _read_again(
    publication: Publication, labels: Path | None
) -> tuple[dict[tuple[str, str, str], RunRecord], str]:
    """Runs of the publication's archive by (system, benchmark, variant), or why it cannot be read."""
    if not publication.archive_sha256:
        return {}, "the figures come with the shipped copy; import the round to have its files"
    version = Version.objects.filter(
        submission__publications=publication, archive=publication.archive_sha256
    ).last()
    absent = version.absent_files if version else ()
    owner = (publication.division, publication.submitter_directory)
    try:
        with local_copy(publication.archive_sha256) as path, open_tree(path, absent=absent) as tree:
            result = read(_own_part(tree, owner, imported=not publication.key), labels=labels)
    except (ArchiveMissing, ArchiveDamaged) as problem:
        return {}, str(problem)
    return {(r.system_id, r.benchmark, r.variant): r for s in result.submissions for r in s.runs}, ""


def _own_part(tree: Tree, owner: tuple[str, str], *, imported: bool) -> Tree:
    """The files of one submitter and division; an upload is one submitter's, of whom runs may have been moved."""
    return rooted(tree, *owner).within("/".join(owner)) if imported else rooted(tree, *owner)


def _compare(
    row: Measurement, record: RunRecord | None, problem: str
) -> tuple[str, float | None, float | None, str]:
    if record is None:
        return NOT_DERIVABLE, None, None, problem or "the archive holds no such run"
    again = record.measurements.get(row.metric)
    if row.how == "declared" and again is None:
        return NOT_DERIVABLE, None, None, "declared in the system description; no log states it"
    if again is None or again.value != row.value:
        found = again.value if again else None
        return DIFFERS, found, _difference(row, found), "reading the archive again gives another value"
    recomputed = record.recomputed.get(row.metric)
    if recomputed is None and row.reading == Reading.RECOMPUTED:
        return REPRODUCED, again.value, 0.0, "computed from the raw log; nothing is stated"
    if recomputed is None and row.metric == "latency_ms":
        return _latency(row, record)
    if recomputed is None:
        return NOT_DERIVABLE, None, None, _why_not(row.metric, record)
    difference = _difference(row, recomputed.value)
    status = REPRODUCED if abs(difference or 0.0) <= _tolerance(row) else DIFFERS
    return status, recomputed.value, difference, "computed again from the raw log"


def _latency(row: Measurement, record: RunRecord) -> tuple[str, float | None, float | None, str]:
    """Latency is 1000 / throughput: it is reproduced from the recomputed throughput, where there is one."""
    throughput = record.recomputed.get("throughput_inf_per_s")
    if throughput is None:
        return NOT_DERIVABLE, None, None, _why_not("latency_ms", record)
    value = 1000 / throughput.value
    difference = _difference(row, value)
    status = REPRODUCED if abs(difference or 0.0) <= _tolerance(row) else DIFFERS
    return status, value, difference, "1000 / throughput computed again from the raw log"


def _difference(row: Measurement, value: float | None) -> float | None:
    if value is None:
        return None
    return value - row.value if row.metric in ("top1_pct", "auc") else value / row.value - 1


def _tolerance(row: Measurement) -> float:
    """Half a unit of the last printed digit (and as much again for a tie) for quality, else the relative bound."""
    if row.metric in ("top1_pct", "auc"):
        decimals = len(row.printed.partition(".")[2])
        return 0.5000001 * 10**-decimals
    return RELATIVE_TOLERANCE.get(row.metric, 0.002)


def _why_not(metric: str, record: RunRecord) -> str:
    mode = MODE_OF.get(metric)
    if mode is None:
        return "only ever stated: no raw line to compute it from"
    folders = {"energy": ("/energy/", "/power/", "/enegy/")}.get(mode, (f"/{mode}/",))
    logs = [
        f
        for f in record.files
        if any(x in f"/{f.path}" for x in folders) and "log" in f.path.rsplit("/", 1)[-1]
    ]
    if not logs:
        return f"no {mode} log was submitted"
    if not any(log.here for log in logs):
        return f"the {mode} log was left out of this copy"
    return f"the {mode} log does not hold the lines to compute it from"
