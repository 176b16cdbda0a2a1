"""What the template of a comparison prints, built from the view that the selector found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse

from results.analysis.comparing import Answer, Difference, footnote, officially_compatible
from results.analysis.derived import DERIVED_METRICS
from results.analysis.uncertainty import Spread, word
from results.domain.comparison import (
    ALL_METRICS,
    LEAST,
    METRICS,
    MOST,
    PLURALS,
    ComparisonQuery,
    to_query_string,
)
from results.domain.metrics import Direction
from results.domain.parameters import query_string
from results.models import LeaderboardEntry
from results.presentation import fixed_number, joined, table_number
from results.selectors.compare import Cell, ComparisonView, Line, Overall
from results.selectors.compare_items import Item
from results.services.subjects import subject_of
from results.views.evidence import short_path, where

ARROWS = {Direction.LOWER: "↓", Direction.HIGHER: "↑", Direction.NONE: ""}
_EVIDENCE = {
    "latency_ms": "latency",
    "energy_uj_per_inf": "energy",
    "average_power_mw": "energy",
    "quality": "quality",
}
_OVERALL = {
    "better": "better in every cost that can be told apart",
    "worse": "worse in every cost that can be told apart",
    "undecided": "undecided: no cost can be told apart",
    "mixed": "mixed",
    "none": "nothing compares",
}
_METRIC_NAMES = {"latency": "latency", "energy": "energy", "power": "mean power", "quality": "quality"}


@dataclass(frozen=True, slots=True)
class CellText:
    """A cell as printed. ``state`` is reference, absent, refused, better, worse, undecided or plain.

    ``where`` is file and line of a measured value; ``source`` their address in the public repository.
    """

    state: str
    value: str = ""
    url: str = ""
    band: str = ""
    ratio: str = ""
    verdict: str = ""
    note: str = ""
    where: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class LineText:
    """A row; ``anchor`` is that of a derived metric, whose ``formula`` stands in the first row of it."""

    benchmark: str
    name: str
    unit: str
    cells: tuple[CellText, ...]
    formula: str = ""
    anchor: str = ""


def comparison_context(view: ComparisonView, canonical: str, today: date, site: str) -> dict[str, Any]:
    """Everything for ``compare.html``; ``site`` is the full address of the home page."""
    query = view.query
    page, plural = reverse("results:compare"), PLURALS[query.kind]
    entries = view.entries
    labels = joined([item.label for item in view.items])
    lines = [line for line in view.lines if any(cell.spread for cell in line.cells)]
    return {
        "view": view,
        "title": f"{len(view.items)} {plural} compared",
        "names": labels,
        "reference": view.reference,
        "heads": [_head(item, view, page) for item in view.items],
        "lines": [_line_text(line, view) for line in lines],
        "unmeasured": _unmeasured(view),
        "versions": _versions(view),
        "derived": _derived_lines(view),
        "overall": [{"item": one.item, "text": _overall_text(one, view)} for one in view.overall],
        "traits": view.traits,
        "differing": sum(trait.differs is True for trait in view.traits),
        "conditions": _conditions(entries),
        "coverage": _coverage(view),
        "stand_ins": [item for item in view.items if item.chosen_by],
        "metrics": _metric_links(query, page),
        "add_url": _add_url(query, page) if len(query.ids) < MOST else "",
        "most": MOST,
        "csv_url": _data_url("csv", query),
        "json_url": _data_url("json", query),
        "canonical": canonical,
        "footnote": footnote([subject_of(entry) for entry in entries], today, site),
        "cite_title": f"comparison of {labels}",
    }


def _head(item: Item, view: ComparisonView, page: str) -> dict[str, Any]:
    query = view.query
    rest = tuple(key for key in query.ids if key != item.key)
    shorter = replace(query, ids=rest, to=query.to if query.to in rest else rest[0])
    return {
        "item": item,
        "is_reference": item is view.reference,
        "refer_url": f"{page}?{to_query_string(query, to=item.key)}" if item.entries else "",
        "remove_url": f"{page}?{to_query_string(shorter)}" if len(rest) >= LEAST else "",
    }


def _line_text(line: Line, view: ComparisonView) -> LineText:
    known = DERIVED_METRICS.get(line.derived)
    return LineText(
        benchmark=line.benchmark.pk if line.benchmark else "",
        name=line.name,
        unit=f"{ARROWS[line.direction]} {line.unit}".strip(),
        cells=tuple(_cell_text(cell, line, view) for cell in line.cells),
        formula=known.formula if known else "",
        anchor=known.anchor if known else "",
    )


def _derived_lines(view: ComparisonView) -> list[LineText]:
    """The derived rows; the formula of a metric stands once, in its first row."""
    seen: set[str] = set()
    rows = []
    for line in view.derived:
        text = _line_text(line, view)
        rows.append(replace(text, formula="") if line.derived in seen else text)
        seen.add(line.derived)
    return rows


def _unmeasured(view: ComparisonView) -> str:
    """The metrics that no result here has, in words: "kws energy and ad energy"."""
    return joined(
        [
            f"{line.benchmark.pk if line.benchmark else ''} {line.name if line.name.isupper() else line.name.lower()}".strip()
            for line in view.lines
            if not any(cell.spread for cell in line.cells)
        ]
    )


def _cell_text(cell: Cell, line: Line, view: ComparisonView) -> CellText:
    if cell.entry is None or cell.spread is None:
        return CellText("absent", note=cell.absent)
    text = CellText(
        state="plain",
        value=_value(cell.entry, cell.spread, line),
        url=_evidence_url(cell.entry, line.metric),
        band=_band(cell.spread, line),
        **_place(cell.entry, line, view),
    )
    if cell.item is view.reference:
        return replace(text, state="reference", verdict="reference")
    if cell.comparison is None:
        return replace(text, note=f"{view.reference.label} has no value to compare with")
    if cell.comparison.answer is Answer.NOT_COMPARABLE:
        return replace(text, state="refused", verdict="not compared", note=" ".join(cell.comparison.reasons))
    return replace(
        text,
        state=cell.verdict.value if cell.verdict else "plain",
        ratio=_ratio(cell),
        verdict=word(cell.verdict, line.metric) if cell.verdict else "",
        note="; ".join(_difference(one) for one in cell.comparison.differences),
    )


def _difference(one: Difference) -> str:
    """A difference as a cell prints it; what the official table says of two rounds stands once, above the table."""
    return f"version: {one.left} against {one.right}" if one.field == "round" else one.text


def _versions(view: ComparisonView) -> str:
    """The rounds that are compared although the official table does not state it; empty where there is none."""
    compared = [cell.comparison for line in view.lines for cell in line.cells if cell.comparison]
    pairs = {
        (one.left, one.right)
        for comparison in compared
        if comparison.answer is not Answer.NOT_COMPARABLE
        for one in comparison.differences
        if one.field == "round" and not officially_compatible(one.left, one.right)
    }
    if not pairs:
        return ""
    names = joined([f"{left} with {right}" for left, right in sorted(pairs)])
    return (
        f"The compatibility table of MLCommons does not state whether one may compare {names}: read these ratios as ones "
        "over different versions."
    )


def _place(entry: LeaderboardEntry, line: Line, view: ComparisonView) -> dict[str, str]:
    place = view.places.get((entry.run_id, line.metric))
    if place is None:
        return {}
    name = short_path(place.path, entry.run.folder, entry.system.publication)
    return {"where": where(name, place.line, place.last_line), "source": place.address}


def _value(entry: LeaderboardEntry, spread: Spread, line: Line) -> str:
    return entry.quality_text if line.metric == "quality" else table_number(spread.value)


def _band(spread: Spread, line: Line) -> str:
    """The least and the greatest value, and where they come from; qualities have no band."""
    if line.metric == "quality":
        return ""
    low, high = table_number(spread.low, 4), table_number(spread.high, 4)
    return f"{low}–{high}" if spread.basis == "windows" else f"{low}–{high}, ±2 % taken"


def _ratio(cell: Cell) -> str:
    if cell.ratio is None or cell.low is None or cell.high is None:
        return ""
    return f"×{_times(cell.ratio)} ({_times(cell.low)}–{_times(cell.high)})"


def _times(ratio: float) -> str:
    return table_number(ratio, 3) if ratio < 1 else fixed_number(ratio, 2 if ratio < 10 else 0)


def _evidence_url(entry: LeaderboardEntry, metric: str) -> str:
    url = reverse("results:result", args=[entry.public_id])
    return f"{url}#evidence-{_EVIDENCE[metric]}" if metric in _EVIDENCE else url


def _overall_text(one: Overall, view: ComparisonView) -> str:
    """The verdict, what it rests on, and how many costs compared: "better …: faster on kws and ic (4 of 4 …)"."""
    held: dict[str, list[str]] = {}
    for metric, benchmark, decided in one.decided:
        held.setdefault(word(decided, metric), []).append(benchmark)
    several = len({line.benchmark for line in view.lines}) > 1
    grounds = [f"{name} on {joined(found)}" if several else name for name, found in held.items()]
    text = ": ".join(filter(None, (_OVERALL[one.word], ", ".join(grounds))))
    counted = f"({one.compared} of {one.of} cost{'s' if one.of != 1 else ''} compared)"
    return f"{text} {counted}{f'. {one.why}' if one.why else '.'}"


def _coverage(view: ComparisonView) -> str:
    """Over which benchmarks systems and devices meet; empty for runs and models."""
    silent = [item.label for item in view.items if not item.entries and not item.gone]
    unmeasured = f"Nobody has published a result of {joined(silent)}." if silent else ""
    if view.query.kind not in ("system", "device") or not view.entries:
        return unmeasured
    shared, others = ([one.pk for one in found] for found in (view.shared, view.others))
    if not shared:
        text = "They share no benchmark."
    else:
        text = f"All have a result on {joined(shared)} ({len(shared)} of {len(shared) + len(others)})."
    text = f"{text} Only some have one on {joined(others)}." if others else text
    return f"{text} {unmeasured}".strip()


def _conditions(entries: Sequence[LeaderboardEntry]) -> str:
    """Rounds, divisions and provenance of everything shown, in words."""
    rounds = joined(sorted({entry.round for entry in entries}))
    divisions = joined(sorted({entry.division for entry in entries}))
    unreviewed = sum(entry.provenance != "reviewed" for entry in entries)
    verified = f"{unreviewed} of them not verified by MLCommons Association" if unreviewed else "all reviewed"
    count = f"{len(entries)} result{'s' if len(entries) != 1 else ''}"
    return (
        f"{count} of {rounds}, {divisions} division, {verified}." if entries else "No result is left to show."
    )


def _metric_links(query: ComparisonQuery, page: str) -> list[dict[str, str | bool]]:
    choices = [(ALL_METRICS, "all metrics"), *((name, _METRIC_NAMES[name]) for name in METRICS)]
    return [
        {
            "name": name,
            "url": f"{page}?{to_query_string(query, metric=key)}",
            "current": key == query.metric,
        }
        for key, name in choices
    ]


def _add_url(query: ComparisonQuery, page: str) -> str:
    first, *rest = query.ids
    return f"{page}?{query_string([('with', f'{query.kind}:{first}'), *((query.kind, key) for key in rest)])}"


def _data_url(data_format: str, query: ComparisonQuery) -> str:
    return f"{reverse('results:compare-data', args=[data_format])}?{to_query_string(query)}"
