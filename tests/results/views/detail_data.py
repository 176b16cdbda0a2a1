"""A small published world for the pages of single things: one result with evidence, findings and a description."""

from __future__ import annotations

from results.models import DeviceFact, Evidence, Measurement, PublishedFinding, Run
from tests.results.makers import aggregate, make_publication, make_reference, make_run, make_system

RESULT = "v1.1-closed-lab-board-vww"
FOLDER = "closed/Lab/results/board/vww"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
LOG_LINE = "00126.167 ulp-mlperf: Median throughput is 8.425 inf./sec."
DESCRIPTION = [
    ["Submitter", "Lab", 2],
    ["Board Name", "BOARD-A", 6],
    ["Processor(s) Frequencies", "120 MHz", 17],
    ["Software Notes", "", 20],
]


def make_result(*, excerpts: bool = True, **columns: object) -> Run:
    """A vww result on ``board-a`` with evidence in a public repository; read models are not written yet."""
    publication = make_publication(directory="Lab")
    publication.repository, publication.commit = "example/results_v1.1", "c32ef94"
    publication.save()
    system = make_system(
        publication, "board", software="X-CUBE-AI 8.1.0", description=DESCRIPTION,
        description_path="closed/Lab/systems/board.json", description_sha256=SHA256,
    )  # fmt: skip
    run = make_run(
        "vww",
        latency_ms=118.694,
        energy_uj=5618.279,
        system=system,
        public_id=RESULT,
        precision="int8",
        **columns,
    )
    run.folder = FOLDER
    run.windows = [
        {"phase": "performance", "number": n, "path": f"{FOLDER}/performance/results.txt", "line": 5 * n + 1,
         "iterations": 100, "runtime_s": 11.87, "throughput_inf_per_s": 8.425}
        for n in (2, 4, 6)
    ]  # fmt: skip
    run.save()
    Measurement.objects.filter(run=run, metric="throughput_inf_per_s").update(
        printed="8.425", recomputed_value=8.4247, recomputed_printed="8.4247"
    )
    for measurement in run.measurements.all():
        Evidence.objects.create(
            measurement=measurement, position=0, path=f"{FOLDER}/performance/results.txt", line=27, sha256=SHA256,
            reading="stated", text=LOG_LINE if excerpts else "",
            excerpt=[[26, "00126.165 ulp-mlperf: ----", False], [27, LOG_LINE, True]] if excerpts else [],
        )  # fmt: skip
    return run


def make_warning(run: Run) -> PublishedFinding:
    return PublishedFinding.objects.create(
        publication=run.system.publication, system=run.system, run=run, code="energy.window-too-short",
        severity="warning", path=f"{FOLDER}/energy/results.txt", line=26, expected="5 windows of at least 10 s",
        found="5 windows of 5.942 s", mend="Raise the iteration count.",
    )  # fmt: skip


def make_facts(run: Run) -> None:
    """Two sources that contradict each other on the RAM, and a third that agrees with the first."""
    for position, (value, tier) in enumerate([("640", 1), ("512", 3), ("640", 2)]):
        DeviceFact.objects.create(
            device=run.system.device, field="sram_kib", value=value, unit="KiB", position=position,
            source=f"https://example.org/{position}", source_tier=tier,
        )  # fmt: skip


def make_world() -> Run:
    """The reference, the result with a warning, facts of its device; everything derived is up to date."""
    make_reference()
    run = make_result()
    make_warning(run)
    make_facts(run)
    aggregate()
    return run
