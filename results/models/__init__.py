"""The published world: catalogue, runs, and what is derived from them."""

from .catalog import (
    Benchmark,
    CatalogueState,
    Device,
    DeviceClass,
    DeviceFact,
    NeuralModel,
    Round,
    Submitter,
)
from .changes import Reproduction, ResultChange
from .derived import (
    DataChange,
    DataGeneration,
    DeviceScore,
    GoneRun,
    LeaderboardEntry,
    ParetoPoint,
    Recomputation,
)
from .releases import DataRelease
from .runs import (
    Availability,
    Division,
    EnergyScope,
    Evidence,
    Measurement,
    Provenance,
    Publication,
    PublishedFinding,
    Run,
    System,
)

__all__ = [
    "Availability",
    "Benchmark",
    "CatalogueState",
    "DataChange",
    "DataGeneration",
    "DataRelease",
    "Device",
    "DeviceClass",
    "DeviceFact",
    "DeviceScore",
    "Division",
    "EnergyScope",
    "Evidence",
    "GoneRun",
    "LeaderboardEntry",
    "Measurement",
    "NeuralModel",
    "ParetoPoint",
    "Provenance",
    "Publication",
    "PublishedFinding",
    "Recomputation",
    "Reproduction",
    "ResultChange",
    "Round",
    "Run",
    "Submitter",
    "System",
]
