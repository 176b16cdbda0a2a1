"""The data dictionary: every table and column of the published data set. The files are written from it.

A column is ``text``, ``number`` (a 64-bit float) or ``integer``. A value is null (an empty field in CSV)
where nobody measured or stated it. The units and meanings of metrics come from :mod:`results.domain.metrics`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from results.domain.metrics import METRICS

Kind = Literal["text", "number", "integer"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``unit`` is empty where there is none; ``field`` is the field of the model that it holds."""

    name: str
    kind: Kind
    unit: str
    meaning: str
    field: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table; ``rows`` says what a row is and how rows are ordered."""

    name: str
    rows: str
    columns: tuple[Column, ...]


def _text(name: str, meaning: str, field: str = "") -> Column:
    return Column(name, "text", "", meaning, field or name)


def _number(name: str, unit: str, meaning: str, field: str = "") -> Column:
    return Column(name, "number", unit, meaning, field or name)


def _metric(name: str) -> Column:
    metric = METRICS[name]
    better = {"lower": "lower is better", "higher": "higher is better"}.get(metric.direction, "")
    return _number(name, metric.unit, "; ".join(filter(None, (metric.name, metric.description, better))))


RESULTS = Table(
    "results",
    "one published result, a system on a benchmark; ordered by id",
    (
        _text("id", "public id of the result; its page is /results/<id>/", "public_id"),
        _text("benchmark", "kws, vww, ic, ad, sww or ic2; see /benchmarks/"),
        _text("round", "round of MLPerf Tiny, or the round whose rules were applied"),
        _text("division", "closed or open"),
        _text("availability", "available, preview or rdi, as the submitter stated"),
        _text("provenance", "reviewed (by MLCommons), site-reviewed, self-reported, vendor-published, literature"),
        _text("submitter", "folder of the submitter, spelt as submitted", "submitter_directory"),
        _text("submitter_slug", "submitter on this site: /submitters/<slug>/"),
        _text("submitter_name", "name of the submitter"),
        Column("system_number", "integer", "", "the system in the table systems: /systems/<number>/", "system_id"),
        _text("system", "name of the system's folder, as submitted", "system_label"),
        _text("variant", "what tells several runs of one system on one benchmark apart"),
        _text("device", "device on this site: /devices/<slug>/", "device_slug"),
        _text("device_name", "name of the device"),
        _text("device_class", "mcu, mcu-npu, mcu-dsp, npu, fpga, fpga-softcore, linux-soc, mobile-npu, in-memory, "
              "event-based, uncurated"),
        _text("software", "software stack in short"),
        _text("framework", "framework, without its version"),
        _text("deployment_style", "hand-coded, code generation or interpreter"),
        _text("precision", "numeric format, as stated"),
        _text("neural_model", "neural model on this site: /models/<slug>/"),
        _number("clock_mhz", "MHz", "clock of the part that runs the network"),
        _metric("latency_ms"),
        _metric("throughput_inf_per_s"),
        _metric("energy_uj_per_inf"),
        _metric("average_power_mw"),
        _metric("supply_voltage_mv"),
        _text("energy_scope", "what the joules include: chip-rail, board, unknown; null when no energy was measured"),
        _text("quality_metric", "top1 (%), auc or fp_fn"),
        _number("quality_value", "", "quality in the unit of quality_metric; fp_fn: false positives + misses"),
        _text("quality_text", "quality with the digits as submitted; fp_fn: false positives/misses"),
        _number("quality_margin", "", "quality above the closed target, in its unit; negative below"),
        _text("evaluation_set", "data that the quality was measured on"),
        _number("latency_range", "", "longest ÷ shortest timed window − 1"),
        _text("duplicate_of", "id of the first result with the same performance log"),
        _text("findings", "codes of what the rules say, the gravest first, separated by spaces; see /rules/",
              "finding_codes"),
    ),
)  # fmt: skip

MEASUREMENTS = Table(
    "measurements",
    "one place of evidence of one measurement, or one measurement without evidence; ordered by result, metric, place",
    (
        _text("result", "public id of the result", "run__public_id"),
        _text("metric", "id of the metric, its unit at the end"),
        _number("value", "unit of metric", "the value"),
        _text("printed", "digits as submitted"),
        _text("how", "measured, derived or declared"),
        _text("reading", "stated in the files, or recomputed from them"),
        _text("energy_scope", "what the joules include; null where the metric is not an energy"),
        _number("recomputed_value", "unit of metric", "the same metric computed again from the raw log"),
        _text("recomputed_printed", "digits of the recomputed value"),
        Column("place", "integer", "", "number of the place of evidence, from 0", "evidence__position"),
        _text("path", "file of the evidence in the submission", "evidence__path"),
        Column("line", "integer", "", "first line of the evidence in that file, from 1", "evidence__line"),
        Column(
            "last_line", "integer", "", "last line of the evidence; null for one line", "evidence__last_line"
        ),
        _text("file_sha256", "SHA-256 of that file", "evidence__sha256"),
        _text("evidence_reading", "which reading this place stands for", "evidence__reading"),
        _text("text", "the line itself, once the files were imported", "evidence__text"),
    ),
)

SYSTEMS = Table(
    "systems",
    "one system under test with a published result; ordered by number",
    (
        Column("number", "integer", "", "number of the system: /systems/<number>/", "id"),
        _text("system", "name of its folder, as submitted", "system_id"),
        _text("device", "device on this site: /devices/<slug>/", "device__slug"),
        _text("availability", "available, preview or rdi, as the submitter stated"),
        _number("clock_mhz", "MHz", "clock of the processor"),
        _number("accelerator_clock_mhz", "MHz", "clock of the accelerator"),
        _text("processor", "processor, as described"),
        _text("accelerator", "accelerator, as described"),
        _text("software", "software stack in short"),
        _text("framework", "framework, without its version"),
        _text("framework_version", "version of the framework"),
        _text("compiler", "compiler, as described"),
        _text("deployment_style", "hand-coded, code generation or interpreter"),
        _text("description_path", "file of the system description"),
        _text("description_sha256", "SHA-256 of that file"),
        _text("description", "the description as a JSON array of [key, value, line]"),
    ),
)

TABLES = (RESULTS, SYSTEMS, MEASUREMENTS)


def dictionary_json() -> list[dict[str, object]]:
    """The dictionary for programs."""
    return [
        {
            "table": table.name,
            "rows": table.rows,
            "columns": [
                {"name": c.name, "kind": c.kind, "unit": c.unit or None, "meaning": c.meaning} for c in table.columns
            ],
        }
        for table in TABLES
    ]  # fmt: skip


def dictionary_markdown() -> str:
    """The dictionary as the tables of ``docs/data.md``."""
    return "\n".join(_markdown_lines())


def _markdown_lines() -> Iterator[str]:
    for table in TABLES:
        yield from (f"### {table.name}", "", f"A row is {table.rows}.", "")
        yield from ("| column | kind | unit | meaning |", "|---|---|---|---|")
        yield from (f"| `{c.name}` | {c.kind} | {c.unit} | {c.meaning} |" for c in table.columns)
        yield ""
