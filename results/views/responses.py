"""What views have in common: conditional answers, data files, and the page for a request that asks the impossible."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, wraps
from io import StringIO
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import condition, require_safe

from results.domain.spreadsheet import harmless
from results.views.kept import mark, version_for
from results.views.theme import stored_theme

View = Callable[..., HttpResponse]


def data_page(view: View) -> View:
    """A page that follows from published data and its address alone: GET and HEAD only, with an ``ETag``.

    The tag changes with the data, the address, the reader's theme, the part asked for by htmx, the release, the
    account named in the masthead, and the day, which stands in citations.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **parts: object) -> HttpResponse:
        response = view(request, *args, **parts)
        private = {"private": True} if request.user.is_authenticated else {}
        patch_cache_control(response, no_cache=True, **private)
        patch_vary_headers(response, ("Cookie", "HX-Request"))
        if not request.user.is_authenticated:
            mark(response, request.data_version)
        return response

    return require_safe(condition(etag_func=_etag)(wrapped))


def embedded_page(view: View) -> View:
    """A page that any site may show in a frame: no cookie is read for it or set, so it is the same for everybody.

    The middleware of the content security policy knows such a view by its attribute ``embeddable``.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **parts: object) -> HttpResponse:
        response = view(request, *args, **parts)
        patch_cache_control(response, no_cache=True, public=True)
        mark(response, request.data_version)
        return response

    answer = condition(etag_func=_etag_without_reader)(wrapped)

    @require_safe
    @wraps(view)
    def framed(request: HttpRequest, *args: object, **parts: object) -> HttpResponse:
        response = answer(request, *args, **parts)
        # Also on 304 Not Modified, whose headers replace those that the browser has kept.
        response.xframe_options_exempt = True
        return response

    framed.embeddable = True
    return framed


def _etag_without_reader(request: HttpRequest, *_args: object, **_parts: object) -> str:
    request.data_version = version_for(request)
    parts = (request.data_version, request.get_full_path(), _release(), timezone.localdate().isoformat())
    return f'"{hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]}"'


def _etag(request: HttpRequest, *_args: object, **_parts: object) -> str:
    request.data_version = version_for(request)
    parts = (
        request.data_version,
        request.get_full_path(),
        stored_theme(request),
        request.headers.get("HX-Request", ""),
        _release(),
        _account(request),
        timezone.localdate().isoformat(),
    )
    return f'"{hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]}"'


def _account(request: HttpRequest) -> str:
    """What the masthead shows of the account that is logged in; no query for a reader without a session."""
    user = request.user
    return f"{user.pk} {user} {user.is_reviewer} {user.is_staff}" if user.is_authenticated else ""


@lru_cache(maxsize=1)
def _release() -> str:
    """Changes with the templates, style sheets, documents and code that draw a page; the same in every process."""
    folders = ("templates", "static", "docs", "results", "submissions")
    files = (path for folder in folders for path in Path(settings.BASE_DIR, folder).rglob("*.*"))
    newest = max((path.stat().st_mtime_ns for path in files if path.suffix != ".pyc"), default=0)
    return f"{newest:x}"


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for the part that it swaps, and not for the whole page of its history."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def json_file(document: object, name: str) -> HttpResponse:
    """A document as JSON that a person can read; ``name`` is what a browser calls the file when it is saved."""
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    return _file(text + "\n", "application/json", name)


def csv_file(header: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> HttpResponse:
    """Rows as CSV (RFC 4180, UTF-8, header first); None is an empty field.

    A text that a spreadsheet would take for a formula is preceded by an apostrophe.
    """
    buffer = StringIO()
    writer = csv.writer(buffer)
    writer.writerow(header)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return _file(buffer.getvalue(), "text/csv; charset=utf-8", name)


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[object]], size: int = 1000) -> Iterator[bytes]:
    """The same as :func:`csv_file` writes, ``size`` rows at a time."""
    remaining = iter(rows)
    block: list[Sequence[object]] = [header]
    while block:
        buffer = StringIO()
        csv.writer(buffer).writerows([harmless(value) for value in row] for row in block)
        yield buffer.getvalue().encode()
        block = list(islice(remaining, size))


def streamed_file(
    request: HttpRequest, pieces: Iterator[bytes], content_type: str, name: str
) -> StreamingHttpResponse:
    """A file that is sent while it is written; whoever asks for its head alone makes nobody write it."""
    response = StreamingHttpResponse(
        iter(()) if request.method == "HEAD" else pieces, content_type=content_type
    )
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def svg_file(svg: str, name: str) -> HttpResponse:
    """A drawing for saving: attached, because it carries its own style, which the site's policy forbids inline."""
    response = _file(svg, "image/svg+xml", name)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def text_file(text: str, content_type: str, name: str, status: int) -> HttpResponse:
    """A text under the name that a browser gives it when it is saved."""
    response = _file(text, content_type, name)
    response.status_code = status
    return response


def _file(text: str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=content_type)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
