"""Marks: shape and colour of each device class, and the shapes of benchmarks within one device.

Geometry is that of the design language: a mark of radius 4.3 fills a glyph of 13 by 13.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

GLYPH_SIZE = 13
GLYPH_RADIUS = 4.3


def coordinate(value: float) -> str:
    """A length of an SVG with at most one decimal: ``62``, ``126.2``."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _polygon(cx: float, cy: float, points: Iterator[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{coordinate(cx + dx)} {coordinate(cy + dy)}" for dx, dy in points) + "z"


def _regular(sides: int, radius: float, start_degrees: float = -90) -> Iterator[tuple[float, float]]:
    for k in range(sides):
        angle = math.radians(start_degrees + 360 * k / sides)
        yield radius * math.cos(angle), radius * math.sin(angle)


def _star(radius: float) -> Iterator[tuple[float, float]]:
    for k in range(10):
        angle = math.radians(-90 + 36 * k)
        reach = radius if k % 2 == 0 else radius * 0.45
        yield reach * math.cos(angle), reach * math.sin(angle)


def _path(device_class: str, cx: float, cy: float, r: float) -> str | None:
    """The outline of a class as path data; None for the circle."""
    if device_class in ("linux-soc", "mobile-npu"):
        arm = r * (1.07 if device_class == "linux-soc" else 0.86)
        if device_class == "linux-soc":
            return (
                f"M{coordinate(cx - arm)} {coordinate(cy)}h{coordinate(2 * arm)}"
                f"M{coordinate(cx)} {coordinate(cy - arm)}v{coordinate(2 * arm)}"
            )
        return (
            f"M{coordinate(cx - arm)} {coordinate(cy - arm)}l{coordinate(2 * arm)} {coordinate(2 * arm)}"
            f"M{coordinate(cx + arm)} {coordinate(cy - arm)}l{coordinate(-2 * arm)} {coordinate(2 * arm)}"
        )
    shapes = {
        "mcu-npu": lambda: _regular(4, r * 1.33),
        "mcu-dsp": lambda: _regular(5, r * 1.16),
        "npu": lambda: _regular(4, r * 1.32, start_degrees=-45),
        "fpga": lambda: iter([(0, -1.23 * r), (1.12 * r, 0.86 * r), (-1.12 * r, 0.86 * r)]),
        "fpga-softcore": lambda: iter([(0, 1.23 * r), (1.12 * r, -0.86 * r), (-1.12 * r, -0.86 * r)]),
        "in-memory": lambda: _regular(6, r * 1.12),
        "event-based": lambda: _star(r * 1.4),
    }
    return _polygon(cx, cy, shapes[device_class]()) if device_class in shapes else None


def class_mark(
    device_class: str,
    cx: float,
    cy: float,
    r: float = GLYPH_RADIUS,
    *,
    hollow: bool = False,
    faint: bool = False,
) -> str:
    """The mark of a device class at a point. A class without a shape of its own is a faint hollow circle."""
    known = device_class == "mcu" or _path(device_class, cx, cy, r) is not None
    css = f"m m-{device_class}" if known else "m m-unknown"
    css += " hollow" if hollow else ""
    css += " faint" if faint else ""
    path = _path(device_class, cx, cy, r)
    if path is None:
        return f'<circle class="{css}" cx="{coordinate(cx)}" cy="{coordinate(cy)}" r="{coordinate(r)}"/>'
    return f'<path class="{css}" d="{path}"/>'


def class_glyph(device_class: str, *, hollow: bool = False) -> str:
    """A small picture of the class, hidden from screen readers because the name stands beside it."""
    mark = class_mark(device_class, GLYPH_SIZE / 2, GLYPH_SIZE / 2, hollow=hollow)
    return f'<svg class="glyph" viewBox="0 0 {GLYPH_SIZE} {GLYPH_SIZE}" aria-hidden="true">{mark}</svg>'


def benchmark_mark(position: int, cx: float, cy: float) -> str:
    """The ink mark of a benchmark within one device: ○ ■ △ ◇ ▽ and a dot, by position in the list."""
    shapes = (
        ("k", "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0"),
        ("k k-fill", "m-3.8-3.8h7.6v7.6h-7.6z"),
        ("k k-half", "m0-4.6l4.4 7.8h-8.8z"),
        ("k k-half", "m0-5l4.6 5l-4.6 5l-4.6-5z"),
        ("k", "m0 4.6l4.4-7.8h-8.8z"),
        ("k k-fill", "m-2.2 0a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0"),
    )
    css, outline = shapes[position % len(shapes)]
    return f'<path class="{css}" d="M{coordinate(cx)} {coordinate(cy)}{outline}"/>'


def benchmark_glyph(position: int) -> str:
    """The benchmark's mark as a glyph for legends."""
    mark = benchmark_mark(position, GLYPH_SIZE / 2, GLYPH_SIZE / 2)
    return f'<svg class="glyph" viewBox="0 0 {GLYPH_SIZE} {GLYPH_SIZE}" aria-hidden="true">{mark}</svg>'
