"""Published rows for tests: every maker takes what a test cares about and fills in the rest.

``make_run`` writes catalogue rows as they are needed; nothing derived is written, see ``aggregate``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from django.utils import timezone

from results.models import (
    Benchmark,
    Device,
    Measurement,
    NeuralModel,
    Projection,
    ProjectionGeneration,
    Publication,
    PublishedFinding,
    Round,
    Run,
    Submitter,
    System,
)
from results.services.aggregate import recompute_all

ROUNDS = ("v0.5", "v0.7", "v1.0", "v1.1", "v1.3")
TARGETS = {
    "kws": ("top1_pct", 90.0), "vww": ("top1_pct", 80.0), "ic": ("top1_pct", 85.0), "ad": ("auc", 0.85),
    "sww": ("fp_fn", 8.0),
}  # fmt: skip

_numbers = count(1)


def make_round(round_id: str = "v1.1") -> Round:
    return Round.objects.get_or_create(
        pk=round_id,
        defaults={"position": ROUNDS.index(round_id), "repository": f"example/results_{round_id}"},
    )[0]


def make_benchmark(benchmark: str = "vww") -> Benchmark:
    metric, target = TARGETS[benchmark]
    model, _ = NeuralModel.objects.get_or_create(
        slug=f"{benchmark}01", defaults={"name": benchmark, "macs": 1000}
    )
    return Benchmark.objects.get_or_create(
        pk=benchmark,
        defaults={
            "name": benchmark, "question": "?", "input_kind": "image", "use_case": "x", "dataset": "x",
            "quality_metric": metric, "closed_target": target, "reference_model": model, "since_round": "v0.5",
            "position": list(TARGETS).index(benchmark),
        },
    )[0]  # fmt: skip


def make_device(slug: str = "board-a", device_class: str = "mcu") -> Device:
    return Device.objects.get_or_create(
        slug=slug, defaults={"name": slug.upper(), "short_name": slug.upper(), "device_class": device_class}
    )[0]


def make_publication(
    round_id: str = "v1.1", division: str = "closed", submitter: str = "lab", directory: str | None = None
) -> Publication:
    owner, _ = Submitter.objects.get_or_create(slug=submitter, defaults={"name": submitter.title()})
    return Publication.objects.get_or_create(
        round=make_round(round_id), division=division, submitter_directory=directory or submitter,
        defaults={"submitter": owner, "provenance": "reviewed"},
    )[0]  # fmt: skip


def make_system(publication: Publication | None = None, system_id: str = "", **columns: object) -> System:
    device = columns.pop("device", "board-a")
    return System.objects.get_or_create(
        publication=publication or make_publication(),
        system_id=system_id or f"system-{next(_numbers)}",
        defaults={
            "device": make_device(str(device)), "availability": "available", "clock_mhz": 120.0,
            "software": "TFLite Micro", "framework": "TFLite Micro", "deployment_style": "interpreter",
        } | columns,
    )[0]  # fmt: skip


def make_run(
    benchmark: str = "vww", *, latency_ms: float | None = 100.0, energy_uj: float | None = None,
    supply_mv: float | None = 1800.0, scope: str = "chip-rail", quality: float | None = 85.0, log: str = "",
    round_id: str = "v1.1", division: str = "closed", submitter: str = "lab", system: System | None = None,
    public_id: str = "", **columns: object,
) -> Run:  # fmt: skip
    """One run with its measurements; ``columns`` go to the run (``variant``, ``precision``, ``status`` …), and
    ``device`` to a system made for it."""
    device = columns.pop("device", "board-a")
    system = system or make_system(make_publication(round_id, division, submitter), device=device)
    run = Run.objects.create(
        public_id=public_id or f"run-{next(_numbers)}", system=system, benchmark=make_benchmark(benchmark),
        performance_log_sha256=log, folder="results/x",
        **({"neural_model": Benchmark.objects.get(pk=benchmark).reference_model} | columns),
    )  # fmt: skip
    quality_metric = TARGETS[benchmark][0]
    values: dict[str, float | None] = {
        "latency_ms": latency_ms,
        "throughput_inf_per_s": 1000 / latency_ms if latency_ms else None,
        "energy_uj_per_inf": energy_uj,
        "average_power_mw": energy_uj / latency_ms if energy_uj and latency_ms else None,
        "supply_voltage_mv": supply_mv if energy_uj else None,
    }
    if quality_metric != "fp_fn":
        values[quality_metric] = quality
    for metric, value in values.items():
        if value is not None:
            measure(run, metric, value, scope)
    return run


def measure(run: Run, metric: str, value: float, scope: str = "chip-rail") -> Measurement:
    """One measurement; energies carry ``scope``."""
    is_energy = metric in ("energy_uj_per_inf", "average_power_mw")
    return Measurement.objects.create(
        run=run, metric=metric, value=value, printed=f"{value:g}", how="measured", reading="stated",
        energy_scope=scope if is_energy else "none",
    )  # fmt: skip


def make_finding(
    run: Run, code: str, severity: str = "warning", *, whole_system: bool = False
) -> PublishedFinding:
    return PublishedFinding.objects.create(
        publication=run.system.publication, system=run.system, run=None if whole_system else run, code=code,
        severity=severity, path="results/x", expected="a", found="b", mend="c",
    )  # fmt: skip


REFERENCE_MS = {"kws": 181.917, "vww": 600.601, "ic": 704.225, "ad": 10.0516}
REFERENCE_UJ = {"kws": 7373.704, "vww": 24312.648, "ic": 29207.01, "ad": 416.312}
"""The reference submission of MLPerf Tiny v0.5 on NUCLEO-L4R5ZI."""


def make_reference() -> Publication:
    """The fixed reference of the scores, with its published figures."""
    publication = make_publication("v0.5", "closed", "reference")
    system = make_system(publication, "Nucleo-L4R5ZI", device="nucleo-l4r5zi")
    for benchmark, latency_ms in REFERENCE_MS.items():
        make_run(benchmark, latency_ms=latency_ms, energy_uj=REFERENCE_UJ[benchmark], system=system,
                 public_id=f"reference-{benchmark}", quality=0.86 if benchmark == "ad" else 91.0)  # fmt: skip
    return publication


def aggregate() -> None:
    """Bring everything derived up to date."""
    recompute_all()


def make_generation(**columns: object) -> ProjectionGeneration:
    """A pass of the engine that shipped."""
    return ProjectionGeneration.objects.create(
        **{"engine": "tinysite 1", "data_generation": 1, "data_sha256": "0" * 64, "sha256": "0" * 64, "seconds": 1.0,
           "projected": 1, "refused": 0, "changed": 1, "shipped": True} | columns
    )  # fmt: skip


def make_projection(
    system: System, model: str = "vww01", metric: str = "latency_ms", *, value: float | None = 20.0,
    factor: float = 1.5, reason: str = "", state: str = "", anchors: Sequence[str] = (), question: str = "cell",
) -> Projection:  # fmt: skip
    """What the engine says of ``model`` on ``system``; ``factor`` is that of the 80 % band, that of 90 % is a little more."""
    bands: dict[str, float] = {}
    if value is not None:
        bands = {"value": value, "low_80": value / factor, "high_80": value * factor,
                 "low_90": value / factor**1.3, "high_90": value * factor**1.3}  # fmt: skip
    return Projection.objects.create(
        system=system, model=model, metric=metric, reason=reason, anchors=list(anchors), question=question,
        state=state or ("projected" if value is not None else "cannot-project"), made_at=timezone.now(),
        generation=ProjectionGeneration.objects.first() or make_generation(), **bands,
    )  # fmt: skip
