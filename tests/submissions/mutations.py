"""Ways to break a valid submission on disk, each with the code that has to come of it.

A mutation changes files of a :class:`Target` by text, so that the same table works on a small submission made for the
tests and on a folder of a published round.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Target:
    """A round folder with one submitter and one system.

    ``run`` is a kws run with energy, ``other_run`` an ic run of the same system, ``streaming`` an sww run (v1.3 only).
    """

    root: Path
    submitter: Path
    system_file: Path
    run: Path
    other_run: Path
    streaming: Path | None = None

    @property
    def performance(self) -> Path:
        return self.run / "performance"

    @property
    def accuracy(self) -> Path:
        return self.run / "accuracy"

    @property
    def energy(self) -> Path:
        return self.run / "energy"


@dataclass(frozen=True)
class Mutation:
    """``break_it`` changes a valid target so that ``code`` is found.

    ``without_log`` is found instead where a copy of a round leaves out the log that might have held the value.
    """

    name: str
    code: str
    break_it: Callable[[Target], None]
    runner: str = "EEMBC"
    without_log: str | None = None


def edit(path: Path, pattern: str, replacement: str | Callable[[re.Match[str]], str], count: int = 0) -> None:
    """Replace in the text of ``path``; AssertionError when nothing changed, for then the mutation is none."""
    before = path.read_text(encoding="utf-8", errors="surrogateescape")
    after = re.sub(pattern, replacement, before, count=count, flags=re.MULTILINE)
    assert after != before, f"{path}: nothing matches {pattern}"
    path.write_text(after, encoding="utf-8", errors="surrogateescape")


def cut(path: Path, pattern: str, *, last: bool = False) -> None:
    """Drop the text of ``path`` from the first (or last) match on."""
    text = path.read_text(encoding="utf-8")
    found = list(re.finditer(pattern, text))
    path.write_text(text[: found[-1 if last else 0].start()], encoding="utf-8")


def scaled(factor: float) -> Callable[[re.Match[str]], str]:
    """The first group as it is, the second as a number times ``factor``."""
    return lambda match: f"{match[1]}{float(match[2]) * factor:.3f}"


def add(path: Path, text: str = "text\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def rename(path: Path, name: str) -> Path:
    return path.rename(path.with_name(name))


def drop_first_window(path: Path) -> None:
    """Take window 2 out of results.txt, its energy as well as its timing."""
    edit(path, r"^.*(Energy data|Performance results) for window 2\b.*\n(?:(?!.*(window|Median)).*\n)*", "")


def into_open(target: Target) -> None:
    edit(target.system_file, r'("Division"\s*:\s*)"\w+"', r'\1"Open"')
    edit(target.accuracy / "results.txt", r"(Top-1: )[\d.]+", r"\g<1>71.0")
    target.submitter.parent.rename(target.root / "open")


def move_system_file_down(target: Target) -> None:
    folder = target.system_file.parent / "boards"
    folder.mkdir()
    target.system_file.rename(folder / target.system_file.name)


def misspell_system_name(target: Target) -> None:
    rename(target.system_file, f"{target.system_file.stem}_system_description.json")


def break_json(target: Target) -> None:
    target.system_file.write_text("Submitter: Example Lab\n", encoding="utf-8")


def remove_voltage(target: Target) -> None:
    edit(target.energy / "log.txt", r"^.*m-voltage-mv.*\n", "")
    notes = r'("Hardware Notes"\s*:\s*)"[^"]+"'
    if re.search(notes, target.system_file.read_text(encoding="utf-8")):
        edit(target.system_file, notes, r'\1""')


def copy_log(target: Target) -> None:
    shutil.copy(target.performance / "log.txt", target.other_run / "performance" / "log.txt")


def repeat_results(target: Target) -> None:
    path = target.performance / "results.txt"
    path.write_text(path.read_text(encoding="utf-8") * 2, encoding="utf-8")


def link(target: Target) -> None:
    (target.submitter / "latest").symlink_to(target.run)


def link_file(target: Target) -> None:
    path = target.performance / "log.txt"
    path.unlink()
    path.symlink_to(target.other_run / "performance" / "log.txt")


def not_utf8(target: Target) -> None:
    path = target.performance / "results.txt"
    path.write_bytes(b"\xff\xfe caf\xe9\n" + path.read_bytes())


def make_ic2(target: Target) -> None:
    rename(target.other_run, "ic2")


def sww(target: Target, pattern: str, replacement: str) -> None:
    assert target.streaming is not None
    edit(target.streaming / "energy" / "results.txt", pattern, replacement)


def remove_sww_image(target: Target) -> None:
    assert target.streaming is not None
    (target.streaming / "energy" / "energy_inf_000.png").unlink()


def json_edit(pattern: str, replacement: str, count: int = 0) -> Callable[[Target], None]:
    return lambda target: edit(target.system_file, pattern, replacement, count)


def perf_edit(
    pattern: str, replacement: str | Callable[[re.Match[str]], str], count: int = 0
) -> Callable[[Target], None]:
    return lambda target: edit(target.performance / "results.txt", pattern, replacement, count)


def log_edit(
    pattern: str, replacement: str | Callable[[re.Match[str]], str], count: int = 0
) -> Callable[[Target], None]:
    return lambda target: edit(target.performance / "log.txt", pattern, replacement, count)


def energy_edit(pattern: str, replacement: str | Callable[[re.Match[str]], str]) -> Callable[[Target], None]:
    return lambda target: edit(target.energy / "results.txt", pattern, replacement)


MLC = "MLCommons"
STATUS = r'("Status"\s*:\s*)"\w+"'
MEDIAN = r"(Median throughput is\s+)([\d.]+)"

MUTATIONS = (
    # files
    Mutation("no accuracy results", "files.results-missing", lambda t: (t.accuracy / "results.txt").unlink()),
    Mutation("no performance results", "files.results-missing", lambda t: (t.performance / "results.txt").unlink()),
    Mutation("no performance log", "files.log-missing", lambda t: (t.performance / "log.txt").unlink()),
    Mutation("no energy log", "files.log-missing", lambda t: (t.energy / "log.txt").unlink()),
    Mutation("no script", "files.script-missing", lambda t: (t.performance / "script.async").unlink()),
    Mutation("no accuracy run", "files.mode-missing", lambda t: shutil.rmtree(t.accuracy)),
    Mutation("no performance run", "files.mode-missing", lambda t: shutil.rmtree(t.performance)),
    Mutation("a foreign file", "files.unexpected", lambda t: add(t.performance / "notes.docx")),
    Mutation("no results.json", "files.results-json-missing", lambda t: (t.performance / "results.json").unlink(), MLC),
    # folders and names
    Mutation("a link to a folder", "archive.link", link),
    Mutation("a link to a log", "archive.link", link_file),
    Mutation("a leftover of macOS", "file.junk", lambda t: add(t.run / ".DS_Store")),
    Mutation("a lock file of an office program", "file.junk", lambda t: add(t.submitter / "systems" / "~$list.docx")),
    Mutation("a hidden file", "layout.hidden-name", lambda t: add(t.submitter / "code" / ".notes")),
    Mutation("a space in a name", "layout.space-in-name", lambda t: add(t.submitter / "code" / "read me.txt")),
    Mutation("an empty folder", "layout.empty-folder", lambda t: (t.submitter / "code" / "kws").mkdir(parents=True)),
    Mutation("__pycache__", "layout.pycache", lambda t: add(t.submitter / "code" / "__pycache__" / "run.pyc")),
    Mutation("a misspelt energy folder", "layout.mode-name", lambda t: rename(t.energy, "enegy") and None),
    Mutation("a benchmark in full", "layout.benchmark-name", lambda t: rename(t.run, "keyword_spotting") and None),
    Mutation("an unknown benchmark", "layout.unknown-benchmark", lambda t: rename(t.run, "gesture") and None),
    Mutation("a folder for the variant", "layout.extra-level",
             lambda t: shutil.move(t.performance, t.run / "int8" / "performance") and None),
    # system description
    Mutation("no system description", "system.description-missing", lambda t: t.system_file.unlink()),
    Mutation("another name", "system.name-mismatch", misspell_system_name),
    Mutation("one folder too deep", "layout.system-file-in-subfolder", move_system_file_down),
    Mutation("no JSON at all", "system.json-unreadable", break_json),
    Mutation("a missing comma", "system.json-repaired", json_edit(r'("Status"\s*:\s*"\w+"),', r"\1")),
    Mutation("a trailing comma", "system.json-repaired", json_edit(r"\n?\s*\}\s*\Z", ",\n}\n")),
    Mutation("a key twice", "system.key-twice", json_edit(STATUS, r'\1"Available", "Status": ""', 1)),
    Mutation("no status", "system.status-missing", json_edit(r'"Status"\s*:\s*"\w+",', "")),
    Mutation("an empty status", "system.status-missing", json_edit(STATUS, r'\1""')),
    Mutation("an unknown status", "system.status-unknown", json_edit(STATUS, r'\1"Sold out"')),
    Mutation("a key of another suite", "system.system-type-key", json_edit(r'"Status"', '"system_type": "edge", "Status"', 1)),
    Mutation("the other division", "system.division-contradicts-folder", json_edit(r'("Division"\s*:\s*)"\w+"', r'\1"Open"')),
    Mutation("no clock", "system.key-empty", json_edit(r'("Processor\(s\) Frequencies"\s*:\s*)"[^"]*"', r'\1""')),
    # performance
    Mutation("four windows", "perf.window-count", lambda t: drop_first_window(t.performance / "results.txt")),
    Mutation("nine seconds", "perf.window-too-short", perf_edit(r"(Runtime\s*:\s*)[\d.]+", r"\g<1>9.000")),
    Mutation("nine inferences", "perf.too-few-iterations", perf_edit(r"(# Inferences\s*:\s*)\d+", r"\g<1>9")),
    Mutation("no median", "perf.no-median", perf_edit(r"^.*Median throughput.*\n", "")),
    Mutation("an edited median", "perf.median-disagrees", perf_edit(MEDIAN, scaled(1.3))),
    Mutation("edited windows", "perf.window-disagrees", perf_edit(r"(Throughput\s*:\s*)([\d.]+)", scaled(1.3))),
    Mutation("the log of a faster run", "perf.log-disagrees", log_edit(r"(m-lap-us-)(\d+)", lambda m: f"{m[1]}{int(m[2]) * 9 // 10}")),
    Mutation("NaN", "results.not-a-number", perf_edit(MEDIAN, r"\1nan")),
    Mutation("a negative throughput", "results.not-positive", perf_edit(MEDIAN, r"\1-\2")),
    Mutation("a throughput of zero", "results.not-positive", perf_edit(MEDIAN, r"\g<1>0.000")),
    Mutation("another unit", "results.unit", perf_edit(r"(Median throughput.*) inf\./sec\.", r"\1 inf./min.")),
    Mutation("faster than light", "value.out-of-range", perf_edit(MEDIAN, r"\g<1>99999999.000")),
    Mutation("the output twice", "results.repeated", repeat_results),
    Mutation("no UTF-8", "file.not-utf8", not_utf8),
    Mutation("a truncated log", "log.truncated", lambda t: cut(t.performance / "log.txt", r"[^\n]*m-infer-done", last=True)),
    Mutation("broken lap times", "log.laps-unreadable", log_edit(r"m-lap-us-\d+", "m-lap-us-")),
    Mutation("the log of another model", "log.other-model", log_edit(r"m-model-\[\w+\]", "m-model-[ic01]")),
    Mutation("one log for two runs", "run.same-log-as-another-run", copy_log),
    # accuracy
    Mutation("below the target", "closed.accuracy-below-target",
             lambda t: edit(t.accuracy / "results.txt", r"(Top-1: )[\d.]+", r"\g<1>89.9")),
    Mutation("below the target in open", "open.accuracy-below-target", into_open),
    Mutation("the other metric only", "results.no-quality",
             lambda t: edit(t.accuracy / "results.txt", r"^.*Top-1.*\n", ""), without_log="accuracy.not-stated"),
    Mutation("empty accuracy results", "results.no-quality", lambda t: add(t.accuracy / "results.txt", ""),
             without_log="accuracy.not-stated"),
    Mutation("more than all right", "value.out-of-range",
             lambda t: edit(t.accuracy / "results.txt", r"(Top-1: )[\d.]+", r"\g<1>914.0")),
    # energy
    Mutation("no median energy", "results.no-energy", energy_edit(r"^.*Median energy.*\n", "")),
    Mutation("no voltage", "energy.no-voltage", remove_voltage),
    Mutation("four energy windows", "energy.window-count", lambda t: drop_first_window(t.energy / "results.txt")),
    Mutation("short energy windows", "energy.window-too-short", energy_edit(r"(Runtime\s*:\s*)[\d.]+", r"\g<1>5.942")),
    Mutation("an edited energy", "energy.median-disagrees", energy_edit(r"(Median energy cost is\s+)([\d.]+)", scaled(0.9))),
    Mutation("power that does not fit", "energy.power-mismatch", energy_edit(r"(Power\s*:\s*)([\d.]+)", scaled(1.5))),
    Mutation("energy in millijoules", "results.unit", energy_edit(r"(Median energy.*) uJ/inf", r"\1 mJ/inf")),
    Mutation("a slightly slower energy run", "energy.throughput-differs", energy_edit(MEDIAN, scaled(0.95))),
    Mutation("another clock for energy", "energy.throughput-far-off", energy_edit(MEDIAN, scaled(0.7))),
    # the MLCommons runner and streaming wakeword
    Mutation("a broken results.json", "results.json-unreadable", lambda t: cut(t.performance / "results.json", r"\]\s*\Z"), MLC),
    Mutation("a short trial", "energy.window-too-short", energy_edit(r"(Elapsed time\s*:\s*)[\d.]+", r"\g<1>5.0"), MLC),
    Mutation("too many false alarms", "sww.too-many-false-positives", lambda t: sww(t, r"\d+ False pos", "9 False pos"), MLC),
    Mutation("too many misses", "sww.too-many-false-negatives", lambda t: sww(t, r"\d+ False neg", "9 False neg"), MLC),
    Mutation("half a recording", "sww.detection-sum", lambda t: sww(t, r"\d+ True pos", "22 True pos"), MLC),
    Mutation("no power for sww", "results.no-energy", lambda t: sww(t, r"^\s*Power\s*:.*\n", ""), MLC),
    Mutation("no picture of the trace", "sww.image-missing", remove_sww_image, MLC),
    Mutation("ic2 without ic", "benchmark.needs-smaller-size", make_ic2, MLC),
    Mutation("a benchmark of a later round", "benchmark.not-in-round", make_ic2, MLC),
)  # fmt: skip
