"""What base.html needs on every page, as a template context processor."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest

from results.selectors.site import site_counts
from results.views.theme import THEMES, stored_theme


def site(request: HttpRequest) -> dict[str, dict[str, object]]:
    """Theme, section of the address (for the masthead) and the counts of the footer."""
    theme = stored_theme(request)
    steps = request.path.strip("/").split("/")
    return {
        "site": {
            "theme": "" if theme == "system" else theme,
            "theme_name": theme,
            "themes": THEMES,
            "path": request.get_full_path(),
            "section": steps[0],
            # "page" is the section's own page, "true" a page inside it
            "section_state": "page" if len(steps) == 1 else "true",
            "counts": _counts(),
        }
    }


def _counts() -> dict[str, str | int]:
    """The footer's counts; none when the database is silent, so that the error page can still be drawn."""
    try:
        return site_counts()
    except DatabaseError:
        return {}
