"""Numbers of the design language in templates; the rules are in ``results.presentation``."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from results import presentation
from results.presentation import Cell

register = template.Library()


@register.filter
def count(value: int) -> str:
    """A count with its thousands grouped."""
    return presentation.whole_number(int(value))


@register.filter
def number(value: float | None) -> str | SafeString:
    """A value for a table or a sentence; not measured is a dash that says so."""
    return absent() if value is None else presentation.table_number(value)


@register.filter
def ratio(value: float | None) -> str | SafeString:
    """How many times as much."""
    return absent() if value is None else presentation.ratio_text(value)


@register.filter
def points(value: float | None, decimals: int = 1) -> str:
    """A margin in points with its sign; empty when there is none."""
    return "" if value is None else presentation.points_text(value, decimals)


@register.filter
def volts(millivolts: float | None) -> str:
    """A supply voltage; empty when nobody states it."""
    return "" if millivolts is None else presentation.volts_text(millivolts)


@register.simple_tag
def absent(reason: str = "not measured") -> SafeString:
    """The dash of a value that is not there, with its reason for those who cannot see it."""
    return format_html('<span class="none">—<span class="vh">{}</span></span>', reason)


@register.simple_tag
def number_cell(cell: Cell, reason: str = "not measured", css: str = "") -> SafeString:
    """A whole ``<td>`` of a number column."""
    if not cell.text:
        return format_html('<td class="n none {}">—<span class="vh">{}</span></td>', css, reason)
    return format_html('<td class="{}">{}</td>', " ".join(filter(None, ("n", cell.css, css))), cell.text)


@register.filter
def note_letter(index: int) -> str:
    """The footnote letter of a position counted from 0."""
    return presentation.note_letter(index)
