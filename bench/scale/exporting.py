"""Goals about exports: a hundred thousand rows as JSON and as CSV, beside plain REST framework and COPY."""

from __future__ import annotations

import csv
import io
import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import psycopg2

from bench.scale.context import Context, Outcome, ratio_of
from bench.scale.load import Connection, interleaved, own_memory_mb
from bench.scale.reading import BENCHMARKS, ENTRY_TABLE
from results.selectors.leaderboard_export import EXPORT_COLUMNS

_RENAMED = {
    "submitter": "submitter_directory", "system": "system_label", "device": "device_slug", "id": "public_id",
    "findings": "finding_codes",
}  # fmt: skip


Lines = dict[str, Connection]
"""A connection to the site and to the plain peer."""


@dataclass(frozen=True, slots=True)
class Export:
    """All results of one benchmark in some rounds, as each of the contestants is asked for them."""

    benchmark: str
    rounds: tuple[str, ...]

    @property
    def _where(self) -> str:
        rounds = ", ".join(f"'{name}'" for name in self.rounds)
        return f"FROM {ENTRY_TABLE} WHERE benchmark = '{self.benchmark}' AND round IN ({rounds})"

    @property
    def count(self) -> str:
        return f"SELECT count(*) {self._where}"

    @property
    def copy(self) -> str:
        columns = ", ".join(_RENAMED.get(name, name) for name in EXPORT_COLUMNS)
        rows = f"SELECT {columns} {self._where} ORDER BY latency_ms, run_id"
        return f"COPY ({rows}) TO STDOUT (FORMAT csv)"

    @property
    def plain(self) -> str:
        query = {
            "benchmark": self.benchmark,
            "round__slug__in": ",".join(self.rounds),
            "ordering": "latency_ms,id",
        }
        return f"/export/?{urlencode(query)}"

    def site(self, form: str) -> str:
        return f"/leaderboards/{self.benchmark}.{form}?{urlencode({'round': ','.join(self.rounds)})}"


def export_goals(context: Context) -> Iterator[Outcome]:
    """Goals 10 and 11: about 100 000 rows as JSON and as CSV, exported before and for the first time (n)."""
    site = context.site(context.largest)
    plain = context.plain(site)
    cursor = psycopg2.connect(site.url).cursor()
    cursor.execute(f"SELECT DISTINCT round FROM {ENTRY_TABLE} WHERE round LIKE 'v2%'")  # noqa: S608 - own name
    rounds = tuple(sorted(row[0] for row in cursor)[:3])
    lines = {"site": Connection(site.port), "plain": Connection(plain)}
    yield from _never_exported(cursor, lines, [Export(name, rounds) for name in BENCHMARKS[1:]])
    own = Export(BENCHMARKS[0], rounds)
    cursor.execute(own.count)
    count = cursor.fetchone()[0]
    _equal(lines, own, count)
    workers = site.workers()
    before = {pid: own_memory_mb(pid) for pid in workers}
    firsts: dict[str, list[float]] = {"site": [], "empty": []}
    times = interleaved(
        {
            "first bytes": lambda: _first_byte(lines, own, firsts, 5),
            "site, JSON": lambda: lines["site"].get(own.site("json"), keep=False),
            "site, CSV": lambda: lines["site"].get(own.site("csv"), keep=False),
            "COPY": lambda: cursor.copy_expert(own.copy, io.BytesIO()),
            "plain DRF, JSON": lambda: lines["plain"].get(own.plain, keep=False),
        },
        rounds=context.rounds, seconds=0, least=1, most=1,
    )  # fmt: skip
    del times["first bytes"]  # they stand in firsts
    growth = max(own_memory_mb(pid) - before[pid] for pid in workers)
    context.note(f"export of {count} rows, ms", times)
    context.note("first byte of an export, ms", firsts)
    yield from _outcomes("", f"{count:,} rows, exported before", times, firsts, growth)


def _never_exported(
    cursor: psycopg2.extensions.cursor, lines: Lines, exports: list[Export]
) -> Iterator[Outcome]:
    """Each export once: its rows are written for it."""
    times: dict[str, list[float]] = {"site, JSON": [], "site, CSV": [], "COPY": [], "plain DRF, JSON": []}
    firsts: dict[str, list[float]] = {"site": [], "empty": []}
    for own in exports:
        found = interleaved(
            {
                "COPY": lambda own=own: cursor.copy_expert(own.copy, io.BytesIO()),
                "plain DRF, JSON": lambda own=own: lines["plain"].get(own.plain, keep=False),
            },
            rounds=1, seconds=0, least=1, most=1,
        )  # fmt: skip
        for name, values in found.items():
            times[name] += values
        answer = _first_byte(lines, own, firsts)
        times["site, JSON"].append(answer)
        times["site, CSV"].append(lines["site"].get(own.site("csv"), keep=False).seconds * 1e3)
    yield from _outcomes("n", "rows that were never exported", times, firsts, None)


def _first_byte(lines: Lines, own: Export, firsts: dict[str, list[float]], times: int = 1) -> float:
    """Ask for the JSON, note its first byte beside an empty view's, and say how many ms all of it took: the medians of
    so many ``times``, since the contestant before leaves no cache of the processor warm."""
    empty = statistics.median(lines["plain"].get("/empty/").seconds for _ in range(9))
    firsts["empty"].append(empty * 1e3)
    answers = [lines["site"].get(own.site("json"), keep=False) for _ in range(times)]
    firsts["site"].append(statistics.median(answer.first_byte for answer in answers) * 1e3)
    return statistics.median(answer.seconds for answer in answers) * 1e3


def _outcomes(
    mark: str, what: str, times: dict[str, list[float]], firsts: dict[str, list[float]], growth: float | None
) -> Iterator[Outcome]:
    faster, faster_met = ratio_of(times["plain DRF, JSON"], times["site, JSON"], least=25.0)
    first, first_met = ratio_of(firsts["site"], firsts["empty"], most=10.0)
    memory = "" if growth is None else f"{growth:.1f} MB; "
    yield Outcome(
        f"10{mark}",
        f"JSON export, {what}: against plain DRF; {'memory; ' if memory else ''}first byte / empty view",
        "≥ 25 ×; ≤ 16 MB; ≤ 10 ×",
        f"{faster}; {memory}{first}",
        faster_met and (growth or 0) <= 16 and first_met,
    )
    yield Outcome(
        f"11{mark}",
        f"CSV export, {what}, names not ids / COPY of the same columns",
        "≤ 1.2 ×",
        *ratio_of(times["site, CSV"], times["COPY"], most=1.2),
    )


def _equal(lines: Lines, own: Export, count: int) -> None:
    """Every contestant gives the same rows."""
    rows = json.loads(lines["site"].get(own.site("json")).body)["results"]
    table = list(csv.DictReader(io.StringIO(lines["site"].get(own.site("csv")).body.decode())))
    others = json.loads(lines["plain"].get(own.plain).body)
    assert len(rows) == len(table) == len(others) == count
    # The plain view orders what was not measured first or last as the database does; compare as sets of values.
    assert {(r["id"], r["latency_ms"]) for r in rows} == {(r["public_id"], r["latency_ms"]) for r in others}
    assert [r["id"] for r in rows] == [r["id"] for r in table]
