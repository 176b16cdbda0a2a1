"""An Atom feed (RFC 4287) of the newest results, beside that of all changes."""

from __future__ import annotations

from datetime import UTC, datetime, time

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, get_tag_uri

from results.domain.parameters import ParameterReader, QueryError
from results.models import Benchmark, LeaderboardEntry, Provenance
from results.presentation import table_number
from results.views.changes import FIRST_DAY
from results.views.problems import parameters, problem_data
from results.views.responses import data_page

FEED_SIZE = 100


@data_page
def feed(request: HttpRequest) -> HttpResponse:
    """The results that were stored last, the newest first; ``?benchmark=kws`` for those of one benchmark."""
    try:
        benchmark = _benchmark(request)
    except QueryError as error:
        return problem_data(error)
    entries = LeaderboardEntry.objects.select_related("run__system__publication__round").order_by("-run_id")
    if benchmark:
        entries = entries.filter(benchmark=benchmark)
    absolute = request.build_absolute_uri
    atom = _Feed(
        title=f"TinySite: new results{f' of {benchmark}' if benchmark else ''}",
        link=absolute(reverse("results:leaderboards")),
        description="",
        subtitle="Published results of TinyML benchmarks, each with its evidence.",
        language="en-gb",
        author_name="TinySite",
        feed_url=absolute(request.get_full_path()),
        feed_guid=absolute(request.get_full_path()),
    )
    for entry in entries[:FEED_SIZE]:
        _add(atom, entry, absolute(reverse("results:result", args=[entry.public_id])))
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


class _Feed(Atom1Feed):
    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=FIRST_DAY)


def _benchmark(request: HttpRequest) -> str:
    reader = ParameterReader(parameters(request), ("benchmark",))
    known = list(Benchmark.objects.values_list("pk", flat=True)) if request.GET else []
    benchmark = reader.choice("benchmark", known, "")
    reader.raise_problems()
    return benchmark


def _add(atom: Atom1Feed, entry: LeaderboardEntry, link: str) -> None:
    published = _published_at(entry)
    values = [
        f"{name} {table_number(value)} {unit}"
        for name, value, unit in (
            ("Latency", entry.latency_ms, "ms"),
            ("Energy", entry.energy_uj_per_inf, "µJ/inf"),
        )
        if value is not None
    ]
    reviewed = entry.provenance == Provenance.REVIEWED
    verified = "" if reviewed else " Result not verified by MLCommons Association."
    software = f" with {entry.software}" if entry.software else ""
    conditions = f"round {entry.round}, {entry.division} division, {Provenance(entry.provenance).label}"
    atom.add_item(
        title=f"{entry.benchmark}: {entry.device_short_name}{software}",
        link=link,
        description=f"{', '.join(values) or 'No latency and no energy'}; {conditions}.{verified}",
        unique_id=get_tag_uri(link, published),
        pubdate=published,
        updateddate=published,
        author_name=entry.submitter_name,
        categories=(entry.benchmark, entry.round, entry.division),
    )


def _published_at(entry: LeaderboardEntry) -> datetime:
    """When it appeared on this site; for figures of MLCommons the day of their round."""
    publication = entry.run.system.publication
    if publication.published_at is not None:
        return publication.published_at
    day = publication.round.published_on
    return datetime.combine(day, time(), UTC) if day else FIRST_DAY
