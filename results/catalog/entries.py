"""The shapes of the catalogue's entries. A field without a default must stand in the file."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

DEVICE_CLASSES = frozenset(
    {
        "mcu",
        "mcu-npu",
        "mcu-dsp",
        "npu",
        "fpga",
        "fpga-softcore",
        "linux-soc",
        "mobile-npu",
        "in-memory",
        "event-based",
    }
)
DEPLOYMENT_STYLES = frozenset({"interpreter", "code generation", "hand-coded", "dedicated toolchain"})
QUALITY_METRICS = frozenset({"top1_pct", "auc", "fp_fn"})


@dataclass(frozen=True, slots=True)
class InputKind:
    """One of the four kinds of input of the TinyMLPerf survey, with what is done with it."""

    slug: str
    name: str
    use_cases: tuple[str, ...]
    model_types: tuple[str, ...]
    datasets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BenchmarkEntry:
    """A task with a dataset, a quality metric and a target.

    ``closed_target`` is in the unit of ``quality_metric`` (``top1_pct``: percent); for ``fp_fn`` it is the
    greatest number of false positives, and of false negatives, that the closed division accepts.
    ``survey_datasets`` are the datasets of its input kind that ``dataset`` is made of.
    """

    id: str
    name: str
    question: str
    description: str
    input_kind: str
    use_case: str
    dataset: str
    survey_datasets: tuple[str, ...]
    evaluation_set: str
    quality_metric: str
    closed_target: float
    unit: str
    reference_model: str
    since_round: str
    aliases: tuple[str, ...]
    source: str | None = None


@dataclass(frozen=True, slots=True)
class NeuralModelEntry:
    """A reference network. Sizes in bytes of the published files; None: nobody has stated or counted it.

    ``macs`` are dense, zeros included. ``effective_macs`` leave out channels whose weights are all zero.
    ``weights`` and ``zero_weights`` are elements of the int8 file's filters and matrices, ``footprint_bytes`` what that
    file stores of parameters: with NeuroBench's names, connection sparsity = zero weights / weights, and the footprint.
    ``model_type`` is one of the model types of its benchmark's input kind.
    """

    slug: str
    name: str
    architecture: str
    model_type: str
    benchmark: str
    source: str
    macs: int | None = None
    effective_macs: int | None = None
    parameters: int | None = None
    weight_bytes_int8: int | None = None
    weight_bytes_fp32: int | None = None
    weights: int | None = None
    zero_weights: int | None = None
    footprint_bytes: int | None = None
    input_shape: str | None = None
    output_shape: str | None = None
    note: str | None = None

    @property
    def connection_sparsity(self) -> float | None:
        """Share of the weights that are zero, 0 to 1; None where nobody counted them."""
        return None if self.weights is None or self.zero_weights is None else self.zero_weights / self.weights


@dataclass(frozen=True, slots=True)
class RoundEntry:
    """A published round and the state of its repository that was read."""

    id: str
    published_on: datetime.date
    date_source: str
    repository: str
    commit: str
    runners: tuple[str, ...]
    licence: str


@dataclass(frozen=True, slots=True)
class SubmitterEntry:
    """Who hands in results, with the spellings of folders and of the key "Submitter"."""

    slug: str
    name: str
    directories: tuple[str, ...]
    declared_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeviceEntry:
    """A board or a chip. ``device_class`` is one of :data:`DEVICE_CLASSES`; None: unknown."""

    slug: str
    name: str
    short_name: str
    device_class: str
    vendor: str | None = None
    soc: str | None = None
    board: str | None = None
    core: str | None = None


@dataclass(frozen=True, slots=True)
class FactEntry:
    """One statement about a device by one source. Contradictions are several facts.

    ``source_tier``: 1 vendor, 2 maintained public project, 3 declared by a submitter, 4 press or third party,
    5 derived, 6 editor's classification.
    """

    device: str
    field: str
    value: str
    source: str
    source_tier: int
    source_kind: str
    unit: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class DeviceAlias:
    """The texts of system descriptions that name a device; ``rounds`` empty: in every round."""

    slug: str
    board: tuple[str, ...] = ()
    system_id: tuple[str, ...] = ()
    soc: tuple[str, ...] = ()
    rounds: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class FrameworkEntry:
    """How a declared inference framework is recognised; ``deployment_style`` None: nobody says."""

    name: str
    matches: tuple[str, ...]
    reason: str
    deployment_style: str | None = None
    keys: tuple[str, ...] = ("Inference Framework",)


@dataclass(frozen=True, slots=True)
class KernelLibrary:
    """A library of operators that is named beside the framework."""

    name: str
    matches: tuple[str, ...]
