"""What is known of a device and by whom: declarations of its systems, specifications with their sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from results.catalog.reader import normalise
from results.models import DeviceFact
from results.selectors.device import DeviceDetail
from results.views.evidence import file_address

DECLARED = (
    ("Board", ("Board Name",)),
    ("SoC", ("SoC Name",)),
    ("Processor", ("Processor(s) Name",)),
    ("Clock", ("Processor(s) Frequencies",)),
    ("Accelerator", ("Accelerator(s) Name",)),
    ("RAM", ("SoC Memory capacity",)),
    ("Storage", ("SoC storage capacity",)),
    ("Board memory", ("Board Memory capacity",)),
    ("Hardware notes", ("Hardware Notes",)),
)
"""Properties that system descriptions state, with the beginnings of their keys."""

TIERS = {
    1: "vendor’s data sheet or manual",
    2: "vendor’s page or tool",
    3: "declared by a submitter",
    4: "third party",
    5: "benchmark’s own files",
    6: "classification by the editors",
}
HIDDEN_FIELDS = frozenset(
    {"in_mlperf_tiny", "first_mlperf_tiny_round", "availability_declared", "class", "board"}
)
"""Facts that say nothing of the hardware, or stand elsewhere on the page."""

_LABELS = {
    "cpu_core": "Core", "soc": "SoC", "sram_kib": "SRAM", "sram_split": "SRAM, split", "flash_kib": "Flash",
    "flash_usable_kib": "Flash, usable", "tcm_kib": "TCM", "nvm_kib": "Non-volatile memory", "fpu": "FPU",
    "isa_extension": "Instruction set extension", "vdd_min_v": "Supply, least", "vdd_max_v": "Supply, greatest",
    "process_node_nm": "Process node", "max_clock_mhz": "Clock, greatest", "ext_memory": "External memory",
    "ext_storage": "External storage", "cores_count": "Cores", "fpga_lut": "FPGA: LUTs", "fpga_dsp": "FPGA: DSPs",
    "fpga_part": "FPGA part", "fpga_bram_18k": "FPGA: BRAM, 18 kbit", "fpga_bram_36k": "FPGA: BRAM, 36 kbit",
    "run_current_ua_per_mhz": "Run current", "sleep_current_ua": "Sleep current",
    "submitted_clock_mhz": "Clock, as submitted", "benchmark_clock_mhz": "Clock, as benchmarked",
    "measured_supply_note": "Supply, as declared", "accelerator_peak_mac_cycle": "Accelerator peak",
    "ext_memory_bandwidth_gbit_s": "External memory bandwidth", "ext_memory_bandwidth_gb_s": "External memory bandwidth",
    "internal_bandwidth_gbs": "Internal bandwidth", "host_npu_peak": "Peak of another NPU",
}  # fmt: skip
_UNITS = ("mhz", "kib", "ua", "nm", "mw", "v", "gbit", "s", "alt")


@dataclass(frozen=True, slots=True)
class Declared:
    """One spelling of a property: how many systems state it so, and where one of them does."""

    value: str
    stated_by: int
    spellings: int
    where: str
    address: str


@dataclass(frozen=True, slots=True)
class DeclaredGroup:
    """A property with each value that differs, the most frequent first. ``of`` systems could state it."""

    label: str
    values: tuple[Declared, ...]
    of: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One value with every source that states it, each with its kind; the source nearest to the vendor first."""

    value: str
    unit: str
    sources: tuple[tuple[DeviceFact, str], ...]


@dataclass(frozen=True, slots=True)
class FactGroup:
    """A field of the specification. More than one statement: the sources contradict each other."""

    label: str
    statements: tuple[Statement, ...]


def identity_groups(detail: DeviceDetail) -> list[DeclaredGroup]:
    """The identity as the descriptions of the systems on this device declare it."""
    groups = []
    for label, keys in DECLARED:
        stated = list(_stated(detail, keys))
        if stated:
            groups.append(DeclaredGroup(label, tuple(_spellings(stated)), len(detail.systems)))
    return groups


def _stated(detail: DeviceDetail, keys: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """(value, where, address) of the first field of each system whose key begins so and is not empty."""
    for row in detail.systems:
        system = row.system
        for key, value, line in system.description:
            if str(key).strip().startswith(keys) and str(value).strip() not in ("", "N/A"):
                name = system.description_path.rpartition("/")[2]
                address = file_address(system.publication, system.description_path, line)
                yield str(value).strip(), f"{name}:{line}", address
                break


def _spellings(stated: Sequence[tuple[str, str, str]]) -> Iterator[Declared]:
    """Values that differ by more than case, punctuation and space, each under its most frequent spelling."""
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for entry in stated:
        groups.setdefault(normalise(entry[0]).replace(" ", ""), []).append(entry)
    for entries in sorted(groups.values(), key=len, reverse=True):
        counts = Counter(value for value, _, _ in entries)
        value = counts.most_common(1)[0][0]
        _, where, address = next(entry for entry in entries if entry[0] == value)
        yield Declared(value, len(entries), len(counts), where, address)


def fact_groups(detail: DeviceDetail) -> list[FactGroup]:
    """The specification by field. Values that differ stand apart, that of the source nearest to the vendor first."""
    fields: dict[str, dict[str, list[DeviceFact]]] = {}
    for fact in sorted(detail.facts, key=lambda fact: (fact.source_tier, fact.position)):
        if fact.field not in HIDDEN_FIELDS:
            values = fields.setdefault(fact.field, {})
            values.setdefault(normalise(f"{fact.value} {fact.unit}"), []).append(fact)
    groups = (
        FactGroup(field_label(field), tuple(map(_statement, held.values()))) for field, held in fields.items()
    )
    return sorted(groups, key=lambda group: group.label)


def _statement(facts: list[DeviceFact]) -> Statement:
    first = facts[0]
    return Statement(first.value, first.unit, tuple((fact, tier_words(fact)) for fact in facts))


def tier_words(fact: DeviceFact) -> str:
    """What kind of source states a fact."""
    return fact.source_kind or TIERS[fact.source_tier]


def field_label(field: str) -> str:
    """``run_current_ua_at_64mhz`` in words; the unit stands beside the value."""
    if field in _LABELS:
        return _LABELS[field]
    words = [word for word in field.split("_") if word not in _UNITS]
    return " ".join(words).capitalize()
