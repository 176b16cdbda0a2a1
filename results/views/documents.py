"""Pages of running text: the documents of the repository."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from results.documents import Document, read_document
from results.views.responses import data_page


@data_page
def method(request: HttpRequest) -> HttpResponse:
    """How figures are normalised, ranked and compared."""
    return _page(request, "method.md", "How TinySite normalises, ranks and compares results.")


@data_page
def comparability(request: HttpRequest) -> HttpResponse:
    """Pairs of published results with the answer of the rules of comparison."""
    return _page(
        request, "comparability.md", "Which published results compare, on which metric, and why not."
    )


@data_page
def api(request: HttpRequest) -> HttpResponse:
    """What the API offers and promises, for people."""
    links = [
        ("Try it (Swagger)", "/api/v1/docs/"),
        ("OpenAPI schema", "/api/v1/schema/"),
    ]
    return _page(request, "api.md", "The REST API of TinySite: paths, filters, formats, promises.", links)


@data_page
def figures(request: HttpRequest) -> HttpResponse:
    """Where external figures come from, how cells are cleaned, and what is quarantined."""
    return _page(request, "figures.md", "Sources, licences and checks of figures published elsewhere.")


@data_page
def projection(request: HttpRequest) -> HttpResponse:
    """How values that nobody measured are projected, and how well that went."""
    return _page(request, "projection.md", "How TinySite projects what nobody measured, and when it refuses.")


@data_page
def accessibility(request: HttpRequest) -> HttpResponse:
    """What readers with assistive technology can expect, and where it falls short."""
    return _page(request, "accessibility.md", "What TinySite does so that everybody can read it.")


def _page(
    request: HttpRequest, name: str, summary: str, links: list[tuple[str, str]] | None = None
) -> HttpResponse:
    context = {"document": _document(name), "summary": summary, "links": links or []}
    return render(request, "results/document.html", context)


def _document(name: str) -> Document:
    try:
        return read_document(Path(settings.BASE_DIR) / "docs" / name)
    except FileNotFoundError as error:
        raise Http404(f"docs/{name} is not part of this installation") from error
