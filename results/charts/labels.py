"""Where labels go: beside their point, over nothing else, or nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

_CHARACTER_PX = 7.9  # mean width of a 12 px semibold character in the widest of the usual system fonts
_LINE_PX = 13.0
_ASCENT_PX = 10.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in px, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, x: float, y: float, radius: float) -> Box:
        return cls(x - radius, y - radius, x + radius, y + radius)

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        return (
            self.left <= other.left
            and self.right >= other.right
            and self.top <= other.top
            and self.bottom >= other.bottom
        )


@dataclass(frozen=True, slots=True)
class LabelWish:
    """A label of a point at (x, y), to stand ``gap`` px away from it."""

    text: str
    subtext: str
    x: float
    y: float
    gap: float


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A label's baseline start, or end when ``anchor`` is ``end``; the second line stands 13 px below."""

    text: str
    subtext: str
    x: float
    y: float
    anchor: str


def text_width(text: str) -> float:
    """An upper guess of a text's width at 12 px."""
    return len(text) * _CHARACTER_PX


def place_labels(wishes: Sequence[LabelWish], obstacles: Sequence[Box], inside: Box) -> list[PlacedLabel]:
    """Labels in the order wished, each at its first free place, without its second line where only that fits; one
    without a free place is left out."""
    taken: list[Box] = []
    placed: list[PlacedLabel] = []
    for wish in wishes:
        for label, box in chain(_places(wish), _places(replace(wish, subtext=""))):
            blocked = any(box.overlaps(other) for other in taken) or any(box.overlaps(o) for o in obstacles)
            if inside.holds(box) and not blocked:
                taken.append(box)
                placed.append(label)
                break
    return placed


def _places(wish: LabelWish) -> Iterator[tuple[PlacedLabel, Box]]:
    lines = 2 if wish.subtext else 1
    width = max(text_width(wish.text), text_width(wish.subtext))
    below_baseline = (lines - 1) * _LINE_PX + 3
    beside = wish.y + 4 - (lines - 1) * _LINE_PX / 2
    above = wish.y - wish.gap - below_baseline + 3
    under = wish.y + wish.gap + _ASCENT_PX - 1
    for x, baseline, anchor in (
        (wish.x + wish.gap, beside, "start"),
        (wish.x - wish.gap, beside, "end"),
        (wish.x, above, "start"),
        (wish.x, above, "end"),
        (wish.x, under, "start"),
        (wish.x, under, "end"),
    ):
        left = x if anchor == "start" else x - width
        box = Box(left, baseline - _ASCENT_PX, left + width, baseline + below_baseline)
        yield PlacedLabel(wish.text, wish.subtext, x, baseline, anchor), box
