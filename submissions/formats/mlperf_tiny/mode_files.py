"""The files of one mode (performance, accuracy, energy) as they were read, and the windows they print."""

from __future__ import annotations

from dataclasses import dataclass, field

from results.domain.records import Window

from .eembc import Inference, RunnerLog
from .layout import MODE_NAMES
from .measurements import Source
from .results_text import ResultsText


@dataclass(slots=True)
class ModeFiles:
    """The files of one mode as read; None where a file is not here. ``postproc`` stands in for results.txt."""

    results_source: Source | None = None
    results: ResultsText = field(default_factory=ResultsText)
    log_source: Source | None = None
    log: RunnerLog | None = None
    json_source: Source | None = None
    json: list[Inference] | None = None

    @property
    def inferences(self) -> list[Inference]:
        """Inputs with laps or results: from the log, else from results.json."""
        return self.log.inferences if self.log and self.log.inferences else (self.json or [])


def is_of_mode(path: str, folder: str, mode: str) -> bool:
    """Whether ``path`` lies in the folder of ``mode``, however that is spelt, of the run in ``folder``."""
    return MODE_NAMES.get(path[len(folder) + 1 :].split("/")[0].lower()) == mode


def printed_windows(
    results: ResultsText, path: str, phase: str, *, per_inference: bool = True
) -> list[Window]:
    """The windows of a results.txt as records. In an energy run both of its halves describe the same windows."""
    merged: dict[int, dict[str, float]] = {}
    lines: dict[int, int] = {}
    for block in results.blocks:
        if phase == "performance" and block.kind != "performance":
            continue
        lines.setdefault(block.number, block.line)
        merged.setdefault(block.number, {}).update(
            {name: stated.value for name, stated in block.values.items()}
        )
    return [
        Window(
            phase, number, path, lines[number], iterations=int(values["iterations"]) if "iterations" in values else None,
            runtime_s=values.get("runtime_s", values.get("duration_s")),
            throughput_inf_per_s=values.get("throughput_inf_per_s"), energy_uj=values.get("energy_uj"),
            power_uw=values.get("power_uw"),
            energy_uj_per_inf=values.get("energy_uj_per_inf") if per_inference else None,
        )
        for number, values in merged.items()
    ]  # fmt: skip
