"""The entries of stored runs, many at a time: one query per table into plain rows, and COPY back.

The columns of an entry are those of :func:`results.services.entries.entry_columns`, whatever its rows come from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from types import SimpleNamespace
from typing import Any

from django.db.models import Q

from results.models import LeaderboardEntry, Measurement, PublishedFinding, Run, System

from .copying import copy_rows
from .entries import entry_columns

BATCH = 2000
ENTRY_COLUMNS = tuple(one.attname for one in LeaderboardEntry._meta.concrete_fields)

_RUN = (
    "pk", "public_id", "system_id", "benchmark_id", "variant", "precision", "evaluation_set", "facts", "windows",
    "benchmark__quality_metric", "benchmark__closed_target", "neural_model__slug",
)  # fmt: skip
_SYSTEM = (
    "pk", "system_id", "availability", "software", "framework", "deployment_style", "clock_mhz",
    "accelerator_clock_mhz", "device__slug", "device__name", "device__short_name", "device__device_class",
    "publication__round", "publication__round__position", "publication__division", "publication__provenance",
    "publication__submitter_directory", "publication__submitter__slug", "publication__submitter__name",
)  # fmt: skip
_MEASUREMENT = ("run_id", "metric", "value", "printed", "energy_scope")
_FINDING = ("run_id", "system_id", "code", "severity")


class All:
    """Rows at hand where :func:`entry_columns` asks a relation for all of them."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def all(self) -> Sequence[Any]:
        return self._rows


def write_entries(runs: Iterable[int]) -> None:
    """Replace the entries of ``runs``; a withdrawn run has none."""
    remaining = iter(runs)
    while pks := list(islice(remaining, BATCH)):
        LeaderboardEntry.objects.filter(run__in=pks).delete()
        copy_rows(LeaderboardEntry, ENTRY_COLUMNS, list(_rows(pks)))  # no query runs within COPY


def _rows(pks: Collection[int]) -> Iterator[tuple[Any, ...]]:
    """The rows of the published ones of ``pks``, in the order of their keys."""
    published = Run.objects.filter(pk__in=pks, status=Run.Status.PUBLISHED).order_by("pk")
    runs = list(published.values_list(*_RUN))
    described = System.objects.filter(pk__in={row[2] for row in runs})
    systems = {row[0]: _system(row) for row in described.values_list(*_SYSTEM)}
    measured: dict[int, list[Measurement]] = defaultdict(list)
    measurements = Measurement.objects.filter(run__in=[row[0] for row in runs]).order_by("pk")
    for row in measurements.values_list(*_MEASUREMENT, named=True):
        measured[row.run_id].append(row)
    of_run, of_system = _findings([row[0] for row in runs], systems)
    earlier = _earlier_runs(pks)
    for (
        pk, public_id, system, benchmark, variant, precision, evaluation_set, facts, windows, metric, target, model
    ) in runs:  # fmt: skip
        own = systems[system]
        own.findings = All(of_system.get(system, ()))
        run: Any = SimpleNamespace(
            pk=pk, public_id=public_id, system=own, benchmark_id=benchmark, variant=variant, precision=precision,
            benchmark=SimpleNamespace(quality_metric=metric, closed_target=target), evaluation_set=evaluation_set,
            neural_model=SimpleNamespace(slug=model) if model else None, facts=facts, windows=windows,
            measurements=All(measured.get(pk, ())), findings=All(of_run.get(pk, ())),
        )  # fmt: skip
        columns = entry_columns(run, earlier.get(pk, ""))
        yield tuple(columns[name] for name in ENTRY_COLUMNS)


def _system(row: tuple[Any, ...]) -> SimpleNamespace:
    (
        pk, system_id, availability, software, framework, deployment_style, clock, accelerator, slug, name, short_name,
        device_class, round_id, position, division, provenance, directory, submitter_slug, submitter_name,
    ) = row  # fmt: skip
    device = SimpleNamespace(slug=slug, name=name, short_name=short_name, device_class=device_class)
    publication = SimpleNamespace(
        round_id=round_id, round=SimpleNamespace(position=position), division=division, provenance=provenance,
        submitter_directory=directory, submitter=SimpleNamespace(slug=submitter_slug, name=submitter_name),
    )  # fmt: skip
    return SimpleNamespace(
        pk=pk, system_id=system_id, availability=availability, software=software, framework=framework,
        deployment_style=deployment_style, device=device, publication=publication,
        computing_clock_mhz=System.computing_clock(device_class, clock, accelerator),
    )  # fmt: skip


def _findings(
    runs: Collection[int], systems: Collection[int]
) -> tuple[Mapping[int, list[Any]], Mapping[int, list[Any]]]:
    """Findings by run, and those on a whole system by system: they concern each of its runs, those of a run only it."""
    of_run: dict[int, list[Any]] = defaultdict(list)
    of_system: dict[int, list[Any]] = defaultdict(list)
    concerned = PublishedFinding.objects.filter(Q(run__in=runs) | Q(run=None, system__in=systems))
    for row in concerned.order_by("pk").values_list(*_FINDING, named=True):
        if row.run_id is None:
            of_system[row.system_id].append(row)
        else:
            of_run[row.run_id].append(row)
    return of_run, of_system


def _earlier_runs(pks: Collection[int]) -> dict[int, str]:
    """Public id of the first published run with the same log, benchmark by benchmark, for runs of later rounds."""
    logs = Run.objects.filter(pk__in=pks).exclude(performance_log_sha256="").values("performance_log_sha256")
    same_log = (
        Run.objects.filter(performance_log_sha256__in=logs, status=Run.Status.PUBLISHED)
        .order_by("system__publication__round__position", "public_id")
        .values_list(
            "pk", "public_id", "benchmark", "performance_log_sha256", "system__publication__round__position"
        )
    )
    first: dict[tuple[str, str], tuple[str, int]] = {}
    earlier: dict[int, str] = {}
    for pk, public_id, benchmark, log, position in same_log:
        first_id, first_position = first.setdefault((benchmark, log), (public_id, position))
        if position > first_position:
            earlier[pk] = first_id
    return earlier
