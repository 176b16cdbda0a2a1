"""The shipped catalogue into the database: benchmarks, models, rounds, submitters, devices and their facts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import models, transaction

from results.catalog.reader import FOLDER, Catalogue, catalogue_sha256, load_catalogue
from results.models import (
    Benchmark,
    CatalogueState,
    Device,
    DeviceFact,
    NeuralModel,
    Recomputation,
    Round,
    Run,
    Submitter,
)

STATE = "catalogue"
LAYOUT = "1"
"""Raise it when the same files are to be stored differently, so that running sites load them again."""


@dataclass(frozen=True, slots=True)
class StoredCatalogue:
    """What :func:`store_catalogue` did.

    ``kept`` names entries that left the files while results still stand on them; devices and submitters among them
    are uncurated now.
    """

    changed: bool
    kept: tuple[str, ...] = ()


def store_catalogue(folder: Path = FOLDER) -> StoredCatalogue:
    """Make the database hold the catalogue in ``folder``; nothing happens when it was stored before.

    Entries are updated in place, so that results keep their device. Entries that left the files are deleted unless a
    result stands on them. Read models repeat names and classes, so a change makes a full recomputation due.
    Raises CatalogueError and changes nothing when a file is wrong.
    """
    wanted = hashlib.sha256(f"{LAYOUT} {catalogue_sha256(folder)}".encode()).hexdigest()
    if CatalogueState.objects.filter(name=STATE, sha256=wanted).exists():
        return StoredCatalogue(changed=False)
    known = load_catalogue(folder)
    with transaction.atomic():
        CatalogueState.objects.get_or_create(name=STATE, defaults={"sha256": ""})
        CatalogueState.objects.select_for_update().get(name=STATE)  # one loader at a time
        _store_benchmarks(known)
        _store_rounds(known)
        _store_submitters(known)
        _store_devices(known)
        kept = _remove_what_left(known)
        if Run.objects.exists():
            # Several may be due: every migration of a derived table makes one.
            due = Recomputation.objects.filter(kind="full", state=Recomputation.State.DUE)
            if not due.exists():
                Recomputation.objects.create(kind="full", state=Recomputation.State.DUE)
        CatalogueState.objects.filter(name=STATE).update(sha256=wanted)
    return StoredCatalogue(changed=True, kept=kept)


def _upsert(model: type[models.Model], key: str, rows: Iterable[models.Model]) -> None:
    """Insert ``rows``, or update those whose ``key`` is there; primary keys stay."""
    columns = [
        field.name for field in model._meta.concrete_fields if field.name != key and not field.primary_key
    ]
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=[key], update_fields=columns
    )


def _store_benchmarks(known: Catalogue) -> None:
    _upsert(NeuralModel, "slug", [
        NeuralModel(
            slug=entry.slug, name=entry.name, architecture=entry.architecture, macs=entry.macs,
            parameters=entry.parameters, weight_bytes_int8=entry.weight_bytes_int8,
            weight_bytes_fp32=entry.weight_bytes_fp32, input_shape=entry.input_shape or "",
            output_shape=entry.output_shape or "", is_reference=True,
            source=f"{entry.source}. {entry.note}" if entry.note else entry.source,
        )
        for entry in known.neural_models.values()
    ])  # fmt: skip
    model_keys = dict(NeuralModel.objects.values_list("slug", "pk"))
    _upsert(Benchmark, "id", [
        Benchmark(
            id=entry.id, name=entry.name, question=entry.question, description=entry.description,
            input_kind=known.input_kinds[entry.input_kind].name, use_case=entry.use_case, dataset=entry.dataset,
            evaluation_set=entry.evaluation_set, quality_metric=entry.quality_metric,
            closed_target=entry.closed_target, reference_model_id=model_keys[entry.reference_model],
            since_round=entry.since_round, position=position,
        )
        for position, entry in enumerate(known.benchmarks.values())
    ])  # fmt: skip


def _store_rounds(known: Catalogue) -> None:
    _upsert(Round, "id", [
        Round(
            id=entry.id, published_on=entry.published_on, repository=entry.repository, commit=entry.commit,
            source_note=f"Runner: {' and '.join(entry.runners)}. Licence: {entry.licence}. Date: {entry.date_source}.",
            position=position,
        )
        for position, entry in enumerate(known.rounds.values())
    ])  # fmt: skip


def _store_submitters(known: Catalogue) -> None:
    _upsert(Submitter, "slug", [
        Submitter(
            slug=entry.slug, name=entry.name, curated=True,
            aliases=list(dict.fromkeys(entry.directories + entry.declared_names)),
        )
        for entry in known.submitters.values()
    ])  # fmt: skip


def _store_devices(known: Catalogue) -> None:
    """Devices in place; their facts anew, since nothing refers to a fact."""
    _upsert(Device, "slug", [
        Device(**{name: value or "" for name, value in asdict(entry).items()}, curated=True)
        for entry in known.devices.values()
    ])  # fmt: skip
    keys = dict(Device.objects.values_list("slug", "pk"))
    DeviceFact.objects.all().delete()
    DeviceFact.objects.bulk_create(
        DeviceFact(
            device_id=keys[fact.device], field=fact.field, value=fact.value, unit=fact.unit or "", source=fact.source,
            source_tier=fact.source_tier, source_kind=fact.source_kind, note=fact.note or "", position=position,
        )
        for position, fact in enumerate(known.facts)
    )  # fmt: skip


def _remove_what_left(known: Catalogue) -> tuple[str, ...]:
    """Delete entries that are no longer in the files and that nothing stands on; the names of those that stay.

    Uncurated devices and submitters are made by publications; those without results go as well.
    """
    devices = Device.objects.exclude(slug__in=known.devices)
    submitters = Submitter.objects.exclude(slug__in=known.submitters)
    devices.filter(systems=None).delete()
    submitters.filter(publications=None).delete()
    benchmarks = Benchmark.objects.exclude(pk__in=known.benchmarks)
    benchmarks.filter(runs=None).delete()
    rounds = Round.objects.exclude(pk__in=known.rounds)
    rounds.filter(publications=None).delete()
    networks = NeuralModel.objects.filter(is_reference=True).exclude(slug__in=known.neural_models)
    networks.filter(runs=None).exclude(pk__in=Benchmark.objects.values("reference_model")).delete()
    kept = [
        *_names("device", devices.filter(curated=True).values_list("slug", flat=True)),
        *_names("submitter", submitters.filter(curated=True).values_list("slug", flat=True)),
        *_names("benchmark", benchmarks.values_list("pk", flat=True)),
        *_names("round", rounds.values_list("pk", flat=True)),
        *_names("neural model", networks.values_list("slug", flat=True)),
    ]
    devices.update(curated=False)
    submitters.update(curated=False)
    return tuple(kept)


def _names(kind: str, keys: Iterable[str]) -> list[str]:
    return [f"{kind} {key}" for key in keys]
