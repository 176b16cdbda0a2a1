"""The long matrix network × device configuration, as a projection reads it: one row per usable latency or energy.

Two scopes: ``mlperf`` are the reviewed results of the closed division of MLPerf Tiny, ``external`` the unquarantined
figures of one inference at a time that others published. They are never mixed with a ranking or a front.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields

from django.db.models import Q

from results.catalog.reader import catalogue
from results.models import ExternalFigure, LeaderboardEntry, ModelGraph, NeuralModel, Provenance

USABLE = Q(quarantine="")
"""A figure that no check speaks against: the only ones that anything is computed from."""
SCOPES = ("mlperf", "all")
TARGETS = {"latency": "latency_ms", "energy": "energy_uj"}


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One cell with what is known of its network and its device configuration; None is unknown, never 0.

    ``model`` and ``device`` are stable names: a slug, and a configuration (board, clock, unit, software with version,
    numeric format; for a round the submitted system). ``device_group`` is the board, ``family`` the architecture.
    ``source_id`` is the public id of the result or the key of the figure. Units: ``latency_ms`` of one inference,
    ``energy_uj`` per inference, ``ram_bytes``/``flash_bytes`` as the same row of the source states them. The features
    of the network are those of its int8 file: MACs by kind (``macs_conv`` with 1 × 1 convolutions where
    ``macs_pointwise`` is None), bytes of weights, bytes that all operators write, ``ops`` operators.
    """

    model: str
    device: str
    family: str
    device_group: str
    vendor: str | None
    device_class: str | None
    core: str | None
    stack: str | None
    stack_version: str | None
    clock_mhz: float | None
    supply_mv: float | None
    precision: str | None
    latency_ms: float | None
    energy_uj: float | None
    ram_bytes: float | None
    flash_bytes: float | None
    round: str | None
    submitter: str | None
    provenance: str
    source_id: str
    macs: int | None
    macs_conv: int | None
    macs_pointwise: int | None
    macs_depthwise: int | None
    macs_fc: int | None
    weight_bytes: int | None
    activation_bytes: int | None
    ops: int | None
    input_elements: int | None
    effective_macs: int | None


MATRIX_COLUMNS = tuple(field.name for field in fields(MatrixRow))
MODEL_FEATURES = ("macs", "macs_conv", "macs_pointwise", "macs_depthwise", "macs_fc", "weight_bytes", "activation_bytes",
                  "ops", "input_elements", "effective_macs")  # fmt: skip
DEVICE_FEATURES = (
    "vendor",
    "device_class",
    "core",
    "stack",
    "stack_version",
    "clock_mhz",
    "supply_mv",
    "precision",
)
LABELS = ("family", "device_group", "round", "submitter", "provenance", "source_id")


def matrix_rows(scope: str = "all") -> list[MatrixRow]:
    """The rows of a scope: ``mlperf`` alone, or ``all`` with the external ones behind them. At most six queries."""
    return mlperf_rows() if scope == "mlperf" else [*mlperf_rows(), *external_rows()]


def mlperf_rows() -> list[MatrixRow]:
    """Reviewed results of the closed division on a known network, a repeated log once; by round, then system.

    Three queries.
    """
    entries = list(
        LeaderboardEntry.objects.filter(provenance=Provenance.REVIEWED, division="closed", duplicate_of="")
        .exclude(neural_model="")
        .select_related("system__device")
        .order_by("round_position", "submitter_directory", "system_label", "benchmark", "public_id")
    )
    slugs = sorted({entry.neural_model for entry in entries})
    graphs = graphs_of(slugs)
    macs = dict(NeuralModel.objects.filter(slug__in=slugs).values_list("slug", "macs"))
    return [
        _mlperf_row(entry, _first(graphs.get(entry.neural_model, ())), macs.get(entry.neural_model))
        for entry in entries
    ]


def external_rows() -> list[MatrixRow]:
    """Unquarantined latencies of one inference with a stated device, one per network and configuration; by source.

    Where a source states a cell in several releases the newest counts, and of equally new ones the first.
    Three queries.
    """
    usable = ExternalFigure.objects.filter(USABLE).exclude(device_name="").select_related("model", "device")
    latencies = list(
        usable.filter(Q(batch__isnull=True) | Q(batch=1), metric="latency_ms").order_by("position")
    )
    memory = {
        (*_place(figure), figure.metric): figure.value
        for figure in usable.filter(metric__in=("activation_ram_bytes", "ram_bytes", "weights_flash_bytes", "flash_bytes"))
    }  # fmt: skip
    graphs = graphs_of(sorted({figure.model.slug for figure in latencies}))
    newest: dict[tuple[str, str], ExternalFigure] = {}
    for figure in latencies:
        cell = figure.model.slug, _configuration(figure)
        held = newest.setdefault(cell, figure)
        # The newest tables carry no day.
        if held.dated and (figure.dated is None or figure.dated > held.dated):
            newest[cell] = figure
    return [
        _external_row(figure, device, _graph_of(figure, graphs.get(model, ())), memory)
        for (model, device), figure in newest.items()
    ]


def _mlperf_row(entry: LeaderboardEntry, graph: ModelGraph | None, macs: int | None) -> MatrixRow:
    system, device = entry.system, entry.system.device
    known = catalogue().neural_models.get(entry.neural_model)
    return MatrixRow(
        model=entry.neural_model,
        device=" ".join(filter(None, (entry.round, entry.submitter_directory, entry.system_label, entry.variant))),
        family=graph.family if graph else entry.neural_model, device_group=entry.device_slug,
        vendor=device.vendor or None, device_class=entry.device_class or None, core=device.core or None,
        stack=entry.framework or None, stack_version=system.framework_version or None, clock_mhz=entry.clock_mhz,
        supply_mv=entry.supply_voltage_mv, precision=entry.precision or None, latency_ms=entry.latency_ms,
        energy_uj=entry.energy_uj_per_inf, ram_bytes=None, flash_bytes=None, round=entry.round,
        submitter=entry.submitter_slug, provenance=entry.provenance, source_id=entry.public_id,
        **_features(graph, macs), effective_macs=known.effective_macs if known else None,
    )  # fmt: skip


def _external_row(
    figure: ExternalFigure, device: str, graph: ModelGraph | None, memory: dict[tuple[object, ...], float | None]
) -> MatrixRow:  # fmt: skip
    place = _place(figure)
    return MatrixRow(
        model=figure.model.slug, device=device, family=figure.model.family,
        device_group=figure.device.slug if figure.device else figure.device_group or figure.device_name,
        vendor=figure.vendor or None, device_class=figure.device_class or None, core=figure.core or None,
        stack=figure.software or None, stack_version=figure.software_version or None, clock_mhz=figure.clock_mhz,
        supply_mv=None, precision=figure.precision or None, latency_ms=figure.value, energy_uj=None,
        ram_bytes=memory.get((*place, "ram_bytes")) or memory.get((*place, "activation_ram_bytes")),
        flash_bytes=memory.get((*place, "flash_bytes")) or memory.get((*place, "weights_flash_bytes")),
        round=None, submitter=None, provenance=figure.provenance, source_id=figure.key,
        **_features(graph, None), effective_macs=None,
    )  # fmt: skip


def _place(figure: ExternalFigure) -> tuple[object, ...]:
    """What tells one row of a source's table from another."""
    return (figure.source, figure.commit, figure.path, figure.locator, figure.model_stated, figure.dataset, figure.input,
            figure.device_name, figure.engine, figure.software, figure.software_version, figure.precision)  # fmt: skip


def _configuration(figure: ExternalFigure) -> str:
    """The device configuration by name; what the source does not say is left out."""
    clock = f"{figure.clock_mhz:g} MHz" if figure.clock_mhz else ""
    software = f"{figure.software} {figure.software_version}".strip()
    parts = (figure.device_name, clock, figure.engine, software, figure.precision)
    return ", ".join(filter(None, parts))


def _graph_of(figure: ExternalFigure, graphs: Sequence[ModelGraph]) -> ModelGraph | None:
    """The graph of the figure's release with the head of its dataset; else the nearest to that, the first of equals.

    A release keeps its networks in a folder of its own, the newest in that of the one before; heads for other datasets
    differ in their last layer only.
    """
    release = "models" if "/models/" in figure.path else "pretrained_models"
    return max(
        graphs,
        key=lambda graph: (f"/{release}/" in graph.path, graph.dataset == figure.dataset),
        default=None,
    )


def _first(graphs: Iterable[ModelGraph]) -> ModelGraph | None:
    return next(iter(graphs), None)


def _features(graph: ModelGraph | None, macs: int | None) -> dict[str, int | None]:
    counted = {name: getattr(graph, name, None) for name in
               ("macs_conv", "macs_pointwise", "macs_depthwise", "macs_fc", "activation_bytes", "input_elements")}  # fmt: skip
    weights = (graph.weight_bytes or graph.parameters) if graph else None  # at 8 bits a parameter is a byte
    return {
        "macs": graph.macs if graph and graph.macs else macs,
        **counted,
        "weight_bytes": weights,
        "ops": graph.operators if graph else None,
    }


def graphs_of(slugs: Sequence[str]) -> dict[str, list[ModelGraph]]:
    """The counted graphs of networks by slug, in the order of their paths. One query."""
    found: dict[str, list[ModelGraph]] = {}
    for graph in ModelGraph.objects.filter(model__in=slugs):
        found.setdefault(graph.model, []).append(graph)
    return found


def evaluation_columns(kind: str) -> tuple[str, ...]:
    """The columns of :func:`evaluation_rows` for ``latency`` or ``energy``, in order."""
    return (
        "model", "device", TARGETS[kind], *(f"model_{name}" for name in MODEL_FEATURES),
        *(f"device_{name.removeprefix('device_')}" for name in DEVICE_FEATURES), *LABELS,
    )  # fmt: skip


def evaluation_rows(rows: Iterable[MatrixRow], kind: str) -> list[dict[str, object]]:
    """The cells of ``rows`` that hold the target of ``kind``, in the columns that an evaluation of projections reads.

    Features of networks are named ``model_…``, those of device configurations ``device_…``; labels stand behind them.
    """
    target = TARGETS[kind]
    made = []
    for row in rows:
        cells = asdict(row)
        if cells[target] is not None:
            made.append(
                {"model": row.model, "device": row.device, target: cells[target]}
                | {f"model_{name}": cells[name] for name in MODEL_FEATURES}
                | {f"device_{name.removeprefix('device_')}": cells[name] for name in DEVICE_FEATURES}
                | {name: cells[name] for name in LABELS}
            )
    return made
