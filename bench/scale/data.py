"""Published results as they would look at scale: systems drawn from those of the real rounds, with noise.

Every synthetic system repeats a real one as the shipped figures hold it (its benchmarks, software, clock, supply,
precision, findings, what was not measured), on a board of its own, with one factor on all of its latencies, one on its
energies, and a little noise on each. So distributions and absences are those of the rounds. Everything is seeded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from results.models import Device, LeaderboardEntry, Round, Submitter
from results.services.bulk import BulkMeasurement, BulkPublication, BulkRun, BulkSystem

SEED = 20260
QUALITY = {"top1": "top1_pct", "auc": "auc"}
BOARDS, SUBMITTERS, ROUNDS = 340, 45, 8
"""What is added to the catalogue at 100 000 results and more; smaller data sets add a part of it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How many boards, submitters and rounds a data set of ``results`` adds to the catalogue."""

    results: int

    @property
    def part(self) -> float:
        return min(1.0, (self.results / 100_000) ** 0.5)

    def of(self, most: int) -> int:
        return max(2, round(most * self.part))


def prepare_catalogue(shape: Shape) -> None:
    """Boards, submitters and rounds beside those of the catalogue. Running it again changes nothing."""
    classes = list(
        LeaderboardEntry.objects.filter(submitter_directory__gt="")
        .order_by("run_id")
        .values_list("device_class", flat=True)
    )
    rng = np.random.default_rng(SEED)
    Device.objects.bulk_create(
        (
            Device(
                slug=f"bench-board-{k:03d}", name=f"Bench board {k:03d}", short_name=f"Board {k:03d}",
                vendor=f"Bench vendor {k % 40:02d}", device_class=classes[int(rng.integers(len(classes)))],
            )
            for k in range(shape.of(BOARDS))
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    Submitter.objects.bulk_create(
        (
            Submitter(slug=f"bench-lab-{k:02d}", name=f"Bench lab {k:02d}")
            for k in range(shape.of(SUBMITTERS))
        ),
        ignore_conflicts=True,
    )
    position = max(Round.objects.values_list("position", flat=True))
    Round.objects.bulk_create(
        (
            Round(id=f"v2.{k}", repository="bench/rounds", position=position + 1 + k)
            for k in range(shape.of(ROUNDS))
        ),
        ignore_conflicts=True,
    )


def publications(count: int) -> Iterator[BulkPublication]:
    """Publications with ``count`` runs in all. Reads the real results of the database it is asked in first."""
    templates = _templates()
    shape = Shape(count)
    rng = np.random.default_rng(SEED + count)
    devices = _devices()
    # A few boards carry most results, as in the rounds.
    weights = 1.0 / (1.0 + np.arange(len(devices))) ** 0.6
    submitters = [f"bench-lab-{k:02d}" for k in range(shape.of(SUBMITTERS))]
    rounds = [f"v2.{k}" for k in range(shape.of(ROUNDS))]
    boards = rng.choice(len(devices), size=count, p=weights / weights.sum())
    left, number = count, 0
    while left:
        wanted = int(
            min(left, 1 + rng.geometric(0.25))
        )  # systems of a submission: 5 on average, most have fewer
        systems = []
        template = templates[int(rng.integers(len(templates)))]
        submitter, round_id = (
            submitters[int(rng.integers(len(submitters)))],
            rounds[int(rng.integers(len(rounds)))],
        )
        for _ in range(wanted):
            number += 1
            system = _system(
                number, template, devices[boards[number % count]], round_id, submitter, rng, left
            )
            left -= len(system.runs)
            systems.append(system)
            if not left:
                break
            if rng.random() < 0.5:
                template = templates[int(rng.integers(len(templates)))]
        yield BulkPublication(
            round=round_id, division=template[0].division, submitter=submitter, submitter_directory=submitter,
            provenance="site-reviewed", key=f"b{number:08d}", systems=systems,
        )  # fmt: skip


def _templates() -> list[list[LeaderboardEntry]]:
    """The real systems, each as its entries."""
    own: dict[int, list[LeaderboardEntry]] = defaultdict(list)
    for entry in LeaderboardEntry.objects.exclude(round__startswith="v2.").order_by("run_id"):
        own[entry.system_id].append(entry)
    return list(own.values())


def _devices() -> list[str]:
    """Boards in an order of their own: the frequent ones are of every kind."""
    slugs = sorted(Device.objects.exclude(device_class="uncurated").values_list("slug", flat=True))
    return [slugs[int(k)] for k in np.random.default_rng(SEED).permutation(len(slugs))]


def _system(
    number: int, template: list[LeaderboardEntry], device: str, round_id: str, submitter: str,
    rng: np.random.Generator, most: int,
) -> BulkSystem:  # fmt: skip
    first = template[0]
    speed, thrift = float(rng.lognormal(0, 0.5)), float(rng.lognormal(0, 0.4))
    clock = None if first.clock_mhz is None else round(first.clock_mhz / speed**0.5, 1)
    runs = [
        _run(
            f"{round_id}-{first.division}-{submitter}-s{number}-{entry.benchmark}-{k}",
            entry,
            speed,
            thrift,
            rng,
        )
        for k, entry in enumerate(template[:most])
    ]
    columns = {
        "availability": first.availability, "software": first.software, "framework": first.framework,
        "deployment_style": first.deployment_style, "clock_mhz": clock, "accelerator_clock_mhz": clock,
    }  # fmt: skip
    return BulkSystem(f"s{number}-{first.system_label[:80]}", device, runs, columns)


def _run(
    public_id: str, entry: LeaderboardEntry, speed: float, thrift: float, rng: np.random.Generator
) -> BulkRun:
    noise, quality_noise = rng.normal(0, 0.03, 2), rng.normal(0, 0.4)
    found = []
    windows = []
    if entry.latency_ms is not None:
        latency = float(f"{entry.latency_ms * speed * np.exp(noise[0]):.6g}")
        found += [
            _measured("latency_ms", latency, "derived"),
            _measured("throughput_inf_per_s", float(f"{1000 / latency:.6g}")),
        ]
        windows = [
            {"phase": "performance", "throughput_inf_per_s": float(f"{1000 / latency * part:.6g}")}
            for part in (1.0, 1.0 + abs(noise[1]) / 10)
        ]
    scope = entry.energy_scope
    if entry.energy_uj_per_inf is not None:
        energy = float(f"{entry.energy_uj_per_inf * speed * thrift * np.exp(noise[1]):.6g}")
        found.append(_measured("energy_uj_per_inf", energy, scope=scope))
    if entry.average_power_mw is not None:
        found.append(
            _measured("average_power_mw", float(f"{entry.average_power_mw * thrift:.6g}"), scope=scope)
        )
    if entry.supply_voltage_mv is not None:
        found.append(_measured("supply_voltage_mv", entry.supply_voltage_mv, "declared"))
    if entry.quality_metric in QUALITY and entry.quality_value is not None:
        auc = entry.quality_metric == "auc"
        value = min(entry.quality_value + quality_noise / (100 if auc else 1), 1.0 if auc else 100.0)
        found.append(_measured(QUALITY[entry.quality_metric], round(value, 4 if auc else 1)))
    return BulkRun(
        public_id=public_id, benchmark=entry.benchmark, folder=f"results/{public_id}", measurements=found,
        neural_model=entry.neural_model or None, variant=entry.variant, precision=entry.precision,
        evaluation_set=entry.evaluation_set, windows=windows, findings=entry.finding_codes,
        # one log in forty was handed in before
        performance_log_sha256=f"{int(rng.integers(1 << 30)) if rng.random() < 0.975 else int(rng.integers(500)):064x}",
    )  # fmt: skip


def _measured(metric: str, value: float, how: str = "measured", scope: str = "none") -> BulkMeasurement:
    return BulkMeasurement(metric, value, f"{value:g}", how, scope)
