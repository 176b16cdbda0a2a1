"""What a result page says of each number: the figures, where they stand in the files, and why others are absent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from results.domain.links import public_file_address
from results.domain.metrics import METRICS
from results.models import EnergyScope, Evidence, Measurement, Publication
from results.presentation import fixed_number, joined, submitted_digits, volts_text
from results.selectors.result import ResultDetail

SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("latency", "Latency", ("latency_ms", "throughput_inf_per_s", "sww_duty_cycle", "sww_period_s")),
    (
        "energy",
        "Energy",
        ("energy_uj_per_inf", "average_power_mw", "energy_throughput_inf_per_s", "supply_voltage_mv"),
    ),
    (
        "quality",
        "Quality",
        ("top1_pct", "auc", "sww_false_positives", "sww_false_negatives", "sww_true_positives"),
    ),
)
"""Parts of the evidence: id, heading, metrics in order."""

AGREES_WITHIN_PCT = 0.2
"""A recomputed value that lies this near to the stated one differs by rounding alone."""
AGREES_WITHIN_POINTS = 0.05
AGREES_WITHIN_AUC = 0.005


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the list beside the files. ``state``: "same" or "differs" for the outcome of a recomputation."""

    label: str
    text: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class ExcerptLine:
    """A line of a submitted file; ``hit``: the number was read from it. Number 0 stands for lines left out."""

    number: int
    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number stands. ``lines`` are the excerpt, empty where the files were not at hand."""

    name: str
    path: str
    line: int | None
    last_line: int | None
    sha256: str
    address: str
    lines: tuple[ExcerptLine, ...]
    recomputed: bool

    @property
    def where(self) -> str:
        return where(self.name, self.line, self.last_line)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the evidence: the numbers on the left, the places in the files on the right."""

    id: str
    heading: str
    facts: tuple[Fact, ...]
    places: tuple[Place, ...]


def where(name: str, line: int | None, last_line: int | None) -> str:
    """``performance/results.txt:27``, ``…:44–45``, or the file alone."""
    if line is None:
        return name
    return f"{name}:{line}" + (f"–{last_line}" if last_line else "")


def sections(detail: ResultDetail) -> Iterator[Section]:
    """The parts for which the files hold any number, in the order of :data:`SECTIONS`."""
    for id_, heading, metrics in SECTIONS:
        held = [detail.measurements[metric] for metric in metrics if metric in detail.measurements]
        if held:
            yield Section(id_, heading, tuple(_facts(held, detail)), tuple(places(held, detail)))


def figure(measurement: Measurement) -> str:
    """The value with every submitted digit and its unit."""
    if measurement.metric == "supply_voltage_mv":
        return volts_text(measurement.value)
    unit = METRICS[measurement.metric].unit
    return f"{submitted_digits(measurement.printed)} {unit}".rstrip()


def difference(measurement: Measurement) -> Fact | None:
    """How far the recomputed value lies from the stated one; None when nothing was recomputed."""
    if measurement.recomputed_value is None:
        return None
    gap = abs(measurement.recomputed_value - measurement.value)
    if measurement.metric == "top1_pct":
        text, agrees = f"{fixed_number(gap, 1)} points", gap <= AGREES_WITHIN_POINTS
    elif measurement.metric == "auc":
        text, agrees = fixed_number(gap, 3), gap <= AGREES_WITHIN_AUC
    else:
        percent = 100 * gap / measurement.value if measurement.value else 0.0
        text, agrees = f"{fixed_number(percent, 3)} %", percent <= AGREES_WITHIN_PCT
    return Fact("They differ by", text, "same" if agrees else "differs")


def _facts(held: Sequence[Measurement], detail: ResultDetail) -> Iterator[Fact]:
    for measurement in held:
        metric = METRICS[measurement.metric]
        yield Fact(f"{metric.name}, {_how(measurement)}", figure(measurement))
        gap = difference(measurement)
        if gap:
            again = measurement.recomputed_printed
            yield Fact("From the log", f"{submitted_digits(again)} {metric.unit}".rstrip())
            yield gap
        if measurement.energy_scope != EnergyScope.NONE and measurement.metric == held[0].metric:
            yield Fact("Scope", EnergyScope(measurement.energy_scope).label)
    if held[0].metric in ("energy_uj_per_inf", "average_power_mw") and detail.run.energy_monitor:
        # Runners write the monitor's type in lower case; a table names the instrument in its submitter's words.
        monitor = detail.run.energy_monitor
        yield Fact("Monitor", monitor.upper() if detail.run.runner else monitor)


def _how(measurement: Measurement) -> str:
    """In a word, how the value came about."""
    if measurement.reading == "recomputed":
        return "computed from the windows"
    if measurement.metric == "latency_ms" and measurement.how == "derived":
        return "1000 ÷ throughput"
    return "stated" if measurement.how == "measured" else measurement.how


def places(held: Sequence[Measurement], detail: ResultDetail) -> Iterator[Place]:
    """Every place of these numbers once, in order."""
    seen: set[tuple[str, int | None, int | None]] = set()
    for measurement in held:
        for evidence in measurement.evidence.all():
            key = (evidence.path, evidence.line, evidence.last_line)
            if key not in seen:
                seen.add(key)
                yield _place(evidence, detail)


def _place(evidence: Evidence, detail: ResultDetail) -> Place:
    return Place(
        name=short_path(evidence.path, detail.run.folder, detail.run.system.publication),
        path=evidence.path,
        line=evidence.line,
        last_line=evidence.last_line,
        sha256=evidence.sha256,
        address=file_address(detail.run.system.publication, evidence.path, evidence.line, evidence.last_line),
        lines=tuple(ExcerptLine(*line) for line in evidence.excerpt),
        recomputed=evidence.reading == "recomputed",
    )


def short_path(path: str, folder: str, publication: Publication) -> str:
    """``path`` from the run's ``folder`` on, or from the submitter's folder on."""
    submitter = f"{publication.division}/{publication.submitter_directory}/"
    return path.removeprefix(f"{folder}/").removeprefix(submitter)


def file_address(
    publication: Publication, path: str, line: int | None = None, last_line: int | None = None
) -> str:
    """Where ``path`` stands in the public repository; empty for results that have none."""
    return public_file_address(publication.repository, publication.commit, path, line, last_line)


def absences(detail: ResultDetail) -> Iterator[tuple[str, str]]:
    """(name, why) for each thing that a reader may look for and does not find. Streaming wakeword has no energy
    per inference by its nature."""
    held, run = detail.measurements, detail.run
    streaming = run.benchmark_id == "sww"
    has_energy = "energy_uj_per_inf" in held or "average_power_mw" in held
    if "latency_ms" not in held:
        yield "Latency", "No throughput could be read from the submitted files, so there is nothing to rank."
    if streaming and "average_power_mw" not in held:
        yield "Mean power", "The submission holds no power measurement for this benchmark; power is optional."
    elif streaming:
        yield "Energy per inference", "A stream is measured as mean power over the whole recording."
    elif not has_energy:
        yield "Energy", "The submission holds no energy measurement for this benchmark; energy is optional."
    elif "energy_uj_per_inf" not in held:
        yield "Energy", "The energy files state no energy per inference."
    elif "average_power_mw" not in held:
        yield "Mean power", "The energy files state no power."
    if has_energy and "supply_voltage_mv" not in held:
        yield (
            "Supply voltage",
            "Neither the log nor the system description states it, so this energy is not ranked.",
        )
    if not _has_quality(detail):
        yield (
            "Quality",
            "The submitted files state no accuracy, and the public copy holds no log to compute it from.",
        )
    yield from _unchecked(detail)
    if not run.precision:
        yield "Numeric format", "Nobody states it."
    if not run.system.availability:
        yield "Availability", "The system description leaves it empty."


def _has_quality(detail: ResultDetail) -> bool:
    return any(metric in detail.measurements for metric in ("top1_pct", "auc", "sww_false_positives"))


def _unchecked(detail: ResultDetail) -> Iterator[tuple[str, str]]:
    """The numbers that nothing was computed again for, in one sentence."""
    names = [
        METRICS[metric].name
        for metric in ("throughput_inf_per_s", "energy_uj_per_inf", "top1_pct", "auc")
        if metric in detail.measurements
        and detail.measurements[metric].recomputed_value is None
        and detail.measurements[metric].reading == "stated"
    ]
    if names:
        yield (
            "Not computed again",
            f"{joined(names)}: the raw lines to compute it from are not among the files that were read.",
        )
