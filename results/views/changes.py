"""Everything that happened to published results: as a page, as JSON, and as an Atom feed (RFC 4287)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, get_tag_uri

from results.domain.parameters import query_string
from results.domain.query import QueryError
from results.models import Benchmark, ResultChange, Round
from results.selectors.changes import ChangesPage, ChangesQuery, changes_page, parse_changes_query
from results.services.changes import values_sentence
from results.views.history import change_json, change_rows
from results.views.problems import parameters, problem_data, problem_page
from results.views.responses import data_page, json_file

FEED_SIZE = 100
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""When a feed without any entry was last changed: Atom asks for a date, and it must not be that of the request."""


@data_page
def page(request: HttpRequest) -> HttpResponse:
    """The log of all results, the newest entry first."""
    try:
        query = parse_changes_query(parameters(request))
    except QueryError as error:
        return problem_page(request, error)
    found = changes_page(query)
    context = {
        "query": query,
        "rows": change_rows(found.rows),
        "choices": _choices(query),
        "older_url": _address("results:changes", query, found),
        "json_url": _address("results:changes-data", query),
        "feed_url": _address("results:changes-feed", query),
    }
    return render(request, "results/changes.html", context)


@data_page
def data(request: HttpRequest) -> HttpResponse:
    """The same entries as JSON; ``older`` is the address of the entries before them."""
    try:
        query = parse_changes_query(parameters(request))
    except QueryError as error:
        return problem_data(error)
    found = changes_page(query)
    document = {
        "changes": [change_json(change) for change in found.rows],
        "older": _address("results:changes-data", query, found) or None,
    }
    return json_file(document, "changes.json")


@data_page
def feed(request: HttpRequest) -> HttpResponse:
    """The newest entries as an Atom feed, with the filters of the page."""
    try:
        query = parse_changes_query(parameters(request), paging=())
    except QueryError as error:
        return problem_data(error)
    rows = changes_page(query, FEED_SIZE).rows
    absolute = request.build_absolute_uri
    atom = _Feed(
        title="TinySite: changes to published results",
        link=absolute(_address("results:changes", query)),
        description="",
        subtitle="Published, corrected, moved, withdrawn, removed, objected to, reproduced.",
        language="en-gb",
        author_name="TinySite",
        feed_url=absolute(request.get_full_path()),
        feed_guid=absolute(_address("results:changes-feed", query)),
    )
    for change in rows:
        _add(atom, change, absolute(_entry_address(change)))
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


class _Feed(Atom1Feed):
    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=FIRST_DAY)


def _add(atom: Atom1Feed, change: ResultChange, link: str) -> None:
    texts = (change.text, values_sentence(change.data.get("values", [])))
    atom.add_item(
        title=f"{change.get_kind_display()}: {change.result}",
        link=link,
        description=" ".join(filter(None, texts)),
        unique_id=get_tag_uri(link, change.at),
        pubdate=change.at,
        updateddate=change.at,
        author_name=change.actor,
        categories=(change.kind, change.benchmark, change.round),
    )


def _entry_address(change: ResultChange) -> str:
    return f"{reverse('results:result', args=[change.result])}#change-{change.pk}"


def _address(view: str, query: ChangesQuery, page: ChangesPage | None = None) -> str:
    """The address of ``view`` with the filters of ``query``; with ``page`` that of older entries, empty without any."""
    pairs = list(query.filters().items())
    if page is not None:
        if page.older is None:
            return ""
        pairs.append(("before", str(page.older)))
    return f"{reverse(view)}?{query_string(pairs)}" if pairs else reverse(view)


def _choices(query: ChangesQuery) -> list[dict[str, Any]]:
    """The filters as selects: name, legend, (value, label, whether it is chosen)."""
    rounds = [(pk, pk) for pk in Round.objects.order_by("-position").values_list("pk", flat=True)]
    benchmarks = list(Benchmark.objects.order_by("position").values_list("pk", "name"))
    lists = (
        ("round", "Round", rounds),
        ("benchmark", "Benchmark", benchmarks),
        ("kind", "What happened", list(ResultChange.Kind.choices)),
    )
    return [
        {
            "name": name,
            "legend": legend,
            "options": [(value, label, value == getattr(query, name)) for value, label in options],
        }
        for name, legend, options in lists
    ]
