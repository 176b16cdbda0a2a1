"""From the texts of a record to rows of the catalogue: what a publication needs to know before it is stored."""

from __future__ import annotations

import re

from django.utils.text import slugify

from results.catalog import identify
from results.catalog.reader import Catalogue, catalogue
from results.domain.records import RunRecord, SubmissionRecord, SystemRecord
from results.models import Device, DeviceClass, Submitter


def submitter_for(record: SubmissionRecord) -> Submitter:
    """The curated submitter that the folder name or description means, else an uncurated one of its own."""
    declared = next((name for system in record.systems if (name := system.get("Submitter"))), "")
    known = identify.identify_submitter(catalogue(), record.submitter, declared)
    if known is not None:
        return Submitter.objects.get(slug=known)
    slug = _slug(record.submitter)
    submitter, _ = Submitter.objects.get_or_create(
        slug=slug, defaults={"name": record.submitter, "aliases": [record.submitter], "curated": False}
    )
    return submitter


def device_for(system: SystemRecord, round_id: str) -> Device:
    """The curated device that the description names, else an uncurated one; never merged by guess."""
    match = identify.identify_device(catalogue(), system, round_id)
    if match.slug is not None:
        return Device.objects.get(slug=match.slug)
    name = system.get("Board Name") or system.get("SoC Name") or system.system_id
    device, _ = Device.objects.get_or_create(
        slug=_slug(f"uncurated {name}"),
        defaults={
            "name": name[:160], "short_name": name[:60], "device_class": DeviceClass.UNCURATED, "curated": False,
            "board": (system.get("Board Name") or "")[:160], "soc": (system.get("SoC Name") or "")[:160],
        },
    )  # fmt: skip
    return device


def _slug(text: str) -> str:
    return slugify(re.sub(r"[_/.+]+", "-", text))[:60] or "unnamed"


def system_columns(system: SystemRecord, device_class: str) -> dict[str, object]:
    """The columns of ``results.models.System`` that the description gives; empty text where it does not say."""
    software = identify.read_software(system)
    clock = identify.read_clock_mhz(
        system.get("Processor(s) Frequencies"), system.get("Accelerator(s) Frequencies"), device_class
    )
    return {
        "availability": identify.read_availability(system.get("Status")) or "",
        "clock_mhz": clock.mhz,
        "accelerator_clock_mhz": clock.accelerator_mhz,
        "processor": (system.get("Processor(s) Name") or "")[:400],
        "accelerator": (system.get("Accelerator") or "")[:400],
        "software": (software.framework or "")[:200],
        "framework": (software.framework_name or "")[:120],
        "framework_version": (software.framework_version or "")[:80],
        "compiler": (software.compiler or "")[:400],
        "deployment_style": software.deployment_style or "",
        "description": [[field.key, field.value, field.line] for field in system.fields],
        "description_path": system.path or "",
        "description_sha256": system.sha256 or "",
    }


def neural_model_for(run: RunRecord, known: Catalogue) -> str | None:
    """Slug of the network that was run: the benchmark's reference in the closed division or where it is stated."""
    is_reference = run.division == "closed" or run.facts.get("model") == "reference"
    if not is_reference or run.benchmark not in known.benchmarks:
        return None
    return known.benchmarks[run.benchmark].reference_model


def public_id(round_id: str, run: RunRecord, key: str = "") -> str:
    """The address of a run: readable, lower case, the same at every import."""
    return address(round_id, run.key, key)


def address(round_id: str, path: str, key: str = "") -> str:
    """The public id of what stands at ``path`` (division/submitter/system/benchmark[/variant]) of a round.

    What was sent to this site ends with the ``key`` of its submission, so that it never meets an official result.
    """
    readable = re.sub(r"-{2,}", "-", re.sub(r"[^a-z0-9._]+", "-", f"{round_id}/{path}".lower())).strip("-")
    return f"{readable[:200]}-{key}" if key else readable[:200]
