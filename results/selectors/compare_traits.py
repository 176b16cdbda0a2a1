"""What is not the same between things that stand side by side: device, operating point, software, conditions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from results.analysis.comparability import SCOPE_NAMES, supply_text
from results.analysis.comparing import NOT_STATED
from results.models import Availability, DeviceClass, LeaderboardEntry, Provenance
from results.presentation import table_number

from .compare_items import Item


@dataclass(frozen=True, slots=True)
class Trait:
    """One property over all items; several values of one item (over its benchmarks) are joined.

    ``differs`` compares what is stated on the benchmarks that items share: None where nobody states it of any item, and
    one who says nothing differs from nobody.
    """

    name: str
    label: str
    values: tuple[str, ...]
    differs: bool | None


Reader = Callable[[LeaderboardEntry], str]


def _label(choices: type[Availability | DeviceClass | Provenance], value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


def _supply(entry: LeaderboardEntry) -> str:
    if entry.energy_scope == "none":
        return "no energy measured"
    return supply_text(entry.supply_voltage_mv) if entry.supply_voltage_mv else ""


def _scope(entry: LeaderboardEntry) -> str:
    return "no energy measured" if entry.energy_scope == "none" else SCOPE_NAMES[entry.energy_scope]


_FIELDS: tuple[tuple[str, str, Reader], ...] = (
    ("device", "Device", lambda e: e.device_name),
    ("class", "Class", lambda e: _label(DeviceClass, e.device_class)),
    ("clock", "Clock", lambda e: f"{table_number(e.clock_mhz)} MHz" if e.clock_mhz else ""),
    ("supply", "Supply voltage of the energy run", _supply),
    ("scope", "Energy includes", _scope),
    ("software", "Software", lambda e: e.software),
    ("framework", "Framework", lambda e: " ".join(filter(None, (e.framework, e.system.framework_version)))),
    ("compiler", "Compiler", lambda e: e.system.compiler),
    ("style", "Deployment", lambda e: e.deployment_style),
    ("model", "Neural model", lambda e: e.neural_model),
    ("precision", "Precision", lambda e: e.precision),
    ("evaluation_set", "Test set", lambda e: e.evaluation_set),
    ("division", "Division", lambda e: e.division),
    ("round", "Round", lambda e: e.round),
    ("availability", "Availability", lambda e: _label(Availability, e.availability)),
    ("provenance", "Provenance", lambda e: _label(Provenance, e.provenance)),
    ("submitter", "Submitter", lambda e: e.submitter_name),
)


def traits(items: Sequence[Item]) -> Iterator[Trait]:
    """Every property, those that differ and those that do not; items without a result say nothing."""
    for name, label, read in _FIELDS:
        stated = [tuple(dict.fromkeys(read(entry) for entry in item.entries.values())) for item in items]
        texts = tuple(", ".join(one or NOT_STATED for one in values) for values in stated)
        yield Trait(name, label, texts, _differs(items, read))


def _differs(items: Sequence[Item], read: Reader) -> bool | None:
    """Whether two items state different values on a benchmark that they share; None where nobody states any.

    A benchmark that only one of them ran says nothing of what differs between the two. Items that share none are
    compared over everything they ran.
    """
    stated: dict[str, list[str]] = defaultdict(list)
    for item in items:
        for benchmark, entry in item.entries.items():
            stated[benchmark].append(read(entry))
    if not any(any(values) for values in stated.values()):
        return None
    shared = [set(filter(None, values)) for values in stated.values() if len(values) > 1]
    if shared:
        return any(len(values) > 1 for values in shared)
    own = [tuple(sorted({read(entry) for entry in item.entries.values()} - {""})) for item in items]
    return len({values for values in own if values}) > 1
