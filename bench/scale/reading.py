"""Goals about reading: pages of the API and of the site beside Datasette, a plain DRF view, and raw SQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from urllib.parse import quote, urlencode

import psycopg2

from bench.scale.context import Context, Outcome, ratio_of
from bench.scale.load import Connection, interleaved, throughput, unused_limit
from bench.scale.sites import RunningSite
from results.domain.cursor import Cursor, encode_cursor

BENCHMARKS = ("kws", "vww", "ic", "ad")
PAGE = 30
ENTRY_TABLE = "results_leaderboardentry"


@dataclass(frozen=True, slots=True)
class View:
    """One filtered and ordered page, as each of the contestants is asked for it."""

    benchmark: str
    division: str
    sort: str
    round: str = ""

    @property
    def column(self) -> str:
        return {"latency": "latency_ms", "energy": "energy_uj_per_inf"}[self.sort]

    @property
    def site(self) -> str:
        query = {"division": self.division, "round": self.round, "sort": self.sort}
        return f"/api/v1/leaderboards/{self.benchmark}/?{urlencode({k: v for k, v in query.items() if v})}"

    @property
    def page(self) -> str:
        return self.site.replace("/api/v1", "")

    @property
    def plain(self) -> str:
        query = {"benchmark": self.benchmark, "division": self.division, "ordering": f"{self.column},id"}
        return f"/results/?{urlencode(query | ({'round__slug': self.round} if self.round else {}))}"

    def datasette(self, file: str, *, html: bool = False, facets: bool = False) -> str:
        query = {
            "benchmark__exact": self.benchmark, "division__exact": self.division, "_sort": self.column,
            f"{self.column}__notnull": "1", "_size": str(PAGE), "_nosuggest": "1",
            **({"round__exact": self.round} if self.round else {}), **({} if html or facets else {"_nofacet": "1"}),
        }  # fmt: skip
        text = urlencode(query)
        if facets:
            text += "".join(
                f"&_facet={c}"
                for c in ("round", "device_class", "device_slug", "submitter_slug", "framework")
            )
        return f"/{file}/entry{'' if html else '.json'}?{text}"

    def sql(self, names: str = "*") -> tuple[str, list[object]]:
        where, values = "benchmark = %s AND division = %s", [self.benchmark, self.division]
        if self.round:
            where, values = where + " AND round = %s", [*values, self.round]
        order = f"ORDER BY {self.column}, run_id LIMIT {PAGE}"
        return f"SELECT {names} FROM {ENTRY_TABLE} WHERE {where} {order}", values  # noqa: S608 - own names


def views(context: Context, site: RunningSite) -> list[View]:
    """Filtered views in turn: so many that no one answer is measured again and again."""
    with psycopg2.connect(site.url) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT round FROM {ENTRY_TABLE} WHERE round LIKE 'v2%%'")  # noqa: S608
        rounds = sorted(row[0] for row in cursor)
    return [
        View(benchmark, "closed", sort, round_id)
        for benchmark in BENCHMARKS
        for sort in ("latency", "energy")
        for round_id in ("", *rounds)
    ]


def equal_pages(context: Context, site: RunningSite, own: list[View]) -> None:
    """Every contestant answers the same results in the same order; AssertionError names the view."""
    site_, plain_, datasette_ = (
        Connection(port) for port in (site.port, context.plain(site), context.datasette(site)[0])
    )
    with psycopg2.connect(site.url) as connection, connection.cursor() as cursor:
        for view in own:
            cursor.execute(*view.sql("public_id"))
            raw = [row[0] for row in cursor]
            answer = json.loads(site_.get(view.site).body)
            ours = [row["id"] for row in answer["results"]]
            theirs = [row["public_id"] for row in json.loads(plain_.get(view.plain).body)["results"]]
            body = json.loads(datasette_.get(view.datasette(str(site.results))).body)
            column = body["columns"].index("public_id")
            lite = [row[column] for row in body["rows"]]
            assert ours == raw == theirs, (view, ours[:3], raw[:3], theirs[:3])
            # Datasette leaves out what was not measured, as it is asked to.
            measured = sum(row[view.column] is not None for row in answer["results"])
            assert lite == raw[:measured], view


NOT_KEPT = {"Cookie": "sessionid=none"}
"""Of a reader with a session, who is answered anew each time."""
NEVER_ASKED = "&latency_min="
"""A limit that is another one each time, so that no answer is known, every filter is new, and pages begin at other
rows. The peers are asked without it."""


def asking(
    port: int, paths: list[str], suffix: str = "", headers: Mapping[str, str] | None = None
) -> Callable[[], object]:
    """Asks for the next of ``paths`` on one connection; RuntimeError for a refusal. ``suffix``: see NEVER_ASKED."""
    connection, turn = Connection(port), cycle(paths)

    def ask() -> None:
        path = next(turn) + (f"{suffix}{unused_limit()}" if suffix else "")
        answer = connection.get(path, headers)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {answer.body[:200]!r}")

    return ask


def _ask_all(sites: list[RunningSite], paths: Callable[[RunningSite], list[str]]) -> None:
    """Ask every address of each process, so that what follows asks again."""
    for site in sites:
        for path in paths(site):
            for _ in range(6):  # a new connection each time: one of the two processes takes it
                connection = Connection(site.port)
                connection.get(path)
                connection.close()


def raw_sql(site: RunningSite, own: list[View]) -> Callable[[], object]:
    connection = psycopg2.connect(site.url)
    connection.autocommit = True
    cursor, turn = connection.cursor(), cycle(own)

    def ask() -> None:
        cursor.execute(*next(turn).sql())
        cursor.fetchall()

    return ask


def page_goals(context: Context) -> Iterator[Outcome]:
    """Goals 1 to 4: the filtered leaderboard page of the API."""
    site = context.site(context.largest)
    own = views(context, site)
    equal_pages(context, site, own)
    plain, lite = context.plain(site), context.datasette(site)
    file = str(site.results)
    _ask_all([site, context.site(context.smallest)], lambda one: [view.site for view in views(context, one)])
    asked = {
        "site": asking(site.port, [view.site for view in own], NEVER_ASKED),
        "site, facets": asking(site.port, [f"{view.site}&facets=1" for view in own], NEVER_ASKED),
        "site, asked before": asking(site.port, [view.site for view in own]),
        "empty": asking(plain, ["/empty/"]),
        "raw SQL": raw_sql(site, own),
        "plain DRF": asking(plain, [view.plain for view in own]),
        "Datasette": asking(lite[0], [view.datasette(file) for view in own]),
    }
    static = context.nginx(Connection(site.port).get(own[0].site).body)
    if static:
        asked["nginx static"] = asking(static, ["/page.json"])
    small = context.site(context.smallest)
    if small is not site:
        asked["site, smallest"] = asking(
            small.port, [view.site for view in views(context, small)], NEVER_ASKED
        )
        asked["site, smallest, asked before"] = asking(
            small.port, [view.site for view in views(context, small)]
        )
    middle = [context.site(size) for size in context.sizes[1:-1]]
    for one in middle:
        asked[f"site, {one.results}"] = asking(
            one.port, [view.site for view in views(context, one)], NEVER_ASKED
        )
    times = interleaved(asked, rounds=context.rounds, seconds=context.seconds)
    context.note("filtered API page, p50 ms", times)
    floor = [a + b for a, b in zip(times["empty"], times["raw SQL"], strict=True)]
    smallest = f"{site.results:,} / {small.results:,} results"
    for mark, own_times, text in (
        ("", "site, asked before", ""), ("n", "site", ", never asked before"),
        ("f", "site, facets", ", never asked before, with 13 facets"),
    ):  # fmt: skip
        what = f"filtered leaderboard API page{text}"
        yield Outcome(
            f"1{mark}",
            f"{what}, p50 / (empty view + raw SQL)",
            "≤ 2.0 ×",
            *ratio_of(times[own_times], floor, most=2.0),
        )
        if small is not site and mark != "f":
            less = "site, smallest, asked before" if not mark else "site, smallest"
            yield Outcome(
                f"2{mark}",
                f"{what}, p50, {smallest}",
                "≤ 1.15 ×",
                *ratio_of(times[own_times], times[less], most=1.15),
            )
    rates: dict[str, list[float]] = {
        "site": [],
        "site, asked before": [],
        "plain DRF": [],
        "Datasette": [],
        "empty": [],
    }
    addresses = [view.site for view in own]
    for _ in range(context.rounds):
        seconds = context.load_seconds
        rates["site"].append(throughput([(site.port, addresses)], seconds=seconds, suffix=NEVER_ASKED))
        rates["site, asked before"].append(throughput([(site.port, addresses)], seconds=seconds))
        rates["plain DRF"].append(throughput([(plain, [v.plain for v in own])], seconds=seconds))
        rates["Datasette"].append(
            throughput([(port, [v.datasette(file) for v in own]) for port in lite], seconds=seconds)
        )
        rates["empty"].append(throughput([(plain, ["/empty/"])], seconds=seconds))
    context.note("filtered API page, requests per second", rates)
    for number, peer, least in (("3", "plain DRF", (30.0, 40.0)), ("4", "Datasette", (8.0, 8.0))):
        for mark, ours, text in (("", "site, asked before", ""), ("n", "site", ", never asked before")):
            p50, p50_met = ratio_of(times[peer], times[ours], least=least[0])
            rps, rps_met = ratio_of(rates[ours], rates[peer], least=least[1])
            yield Outcome(
                f"{number}{mark}",
                f"the same page{text} against {peer}, p50 and throughput",
                f"≥ {least[0]:g} ×, ≥ {least[1]:g} ×",
                f"{p50}, {rps}",
                p50_met and rps_met,
            )


def deep_page_goal(context: Context) -> Iterator[Outcome]:
    """Goal 5: the page at 90 % of a view against its first one."""
    site = context.site(context.largest)
    first, deep = [], []
    with psycopg2.connect(site.url) as connection, connection.cursor() as cursor:
        for view in views(context, site):
            where = f"FROM {ENTRY_TABLE} WHERE benchmark = %s AND division = %s AND {view.column} IS NOT NULL"
            values = [view.benchmark, view.division]
            if view.round:
                where, values = where + " AND round = %s", [*values, view.round]
            cursor.execute(f"SELECT count(*) {where}", values)
            place = int(cursor.fetchone()[0] * 0.9)
            cursor.execute(
                f"SELECT {view.column}, run_id {where} ORDER BY 1, 2 OFFSET {place} LIMIT 1", values
            )
            value, run = cursor.fetchone()
            path = f"{view.site}&cursor={quote(encode_cursor(Cursor(view.sort, (value,), run)))}"
            cursor.execute(
                f"SELECT public_id {where} ORDER BY {view.column}, run_id OFFSET {place + 1} LIMIT {PAGE}",
                values,
            )
            wanted = [row[0] for row in cursor]
            found = [row["id"] for row in json.loads(Connection(site.port).get(path).body)["results"]]
            assert found[: len(wanted)] == wanted, view
            first.append(view.site)
            deep.append(path)
    _ask_all([site], lambda _: [*first, *deep])
    times = interleaved(
        {
            "first": asking(site.port, first, NEVER_ASKED), "deep": asking(site.port, deep, NEVER_ASKED),
            "first, asked before": asking(site.port, first), "deep, asked before": asking(site.port, deep),
        },
        rounds=context.rounds, seconds=context.seconds,
    )  # fmt: skip
    context.note("first and deep page, p50 ms", times)
    yield Outcome(
        "5",
        "page at 90 % / first page, p50",
        "≤ 1.2 ×",
        *ratio_of(times["deep, asked before"], times["first, asked before"], most=1.2),
    )
    yield Outcome(
        "5n",
        "page at 90 % / first page, never asked before, p50",
        "≤ 1.2 ×",
        *ratio_of(times["deep"], times["first"], most=1.2),
    )


def unchanged_goal(context: Context) -> Iterator[Outcome]:
    """Goal 6: a page that the client holds already."""
    site = context.site(context.largest)
    plain = context.plain(site)
    view = View("kws", "closed", "latency")
    rates: dict[str, list[float]] = {"API": [], "page": [], "empty": []}
    tags = {
        name: Connection(site.port).get(path).headers["etag"]
        for name, path in (("API", view.site), ("page", view.page))
    }
    for name, path in (("API", view.site), ("page", view.page)):
        assert Connection(site.port).get(path, {"If-None-Match": tags[name]}).status == 304, name
    for _ in range(context.rounds):
        for name, path in (("API", view.site), ("page", view.page)):
            rates[name].append(
                throughput(
                    [(site.port, [path])], seconds=context.load_seconds, headers={"If-None-Match": tags[name]}
                )
            )
        rates["empty"].append(throughput([(plain, ["/empty/"])], seconds=context.load_seconds))
    context.note("unchanged page, requests per second", rates)
    page, page_met = ratio_of(rates["page"], rates["empty"], least=0.9)
    api, api_met = ratio_of(rates["API"], rates["empty"], least=0.9)
    yield Outcome(
        "6",
        "unchanged page and API answer (ETag), throughput / empty view",
        "≥ 0.9 ×",
        f"{page}, {api}",
        page_met and api_met,
    )


def html_goal(context: Context) -> Iterator[Outcome]:
    """Goal 15: the leaderboard as a page for people, with its facets."""
    site = context.site(context.largest)
    lite = context.datasette(site)[0]
    own, file = views(context, site), str(site.results)
    times = interleaved(
        {
            "site": asking(site.port, [view.page for view in own], NEVER_ASKED),
            "site, asked before": asking(site.port, [view.page for view in own]),
            "Datasette, five facets": asking(lite, [view.datasette(file, html=True, facets=True) for view in own]),
            "Datasette, no facets": asking(lite, [view.datasette(file, html=True) + "&_nofacet=1" for view in own]),
        },
        rounds=context.rounds, seconds=context.seconds,
    )  # fmt: skip
    context.note("leaderboard page, p50 ms", times)
    facets, met = ratio_of(times["Datasette, five facets"], times["site"], least=4.0)
    none, _ = ratio_of(times["Datasette, no facets"], times["site"], least=4.0)
    yield Outcome(
        "15",
        "leaderboard page with 13 facets against Datasette's with 5 (and with none)",
        "≥ 4 ×",
        f"{facets} ({none})",
        met,
    )


def other_pages_goal(context: Context) -> Iterator[Outcome]:
    """Goal 16: device, compare and matrix pages against the leaderboard page of the API; asked before, and anew (n): a
    reader who may have an account is never answered from memory."""
    site = context.site(context.largest)
    with psycopg2.connect(site.url) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT device_slug FROM {ENTRY_TABLE} GROUP BY 1 ORDER BY count(*) DESC")  # noqa: S608
        devices = [row[0] for row in cursor][::7]  # large and small boards
        cursor.execute(
            f"SELECT public_id FROM {ENTRY_TABLE}"  # noqa: S608 - own name
            " WHERE benchmark = 'kws' AND division = 'closed' ORDER BY run_id LIMIT 90"
        )
        runs = [row[0] for row in cursor]
    pages = {
        "device": [f"/devices/{slug}/" for slug in devices],
        "compare": [
            "/compare/?" + "&".join(f"run={run}" for run in runs[k : k + 3]) for k in range(0, 90, 3)
        ],
        "matrix": [path for path in ("/projections/",) if Connection(site.port).get(path).status == 200],
    }
    missing = [name for name, paths in pages.items() if not paths]
    own = [view.site for view in views(context, site)]
    _ask_all([site], lambda _: [*own, *(path for paths in pages.values() for path in paths)])
    for mark, text, headers in (("", "asked before", None), ("n", "asked anew", NOT_KEPT)):
        asked = {name: asking(site.port, paths, headers=headers) for name, paths in pages.items() if paths}
        asked["API page"] = asking(site.port, own, NEVER_ASKED if mark else "", headers)
        times = interleaved(asked, rounds=context.rounds, seconds=context.seconds, most=40)
        context.note(f"other pages, {text}, p50 ms", times)
        found = {name: ratio_of(times[name], times["API page"], most=5.0) for name in pages if name in times}
        yield Outcome(
            f"16{mark}",
            f"device, compare and matrix pages / leaderboard API page, each {text}, p50",
            "≤ 5 ×",
            ", ".join(
                [
                    *(f"{name} {ratio}" for name, (ratio, _) in found.items()),
                    *(f"{n}: no such page" for n in missing),
                ]
            ),
            all(met for _, met in found.values()) and not missing,
        )
