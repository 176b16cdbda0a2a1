"""What a new version of a publication changes: which runs are new, and which published values became others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from results.models import Measurement, Publication, Run

Values = tuple[tuple[str, str | None, str | None], ...]
"""(metric, old printed, new printed); None where the metric was not there."""


@dataclass(frozen=True, slots=True)
class RunChange:
    """A run that appeared (``new``, also when it had been withdrawn), or whose values are others than before."""

    run: Run
    new: bool
    values: Values


@dataclass(frozen=True, slots=True)
class Before:
    """How a run stood before: its status, and metric → printed value."""

    status: str
    printed: Mapping[str, str]


def standing(publication: Publication) -> dict[int, Before]:
    """How the runs of ``publication`` stand now, by primary key."""
    printed: dict[int, dict[str, str]] = {}
    rows = Measurement.objects.filter(run__system__publication=publication)
    for run, metric, text in rows.values_list("run", "metric", "printed"):
        printed.setdefault(run, {})[metric] = text
    runs = Run.objects.filter(system__publication=publication).values_list("pk", "status")
    return {run: Before(status, printed.get(run, {})) for run, status in runs}


def compare(
    before: Mapping[int, Before], publication: Publication, runs: Iterable[Run]
) -> tuple[RunChange, ...]:
    """The changes of ``runs`` from ``before`` to what is stored for ``publication`` now.

    A run that is not counted (removed, moved) is left out: nothing of it changes for a reader.
    """
    now = standing(publication)
    found = []
    for run in runs:
        if run.status != Run.Status.PUBLISHED:
            continue
        old, new = before.get(run.pk), now[run.pk].printed
        if old is None or old.status != Run.Status.PUBLISHED:
            found.append(RunChange(run, True, ()))
        elif values := _values(old.printed, new):
            found.append(RunChange(run, False, values))
    return tuple(found)


def _values(old: Mapping[str, str], new: Mapping[str, str]) -> Values:
    metrics = [*new, *(metric for metric in old if metric not in new)]
    return tuple(
        (metric, old.get(metric), new.get(metric)) for metric in metrics if old.get(metric) != new.get(metric)
    )
