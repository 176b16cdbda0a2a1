"""Which networks certainly do not fit into the flash of a system's chip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from results.analysis.projection.memory_fit import TOO_LARGE, calibration, verdict
from results.analysis.stated_memory import StatedMemory, stated_memory
from results.models import DeviceFact, System

from .projection_models import ProjectedModel

FLASH, OUTSIDE = "flash_kib", ("ext_memory", "ext_storage")
_WITH_ITS_OWN_FLASH = ("mcu", "mcu-npu", "mcu-dsp")


@dataclass(frozen=True, slots=True)
class MemoryLimits:
    """Flash on the chip and software by system id; a system with memory outside its chip, or whose flash nobody
    states, is left out: nothing can be said against a network there."""

    flash: dict[int, StatedMemory]
    software: dict[int, str]

    def why_not(self, system_id: int, model: ProjectedModel) -> str:
        """The sentence that says that the network does not fit; empty when it may."""
        stated = self.flash.get(system_id)
        if stated is None or model.weight_kib is None:
            return ""
        need = calibration().flash(model.weight_kib, self.software[system_id], model.family)
        found = verdict("flash", need, stated.most_kib)
        return found.sentence if found.verdict == TOO_LARGE else ""


def memory_limits(system_ids: Iterable[int]) -> MemoryLimits:
    """The limits of these systems. Two queries."""
    systems = System.objects.filter(pk__in=list(system_ids)).values_list(
        "pk", "device_id", "software", "device__device_class"
    )
    facts: dict[int, list[DeviceFact]] = defaultdict(list)
    outside = set()
    for fact in DeviceFact.objects.filter(
        device__in={row[1] for row in systems}, field__in=(FLASH, *OUTSIDE)
    ):
        if fact.field in OUTSIDE:
            outside.add(fact.device_id)
        else:
            facts[fact.device_id].append(fact)
    limits = MemoryLimits({}, {})
    for system_id, device_id, software, device_class in systems:
        stated = stated_memory(facts[device_id])
        if (
            stated
            and stated.most_kib > 0
            and device_id not in outside
            and device_class in _WITH_ITS_OWN_FLASH
        ):
            limits.flash[system_id], limits.software[system_id] = stated, software
    return limits
