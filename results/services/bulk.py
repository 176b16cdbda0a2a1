"""Bulk store: many published results at once, by COPY, with every reference checked and everything derived.

The same rows as :mod:`results.services.publish` and :mod:`results.services.aggregate` would leave, without evidence:
for loads whose figures stand in another store already (a restored site, a mirror, a measurement of the site itself).
Submissions go through ``publish``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import chain, islice
from types import SimpleNamespace
from typing import Any

from django.db import connection, transaction

from results.models import (
    Benchmark,
    Device,
    LeaderboardEntry,
    Measurement,
    NeuralModel,
    Publication,
    PublishedFinding,
    Round,
    Run,
    Submitter,
    System,
)

from . import aggregate
from .copying import copy_rows, indexes_built_at_the_end, references_checked_at_the_end, reserve
from .entries import entry_columns
from .entry_store import ENTRY_COLUMNS, All

BLOCK_PUBLICATIONS = 500
"""Publications whose rows are held in memory at a time."""
FEW_ENTRIES = 50_000
"""Up to so many entries that are there already, building every index again takes a second or two."""


@dataclass(frozen=True, slots=True)
class BulkMeasurement:
    """One row of :class:`results.models.Measurement`; ``value`` in the unit of ``metric``."""

    metric: str
    value: float
    printed: str
    how: str = "measured"
    energy_scope: str = "none"


@dataclass(frozen=True, slots=True)
class BulkRun:
    """One system on one benchmark. ``findings`` are (code, severity); ``neural_model`` is a slug, None for unknown."""

    public_id: str
    benchmark: str
    folder: str
    measurements: Sequence[BulkMeasurement]
    neural_model: str | None = None
    variant: str = ""
    precision: str = ""
    evaluation_set: str = ""
    performance_log_sha256: str = ""
    windows: Sequence[Mapping[str, Any]] = ()
    findings: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class BulkSystem:
    """A system with its runs; ``columns`` are further ones of :class:`results.models.System`."""

    system_id: str
    device: str
    runs: Sequence[BulkRun]
    columns: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BulkPublication:
    """What one submitter published in one division of one round, by the slugs and ids of the catalogue."""

    round: str
    division: str
    submitter: str
    submitter_directory: str
    provenance: str
    systems: Sequence[BulkSystem]
    key: str = ""
    repository: str = ""


_PUBLICATION = (
    "id", "round_id", "division", "submitter_id", "submitter_directory", "key", "archive_sha256", "repository",
    "commit", "provenance", "content_sha256",
)  # fmt: skip
_TEXTS = (
    "availability", "processor", "accelerator", "software", "framework", "framework_version", "compiler",
    "deployment_style",
)  # fmt: skip
_SYSTEM = (
    "id", "publication_id", "system_id", "device_id", "clock_mhz", "accelerator_clock_mhz", *_TEXTS, "description",
    "description_path", "description_sha256",
)  # fmt: skip
_RUN = (
    "id", "public_id", "system_id", "benchmark_id", "variant", "neural_model_id", "precision", "status",
    "status_reason", "moved_to", "folder", "runner", "runner_version", "energy_monitor", "evaluation_set",
    "performance_log_sha256", "windows", "facts",
)  # fmt: skip
_MEASUREMENT = (
    "run_id", "metric", "value", "printed", "how", "reading", "energy_scope", "recomputed_printed",
)  # fmt: skip
_FINDING = (
    "publication_id", "system_id", "run_id", "code", "severity", "path", "expected", "found", "mend",
)  # fmt: skip


@transaction.atomic
def store(publications: Iterable[BulkPublication]) -> int:
    """Store ``publications`` and everything that follows from them; how many runs they hold.

    KeyError names a slug that the catalogue lacks; IntegrityError a publication, run or value that the database
    refuses. Nothing is stored then.
    """
    generation = aggregate.lock_generation()
    catalogue = _Catalogue()
    tables = (Publication, System, Run, Measurement, PublishedFinding, LeaderboardEntry)
    stored = 0
    loads_most = LeaderboardEntry.objects.count() <= FEW_ENTRIES
    with (
        references_checked_at_the_end(*tables),
        indexes_built_at_the_end(*tables) if loads_most else nullcontext(),
    ):
        remaining = iter(publications)
        while block := list(islice(remaining, BLOCK_PUBLICATIONS)):
            stored += _store_block(block, catalogue)
    aggregate.write_entries(_repeating_a_log())
    with connection.cursor() as cursor:  # what follows reads the new rows: the planner should know of them
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table._meta.db_table)}")
    aggregate.write_everything_else()
    aggregate.next_generation(generation, None)
    return stored


class _Catalogue:
    """What the rows refer to, read once."""

    def __init__(self) -> None:
        self.rounds = {row.pk: row for row in Round.objects.all()}
        self.submitters = {row.slug: row for row in Submitter.objects.all()}
        self.devices = {row.slug: row for row in Device.objects.all()}
        self.models = {row.slug: row for row in NeuralModel.objects.all()}
        self.benchmarks = {row.pk: row for row in Benchmark.objects.all()}


def _store_block(block: Sequence[BulkPublication], catalogue: _Catalogue) -> int:
    systems = [one for publication in block for one in publication.systems]
    runs = [one for system in systems for one in system.runs]
    publication_ids = iter(reserve(Publication, len(block)))
    system_ids, run_ids = iter(reserve(System, len(systems))), iter(reserve(Run, len(runs)))
    rows: dict[str, list[tuple[Any, ...]]] = {
        name: [] for name in ("publication", "system", "run", "measurement", "finding", "entry")
    }
    for publication in block:
        held = _publication(next(publication_ids), publication, catalogue, rows)
        for system in publication.systems:
            described = _system(next(system_ids), system, held, catalogue, rows)
            for run in system.runs:
                _run(next(run_ids), run, described, catalogue, rows)
    copy_rows(Publication, _PUBLICATION, rows["publication"])
    copy_rows(System, _SYSTEM, rows["system"])
    copy_rows(Run, _RUN, rows["run"])
    copy_rows(Measurement, _MEASUREMENT, rows["measurement"])
    copy_rows(PublishedFinding, _FINDING, rows["finding"])
    copy_rows(LeaderboardEntry, ENTRY_COLUMNS, rows["entry"])
    return len(runs)


def _publication(
    pk: int, one: BulkPublication, catalogue: _Catalogue, rows: dict[str, list[tuple[Any, ...]]]
) -> SimpleNamespace:
    round_, submitter = catalogue.rounds[one.round], catalogue.submitters[one.submitter]
    rows["publication"].append(
        (pk, one.round, one.division, submitter.pk, one.submitter_directory, one.key, "", one.repository, "",
         one.provenance, "")
    )  # fmt: skip
    return SimpleNamespace(
        pk=pk, round_id=one.round, round=round_, division=one.division, submitter=submitter,
        submitter_directory=one.submitter_directory, provenance=one.provenance,
    )  # fmt: skip


def _system(
    pk: int, one: BulkSystem, publication: SimpleNamespace, catalogue: _Catalogue,
    rows: dict[str, list[tuple[Any, ...]]],
) -> SimpleNamespace:  # fmt: skip
    device = catalogue.devices[one.device]
    clock, accelerator = one.columns.get("clock_mhz"), one.columns.get("accelerator_clock_mhz")
    texts = {name: one.columns.get(name, "") for name in _TEXTS}
    rows["system"].append(
        (pk, publication.pk, one.system_id, device.pk, clock, accelerator, *texts.values(), [], "", "")
    )
    return SimpleNamespace(
        pk=pk, system_id=one.system_id, publication=publication, device=device, findings=All(()),
        computing_clock_mhz=System.computing_clock(device.device_class, clock, accelerator), **texts,
    )  # fmt: skip


def _run(
    pk: int, one: BulkRun, system: SimpleNamespace, catalogue: _Catalogue,
    rows: dict[str, list[tuple[Any, ...]]],
) -> None:  # fmt: skip
    model = catalogue.models[one.neural_model] if one.neural_model else None
    rows["run"].append(
        (pk, one.public_id, system.pk, one.benchmark, one.variant, model.pk if model else None, one.precision,
         Run.Status.PUBLISHED.value, "", "", one.folder, "", "", "", one.evaluation_set,
         one.performance_log_sha256, list(one.windows), {})
    )  # fmt: skip
    rows["measurement"] += [
        (pk, m.metric, m.value, m.printed, m.how, "stated", m.energy_scope, "") for m in one.measurements
    ]
    rows["finding"] += [
        (system.publication.pk, system.pk, pk, code, severity, one.folder, "", "", "")
        for code, severity in one.findings
    ]
    columns = entry_columns(
        SimpleNamespace(
            pk=pk, public_id=one.public_id, system=system, benchmark_id=one.benchmark,
            benchmark=catalogue.benchmarks[one.benchmark], variant=one.variant, neural_model=model,
            precision=one.precision, evaluation_set=one.evaluation_set, facts={}, windows=one.windows,
            measurements=All(one.measurements),
            findings=All([SimpleNamespace(code=c, severity=s, run_id=pk) for c, s in one.findings]),
        ),
        "",
    )  # fmt: skip
    rows["entry"].append(tuple(columns[name] for name in ENTRY_COLUMNS))


def _repeating_a_log() -> list[int]:
    """Runs whose log another run has as well; which of them came first decides ``duplicate_of``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(id) FROM results_run WHERE performance_log_sha256 <> ''"
            " GROUP BY performance_log_sha256 HAVING count(*) > 1"
        )
        return list(chain.from_iterable(ids for (ids,) in cursor))
