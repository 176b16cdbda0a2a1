"""The history of one benchmark on one device: every result per round, the best so far as a stepped line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from results.charts.marks import coordinate
from results.charts.scales import LogScale, log_scale
from results.presentation import table_number

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 270, 176, 38.0, 260.0, 12.0, 148.0


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """One result: its round, its value (above 0), and words for the pointer."""

    round: str
    value: float
    title: str = ""


def best_so_far(
    points: Sequence[HistoryPoint], rounds: Sequence[str], *, lower_is_better: bool = True
) -> list[tuple[str, float]]:
    """(round, best value up to and including it) for each round from the first with a result."""
    better = min if lower_is_better else max
    best: list[tuple[str, float]] = []
    for round_id in rounds:
        values = [point.value for point in points if point.round == round_id]
        if best:
            values.append(best[-1][1])
        if values:
            best.append((round_id, better(values)))
    return best


def history_chart(
    points: Sequence[HistoryPoint],
    *,
    rounds: Sequence[str],
    name: str,
    metric: str = "latency",
    unit: str = "ms",
    lower_is_better: bool = True,
) -> str:
    """An SVG of 270 by 176 on a log axis; empty text when there is no point.

    ``rounds`` are the columns in order, also those without a result on this device.
    """
    if not points:
        return ""
    scale = log_scale((point.value for point in points), _BOTTOM, _TOP)
    best = best_so_far(points, rounds, lower_is_better=lower_is_better)
    columns = _columns(rounds)
    content = (
        _grid(scale)
        + "".join(
            f'<text class="tx" x="{coordinate(x)}" y="170" text-anchor="middle">{escape(round_id)}</text>'
            for round_id, x in columns.items()
        )
        + "".join(_dot("pt", 3, columns[point.round], scale(point.value), point.title) for point in points)
        + _best_line(best, columns, scale)
    )
    label = _message(best, name, metric, unit)
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(label)}">{content}</svg>'


def _columns(rounds: Sequence[str]) -> dict[str, float]:
    first, last = _LEFT + 18, _RIGHT - 18
    if len(rounds) == 1:
        return {rounds[0]: (first + last) / 2}
    return {round_id: first + k * (last - first) / (len(rounds) - 1) for k, round_id in enumerate(rounds)}


def _grid(scale: LogScale) -> str:
    return "".join(
        f'<path class="gr" d="M{coordinate(_LEFT)} {coordinate(y)}H{coordinate(_RIGHT)}"/>'
        f'<text class="tx" x="{coordinate(_LEFT - 6)}" y="{coordinate(y + 4)}" text-anchor="end">'
        f"{tick.text}</text>"
        for tick in scale.ticks()
        for y in (scale(tick.value),)
    )


def _best_line(best: Sequence[tuple[str, float]], columns: dict[str, float], scale: LogScale) -> str:
    places = [(columns[round_id], scale(value)) for round_id, value in best]
    path = f"M{coordinate(places[0][0])} {coordinate(places[0][1])}"
    path += "".join(f"H{coordinate(x)}V{coordinate(y)}" for x, y in places[1:])
    dots = "".join(
        _dot("pt-b", 4, x, y)
        for k, (x, y) in enumerate(places)
        if k == 0 or best[k][1] != best[k - 1][1]
    )  # fmt: skip
    (first_x, first_y), (last_x, last_y) = places[0], places[-1]
    texts = _value_text(best[0][1], first_x - 4, first_y - 8, "start")
    if best[-1][1] != best[0][1]:
        texts += _value_text(best[-1][1], last_x - 9, min(last_y + 14, _BOTTOM + 8), "end")
    return f'<path class="best" d="{path}"/>{dots}{texts}'


def _value_text(value: float, x: float, y: float, anchor: str) -> str:
    place = f'x="{coordinate(x)}" y="{coordinate(y)}" text-anchor="{anchor}"'
    return f'<text class="tx-b halo" {place}>{table_number(value)}</text>'


def _dot(css: str, radius: float, x: float, y: float, title: str = "") -> str:
    inside = f"<title>{escape(title)}</title>" if title else ""
    place = f'cx="{coordinate(x)}" cy="{coordinate(y)}" r="{coordinate(radius)}"'
    return f'<circle class="{css}" {place}>{inside}</circle>'


def _message(best: Sequence[tuple[str, float]], name: str, metric: str, unit: str) -> str:
    (first_round, first), (last_round, last) = best[0], best[-1]
    if first == last:
        return f"{name}: best {metric} {table_number(first)} {unit} since {first_round}"
    return (
        f"{name}: best {metric} went from {table_number(first)} {unit} in {first_round} "
        f"to {table_number(last)} {unit} by {last_round}"
    )
