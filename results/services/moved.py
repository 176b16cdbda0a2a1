"""A copy of a closed result in the open division: what stands at the new address once a result was moved."""

from __future__ import annotations

from django.utils import timezone

from results.models import (
    Division,
    Evidence,
    Provenance,
    Publication,
    PublishedFinding,
    Run,
    System,
)

from . import identify

MOVED_KEY = "moved"
"""Key of the publication that takes what is moved out of an official one: MLCommons did not review it as open, and
what MLCommons published in the open division stays as it was."""
MOVED_FROM = "moved_from"
"""Fact of a copy: public id of the run that it stands for."""


def copy_into_open(run: Run) -> Run:
    """The run in the open division that has the values, evidence and findings of ``run``; the same one at every call."""
    target = _publication(run)
    copy = (
        Run.objects.select_related("system").filter(public_id=run.moved_to).first() if run.moved_to else None
    )
    system = copy.system if copy else _system(run, target)
    copy = _run(run, system, target)
    _copy_measurements(run, copy)
    _copy_findings(run, copy)
    return copy


def copies_in(publication: Publication) -> list[int]:
    """Primary keys of the runs of ``publication`` that were moved into it."""
    moved = Run.objects.filter(system__publication=publication, facts__has_key=MOVED_FROM)
    return list(moved.values_list("pk", flat=True))


def _publication(run: Run) -> Publication:
    source = run.system.publication
    official = source.provenance == Provenance.REVIEWED
    target, _ = Publication.objects.get_or_create(
        round=source.round, division=Division.OPEN, submitter_directory=source.submitter_directory,
        key=source.key or MOVED_KEY,
        defaults={
            "submitter": source.submitter, "archive_sha256": source.archive_sha256,
            "repository": source.repository, "commit": source.commit,
            "provenance": Provenance.SITE_REVIEWED if official else source.provenance,
            "published_at": timezone.now(),
        },
    )  # fmt: skip
    return target


def _system(run: Run, target: Publication) -> System:
    """A copy of the run's system; under another name where the open division has the same run of its own."""
    name = run.system.system_id
    if Run.objects.filter(
        system__publication=target, system__system_id=name, benchmark=run.benchmark_id, variant=run.variant
    ).exists():
        name = f"{name} (from closed)"
    kept = {"id", "publication_id", "system_id"}
    columns = {field.attname: getattr(run.system, field.attname) for field in System._meta.concrete_fields}
    values = {column: value for column, value in columns.items() if column not in kept}
    return System.objects.get_or_create(publication=target, system_id=name, defaults=values)[0]


def _run(run: Run, system: System, target: Publication) -> Run:
    parts = [target.division, target.submitter_directory, system.system_id, run.benchmark_id, run.variant]
    columns = {
        name: getattr(run, name)
        for name in (
            "precision", "folder", "runner", "runner_version", "energy_monitor", "evaluation_set",
            "performance_log_sha256", "windows",
        )
    }  # fmt: skip
    # The open division does not bind a result to the reference model, so which network ran is no longer known.
    columns |= {"neural_model": None, "facts": run.facts | {MOVED_FROM: run.public_id}}
    columns["public_id"] = identify.address(target.round_id, "/".join(filter(None, parts)), target.key)
    copy, _ = Run.objects.update_or_create(
        system=system, benchmark=run.benchmark, variant=run.variant, defaults=columns
    )
    return copy


def _copy_measurements(run: Run, copy: Run) -> None:
    copy.measurements.all().delete()
    for old in run.measurements.prefetch_related("evidence"):
        places = list(old.evidence.all())
        old.pk, old.run = None, copy
        old._state.adding = True
        old._prefetched_objects_cache.clear()
        old.save(force_insert=True)
        for place in places:
            place.pk, place.measurement = None, old
        Evidence.objects.bulk_create(places)


def _copy_findings(run: Run, copy: Run) -> None:
    """What was found of the run and of its whole system, all of it on the copy."""
    copy.findings.all().delete()
    found = PublishedFinding.objects.filter(system=run.system, run__isnull=True) | run.findings.all()
    rows = list(found.order_by("pk"))
    for row in rows:
        row.pk, row.run, row.system, row.publication = None, copy, copy.system, copy.system.publication
    PublishedFinding.objects.bulk_create(rows)
