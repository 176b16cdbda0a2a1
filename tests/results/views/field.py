"""A small published field: two rounds, both divisions, three device classes, two supplies, a finding."""

from __future__ import annotations

from results.models import Run
from tests.results.makers import (
    aggregate,
    make_device,
    make_finding,
    make_publication,
    make_reference,
    make_run,
    make_system,
)


def make_field() -> dict[str, Run]:
    """Runs by a short name, with everything derived brought up to date."""
    make_reference()
    make_device("npu-board", "npu")
    make_device("accelerated", "mcu-npu")
    preview = make_system(
        make_publication("v1.1", "closed", "maker"), availability="preview", device="board-b"
    )
    runs = {
        "fast": make_run(
            latency_ms=1.5, energy_uj=60.0, quality=83.2, device="accelerated", public_id="fast"
        ),
        "thrifty": make_run(
            latency_ms=12.7,
            energy_uj=41.0,
            quality=84.8,
            device="npu-board",
            submitter="maker",
            public_id="thrifty",
        ),
        "board": make_run(latency_ms=100.0, energy_uj=5600.0, quality=85.3, public_id="board"),
        "twin": make_run(latency_ms=101.0, quality=85.0, submitter="maker", public_id="twin"),
        "at 3 V": make_run(
            latency_ms=50.0, energy_uj=6900.0, supply_mv=3000.0, quality=85.2, public_id="at-3v"
        ),
        "early": make_run(latency_ms=250.0, quality=84.0, round_id="v0.7", public_id="early"),
        "preview": make_run(latency_ms=44.0, quality=85.4, system=preview, public_id="preview"),
        "open": make_run(latency_ms=0.9, quality=79.0, division="open", device="fpga", public_id="open"),
    }
    make_finding(runs["board"], "energy.window-too-short")
    make_finding(runs["board"], "layout.extra-level", "note")
    aggregate()
    return runs


def make_many(count: int) -> None:
    """So many more results, each on a board of its own, none within 2 % of another."""
    for k in range(count):
        make_run(
            latency_ms=300.0 * 1.05**k, energy_uj=9000.0 + k, device=f"many-{k}", public_id=f"many-{k:03}"
        )
    aggregate()
