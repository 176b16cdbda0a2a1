"""Our own table of self-reported results: what is understood of it, and what is said of a wrong one."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from results.domain.records import Format, How
from submissions.formats.tabular import columns
from submissions.formats.tabular.evidence import shows
from submissions.formats.tabular.packing import bare_table_name, write_csv

from .tables import codes, folder, report, report_on, rows

ROOT = Path(__file__).resolve().parents[4]
EXAMPLE = ROOT / "docs" / "examples" / "self-reported"
SCHEMA = json.loads((ROOT / "submissions" / "formats" / "tabular" / "schema.json").read_text())


def test_a_table_becomes_systems_runs_and_values_of_the_open_division(tmp_path: Path) -> None:
    found = report_on(tmp_path, rows())
    assert (found.judgement.verdict, codes(found)) == ("valid", set())
    (record,) = found.read.submissions
    assert (record.division, record.submitter, record.format) == ("open", "example-lab", Format.TABLE)
    (run,) = record.runs
    assert {metric: (m.printed, m.how) for metric, m in run.measurements.items()} == {
        "latency_ms": ("104.2", How.MEASURED), "energy_uj_per_inf": ("2310", How.DERIVED),
        "top1_pct": ("90.1", How.MEASURED), "supply_voltage_mv": ("1800", How.DECLARED),
        "throughput_inf_per_s": ("9.597", How.DERIVED),
    }  # fmt: skip
    assert run.facts["energy_scope"] == "chip-rail"


def test_a_value_carries_the_line_of_the_table_and_the_line_that_it_cites(tmp_path: Path) -> None:
    (run,) = report_on(tmp_path, rows()).read.submissions[0].runs
    table, log = run.measurements["latency_ms"].evidence
    assert (table.path, table.line) == ("results.csv", 2)
    assert (log.path, log.line, log.text) == ("logs/kws.txt", 2, "median latency 104.2 ms")


def test_csv_and_json_of_the_example_say_the_same(tmp_path: Path) -> None:
    values = []
    for name in ("results.csv", "results.json"):
        (tmp_path / name).mkdir()
        root = folder(tmp_path / name, (EXAMPLE / name).read_bytes(), name)
        (root / "logs" / "kws.txt").write_bytes((EXAMPLE / "logs" / "kws.txt").read_bytes())
        found = report(root)
        assert (found.judgement.verdict, codes(found)) == ("valid", {"table.unit-converted"})
        (run,) = found.read.submissions[0].runs
        values.append({metric: (m.value, m.printed) for metric, m in run.measurements.items()})
    assert values[0] == values[1]
    assert values[0]["energy_uj_per_inf"] == (2310.0, "2310")


def test_the_schema_accepts_the_example_and_names_every_column() -> None:
    jsonschema.validate(json.loads((EXAMPLE / "results.json").read_text()), SCHEMA)
    system = SCHEMA["$defs"]["system"]["properties"]
    run, result = (SCHEMA["$defs"][name]["properties"] for name in ("run", "result"))
    named = {*SCHEMA["properties"], *system, *run, *result} - {"systems", "runs", "results"}
    assert named == set(columns.COLUMNS)


# one change to all rows, or to the row of one metric: the code that it gives, and whether the table stays valid
CHANGES = {
    "another version of the table": ("", {"tinysite_table": "2"}, "table.version", "unreadable"),
    "no device": ("", {"device": ""}, "table.missing-value", "invalid"),
    "a board that the catalogue lacks": ("", {"device": "Workbench One"}, "table.unknown-device", "valid"),
    "an unknown metric": ("latency_ms", {"metric": "speed"}, "table.unknown-metric", "invalid"),
    "an unknown benchmark": ("", {"benchmark": "mnist"}, "table.unknown-benchmark", "invalid"),
    "another unit": ("latency_ms", {"unit": "h"}, "table.unit", "invalid"),
    "an accepted unit": ("latency_ms", {"unit": "s", "value": "0.1042"}, "table.unit-converted", "valid"),
    "zero": ("latency_ms", {"value": "0"}, "table.not-positive", "invalid"),
    "not a number": ("latency_ms", {"value": "NaN"}, "table.not-a-number", "invalid"),
    "infinity": ("latency_ms", {"value": "1e999"}, "table.not-a-number", "invalid"),
    "next to nothing": ("latency_ms", {"value": "1e-320", "unit": "µs"}, "table.not-a-number", "invalid"),
    "a decimal comma": ("latency_ms", {"value": "104,2"}, "table.not-a-number", "invalid"),
    "a huge value": ("latency_ms", {"value": "99999999", "evidence_line": ""}, "value.out-of-range", "invalid"),
    "an energy without scope": ("", {"energy_scope": ""}, "table.scope-missing", "invalid"),
    "an energy without supply": ("", {"supply_voltage_mv": ""}, "table.supply-missing", "valid"),
    "no quality": ("top1_pct", {"metric": "average_power_mw", "unit": "mW", "how": "derived"},
                   "table.quality-missing", "invalid"),
    "a contradicting power": ("top1_pct", {"metric": "average_power_mw", "unit": "mW"}, "table.power-disagrees", "invalid"),
    "a contradicting throughput": (
        "energy_uj_per_inf", {"metric": "throughput_inf_per_s", "unit": "inf/s", "value": "12"}, "table.times-disagree",
        "invalid",
    ),
    "a metric twice": ("energy_uj_per_inf", {"metric": "latency_ms", "unit": "ms"}, "table.duplicate", "invalid"),
    "evidence that is not there": ("", {"evidence_file": "logs/lost.txt"}, "table.evidence-missing", "invalid"),
    "no evidence": ("", {"evidence_file": "", "evidence_line": ""}, "table.evidence-not-cited", "valid"),
    "a line that is not there": ("latency_ms", {"evidence_line": "99"}, "table.evidence-line", "invalid"),
    "a line with another number": ("latency_ms", {"evidence_line": "4"}, "table.evidence-differs", "valid"),
    "a network of one's own without its file": ("", {"model": "ds-cnn-s"}, "table.model-missing", "invalid"),
    "rows that disagree": ("top1_pct", {"clock_mhz": "80"}, "table.rows-disagree", "invalid"),
    "a formula": ("latency_ms", {"notes": "=1+2"}, "table.formula", "valid"),
    "a path out of the archive": ("", {"model_file": "/etc/passwd"}, "table.bad-text", "invalid"),
    "another round": ("", {"benchmark_version": "v1.2"}, "table.other-round", "invalid"),
    "no instrument": ("energy_uj_per_inf", {"how": "measured", "instrument": ""}, "table.instrument-missing", "valid"),
    "an unknown availability": ("", {"availability": "soon"}, "table.unknown-value", "invalid"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_table_with_one_change_is_reported(what: str, tmp_path: Path) -> None:
    metric, changes, code, verdict = CHANGES[what]
    found = report_on(tmp_path, rows(metric, **changes))
    assert code in codes(found)
    assert found.judgement.verdict == verdict


def test_memory_dataset_and_earlier_place_of_publication_are_kept_with_the_run(tmp_path: Path) -> None:
    said = {"dataset": "Speech Commands v2", "batch": "1", "flash_bytes": "98304"}
    place = {
        "source_url": "https://example.org/zoo/README.md",
        "source_commit": "0a1b2c3",
        "metric_name": "Inference time",
    }
    table = rows("", **said)
    table[0] |= place
    found = report_on(tmp_path, table)
    assert (found.judgement.verdict, codes(found)) == ("valid", set())
    facts = found.read.submissions[0].runs[0].facts
    assert {name: facts[name] for name in said} == said
    assert facts["sources"] == "https://example.org/zoo/README.md at 0a1b2c3"
    assert facts["metric_names"] == "latency_ms: Inference time"


@pytest.mark.parametrize(("change", "code"), [
    ({"batch": "16"}, "table.unknown-value"),
    ({"flash_bytes": "52 KiB"}, "table.bad-text"),
    ({"flash_bytes": "0"}, "table.bad-text"),
    ({"source_commit": "a b"}, "table.bad-text"),
    ({"benchmark": ""}, "table.missing-value"),
])  # fmt: skip
def test_batches_other_units_and_networks_outside_the_benchmarks_are_refused(
    change: dict[str, str], code: str, tmp_path: Path
) -> None:
    found = report_on(tmp_path, rows("", **change))
    assert code in codes(found)
    assert found.judgement.verdict in ("invalid", "unreadable")


def test_a_quality_alone_is_no_result(tmp_path: Path) -> None:
    found = report_on(tmp_path, [row for row in rows() if row["metric"] == "top1_pct"])
    assert "table.no-cost" in codes(found)
    assert found.judgement.verdict == "invalid"


def test_a_formula_stays_the_text_that_it_is(tmp_path: Path) -> None:
    (run,) = report_on(tmp_path, rows("latency_ms", notes="=1+2")).read.submissions[0].runs
    assert run.facts["notes"] == "=1+2"


def test_a_network_with_its_file_is_a_variant_and_keeps_its_hash(tmp_path: Path) -> None:
    table = rows(model="DS-CNN small", model_file="model/net.tflite")
    (run,) = report_on(tmp_path, table, net="weights").read.submissions[0].runs
    assert run.variant == "ds-cnn-small"
    assert len(run.facts["model_sha256"]) == 64


def test_a_network_with_another_hash_is_reported(tmp_path: Path) -> None:
    table = rows(model="small", model_file="model/net.tflite", model_sha256="0" * 64)
    assert "table.model-hash" in codes(report_on(tmp_path, table, net="weights"))


def test_the_supply_voltage_is_no_metric_and_the_message_says_where_it_belongs(tmp_path: Path) -> None:
    found = report_on(tmp_path, rows("latency_ms", metric="supply_voltage_mv"))
    (said,) = [finding for finding in found.judgement.findings if finding.code == "table.unknown-metric"]
    assert "own column" in said.mend


TABLE = write_csv(rows()).decode()
FILES = {
    "semicolons": (TABLE.replace(",", ";").encode(), "table.separator", "valid"),
    "utf-16": (TABLE.encode("utf-16"), "table.encoding", "unreadable"),
    "latin-1": (TABLE.encode("latin-1"), "table.encoding", "unreadable"),
    "no column of the unit's metric": (TABLE.replace("metric,", "metrics,", 1).encode(), "table.missing-column", "unreadable"),
    "an unknown column": (TABLE.replace("notes", "remarks", 1).encode(), "table.unknown-column", "valid"),
    "an open quotation mark": ((TABLE + '"1,a').encode(), "table.unreadable", "invalid"),
    "a short row": ((TABLE + "1,bench-board\n").encode(), "table.row-length", "invalid"),
    "nothing but a name": (b"tinysite_table\n", "table.missing-column", "unreadable"),
    "an empty file": (b"\n", "table.unreadable", "unreadable"),
}  # fmt: skip


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_is_no_plain_table_is_reported(what: str, tmp_path: Path) -> None:
    table, code, verdict = FILES[what]
    found = report(folder(tmp_path, table))
    assert code in codes(found)
    assert found.judgement.verdict == verdict


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    found = report(folder(tmp_path, b"\xef\xbb\xbf" + TABLE.encode()))
    assert (found.judgement.verdict, codes(found)) == ("valid", set())


JSON = {
    "no JSON": ("{", "table.json-repaired"),
    "a list of systems that is none": ('{"tinysite_table": 1, "systems": 3}', "table.shape"),
    "a key twice": ('{"tinysite_table": 1, "tinysite_table": 1, "systems": []}', "table.key-twice"),
    "no result": ('{"tinysite_table": 1, "systems": []}', "table.unreadable"),
    "an unknown key": ('{"tinysite_table": 1, "speed": 1, "systems": []}', "table.unknown-column"),
    "deep nesting": ('{"systems": ' + "[" * 5000 + "]" * 5000 + "}", "table.unreadable"),
}


@pytest.mark.parametrize("what", JSON)
def test_a_json_table_of_another_shape_is_reported(what: str, tmp_path: Path) -> None:
    text, code = JSON[what]
    found = report(folder(tmp_path, text.encode(), "results.json"))
    assert code in codes(found)
    assert found.judgement.verdict == "unreadable"


def test_two_tables_are_one_too_many(tmp_path: Path) -> None:
    root = folder(tmp_path, TABLE.encode())
    (root / "results.json").write_text("{}")
    assert "table.two-tables" in codes(report(root))


@pytest.mark.parametrize(
    ("line", "number", "shown"),
    [
        ("latency 104.2 ms", "104.2", True),
        ("latency 0.10421 s", "104.2", True),
        ("energy 2.32e-3 J", "2310", False),
        ("energy 2.31e-3 J", "2310", True),
        ("90,1 %", "90.1", True),
        ("nothing", "90.1", False),
        ("90.9 %", "90.1", False),
    ],
)
def test_a_line_shows_a_value_by_its_digits(line: str, number: str, shown: bool) -> None:
    assert shows(line, (number,)) is shown


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (TABLE.encode(), "results.csv"),
        (TABLE.encode("utf-16"), "results.csv"),
        (b'\xef\xbb\xbf {"tinysite_table": 1}', "results.json"),
        (b"PK\x03\x04 tinysite_table", None),
        (b"name,age\n", None),
    ],
)
def test_a_bare_table_is_known_by_its_content(data: bytes, name: str | None, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(data)
    assert bare_table_name(path) == name
