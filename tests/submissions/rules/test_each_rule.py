"""Each rule: a record that breaks it gives its code, the nearest record that does not gives nothing."""

from __future__ import annotations

import pytest

from results.domain.records import Reading, SystemField
from submissions.rules.catalogue import CHECKS

from .changes import (
    KWS,
    Make,
    anomaly,
    described,
    disagreeing_window,
    extra_file,
    from_log,
    metered,
    replaced,
    stated,
    timed,
    two_runs,
    without,
)
from .records import (
    FOLDER,
    SYSTEM,
    a_run,
    a_streaming_run,
    a_submission,
    codes,
    eembc_files,
    files,
    judged,
    measurement,
)

RECOMPUTED = measurement("throughput_inf_per_s", 99.5, reading=Reading.RECOMPUTED)
TOP1_RECOMPUTED = measurement("top1_pct", 91.5, reading=Reading.RECOMPUTED)
RATE = 1000 / 10.05

# code: (round, record that breaks the rule, nearest record that does not)
TABLE: dict[str, tuple[str, Make, Make]] = {
    "layout.file-too-large": (
        "v1.1", lambda: extra_file("code/a.bin", 501 << 20), lambda: extra_file("code/a.bin", 500 << 20),
    ),
    "layout.pycache": (
        "v1.1", lambda: extra_file("code/__pycache__/a.pyc"), lambda: extra_file("code/pycache/a.pyc"),
    ),
    "layout.hidden-name": ("v1.1", lambda: extra_file("code/.config"), lambda: extra_file("code/config.")),
    "layout.space-in-name": ("v1.1", lambda: extra_file("code/a b.txt"), lambda: extra_file("code/a_b.txt")),
    "layout.runner-marker-missing": (
        "v1.3", lambda: replaced(),
        lambda: replaced(files=eembc_files(KWS, "performance", "accuracy") + files(KWS, "EEMBC_RUNNER")),
    ),
    "layout.system-file-in-subfolder": (
        "v1.1", lambda: described(path=f"{FOLDER}/systems/a/{SYSTEM}.json"),
        lambda: described(path=f"{FOLDER}/systems/{SYSTEM}.json"),
    ),
    "system.status-missing": ("v1.1", lambda: described(Status=""), lambda: described(Status="RDI")),
    "system.status-unknown": ("v1.1", lambda: described(Status="Soon"), lambda: described(Status="PREVIEW")),
    "system.system-type-key": (
        "v1.1", lambda: described(extra=(SystemField("system_type", "edge", 40),)),
        lambda: described(extra=(SystemField("System Type", "edge", 40),)),
    ),
    "system.division-contradicts-folder": (
        "v1.1", lambda: described(Division="Open"), lambda: described(Division="closed"),
    ),
    "system.key-missing": ("v1.1", lambda: described(Hardware_Notes=None), lambda: described(Hardware_Notes="")),
    "system.key-empty": ("v1.1", lambda: described(SoC_Name=" "), lambda: described(SoC_Name="EX32")),
    "files.mode-missing": (
        "v1.1", lambda: replaced(files=eembc_files(KWS, "performance")),
        lambda: replaced(files=eembc_files(KWS, "performance", "accuracy")),
    ),
    "files.results-missing": ("v1.1", lambda: without("accuracy/results.txt"), lambda: without()),
    "files.log-missing": ("v1.1", lambda: without("performance/log.txt"), lambda: without()),
    "files.script-missing": ("v1.1", lambda: without("performance/script.async"), lambda: without()),
    "files.results-json-missing": (
        "v1.3", lambda: without(runner="MLCommons", kind="script.async"),
        lambda: without(runner="MLCommons", kind="results.json"),
    ),
    "files.unexpected": (
        "v1.1", lambda: replaced(files=a_run().files + files(KWS, "accuracy/notes.doc")),
        lambda: replaced(files=a_run().files + files(KWS, "accuracy/plot.png", "energy/trace1-energy.bin",
                                                     "energy/results.txt", "energy/log.txt", "energy/script.async")),
    ),
    "benchmark.not-in-round": (
        "v1.2", lambda: a_submission(a_streaming_run()), lambda: a_submission(a_run("ad")),
    ),
    "benchmark.needs-smaller-size": (
        "v1.3", lambda: a_submission(a_run("ic2"), a_run("ic", system_id="another_board")),
        lambda: a_submission(a_run("ic2"), a_run("ic")),
    ),
    "run.runner-not-allowed": (
        "v1.1", lambda: replaced(runner="MLCommons"), lambda: replaced(runner=None),
    ),
    "run.same-log-as-another-run": ("v1.1", lambda: two_runs("aa" * 32), lambda: two_runs("bb" * 32)),
    "perf.no-median": (
        "v1.1", lambda: stated(throughput_inf_per_s=RECOMPUTED), lambda: stated(throughput_inf_per_s=99.5),
    ),
    "perf.no-windows": ("v1.1", lambda: replaced(windows=()), lambda: a_submission(a_streaming_run())),
    "perf.window-count": ("v1.1", lambda: timed(*[10.05] * 4), lambda: timed(*[10.05] * 5)),
    "perf.window-too-short": ("v1.1", lambda: timed(10.1, 10.2, 9.999, 10.1, 10.1), lambda: timed(*[10.0] * 5)),
    "perf.too-few-iterations": (
        "v1.1", lambda: timed(*[12.0] * 5, iterations=9), lambda: timed(*[12.0] * 5, iterations=10),
    ),
    "perf.median-disagrees": (
        "v1.1", lambda: stated(throughput_inf_per_s=RATE * 1.01), lambda: stated(throughput_inf_per_s=RATE * 1.0005),
    ),
    "perf.window-disagrees": (
        "v1.1", lambda: disagreeing_window(1.01), lambda: disagreeing_window(1.0005),
    ),
    "perf.log-disagrees": ("v1.1", lambda: from_log(RATE * 1.003), lambda: from_log(RATE * 1.0015)),
    "perf.other-stimuli": (
        "v1.1", lambda: a_submission(a_run("ic", facts={"performance_stimuli": "ic01-v0.5"})),
        lambda: a_submission(a_run("ic", facts={"performance_stimuli": "ic01-v0.7"})),
    ),
    "closed.accuracy-below-target": ("v1.1", lambda: stated(top1_pct=89.9), lambda: stated(top1_pct=90.0)),
    "accuracy.at-target-by-rounding": ("v1.1", lambda: anomaly(0.85, "0.85"), lambda: anomaly(0.8504, "0.8504")),
    "accuracy.not-stated": (
        "v1.1", lambda: stated(top1_pct=TOP1_RECOMPUTED), lambda: stated(top1_pct=91.5),
    ),
    "accuracy.log-disagrees": (
        "v1.1", lambda: from_log(91.0, "top1_pct"), lambda: from_log(91.45, "top1_pct"),
    ),
    "accuracy.other-stimuli": (
        "v1.1", lambda: replaced(facts={"accuracy_stimuli": "other"}),
        lambda: replaced(facts={"accuracy_stimuli": "kws01"}),
    ),
    "accuracy.not-whole-set": (
        "v1.1", lambda: replaced(facts={"accuracy_inputs": "23"}), lambda: replaced(facts={"accuracy_inputs": "1000"}),
    ),
    "energy.window-count": ("v1.1", lambda: metered(*[10.05] * 4), lambda: metered(*[10.05] * 5)),
    "energy.window-too-short": ("v1.1", lambda: metered(*[5.942] * 5, iterations=50), lambda: metered(*[10.0] * 5)),
    "energy.too-few-iterations": (
        "v1.1", lambda: metered(*[12.0] * 5, iterations=9), lambda: metered(*[12.0] * 5, iterations=10),
    ),
    "energy.median-disagrees": (
        "v1.1", lambda: metered(*[10.05] * 5, energy_uj_per_inf=121.0, average_power_mw=None),
        lambda: metered(*[10.05] * 5, energy_uj_per_inf=120.05, average_power_mw=None),
    ),
    "energy.power-mismatch": (
        "v1.1", lambda: metered(*[10.05] * 5, average_power_mw=0.12 * RATE * 1.03),
        lambda: metered(*[10.05] * 5, average_power_mw=0.12 * RATE * 1.01),
    ),
    "energy.throughput-differs": (
        "v1.1", lambda: metered(*[10.05] * 5, energy_throughput_inf_per_s=RATE * 1.03, average_power_mw=None),
        lambda: metered(*[10.05] * 5, energy_throughput_inf_per_s=RATE * 1.01, average_power_mw=None),
    ),
    "energy.throughput-far-off": (
        "v1.1", lambda: metered(*[10.05] * 5, energy_throughput_inf_per_s=RATE * 1.4, average_power_mw=None),
        lambda: metered(*[10.05] * 5, energy_throughput_inf_per_s=RATE * 1.09, average_power_mw=None),
    ),
    "energy.no-voltage": (
        "v1.1", lambda: metered(*[10.05] * 5, supply_voltage_mv=None), lambda: metered(*[10.05] * 5),
    ),
    "sww.detection-sum": (
        "v1.3", lambda: a_submission(a_streaming_run(hits=44, misses=5)), lambda: a_submission(a_streaming_run()),
    ),
    "sww.too-many-false-positives": (
        "v1.3", lambda: a_submission(a_streaming_run(false_alarms=9)),
        lambda: a_submission(a_streaming_run(false_alarms=8)),
    ),
    "sww.too-many-false-negatives": (
        "v1.3", lambda: a_submission(a_streaming_run(hits=41, misses=9)),
        lambda: a_submission(a_streaming_run(hits=42, misses=8)),
    ),
    "sww.image-missing": (
        "v1.3", lambda: a_submission(a_streaming_run(image=False)), lambda: a_submission(a_streaming_run()),
    ),
    "value.out-of-range": ("v1.1", lambda: stated(latency_ms=4e6), lambda: stated(latency_ms=3.6e6)),
}  # fmt: skip

ELSEWHERE = {"open.accuracy-below-target", "run.same-log-as-earlier-round"}
"""Rules that need another division or another round, tested below."""


@pytest.mark.parametrize("code", sorted(TABLE))
def test_a_record_that_breaks_the_rule_gives_its_code(code: str) -> None:
    round, breaking, _ = TABLE[code]
    found = [finding for finding in judged(breaking(), round=round).findings if finding.code == code]
    assert found
    for finding in found:
        assert finding.file
        assert finding.expected
        assert finding.found
        assert finding.mend
        assert finding.expected != finding.found


@pytest.mark.parametrize("code", sorted(TABLE))
def test_the_nearest_record_that_keeps_the_rule_does_not(code: str) -> None:
    round, _, passing = TABLE[code]
    assert code not in codes(judged(passing(), round=round))


def test_every_rule_is_in_the_table() -> None:
    of_tables = {code for code in CHECKS if code.startswith("table.")}  # see formats/tabular/test_reader.py
    assert set(CHECKS) == set(TABLE) | ELSEWHERE | of_tables
