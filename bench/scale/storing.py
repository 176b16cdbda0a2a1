"""Goals about counting, checking and storing, on the database itself."""

from __future__ import annotations

import hashlib
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psycopg2

from bench.scale.context import Context, Outcome, ratio_of
from bench.scale.load import interleaved
from bench.scale.reading import BENCHMARKS, ENTRY_TABLE
from bench.scale.sites import ROOT, folder_of
from results.domain.metrics import Direction
from results.domain.query import LeaderboardQuery, parse_pareto_query, parse_query
from results.selectors.leaderboard import entry_page
from results.selectors.snapshot import current_snapshot
from results.selectors.snapshot.view import View
from results.selectors.trade_off_columns import fronts_of

FACETS = {
    "class": "device_class", "device": "device_slug", "submitter": "submitter_slug", "framework": "framework", "style": "deployment_style",
}  # fmt: skip


def _filters(context: Context, count: int) -> list[LeaderboardQuery]:
    """Filters drawn at random, each used once, so that nothing that was remembered helps."""
    chance = random.Random(5)
    rounds = [word for word in current_snapshot().words["round"] if word.startswith("v2")]
    found = []
    for _ in range(count):
        params = {"division": ["closed"]}
        if chance.random() < 0.5:
            params["round"] = chance.sample(rounds, chance.randint(1, len(rounds)))
        if chance.random() < 0.5:
            params["latency_max"] = [f"{chance.uniform(1, 500):.3f}"]
        found.append(parse_query(params, benchmark=chance.choice(BENCHMARKS)))
    return found


def _where(query: LeaderboardQuery) -> tuple[str, list[Any]]:
    where, values = "benchmark = %s AND division = 'closed'", [query.benchmark]
    if rounds := query.filters.get("round"):
        where, values = where + " AND round = ANY(%s)", [*values, list(rounds)]
    if limit := query.ranges.get("latency"):
        where, values = where + " AND latency_ms <= %s", [*values, limit.high]
    return where, values


def facets_goal(context: Context) -> Iterator[Outcome]:
    """Goal 7: five facet counts under any filter, against one query with GROUPING SETS."""
    site = context.site(context.largest)
    cursor = psycopg2.connect(site.url).cursor()
    columns = ", ".join(FACETS.values())
    sets = ", ".join(f"({column})" for column in FACETS.values())

    def by_sql(query: LeaderboardQuery) -> dict[str, dict[str, int]]:
        where, values = _where(query)
        cursor.execute(
            f"SELECT {columns}, count(*) FROM {ENTRY_TABLE} WHERE {where} GROUP BY GROUPING SETS ({sets})",  # noqa: S608
            values,
        )
        found: dict[str, dict[str, int]] = {name: {} for name in FACETS}
        for *words, number in cursor:
            name, word = next((n, w) for n, w in zip(FACETS, words, strict=True) if w is not None)
            found[name][word] = number
        return found

    snapshot = current_snapshot()  # a request looks once which one is current, for its ETag

    def by_columns(query: LeaderboardQuery) -> dict[str, dict[str, int]]:
        part = snapshot.part(query.benchmark)
        view = View(part, query.filters, query.energy, query.ranges)
        found = {}
        for name in FACETS:
            counts = view.counts(name)
            found[name] = {part.words[name][k]: int(counts[k]) for k in np.flatnonzero(counts)}
        return found

    yield _once_each(
        "7",
        "five facet counts under any filter against GROUPING SETS",
        100.0,
        context,
        by_sql,
        by_columns,
        _filters(context, 40),
    )


def pareto_goal(context: Context) -> Iterator[Outcome]:
    """Goal 8: the Pareto fronts of a view, against the window query."""
    site = context.site(context.largest)
    cursor = psycopg2.connect(site.url).cursor()

    def by_sql(query: LeaderboardQuery) -> set[tuple[float, float]]:
        # A front per energy scope and nominal supply, as the page has it.
        where, values = _where(query)
        test_set = ", evaluation_set" if query.benchmark == "ic" else ""
        known = " AND evaluation_set <> ''" if query.benchmark == "ic" else ""
        cursor.execute(
            "SELECT energy_uj_per_inf, quality_value FROM (SELECT energy_uj_per_inf, quality_value, max(quality_value)"  # noqa: S608
            f" OVER (PARTITION BY energy_scope, floor(supply_voltage_mv / 100 + 0.5){test_set}"
            " ORDER BY energy_uj_per_inf, quality_value DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before"
            f" FROM {ENTRY_TABLE} WHERE {where} AND energy_uj_per_inf IS NOT NULL AND quality_value IS NOT NULL"
            f" AND energy_scope IN ('chip-rail', 'board') AND supply_voltage_mv IS NOT NULL{known} AND duplicate_of = '') w"
            " WHERE before IS NULL OR quality_value > before",
            values,
        )
        return set(cursor)

    snapshot = current_snapshot()

    def by_columns(query: LeaderboardQuery) -> set[tuple[float, float]]:
        part = snapshot.part(query.benchmark)
        own = replace(
            parse_pareto_query({}, benchmark=query.benchmark), filters=query.filters, ranges=query.ranges
        )
        part.kept.pop("views", None)
        found = np.concatenate(
            [one.rows for one in fronts_of(own, part, (Direction.LOWER, Direction.HIGHER), {})]
        )
        return set(
            zip(part.values["energy"][found].tolist(), part.values["quality"][found].tolist(), strict=True)
        )

    yield _once_each(
        "8",
        "Pareto fronts under any filter against the SQL window",
        50.0,
        context,
        by_sql,
        by_columns,
        _filters(context, 40),
    )


def _once_each(
    number: str,
    what: str,
    least: float,
    context: Context,
    theirs: Any,
    ours: Any,
    queries: list[LeaderboardQuery],
) -> Outcome:
    """Each query once by either, in turn; equal answers first."""
    warm = queries[: len(queries) // 5]
    for query in warm:
        a, b = theirs(query), ours(query)
        if a != b:
            raise AssertionError(f"{query} differs: {str(a)[:300]} and {str(b)[:300]}")
    times: dict[str, list[float]] = {"SQL": [], "columns": []}
    for query in queries[len(warm) :]:
        for name, ask in (("SQL", theirs), ("columns", ours)):
            began = time.perf_counter()
            ask(query)
            times[name].append((time.perf_counter() - began) * 1e3)
    context.note(what + ", ms", times)
    ratios = [a / b for a, b in zip(times["SQL"], times["columns"], strict=True)]
    middle = statistics.median(ratios)
    low, high = np.percentile(ratios, [10, 90])
    return Outcome(number, what, f"≥ {least:g} ×", f"{middle:.3g} × ({low:.3g}–{high:.3g})", middle >= least)


def rare_filter_goal(context: Context) -> Iterator[Outcome]:
    """Goal 9: one device in one round, against normalised tables with indexes of the foreign keys."""
    site = context.site(context.largest)
    context.plain(site)
    connection = psycopg2.connect(site.url)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(
        "DROP INDEX IF EXISTS bench_plain.result_by_latency; DROP INDEX IF EXISTS bench_plain.result_by_energy"
    )
    cursor.execute(
        f"SELECT device_slug, round FROM {ENTRY_TABLE}"  # noqa: S608 - own name
        " WHERE benchmark = 'kws' GROUP BY 1, 2 ORDER BY random() LIMIT 60"
    )
    pairs = cursor.fetchall()
    try:
        times: dict[str, list[float]] = {"normalised": [], "site": []}
        for k, (device, round_id) in enumerate(pairs):
            query = parse_query({"device": [device], "round": [round_id]}, benchmark="kws")
            began = time.perf_counter()
            cursor.execute(
                "SELECT e.*, d.slug, d.name, d.device_class, s.slug, s.name, r.slug FROM bench_plain.result e"
                " JOIN bench_plain.device d ON d.id = e.device_id JOIN bench_plain.submitter s ON s.id = e.submitter_id"
                " JOIN bench_plain.round r ON r.id = e.round_id"
                " WHERE e.benchmark = 'kws' AND d.slug = %s AND r.slug = %s ORDER BY e.latency_ms, e.id LIMIT 30",
                [device, round_id],
            )
            theirs = [row[1] for row in cursor.fetchall()]
            between = time.perf_counter()
            ours = [entry.public_id for entry in entry_page(query).entries]
            ended = time.perf_counter()
            assert ours == theirs, (device, round_id)
            if k >= 10:
                times["normalised"].append((between - began) * 1e3)
                times["site"].append((ended - between) * 1e3)
    finally:
        from bench.scale.peers import COMPOSITE

        cursor.execute(COMPOSITE)
        connection.close()
    context.note("rare filter, ms", times)
    ratios = sorted(a / b for a, b in zip(times["site"], times["normalised"], strict=True))
    middle, worst = statistics.median(ratios), float(np.percentile(ratios, 90))
    yield Outcome(
        "9",
        "rare filter (one device, one round) / normalised tables with FK indexes, median (p90)",
        "≤ 1 ×",
        f"{middle:.3g} × ({worst:.3g})",
        middle <= 1,
    )


def ingest_goal(context: Context) -> Iterator[Outcome]:
    """Goal 12: reading, hashing and checking a real round."""
    folder = Path(context.rounds_folder) if context.rounds_folder else None
    if folder is None or not folder.is_dir():
        yield Outcome(
            "12",
            "validated ingest of a real round",
            "≤ 2 ×, ≤ 0.5 ×",
            "no copy of the public rounds was named",
            None,
        )
        return
    path = next(p for p in sorted(folder.iterdir()) if p.name.endswith("v1.1"))
    context.site(context.largest)  # logs of earlier rounds are looked up
    from submissions.services.validate import check_path

    def floor() -> None:
        for file in path.rglob("*"):
            if file.is_file():
                hashlib.sha256(file.read_bytes()).hexdigest()

    steps = {"read and hash": floor, "read, hash and check": lambda: check_path(path, round_id="v1.1")}
    if context.checker:
        steps["official checker, its whole process"] = lambda: _official_check(context.checker, path)
    times = interleaved(steps, rounds=context.rounds, seconds=0, most=3)
    context.note("ingest of v1.1, ms", times)
    own, *official = (times[name] for name in [*steps][1:])
    text, met = ratio_of(own, times["read and hash"], most=2.0)
    against, quicker = ratio_of(own, official[0], most=0.5) if official else ("no checker was named", None)
    yield Outcome(
        "12",
        "validated ingest of v1.1 / reading and hashing its files; / the official checker",
        "≤ 2 ×, ≤ 0.5 ×",
        f"{text}; {against}",
        quicker if met else False,
    )


def _official_check(checker: Path, folder: Path) -> None:
    """Run tools/submission/submission_checker.py of mlcommons/tiny. Of its versions only v1.3 runs to its end."""
    with tempfile.TemporaryDirectory() as out:
        subprocess.run(
            [sys.executable, checker.resolve(), "--input", folder, "--version", "v1.3", "--skip_compliance",
             "--csv", f"{out}/summary.csv"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        if len(Path(out, "summary.csv").read_text().splitlines()) < 2:
            raise RuntimeError("the official checker found no result")


@contextmanager
def _undone() -> Iterator[None]:
    """Everything within is rolled back."""
    from django.db import transaction

    class _Undo(Exception):
        pass

    try:
        with transaction.atomic():
            yield
            raise _Undo
    except _Undo:
        pass


def bulk_goal(context: Context) -> Iterator[Outcome]:
    """Goal 13: entries with references checked, against COPY into a table with the same indexes."""
    context.site(context.largest)
    from django.db import connection

    from results.models import LeaderboardEntry
    from results.services.bulk import ENTRY_COLUMNS
    from results.services.copying import copy_rows, references_checked_at_the_end

    rows = list(LeaderboardEntry.objects.order_by("-run_id").values_list(*ENTRY_COLUMNS)[:100_000])
    table = LeaderboardEntry._meta.db_table

    times: dict[str, list[float]] = {"bulk store": [], "COPY": []}
    for k in range(context.rounds + 1):
        for name in times:
            with _undone(), connection.cursor() as cursor:
                cursor.execute(f"CREATE TABLE bench_entry (LIKE {table} INCLUDING ALL)")
                model = _renamed(LeaderboardEntry, "bench_entry")
                if name == "bulk store":
                    for column, other in (("run_id", "results_run"), ("system_id", "results_system")):
                        cursor.execute(
                            f"ALTER TABLE bench_entry ADD FOREIGN KEY ({column}) REFERENCES {other} DEFERRABLE INITIALLY DEFERRED"
                        )
                began = time.perf_counter()
                if name == "bulk store":
                    with references_checked_at_the_end(model):
                        copy_rows(model, ENTRY_COLUMNS, rows)
                else:
                    copy_rows(model, ENTRY_COLUMNS, rows)
                seconds = time.perf_counter() - began
            if k:
                times[name].append(len(rows) / seconds)
    context.note("bulk store, rows per second", times)
    yield Outcome(
        "13",
        "bulk store of 100,000 entries, references checked / COPY into the same indexes",
        "≥ 0.85 ×",
        *ratio_of(times["bulk store"], times["COPY"], least=0.85),
    )


def _renamed(model: Any, table: str) -> Any:
    """Stands for ``model`` where its columns go into another table."""
    from types import SimpleNamespace

    meta = SimpleNamespace(
        db_table=table, concrete_fields=model._meta.concrete_fields, get_field=model._meta.get_field
    )
    return SimpleNamespace(_meta=meta)


PUBLISH = ROOT / "bench" / "scale" / "publish_eight.py"


def publish_goal(context: Context) -> Iterator[Outcome]:
    """Goal 14: publishing eight results, small against large, and against computing everything again."""
    times: dict[int, list[float]] = {}
    for size in context.sizes:
        context.site(size)
    steps = {size: Publisher(size) for size in context.sizes}
    try:
        for k in range(context.rounds + 2):
            for size, one in steps.items():
                seconds = one.publish()
                if k >= 2:
                    times.setdefault(size, []).append(seconds * 1e3)
        context.note("publishing eight results, ms", {str(size): own for size, own in times.items()})
        followed = {str(size): [one.follow_up()] for size, one in steps.items()}
        context.note("findings of the home page afterwards, in a task of their own, s", followed)
        growth, growth_met = ratio_of(times[context.largest], times[context.smallest], most=1.5)
        # Computing a million again takes minutes: only where it is asked for.
        size = (
            context.largest
            if context.full
            else max(s for s in context.sizes if s <= 100_000 or s == context.smallest)
        )
        seconds, equal = steps[size].recompute()
    finally:
        for one in steps.values():
            one.stop()
    against = seconds * 1e3 / statistics.median(times[size])
    context.note("full recompute, s", {str(size): [seconds]})
    rows = "equal rows" if equal else "OTHER ROWS"
    yield Outcome(
        "14",
        f"publishing 8 results: {context.largest:,} / {context.smallest:,}; full recompute / publishing",
        "≤ 1.5 ×; ≥ 70 ×, equal rows",
        f"{growth}; {against:.3g} × ({seconds:.0f} s at {size:,}), {rows}",
        growth_met and against >= 70 and equal,
    )


class Publisher:
    """A process with Django over the data set of one size, which publishes when told."""

    def __init__(self, size: int) -> None:
        import os

        environment = os.environ | {"TINYSITE_DATA": str(folder_of(size))}
        self.process = subprocess.Popen(
            [sys.executable, str(PUBLISH)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _tell(self, word: str) -> list[str]:
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer:
            raise RuntimeError("the publisher ended")
        return answer

    def publish(self) -> float:
        return float(self._tell("publish")[0])

    def follow_up(self) -> float:
        return float(self._tell("follow")[0])

    def recompute(self) -> tuple[float, bool]:
        seconds, equal = self._tell("recompute")
        return float(seconds), equal == "equal"

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(600)
