"""The frame of every page: navigation, glyphs of device classes."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from results.charts.marks import class_glyph
from results.domain.links import RULES_PAGE
from results.models import DeviceClass

register = template.Library()

MAIN_SECTIONS = (
    ("Leaderboards", "leaderboards"),
    ("Pareto", "pareto-index"),
    ("Devices", "devices"),
    ("Models", "models"),
    ("Rounds", "rounds"),
)
END_SECTIONS = (("Method", "method"), ("API", "api"))


@register.simple_tag
def navigation() -> dict[str, list[dict[str, str]]]:
    """Entries of the masthead, each with the section that it opens (the first step of its address)."""
    main, end = (
        [
            {"name": name, "url": url, "section": url.strip("/").split("/")[0]}
            for name, url in ((name, reverse(f"results:{view}")) for name, view in entries)
        ]
        for entries in (MAIN_SECTIONS, END_SECTIONS)
    )
    # A plain path: the page belongs to the app that judges submissions, which this one does not import.
    end.insert(1, {"name": "Rules", "url": RULES_PAGE, "section": "rules"})
    return {"main": main, "end": end, "all": main + end}


@register.simple_tag
def device_glyph(device_class: str, hollow: bool = False) -> SafeString:
    """The shape of a device class, for use beside its name."""
    return mark_safe(
        class_glyph(device_class, hollow=hollow)
    )  # built from constants, nothing of a user in it


@register.filter
def device_class_name(device_class: str) -> str:
    """The name of a device class, such as ``MCU + NPU``."""
    return DeviceClass(device_class).label if device_class in DeviceClass.values else device_class
