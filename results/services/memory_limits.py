"""What a network takes of the memories of a system's chip, and which certainly do not fit into its flash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from results.analysis.projection.memory_fit import TOO_LARGE, FitVerdict, calibration, verdict
from results.analysis.stated_memory import StatedMemory, stated_memory
from results.models import DeviceFact, System

from .projection_models import ProjectedModel

FLASH, RAM, OUTSIDE = "flash_kib", "sram_kib", ("ext_memory", "ext_storage")
_WITH_ITS_OWN_FLASH = ("mcu", "mcu-npu", "mcu-dsp")


@dataclass(frozen=True, slots=True)
class MemoryVerdict:
    """Whether a network fits into a memory. ``is_budget``: its capacity is the reader's limit, not that of the chip."""

    found: FitVerdict
    is_budget: bool


@dataclass(frozen=True, slots=True)
class MemoryLimits:
    """Flash and RAM on the chip by system id, and the software of every system; a system with memory outside its chip,
    or whose memory nobody states, is left out: nothing can be said against a network there."""

    flash: dict[int, StatedMemory]
    ram: dict[int, StatedMemory]
    software: dict[int, str]

    def why_not(self, system_id: int, model: ProjectedModel) -> str:
        """What says that the network does not fit into the chip's own memory; empty when it may."""
        found = self.verdicts(system_id, model, ram_kib=None, flash_kib=None)
        return "; ".join(one.found.sentence for one in found if one.found.verdict == TOO_LARGE)

    def verdicts(
        self, system_id: int, model: ProjectedModel, *, ram_kib: float | None, flash_kib: float | None
    ) -> tuple[MemoryVerdict, ...]:
        """RAM and flash of the network on the system, against the least of the budget (KiB) and what the chip has.

        A memory is left out where the network's need is not known, or neither budget nor chip bounds it.
        """
        software = self.software.get(system_id, "")
        needs = {}
        if model.live_set_kib:
            needs["RAM"] = calibration().ram(model.live_set_kib, software, model.family)
        if model.weight_kib:
            needs["flash"] = calibration().flash(model.weight_kib, software, model.family)
        found = []
        for memory, budget, chips in (("RAM", ram_kib, self.ram), ("flash", flash_kib, self.flash)):
            stated = chips.get(system_id)
            bounds = [(budget, True)] if budget is not None else []
            bounds += [(stated.most_kib, False)] if stated else []
            if memory in needs and bounds:
                capacity, is_budget = min(bounds)
                found.append(MemoryVerdict(verdict(memory, needs[memory], capacity), is_budget))
        return tuple(found)


def memory_limits(system_ids: Iterable[int]) -> MemoryLimits:
    """The limits of these systems. Two queries."""
    systems = System.objects.filter(pk__in=list(system_ids)).values_list(
        "pk", "device_id", "software", "device__device_class"
    )
    facts: dict[tuple[int, str], list[DeviceFact]] = defaultdict(list)
    for fact in DeviceFact.objects.filter(
        device__in={row[1] for row in systems}, field__in=(FLASH, RAM, *OUTSIDE)
    ):
        facts[fact.device_id, fact.field].append(fact)
    limits = MemoryLimits({}, {}, {})
    for system_id, device_id, software, device_class in systems:
        limits.software[system_id] = software
        if device_class not in _WITH_ITS_OWN_FLASH or any((device_id, name) in facts for name in OUTSIDE):
            continue
        for field, known in ((FLASH, limits.flash), (RAM, limits.ram)):
            stated = stated_memory(facts[device_id, field])
            if stated and stated.most_kib > 0:
                known[system_id] = stated
    return limits
