"""The figures derived from one result, as its page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from results.analysis.derived import Derived, Input
from results.domain.metrics import Direction
from results.presentation import table_number, whole_number

_ARROWS = {Direction.LOWER: "↓", Direction.HIGHER: "↑"}
_WHOLE = ("MAC", "bytes")


@dataclass(frozen=True, slots=True)
class DerivedRow:
    """A figure in words: ``value`` is empty where ``refusal`` says why; ``anchor`` is the place of the formula on the
    page of the method."""

    name: str
    better: str
    value: str
    unit: str
    inputs: str
    refusal: str
    remark: str
    formula: str
    anchor: str


def derived_rows(figures: Iterable[Derived]) -> Iterator[DerivedRow]:
    for figure in figures:
        metric = figure.metric
        yield DerivedRow(
            name=metric.name,
            better=_ARROWS[metric.direction],
            value="" if figure.value is None else table_number(figure.value),
            unit=metric.unit,
            inputs=", ".join(_input_text(one) for one in figure.inputs),
            refusal=figure.refusal,
            remark=figure.remark,
            formula=metric.formula,
            anchor=metric.anchor,
        )


def _input_text(given: Input) -> str:
    if given.value is None:
        return f"{given.name} unknown"
    if given.unit in _WHOLE:
        return f"{given.name} {whole_number(int(given.value))}"
    return f"{given.name} {table_number(given.value)} {given.unit}"
