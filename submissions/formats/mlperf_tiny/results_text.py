"""``results.txt`` of both runners: what it states, line by line, and its windows.

EEMBC and MLCommons print the same statements with other punctuation, so one grammar reads both. Output that was
appended several times, whole or line by line, gives each window once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from .numbers import Stated, parse_number

_WINDOW = re.compile(r"Performance results for window (?P<window>\d{1,6})\b")
_TRIAL = re.compile(r"Energy data for (?:window|trial) (?P<window>\d{1,6})\b(?:.* for (?P<seconds>\S+) sec)?")
_COUNTS = re.compile(
    r"Accuracy: (\d{1,9}) True positives, (\d{1,9}) False negatives, (\d{1,9}) False positives"
)
_STATEMENT = re.compile(
    r"(?:^|\s)(?P<label>Median throughput is|Median energy cost is|Top[- ]1%?\s?[:=]|AUC\s?[:=]|Estimated throughput:"
    r"|Average duty cycle:|Average period:|# Inferences\s*:|Runtime\s*:|Throughput\s*:|Elapsed time\s*:"
    r"|Inferences\s*:|(?:Total )?Energy\s*:|Power\s*:|Energy/Inf\.?\s*:)\s*(?P<number>\S+)\s*(?P<unit>\S*)"
)


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a label says: the name of its value, the units it may have with their factors, whether 0 is a value."""

    name: str
    units: dict[str, float]
    of_window: bool = True
    zero_allowed: bool = False


_MOST_COPIES = 50
"""Interleaved copies that are told apart; published files have up to five."""

_RATE = {"inf./sec": 1.0}
_MEANINGS = {
    "median throughput is": _Meaning("median_throughput", _RATE, of_window=False),
    "median energy cost is": _Meaning("median_energy", {"uJ/inf": 1.0}, of_window=False),
    "top-1": _Meaning("top1", {"": 1.0}, of_window=False),
    "auc": _Meaning("auc", {"": 1.0}, of_window=False),
    "estimated throughput": _Meaning("estimated_throughput", _RATE, of_window=False),
    "average duty cycle": _Meaning("duty_cycle", {"": 1.0}, of_window=False),
    "average period": _Meaning("period", {"s": 1.0}, of_window=False),
    "inferences": _Meaning("iterations", {"": 1.0}),
    "runtime": _Meaning("runtime_s", {"sec": 1.0}),
    "elapsed time": _Meaning("runtime_s", {"": 1.0, "s": 1.0, "sec": 1.0}),
    "throughput": _Meaning("throughput_inf_per_s", _RATE),
    "energy": _Meaning("energy_uj", {"uJ": 1.0}),
    "power": _Meaning("power_uw", {"uW": 1.0, "mW": 1000.0}),
    "energy/inf": _Meaning("energy_uj_per_inf", {"uJ/inf": 1.0}),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that is not as it should be; ``code`` as in the table of reading codes."""

    code: str
    line: int
    expected: str
    found: str


@dataclass(slots=True)
class Block:
    """One window as printed. ``kind`` is performance or energy, ``values`` by name of the window's field."""

    kind: str
    number: int
    line: int
    values: dict[str, Stated] = field(default_factory=dict)

    def says_no_more_than(self, other: Block) -> bool:
        """Whether every value of this block stands in ``other`` too."""
        return all(
            name in other.values and other.values[name].value == stated.value
            for name, stated in self.values.items()
        )


@dataclass(slots=True)
class ResultsText:
    """What one results.txt says. ``stated`` maps a name to every statement of it, in file order."""

    stated: dict[str, list[Stated]] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def last(self, name: str) -> Stated | None:
        """The last statement of ``name``, which the official checker takes too."""
        statements = self.stated.get(name)
        return statements[-1] if statements else None


def read_results_text(lines: Sequence[str]) -> ResultsText:
    """Read the ``lines`` of a results.txt (or of a log that repeats it). Never raises."""
    result = ResultsText()
    group: list[Block] = []
    for number, line in enumerate(lines, start=1):
        if (header := _WINDOW.search(line)) or (header := _TRIAL.search(line)):
            group = _open_block(group, header, number, line)
            result.blocks.append(group[-1])
        elif match := _STATEMENT.search(line):
            _state(result, group, match, number, line)
        elif match := _COUNTS.search(line):
            names = ("true_positives", "false_negatives", "false_positives")
            for name, digits in zip(names, match.groups(), strict=True):
                result.stated.setdefault(name, []).append(Stated(float(digits), digits, number, line))
    _note_medians(result)
    result.blocks = _without_copies(result)
    return result


def _open_block(group: list[Block], header: re.Match[str], line: int, text: str) -> list[Block]:
    """The group that the new block belongs to, the block last: headers of one window in a row are copies."""
    kind = "performance" if header.re is _WINDOW else "energy"
    block = Block(kind, int(header["window"]), line)
    seconds = header.groupdict().get("seconds")
    if seconds and (value := parse_number(seconds)) and value > 0:
        block.values["duration_s"] = Stated(value, seconds, line, text)
    if group and (group[0].kind, group[0].number) == (kind, block.number):
        return [*group[-_MOST_COPIES:], block]
    return [block]


def _state(result: ResultsText, group: list[Block], match: re.Match[str], line: int, text: str) -> None:
    """Enter one statement where it belongs, or the problem it has."""
    label, meaning = _meaning(match["label"])
    printed = match["number"].rstrip("%") if meaning.name == "top1" else match["number"]
    unit = match["unit"].rstrip(".")
    value = parse_number(printed)
    if value is None:
        result.problems.append(
            Problem("results.not-a-number", line, f"a finite number after {label}", printed)
        )
        return
    if value <= 0:
        result.problems.append(
            Problem("results.not-positive", line, f"a positive number after {label}", printed)
        )
        return
    if unit not in meaning.units and "" not in meaning.units:
        units = " or ".join(meaning.units)
        result.problems.append(Problem("results.unit", line, f"{label} in {units}", unit or "no unit"))
        return
    stated = Stated(value * meaning.units.get(unit, 1.0), printed, line, text)
    if not meaning.of_window:
        result.stated.setdefault(meaning.name, []).append(stated)
        return
    block = next((block for block in group if meaning.name not in block.values), None)
    if block is not None:
        block.values[meaning.name] = stated


@lru_cache(maxsize=256)
def _meaning(label: str) -> tuple[str, _Meaning]:
    """The plain spelling of a printed label and what it says."""
    label = re.sub(r"[\s:=.]+$", "", label.lower()).removeprefix("# ")
    label = re.sub(r"^top[- ]1%?$", "top-1", label)
    return label, _MEANINGS[label.removeprefix("total ")]


def _note_medians(result: ResultsText) -> None:
    for name in ("median_throughput", "median_energy", "top1", "auc", "estimated_throughput"):
        statements = result.stated.get(name, [])
        if len({stated.value for stated in statements}) > 1:
            values = ", ".join(f"{stated.printed} (line {stated.line})" for stated in statements)
            result.problems.append(
                Problem("results.medians-differ", statements[-1].line, "one value", values)
            )


def _without_copies(result: ResultsText) -> list[Block]:
    """Each window once; notes copies, and windows whose copies differ (the last one is kept)."""
    kept = distinct_blocks(result.blocks)
    copies: dict[tuple[str, int], list[Block]] = {}
    for block in result.blocks:
        copies.setdefault((block.kind, block.number), []).append(block)
    if len(kept) < len(result.blocks):
        found = f"{len(result.blocks)} windows, {len(kept)} of them different"
        first = result.blocks[0].line
        result.problems.append(Problem("results.repeated", first, "the runner's output once", found))
    for block in kept:
        rivals = copies[block.kind, block.number]
        if any(not rival.says_no_more_than(block) for rival in rivals):
            found = f"different numbers in lines {', '.join(str(rival.line) for rival in rivals)}"
            expected = f"window {block.number} once"
            result.problems.append(Problem("results.windows-differ", block.line, expected, found))
    return kept


def distinct_blocks(blocks: Iterable[Block]) -> list[Block]:
    """One block per window, in order of first appearance: the last of those that say the most."""
    kept: dict[tuple[str, int], Block] = {}
    for block in blocks:
        earlier = kept.get((block.kind, block.number))
        if earlier is None or not block.says_no_more_than(earlier):
            kept[block.kind, block.number] = block
    return list(kept.values())
