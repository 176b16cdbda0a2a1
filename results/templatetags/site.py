"""The frame of every page: navigation, glyphs of device classes."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.db import DatabaseError
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from results.charts.marks import class_glyph
from results.domain.links import ACCOUNT_PAGE, LOG_IN_PAGE, REVIEW_PAGE, RULES_PAGE, SUBMIT_PAGE
from results.models import DeviceClass

register = template.Library()

MAIN_SECTIONS = (
    ("Leaderboards", "leaderboards"),
    ("Scores", "scores"),
    ("Compare", "compare"),
    ("Pareto", "pareto-index"),
    ("Devices", "devices"),
    ("Projections", "projections"),
    ("Rounds", "rounds"),
    ("Data", "data"),
)
PROVENANCE_TAGS = {
    "site-reviewed": "site-reviewed",
    "self-reported": "not reviewed",
    "vendor-published": "vendor-published",
    "literature": "literature",
}
"""Stands beside every result that MLCommons has not reviewed."""
END_SECTIONS = (("Method", "method"), ("API", "api"))


@dataclass(frozen=True)
class Entry:
    """One link of the masthead; ``section`` is the first step of the addresses that it stands for."""

    name: str
    url: str
    section: str
    is_account: bool = False


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> dict[str, list[Entry]]:
    """Entries of the masthead, for the account that is logged in."""
    main, end = (
        [_entry(name, reverse(f"results:{view}")) for name, view in entries]
        for entries in (MAIN_SECTIONS, END_SECTIONS)
    )
    end.insert(1, _entry("Rules", RULES_PAGE))
    end += [_entry("Submit", SUBMIT_PAGE), *_account_entries(context)]
    return {"main": main, "end": end, "all": main + end}


def _entry(name: str, url: str) -> Entry:
    return Entry(name, url, url.strip("/").split("/")[0])


def _account_entries(context: Context) -> list[Entry]:
    """The account by its name, or the way to log in; the same when the database that knows accounts is silent."""
    try:
        user = context.get("user")
        if user is not None and user.is_authenticated:
            review = [_entry("Review", REVIEW_PAGE)] if user.is_reviewer or user.is_staff else []
            return [*review, Entry(str(user), ACCOUNT_PAGE, "account", is_account=True)]
    except DatabaseError:
        pass
    return [Entry("Log in", LOG_IN_PAGE, "account")]


@register.simple_tag
def how(anchor: str, of: str = "") -> SafeString:
    """The link from a computed number to its place on the page of the method; ``of`` names it for screen readers."""
    label = format_html(' aria-label="How this is computed: {}"', of) if of else ""
    return format_html('<a href="{}#{}"{}>How this is computed</a>', reverse("results:method"), anchor, label)


@register.simple_tag
def device_glyph(device_class: str, hollow: bool = False) -> SafeString:
    """The shape of a device class, for use beside its name."""
    return mark_safe(
        class_glyph(device_class, hollow=hollow)
    )  # built from constants, nothing of a user in it


@register.filter
def provenance_tag(provenance: str) -> str:
    """The word that stands beside a result which MLCommons has not reviewed; empty for one that it has."""
    return PROVENANCE_TAGS.get(provenance, "")


@register.filter
def device_class_name(device_class: str) -> str:
    """The name of a device class, such as ``MCU + NPU``."""
    return DeviceClass(device_class).label if device_class in DeviceClass.values else device_class
