"""The options of the filter panel: a leaderboard may offer hundreds, so they are written without a template each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from results.presentation import whole_number
from results.selectors.facets import FacetOption
from results.views.panel import OptionGroup

from .site import device_glyph

register = template.Library()


@register.simple_tag
def filter_options(group: OptionGroup, options: Sequence[FacetOption]) -> SafeString:
    """A labelled box or radio button per option, with how many results it would leave."""
    return mark_safe("".join(_option(group, option) for option in options))  # noqa: S308 - its parts are escaped


def _option(group: OptionGroup, option: FacetOption) -> str:
    field, label = _fixed(group.name, group.single, option.raw, option.value, option.label)
    return (
        f'<label class="opt{"" if option.count else " zero"}">{field}{" checked" if option.active else ""}>'
        f'{label}<span class="ct">{whole_number(option.count)}</span></label>\n'
    )


@lru_cache(maxsize=4096)
def _fixed(name: str, single: bool, raw: str, value: str, label: str) -> tuple[str, str]:
    """What does not change with the view: the field up to its end, and the label."""
    field = format_html(
        '<input type="{}" id="f-{}-{}" name="{}" value="{}"',
        "radio" if single else "checkbox", name, slugify(raw), name, value,
    )  # fmt: skip
    return field, format_html("{}{}", device_glyph(raw) if name == "class" else "", label)
