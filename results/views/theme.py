"""The reader's choice of light or dark, kept in a cookie: it belongs to the reader, not to the view."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

THEME_COOKIE = "theme"
THEMES = ("system", "light", "dark")
ONE_YEAR_S = 365 * 24 * 3600


def stored_theme(request: HttpRequest) -> str:
    """``light``, ``dark``, or ``system`` where nothing (or nothing known) is stored."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else "system"


@require_safe
@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    """Store ``?theme=`` and go back to ``next``, which must be an address of this site."""
    back = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("results:home")
    response = HttpResponseRedirect(back)
    theme = request.GET.get("theme", "system")
    if theme in ("light", "dark"):
        response.set_cookie(THEME_COOKIE, theme, max_age=ONE_YEAR_S, samesite="Lax", httponly=True)
    else:
        response.delete_cookie(THEME_COOKIE)
    return response
