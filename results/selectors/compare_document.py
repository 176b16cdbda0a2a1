"""A comparison as data: the same values, bands, verdicts and reasons as its page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from results.analysis.comparing import NOT_STATED, footnote
from results.analysis.uncertainty import word
from results.services.subjects import subject_of

from .compare import Cell, ComparisonView, Line


def comparison_document(view: ComparisonView, today: date, site: str) -> dict[str, object]:
    """The whole comparison; null is not measured, not stated or not compared."""
    return {
        "kind": view.query.kind,
        "reference": view.reference.key,
        "metric": view.query.metric,
        "items": [
            {
                "id": item.key,
                "name": item.name,
                "detail": item.detail,
                "page": item.url,
                "gone": item.gone or None,
                "chosen_by": item.chosen_by or None,
            }
            for item in view.items
        ],
        "overall": [
            {
                "id": one.item.key,
                "verdict": one.word,
                "compared": one.compared,
                "of": one.of,
                "why": one.why or None,
            }
            for one in view.overall
        ],
        "results": list(value_rows(view)),
        "traits": [
            {
                "name": trait.name,
                "label": trait.label,
                "differs": trait.differs,
                "values": [None if text in ("", NOT_STATED) else text for text in trait.values],
            }
            for trait in view.traits
        ],
        "footnote": footnote([subject_of(entry) for entry in view.entries], today, site),
    }


def value_rows(view: ComparisonView) -> Iterator[dict[str, object]]:
    """A row per value and item, measured metrics first."""
    for line in (*view.lines, *view.derived):
        for cell in line.cells:
            yield _row(view, line, cell)


def _row(view: ComparisonView, line: Line, cell: Cell) -> dict[str, object]:
    entry, spread, comparison = cell.entry, cell.spread, cell.comparison
    place = view.places.get((entry.run_id, line.metric)) if entry and spread else None
    return {
        "id": cell.item.key,
        "benchmark": entry.benchmark if entry else line.benchmark and line.benchmark.pk,
        "metric": line.metric,
        "unit": line.unit or None,
        "derived": bool(line.derived),
        "result": entry.public_id if entry else None,
        "value": spread.value if spread else None,
        "low": spread.low if spread else None,
        "high": spread.high if spread else None,
        "basis": spread.basis if spread else None,
        "absent": cell.absent or None,
        "is_reference": cell.item is view.reference,
        "ratio": cell.ratio,
        "ratio_low": cell.low,
        "ratio_high": cell.high,
        "verdict": cell.verdict.value if cell.verdict else None,
        "verdict_text": word(cell.verdict, line.metric) if cell.verdict else None,
        "comparable": comparison.answer.value if comparison else None,
        "differences": [one.text for one in comparison.differences] if comparison else [],
        "reasons": list(comparison.reasons) if comparison else [],
        "path": place.path if place else None,
        "line": place.line if place else None,
        "last_line": place.last_line if place else None,
        "file_sha256": place.sha256 if place else None,
    }
