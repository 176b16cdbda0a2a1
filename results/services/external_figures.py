"""The shipped external figures into the database: every row judged by the physics checks, the failed ones kept."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from results.analysis.figure_checks import quarantine
from results.catalog.figure_files import (
    FIGURES_FOLDER,
    FigureFiles,
    FigureFilesError,
    FigureSource,
    figures_sha256,
    read_figures,
)
from results.domain.figures import FigureRow, GraphRow
from results.models import CatalogueState, Device, ExternalFigure, ExternalModel, ModelGraph, NeuralModel

from .aggregate import lock_generation, next_generation

STATE = "external figures"
LAYOUT = "1"
"""Raise it when the same files are to be judged or stored differently, so that running sites load them again."""
BATCH = 1000


@dataclass(frozen=True, slots=True)
class LoadedFigures:
    """What :func:`load_external_figures` did: rows now held, and how many of them are quarantined by code."""

    changed: bool
    rows: int = 0
    quarantined: Mapping[str, int] | None = None


def load_external_figures(folder: Path = FIGURES_FOLDER) -> LoadedFigures:
    """Make the database hold the figures in ``folder``; nothing happens when they were loaded before.

    They are replaced as a whole, in one transaction: nothing refers to a figure but its key, which stays. Devices are
    those of the catalogue, so a changed catalogue loads them again. FigureFilesError when a file is wrong.
    """
    state = CatalogueState.objects.filter(name="catalogue").values_list("sha256", flat=True).first() or ""
    wanted = hashlib.sha256(f"{LAYOUT} {figures_sha256(folder)} {state}".encode()).hexdigest()
    if CatalogueState.objects.filter(name=STATE, sha256=wanted).exists():
        return LoadedFigures(changed=False)
    files = read_figures(folder)
    with transaction.atomic():
        generation = lock_generation()
        _replace_models(files)
        figures = _figures(files)
        ExternalFigure.objects.bulk_create(figures, batch_size=BATCH)
        CatalogueState.objects.update_or_create(name=STATE, defaults={"sha256": wanted})
        next_generation(generation, ())
    codes = Counter(figure.quarantine for figure in figures if figure.quarantine)
    return LoadedFigures(changed=True, rows=len(figures), quarantined=dict(sorted(codes.items())))


def _replace_models(files: FigureFiles) -> None:
    """The networks and their graphs anew, and no figure yet."""
    ExternalFigure.objects.all().delete()
    ExternalModel.objects.all().delete()
    ModelGraph.objects.all().delete()
    known = set(NeuralModel.objects.values_list("slug", flat=True))
    newest: dict[str, FigureRow] = {}
    for row in files.figures:
        if row.model in known:
            raise FigureFilesError(
                f"{row.model}: a reference network has this slug; choose another for the figures"
            )
        held = newest.setdefault(row.model, row)
        # Newest tables carry no day and spell the name as the file; among others the last day decides.
        if held.dated and (not row.dated or row.dated > held.dated):
            newest[row.model] = row
    ExternalModel.objects.bulk_create(
        ExternalModel(slug=slug, name=row.model_stated, family=row.family, task=row.task)
        for slug, row in sorted(newest.items())
    )
    ModelGraph.objects.bulk_create(
        ModelGraph(**asdict(graph), address=files.sources[graph.source].address(graph.commit, graph.path))
        for graph in files.graphs
    )


def _figures(files: FigureFiles) -> list[ExternalFigure]:
    models = dict(ExternalModel.objects.values_list("slug", "pk"))
    devices = dict(Device.objects.values_list("slug", "pk"))
    graphs: dict[str, list[GraphRow]] = defaultdict(list)
    for graph in files.graphs:
        graphs[graph.model].append(graph)
    keys = _keys(files.figures)
    return [
        _figure(row, key, position, files, models[row.model], devices, graphs[row.model])
        for position, (row, key) in enumerate(zip(files.figures, keys, strict=True), start=1)
    ]


def _figure(
    row: FigureRow, key: str, position: int, files: FigureFiles, model: int, devices: Mapping[str, int],
    graphs: Iterable[GraphRow],
) -> ExternalFigure:  # fmt: skip
    limits = files.devices.get(row.device)
    reason = quarantine(row, limits=limits, graphs=graphs)
    source: FigureSource = files.sources[row.source]
    same = ("provenance", "model_stated", "dataset", "input", "clock_mhz", "engine", "software", "software_version",
            "precision", "batch", "batch_choice", "metric", "metric_stated", "value", "raw", "source", "commit", "path",
            "locator")  # fmt: skip
    return ExternalFigure(
        key=key, position=position, model_id=model, device_id=devices.get(limits.slug) if limits else None,
        device_name=row.device, device_group=limits.group if limits else "", vendor=limits.vendor if limits else "",
        device_class=limits.device_class if limits else "", core=limits.core if limits else "",
        source_name=source.name, address=source.address(row.commit, row.path),
        dated=date.fromisoformat(row.dated) if row.dated else None,
        quarantine=reason.code if reason else "", quarantine_text=reason.text if reason else "",
        **{name: getattr(row, name) for name in same},
    )  # fmt: skip


def _keys(rows: Iterable[FigureRow]) -> list[str]:
    """A stable key per row: what it says and where; rows that say the same get different ones by their order."""
    seen: Counter[str] = Counter()
    keys = []
    for row in rows:
        said = repr(asdict(row))
        seen[said] += 1
        keys.append(hashlib.sha256(f"{said} {seen[said]}".encode()).hexdigest()[:16])
    return keys
