"""A badge: one result in a line of a README. It carries its own colours and loads nothing."""

from __future__ import annotations

from html import escape

_HEIGHT_PX = 20
_PADDING_PX = 7.0
_CHARACTER_PX = 6.6
"""Mean width of an 11 px character in the fonts below; ``textLength`` then fits the text into its box."""
_FONT = "Verdana, 'DejaVu Sans', 'Liberation Sans', Arial, sans-serif"
_DARK, _GROUNDS = "#41494d", {"plain": "#0a5872", "unreviewed": "#7a5200", "removed": "#a3271a"}


def badge(left: str, right: str, tone: str = "plain") -> str:
    """An SVG of two fields. ``tone`` is plain, unreviewed or removed; ``right`` says the same in words."""
    first, second = (len(text) * _CHARACTER_PX + 2 * _PADDING_PX for text in (left, right))
    title = escape(f"{left}: {right}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{first + second:.0f}" height="{_HEIGHT_PX}" '
        f'viewBox="0 0 {first + second:.1f} {_HEIGHT_PX}" role="img" aria-label="{title}"><title>{title}</title>'
        f'<rect width="{first:.1f}" height="{_HEIGHT_PX}" fill="{_DARK}"/>'
        f'<rect x="{first:.1f}" width="{second:.1f}" height="{_HEIGHT_PX}" fill="{_GROUNDS[tone]}"/>'
        f'<g fill="#ffffff" font-size="11" font-family="{_FONT}">'
        f"{_field(left, _PADDING_PX)}{_field(right, first + _PADDING_PX)}</g></svg>\n"
    )


def _field(text: str, x: float) -> str:
    width = len(text) * _CHARACTER_PX
    return f'<text x="{x:.1f}" y="14" textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
