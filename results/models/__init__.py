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
    Observation,
    ParetoPoint,
    Recomputation,
)
from .figures import EXTERNAL_PROVENANCES, ExternalFigure, ExternalModel, ModelGraph
from .projections import Backtest, NextMeasurement, Projection, ProjectionGeneration
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
    "Backtest",
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
    "EXTERNAL_PROVENANCES",
    "Evidence",
    "ExternalFigure",
    "ExternalModel",
    "GoneRun",
    "LeaderboardEntry",
    "Measurement",
    "ModelGraph",
    "NeuralModel",
    "NextMeasurement",
    "Observation",
    "ParetoPoint",
    "Projection",
    "ProjectionGeneration",
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
