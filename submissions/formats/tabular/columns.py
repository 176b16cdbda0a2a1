"""The columns of the table: the one list that reader, writer, form and documentation follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from results.domain.metrics import ENERGY_METRICS

VERSION = "1"
"""The one version of the table so far; ``tinysite_table`` names it in every file."""
VERSION_COLUMN = "tinysite_table"
REFERENCE_MODEL = "reference"
"""What the column ``model`` says of the benchmark's own network."""


class Level(StrEnum):
    """What a column is said of: rows of the same system, or run, say the same in it."""

    FILE = "file"
    SYSTEM = "system"
    RUN = "run"
    RESULT = "result"


class Kind(StrEnum):
    """What a cell holds. NUMBER is positive; NAME and PATH are texts of a narrow shape."""

    TEXT = "text"
    NAME = "name"
    PATH = "path"
    NUMBER = "number"
    COUNT = "count"
    SHA256 = "sha256"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``choices`` are the accepted texts, none for free text; ``longest`` is in characters."""

    name: str
    level: Level
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    longest: int = 200
    help: str = ""


_L, _K = Level, Kind
_COLUMNS = (
    Column(VERSION_COLUMN, _L.FILE, required=True, choices=(VERSION,), help="Version of this table: 1."),
    Column("system", _L.SYSTEM, _K.NAME, required=True, longest=60,
           help="Name of the system under test in this table: letters, digits, dot, hyphen, underscore."),
    Column("device", _L.SYSTEM, required=True, longest=120,
           help="Slug of a device of the catalogue, else the name of the board."),
    Column("clock_mhz", _L.SYSTEM, _K.NUMBER, help="Clock of the processor in MHz."),
    Column("accelerator_clock_mhz", _L.SYSTEM, _K.NUMBER, help="Clock of NPU or FPGA fabric in MHz."),
    Column("supply_voltage_mv", _L.SYSTEM, _K.NUMBER, help="Supply in mV where the energy was measured."),
    Column("software", _L.SYSTEM, longest=100, help="Inference framework, such as TensorFlow Lite Micro."),
    Column("software_version", _L.SYSTEM, longest=60, help="Its version or commit."),
    Column("compiler", _L.SYSTEM, longest=200, help="Compiler and its options."),
    Column("precision", _L.SYSTEM, longest=60, help="Numeric format, such as int8."),
    Column("availability", _L.SYSTEM, choices=("available", "preview", "rdi"),
           help="Whether others can buy the system: available, preview or rdi (research, development, internal)."),
    Column("benchmark", _L.RUN, required=True, longest=40, help="Id of the benchmark, such as kws."),
    Column("benchmark_version", _L.RUN, required=True, longest=8,
           help="Round whose rules and evaluation set were followed, such as v1.3."),
    Column("model", _L.RUN, required=True, longest=100,
           help="“reference” for the benchmark's own network, else the name of the network."),
    Column("model_file", _L.RUN, _K.PATH, help="File of the network in the archive; needed unless “reference”."),
    Column("model_sha256", _L.RUN, _K.SHA256, longest=64, help="SHA-256 of that file in hex."),
    Column("energy_scope", _L.RUN, choices=("chip-rail", "board"),
           help="What the joules include: the chip's supply rail, or the whole board. Needed for energy and power."),
    Column("dataset", _L.RUN, longest=60, help="What the network was evaluated on, where it is not the benchmark's own set."),
    Column("batch", _L.RUN, choices=("1",), help="Inferences at once: a benchmark measures one."),
    Column("flash_bytes", _L.RUN, _K.COUNT, help="Flash that weights and code take, in bytes."),
    Column("reproduces", _L.RUN, _K.NAME, longest=220, help="Public id of the result that this run reproduces."),
    Column("metric", _L.RESULT, required=True, longest=40, help="Id of the metric, such as latency_ms."),
    Column("value", _L.RESULT, _K.VALUE, required=True, longest=60, help="The number, with a point."),
    Column("unit", _L.RESULT, longest=12, help="The metric's unit; empty where it has none."),
    Column("how", _L.RESULT, required=True, choices=("measured", "derived", "declared"),
           help="How the value came about."),
    Column("metric_name", _L.RESULT, longest=60, help="Name of the metric where it was published."),
    Column("instrument", _L.RESULT, longest=100, help="What it was measured with."),
    Column("repeats", _L.RESULT, _K.COUNT, help="How many measurements the value is the median or mean of."),
    Column("evidence_file", _L.RESULT, _K.PATH, help="File in the archive that shows the value."),
    Column("evidence_line", _L.RESULT, _K.COUNT, help="Line of that file, counted from 1."),
    Column("source_url", _L.RESULT, longest=400, help="Address where the value was published before."),
    Column("source_commit", _L.RESULT, _K.NAME, longest=40, help="Commit of that source."),
    Column("notes", _L.RESULT, longest=2000, help="What a reader of the number should know."),
)  # fmt: skip

COLUMNS: Mapping[str, Column] = MappingProxyType({column.name: column for column in _COLUMNS})

UNITS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "latency_ms": {"ms": 1, "s": 1000, "µs": 0.001, "us": 0.001},
        "throughput_inf_per_s": {"inf/s": 1, "1/s": 1},
        "energy_uj_per_inf": {
            "µJ/inf": 1, "uJ/inf": 1, "µJ": 1, "uJ": 1, "nJ/inf": 0.001, "nJ": 0.001,
            "mJ/inf": 1000, "mJ": 1000, "J/inf": 1e6, "J": 1e6,
        },
        "average_power_mw": {"mW": 1, "µW": 0.001, "uW": 0.001, "W": 1000},
        "peak_ram_kib": {"KiB": 1, "B": 1 / 1024, "kB": 1000 / 1024, "MiB": 1024},
        "top1_pct": {"%": 1, "fraction": 100},
        "auc": {"": 1, "1": 1, "%": 0.01},
        "sww_false_positives": {"count": 1, "": 1},
        "sww_false_negatives": {"count": 1, "": 1},
        "sww_true_positives": {"count": 1, "": 1},
        "sww_duty_cycle": {"": 1, "1": 1, "%": 0.01},
        "sww_period_s": {"s": 1, "ms": 0.001},
        "energy_throughput_inf_per_s": {"inf/s": 1, "1/s": 1},
    }
)  # fmt: skip
"""Metric to accepted unit to the factor into the unit of the metric; nothing else is converted.

The supply voltage is no metric here: it has a column of its own.
"""


def columns_of(level: Level) -> tuple[Column, ...]:
    """The columns that are said of ``level``, in the order of the table."""
    return tuple(column for column in _COLUMNS if column.level is level)


def unit_factor(metric: str, unit: str) -> float | None:
    """What a number in ``unit`` is multiplied by to stand in the unit of ``metric``; None for another unit."""
    return UNITS[metric].get(unit.replace("\u03bc", "µ"))  # Greek mu beside the micro sign


def needs_scope(metric: str) -> bool:
    """Whether a value of ``metric`` means nothing without an energy scope."""
    return metric in ENERGY_METRICS
