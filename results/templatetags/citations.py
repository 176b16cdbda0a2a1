"""The block under a view that says how to cite it."""

from __future__ import annotations

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from results.analysis.comparing import footnote
from results.domain.citation import CitedView, csl_json, view_bibtex, view_csl, view_text
from results.models.releases import short_hash
from results.selectors.releases import cited_data

register = template.Library()


@register.inclusion_tag("components/_cite_view.html", takes_context=True)
def cite_view(context: Context, title: str, embed: str = "") -> dict[str, str]:
    """Citation, BibTeX and CSL-JSON of the page that is drawn, and the HTML of a frame with ``embed``.

    ``embed`` is the address of the view for frames, with its query string. ``cited`` of the context are the results
    whose figures the view compares: the footnote that must stand under them names them. One query.
    """
    request = context["request"]
    generation, sha256 = cited_data()
    data = reverse("results:data-file", args=[short_hash(sha256), "SHA256SUMS"]) if sha256 else ""
    view = CitedView(
        title=title,
        address=request.build_absolute_uri(),
        generation=generation,
        data_sha256=sha256,
        data_address=request.build_absolute_uri(data) if data else "",
    )
    today = timezone.localdate()
    cited = context.get("cited")
    return {
        "footnote": footnote(cited, today, request.build_absolute_uri("/")) if cited else "",
        "text": view_text(view, today),
        "bibtex": view_bibtex(view, today),
        "csl": csl_json(view_csl(view, today)),
        "data_address": data,
        "snippet": _snippet(request.build_absolute_uri(embed), title) if embed else "",
    }


def _snippet(address: str, title: str) -> str:
    """The text to copy; the template escapes it once more, so that it is shown and not drawn."""
    return str.__str__(
        format_html(
            '<iframe src="{}" title="{}" width="100%" height="520" loading="lazy"></iframe>', address, title
        )
    )
