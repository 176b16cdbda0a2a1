"""What charts of two axes share: the frame, its grid with the names of the ticks, and text."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from results.charts.marks import coordinate
from results.charts.scales import Scale


@dataclass(frozen=True, slots=True)
class Frame:
    """The paper and its margins, in units of the drawing."""

    width: float
    height: float
    left: float
    right: float
    top: float = 26.0
    bottom: float = 48.0

    @property
    def base(self) -> float:
        return self.height - self.bottom

    @property
    def end(self) -> float:
        return self.width - self.right


def grid(x: Scale, y: Scale, frame: Frame) -> str:
    """Lines and names of the ticks of both axes, and the axes themselves."""
    base, top, left, end = (coordinate(value) for value in (frame.base, frame.top, frame.left, frame.end))
    parts = []
    for tick in x.ticks():
        parts.append(f'<path class="gr" d="M{coordinate(x(tick.value))} {top}V{base}"/>')
        parts.append(text("tx", x(tick.value), frame.base + 17, tick.text, "middle"))
    for tick in y.ticks():
        parts.append(f'<path class="gr" d="M{left} {coordinate(y(tick.value))}H{end}"/>')
        parts.append(text("tx", frame.left - 7, y(tick.value) + 4, tick.text, "end"))
    parts.append(f'<path class="ax" d="M{left} {top}V{base}H{end}"/>')
    return "".join(parts)


def axes(frame: Frame, x_name: str, y_name: str) -> str:
    """What the axes are: the name of x below, that of y above."""
    return text("tx-t", frame.end, frame.height - 7, x_name, "end") + text(
        "tx-t", max(0.0, frame.left - 40), 12, y_name, "start"
    )


def text(css: str, x: float, y: float, text: str, anchor: str) -> str:
    """A text; ``anchor`` is start, middle or end."""
    place = f'x="{coordinate(x)}" y="{coordinate(y)}" text-anchor="{anchor}"'
    return f'<text class="{css}" {place}>{escape(text)}</text>'
