"""One benchmark folder: reads its files and assembles the run's record with measurements, facts and findings."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from results.domain.findings import Finding
from results.domain.records import Evidence, How, MeasurementRecord, Reading, RunRecord, Window

from ..codes import make_finding
from ..tree import MIB, Tree
from . import recompute
from .eembc import RunnerLog, read_eembc_log
from .labels import LabelSet, complete_set, containing_set
from .layout import RunFolder
from .measurements import Source, latency_from
from .mlcommons import is_mlcommons_log, read_mlcommons_log, read_results_json
from .mode_files import ModeFiles, is_of_mode, printed_windows
from .numbers import Stated, rounded, significant_digits
from .results_text import Problem, read_results_text

MODELS = {"ad": "ad01", "ic": "ic01", "kws": "kws01", "vww": "vww01", "sww": "sww01", "ic2": "ic02"}
"""Benchmark to the name that the device and the label folders use."""

_LARGEST_TEXT = 32 * MIB
"""Logs of published rounds have up to 4 MB; a text takes many times its size in memory."""
_MOST_FINDINGS = 100
"""Of one kind in one file: a file of nothing but faults is not worth a finding per line."""
_MENDS = {
    "copy": "Read a complete copy of the submission.",
    "results": "Hand in results.txt exactly as the runner wrote it.",
    "log": "Hand in log.txt exactly as the runner wrote it.",
}


def read_run(tree: Tree, folder: RunFolder, labels: Sequence[LabelSet]) -> tuple[RunRecord, list[Finding]]:
    """The record of one run and what was found while reading it. Never raises for what the files hold."""
    return _RunReader(tree, folder, labels).read()


class _RunReader:
    """Collects measurements, recomputed values, facts and findings of one run, in that order."""

    def __init__(self, tree: Tree, folder: RunFolder, labels: Sequence[LabelSet]) -> None:
        self.tree, self.folder, self.labels = tree, folder, labels
        self.findings: list[Finding] = []
        self.measurements: dict[str, MeasurementRecord] = {}
        self.recomputed: dict[str, MeasurementRecord] = {}
        self.windows: list[Window] = []
        self.facts: dict[str, str] = {}

    def read(self) -> tuple[RunRecord, list[Finding]]:
        performance, accuracy, energy = (
            self.read_mode(mode) for mode in ("performance", "accuracy", "energy")
        )
        if self.folder.benchmark == "sww":
            self.read_streaming(energy if energy.results_source else performance, energy)
        else:
            self.read_throughput(performance)
            self.read_energy(energy)
            self.read_quality(accuracy)
        self.read_conditions(energy)
        self.read_facts(performance, accuracy, energy)
        modes = (performance, accuracy, energy)
        logs = [mode.log for mode in modes if mode.log]
        folder = self.folder
        record = RunRecord(
            submitter=folder.submitter, division=folder.division, system_id=folder.system_id,
            benchmark=folder.benchmark, variant=folder.variant, folder=folder.folder, runner=self.runner(modes),
            runner_version=next((log.version for log in logs if log.version), None),
            files=tuple(self.tree.files[path] for path in sorted(folder.files)), windows=tuple(self.windows),
            measurements=self.measurements, recomputed=self.recomputed,
            performance_log_sha256=performance.log_source.sha256 if performance.log_source else None,
            dut_model=next((log.model for log in logs if log.model), None), facts=self.facts,
        )  # fmt: skip
        return record, self.findings

    # files

    def read_mode(self, mode: str) -> ModeFiles:
        """Read what is here of one mode."""
        files = ModeFiles()
        path = self.folder.path(mode, "results") or self.folder.path(mode, "postproc")
        if path and (source := self.source(path)):
            files.results_source, files.results = source, read_results_text(source.lines)
            self.note_problems(source, files.results.problems)
        if (path := self.folder.path(mode, "log")) and (source := self.source(path)):
            files.log_source = source
            mlcommons = is_mlcommons_log(source.text)
            files.log = read_mlcommons_log(source.lines) if mlcommons else read_eembc_log(source.text)
            self.note_log(mode, source, files.log)
        if (path := self.folder.path(mode, "json")) and (source := self.source(path)):
            files.json_source, files.json = source, read_results_json(source.text)
            if files.json is None:
                self.note(
                    "results.json-unreadable",
                    path,
                    None,
                    "a JSON list of inferences",
                    "something else",
                    "results",
                )
        return files

    def source(self, path: str) -> Source | None:
        """A text file, None when it is too large to be one."""
        size_bytes = self.tree.files[path].size_bytes or 0
        if size_bytes > _LARGEST_TEXT:
            self.note(
                "file.too-large", path, None, f"at most {_LARGEST_TEXT} bytes", f"{size_bytes} bytes", "log"
            )
            return None
        return Source(path, self.tree.sha256(path), self.tree.read_plain_text(path))

    # values

    def read_throughput(self, performance: ModeFiles) -> None:
        """Stated median, else the median of the laps, else that of the printed windows; latency from it."""
        source = performance.results_source
        from_laps = self.throughput_from_laps(performance)
        if from_laps:
            self.recomputed["throughput_inf_per_s"] = from_laps
        if source:
            self.windows += printed_windows(performance.results, source.path, "performance")
            self.note_windows_missing(performance, len(self.windows))
        if not self.windows and performance.log_source:
            in_log = read_results_text(performance.log_source.lines)
            self.windows += printed_windows(in_log, performance.log_source.path, "performance")
        if not self.windows and performance.log_source:
            self.windows += recompute.windows_from_laps(performance.inferences, performance.log_source.path)
        stated = performance.results.last("median_throughput")
        if source and not stated:
            self.note(
                "results.no-median",
                source.path,
                None,
                "Median throughput is ... inf./sec.",
                "no such line",
                "results",
            )
        found = source.stated("throughput_inf_per_s", stated) if source and stated else from_laps
        if found is None and source:
            found = self.median_of_windows(
                "throughput_inf_per_s", source, "throughput_inf_per_s", "performance"
            )
        if found is None:
            self.note_missing("results.no-throughput", "performance", "Median throughput is ... inf./sec.")
            return
        self.measurements["throughput_inf_per_s"] = found
        self.measurements["latency_ms"] = latency_from(found)

    def throughput_from_laps(self, files: ModeFiles) -> MeasurementRecord | None:
        for source, inferences in (
            (files.log_source, files.log.inferences if files.log else []), (files.json_source, files.json or []),
        ):  # fmt: skip
            found = recompute.throughput(inferences)
            if source and found:
                return source.recomputed("throughput_inf_per_s", found)
        return None

    def read_energy(self, energy: ModeFiles) -> None:
        """Stated median energy, mean power from the windows, throughput of the energy run."""
        source = energy.results_source
        if source is None:
            if any(is_of_mode(path, self.folder.folder, "energy") for path in self.folder.files):
                self.note_missing("results.no-energy", "energy", "Median energy cost is ... uJ/inf.")
            return
        windows = printed_windows(energy.results, source.path, "energy")
        self.windows += windows
        stated = energy.results.last("median_energy")
        if stated:
            self.measurements["energy_uj_per_inf"] = source.stated("energy_uj_per_inf", stated)
        else:
            self.note_missing("results.no-energy", "energy", "Median energy cost is ... uJ/inf.")
        if (found := recompute.energy_uj_per_inf(windows)) is not None:
            self.recomputed["energy_uj_per_inf"] = source.recomputed("energy_uj_per_inf", found)
        power = self.median_of_windows("average_power_mw", source, "power_uw", "energy", 1 / 1000)
        if power:
            self.measurements["average_power_mw"] = power
        rate = energy.results.last("median_throughput")
        if rate:
            self.measurements["energy_throughput_inf_per_s"] = source.stated(
                "energy_throughput_inf_per_s", rate
            )
        if stated and rate:
            self.check_power(source, stated, rate)

    def check_power(self, source: Source, energy: Stated, rate: Stated) -> None:
        """Energy per inference times inferences per second must be the mean power: kept beside the stated one."""
        value = recompute.power_mw(energy.value, rate.value)
        printed = rounded(value, min(significant_digits(energy.printed), significant_digits(rate.printed)))
        evidence = (source.evidence(energy.line, Reading.STATED), source.evidence(rate.line, Reading.STATED))
        self.recomputed["average_power_mw"] = MeasurementRecord(
            "average_power_mw", value, printed, How.DERIVED, Reading.RECOMPUTED, evidence
        )

    def read_quality(self, accuracy: ModeFiles) -> None:
        """The quality metric of the benchmark: AUC for ad, Top-1 for the others; the other one means nothing."""
        metric, name = ("auc", "auc") if self.folder.benchmark == "ad" else ("top1_pct", "top1")
        found = self.quality_from_log(accuracy, metric)
        if found:
            self.recomputed[metric] = found
        source, stated = accuracy.results_source, accuracy.results.last(name)
        if source and stated:
            self.measurements[metric] = source.stated(metric, stated)
        elif found:
            self.measurements[metric] = found
        else:
            self.note_missing(
                "results.no-quality", "accuracy", f"a line with {'AUC' if metric == 'auc' else 'Top-1'}"
            )

    def quality_from_log(self, accuracy: ModeFiles, metric: str) -> MeasurementRecord | None:
        """Top-1 or AUC from the outputs for exactly the inputs of a known set."""
        source = accuracy.log_source if accuracy.log and accuracy.log.inferences else accuracy.json_source
        with_vector = [entry for entry in accuracy.inferences if entry.vector_line]
        if source is None or not with_vector:
            return None
        model = MODELS[self.folder.benchmark]
        outputs = recompute.last_outputs(with_vector)
        scores = recompute.anomaly_scores(with_vector)
        truth = complete_set(self.labels, model, scores if metric == "auc" else outputs)
        if truth is None or (metric == "auc" and len(set(truth.classes.values())) < 2):
            self.note("log.inputs-incomplete", source.path, with_vector[0].vector_line, f"the inputs of a set of {model}",
                      f"{len(outputs)} different inputs", "log")  # fmt: skip
            return None
        if metric == "auc":
            value = recompute.auc_score([truth.classes[file] for file in scores], list(scores.values()))
        else:
            value = recompute.top1_pct(outputs, truth.classes)
        lines = [entry.vector_line for entry in with_vector if entry.vector_line]
        found = recompute.Recomputed(value, lines[0], lines[-1], 3)
        return source.recomputed(metric, found)

    def read_streaming(self, files: ModeFiles, energy: ModeFiles) -> None:
        """Streaming wakeword: one run gives counts, duty cycle and throughput, in energy/ the mean power too."""
        source, results = files.results_source, files.results
        if source is None:
            self.note_missing("results.no-throughput", "performance", "Estimated throughput: ... inf./sec.")
            return
        names = {
            "sww_true_positives": "true_positives", "sww_false_negatives": "false_negatives",
            "sww_false_positives": "false_positives", "sww_duty_cycle": "duty_cycle", "sww_period_s": "period",
            "throughput_inf_per_s": "estimated_throughput",
        }  # fmt: skip
        for metric, name in names.items():
            if stated := results.last(name):
                self.measurements[metric] = source.stated(metric, stated)
        if found := self.measurements.get("throughput_inf_per_s"):
            self.measurements["latency_ms"] = latency_from(found)
        else:
            self.note_missing("results.no-throughput", "performance", "Estimated throughput: ... inf./sec.")
        if "sww_true_positives" not in self.measurements:
            self.note_missing("results.no-quality", "energy", "Accuracy: ... True positives, ...")
        if energy.results_source:
            self.read_streaming_power(energy, energy.results_source)

    def read_streaming_power(self, energy: ModeFiles, source: Source) -> None:
        """Mean power of the whole run; what the runner calls energy per inference there is that of the whole run."""
        self.windows += printed_windows(energy.results, source.path, "energy", per_inference=False)
        power = next(
            (b.values["power_uw"] for b in reversed(energy.results.blocks) if "power_uw" in b.values), None
        )
        if power is None:
            self.note_missing("results.no-energy", "energy", "Power : ... mW.")
            return
        in_mw = Stated(power.value / 1000, power.printed, power.line, power.text)
        if "uW" in power.text:
            in_mw = Stated(power.value / 1000, rounded(power.value / 1000, 7), power.line, power.text)
        self.measurements["average_power_mw"] = source.stated("average_power_mw", in_mw)

    def median_of_windows(
        self, metric: str, source: Source, name: str, phase: str, factor: float = 1.0
    ) -> MeasurementRecord | None:
        """The median over windows of the field ``name``, times ``factor``."""
        windows = [
            window for window in self.windows if window.phase == phase and getattr(window, name) is not None
        ]
        if not windows:
            return None
        value = median(getattr(window, name) for window in windows) * factor
        evidence: tuple[Evidence, ...] = tuple(
            source.evidence(window.line, Reading.STATED) for window in windows if window.path == source.path
        )
        return MeasurementRecord(metric, value, rounded(value, 6), How.DERIVED, Reading.RECOMPUTED, evidence)

    # conditions and facts

    def read_conditions(self, energy: ModeFiles) -> None:
        """Supply voltage as the energy run's log states it."""
        if energy.log and energy.log_source and energy.log.voltages:
            stated = energy.log.voltages[-1]
            self.measurements["supply_voltage_mv"] = energy.log_source.stated(
                "supply_voltage_mv", stated, How.DECLARED
            )

    def read_facts(self, performance: ModeFiles, accuracy: ModeFiles, energy: ModeFiles) -> None:
        """Energy monitor, session, runner plug-in, and which accuracy set was used."""
        if energy.log and energy.log.monitor:
            self.facts["energy_monitor"] = energy.log.monitor
        logs = [mode.log for mode in (performance, energy, accuracy) if mode.log]
        for name in ("session_start", "plugin"):
            value = next((getattr(log, name) for log in logs if getattr(log, name)), None)
            if value:
                self.facts[{"plugin": "runner_benchmark"}.get(name, name)] = value
        self.read_stimuli("accuracy", accuracy)
        self.read_stimuli("performance", performance)

    def read_stimuli(self, mode: str, files: ModeFiles) -> None:
        """The set that the inputs of a mode belong to. That of one mode proves nothing of the other: both occur."""
        inputs = files.log.inputs if files.log else []
        if not inputs and (path := self.folder.path(mode, "script")) and (source := self.source(path)):
            commands = (f"Command {line[line.find('bload') - 1 :]}" for line in source.lines)
            inputs = read_eembc_log("\n".join(commands)).inputs
        if not inputs:
            return
        found = containing_set(self.labels, MODELS[self.folder.benchmark], inputs)
        self.facts[f"{mode}_stimuli"] = found.name if found else "other"
        if mode == "accuracy":
            self.facts["accuracy_inputs"] = str(len(inputs))

    def runner(self, modes: Sequence[ModeFiles]) -> str | None:
        """Which runner wrote the files, None when no file tells."""
        named = next((mode.log.runner for mode in modes if mode.log and mode.log.runner), None)
        names = {path.rsplit("/", 1)[-1] for path in self.folder.files}
        if named:
            return named
        if "EEMBC_RUNNER" in names or any(name.endswith(".async") for name in names):
            return "EEMBC"
        return "MLCommons" if "results.json" in names else None

    # findings

    def note(self, code: str, path: str, line: int | None, expected: str, found: str, kind: str) -> None:
        folder = self.folder
        self.findings.append(make_finding(
            code, file=path, line=line, expected=expected, found=found, mend=_MENDS[kind], submitter=folder.submitter,
            division=folder.division, system=folder.system_id, run=folder.key,
        ))  # fmt: skip

    def note_problems(self, source: Source, problems: Sequence[Problem]) -> None:
        for problem in problems[:_MOST_FINDINGS]:
            self.note(problem.code, source.path, problem.line, problem.expected, problem.found, "results")

    def note_missing(self, code: str, mode: str, expected: str) -> None:
        """A value that cannot be read: no fault of the submission when this copy left out what may hold it."""
        left_out = [
            path for path in sorted(self.folder.files)
            if not self.tree.is_here(path) and is_of_mode(path, self.folder.folder, mode)
            and path.endswith(("log.txt", "results.txt"))
        ]  # fmt: skip
        if left_out:
            self.note("file.not-in-copy", left_out[0], None, expected, "this copy left the file out", "copy")
        else:
            self.note(code, f"{self.folder.folder}/{mode}", None, expected, "nothing", "results")

    def note_windows_missing(self, performance: ModeFiles, printed: int) -> None:
        """An EEMBC log with fewer windows than the ``printed`` ones; one that breaks off within a window is noted."""
        source, log = performance.log_source, performance.log
        if source is None or log is None or log.runner == "MLCommons":
            return
        held = len(log.inferences)
        if held < printed and all(entry.done for entry in log.inferences):
            expected = f"{printed} timed windows"
            self.note("log.windows-missing", source.path, None, expected, str(held), "log")

    def note_log(self, mode: str, source: Source, log: RunnerLog) -> None:
        for line in log.bad_vectors[:_MOST_FINDINGS]:
            self.note(
                "log.result-unreadable",
                source.path,
                line,
                "finite numbers",
                source.lines[line - 1][:80],
                "log",
            )
        model = MODELS[self.folder.benchmark]
        if log.model and log.model != model:
            self.note("log.other-model", source.path, None, model, log.model, "log")
        if log.runner == "EEMBC" and log.inferences and not log.inferences[-1].done:
            self.note(
                "log.truncated",
                source.path,
                log.inferences[-1].line,
                "m-infer-done",
                "the end of the log",
                "log",
            )
        elif mode == "performance" and log.runner == "EEMBC":
            unreadable = [entry for entry in log.inferences if entry.duration_us is None]
            for entry in unreadable[:_MOST_FINDINGS]:
                found = str(list(entry.laps_us[:2]))
                self.note(
                    "log.laps-unreadable", source.path, entry.line, "two rising lap times", found, "log"
                )
