"""What every public address costs over a data set, asked without a kept answer: `python -m bench.scale.every_page 20000`.

    python -m bench.scale.every_page RESULTS [--only WORD] [--asks 3] [--timeout 120] [--json FILE]

The addresses are those of the resolver that a reader without an account may GET, with parts filled in from the busiest
things of the data set. Printed per address, dearest first: processor time of all processes of the site (database
included) of the first ask and the least of the later ones, wall time of the first, bytes, status. The first ask may include what a
process reads once per state of the data; an address that needs longer than the timeout is asked once.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg2

from bench.scale.sites import RunningSite, running
from bench.site import children

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
APART = (
    "account", "accounts", "my", "review", "new-self-reported", "object", "theme", "embed-data", "healthz", "sitemap",
)  # fmt: skip
QUESTIONS = ("hardware", "model", "performance")


@dataclass(slots=True)
class Cost:
    """What one address costs; ``status`` 0: no answer within the timeout. Times in ms."""

    address: str
    status: int
    bytes: int
    first_cpu_ms: float
    first_wall_ms: float
    later_cpu_ms: float | None


def addresses(site: RunningSite) -> list[str]:
    """Every address of the resolver that these samples fill, each once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinysite.settings")
    import django

    django.setup()
    from django.urls import get_resolver

    samples = _samples(site.url)
    found = dict.fromkeys(
        address for route in _routes(get_resolver().url_patterns) for address in _filled(route, samples)
    )
    return [
        *found,
        *(f"/compare/?devices={samples['devices']}", f"/leaderboards/kws/?device={samples['device']}"),
    ]


def _routes(patterns: list, before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern).lstrip("^").removesuffix("\\Z").removesuffix("$")
        if hasattr(pattern, "url_patterns"):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route


def _filled(route: str, samples: dict[str, str]) -> Iterator[str]:
    """The addresses of a route: one per data format and question, none where a part is unknown or no reader goes."""
    first, _, rest = route.partition("/")
    section = rest.partition("/")[0] if first == "api" else first
    routes = (
        [route.replace("<fit_question:question>", one) for one in QUESTIONS]
        if "<fit_question" in route
        else [route]
    )
    for one in routes:
        for data_format in ("json", "csv") if "<data_format" in one else ("",):
            text = re.sub(r"<data_format:\w+>", data_format, one)
            kind = next(
                (
                    kind
                    for kind in samples
                    if text.removeprefix("api/v1/").removeprefix("embed/").startswith(kind)
                ),
                "",
            )
            filled = re.sub(r"<(?:(\w+):)?(\w+)>", lambda part, kind=kind: samples.get(f"{kind}|{part[2]}") or samples.get(part[2], "<"), text)  # fmt: skip
            if "<" not in filled and "(?P" not in filled and section not in APART:
                yield "/" + filled


def _samples(url: str) -> dict[str, str]:
    """Parts of addresses by name, or by the beginning of the route and name: the busiest of their kind."""
    entries = "results_leaderboardentry"

    def busiest(column: str) -> str:
        return f"SELECT {column} FROM {entries} WHERE {column} <> '' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 2"  # noqa: S608 - own names

    with psycopg2.connect(url) as connection, connection.cursor() as cursor:

        def ask(question: str) -> list[str]:
            cursor.execute(question)
            return [str(row[0]) for row in cursor.fetchall()] or ["none"]

        devices = ask(busiest("device_slug"))
        system = ask(f"SELECT system_id FROM {entries} ORDER BY run_id LIMIT 1")[0]  # noqa: S608 - own names
        result = ask(f"SELECT public_id FROM {entries} ORDER BY run_id LIMIT 1")[0]  # noqa: S608 - own names
        framework = re.sub(r"[^a-z0-9]+", "-", ask(busiest("framework"))[0].lower()).strip("-")
        return {
            "benchmark_id": "kws", "benchmark": "kws", "round_id": ask(busiest("round"))[0],
            "public_id": result, "system_id": system, "pk": system, "device": devices[0],
            "devices": ",".join(devices),
            "devices/": " ", "devices/|slug": devices[0], "software/": " ", "software/|slug": framework,
            "models/": " ", "models/|slug": ask(busiest("neural_model"))[0],
            "submitters/": " ", "submitters/|slug": ask(busiest("submitter_slug"))[0],
            "projections/": " ", "projections/|slug": "vww01",
            "projections/backtest": " ",
            "benchmarks/": " ", "benchmarks/|id": "kws", "rounds/": " ", "rounds/|id": ask(busiest("round"))[0],
        }  # fmt: skip


def _processor_ms(site: RunningSite) -> float:
    """Processor time that the site's processes have used, with that of their children that have ended."""
    total = 0
    for pid in [site.process.pid, *(pid for pid, _ in children(site.process.pid))]:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(value) for value in fields[11:15])
    return total * TICK_MS


def _ask(site: RunningSite, address: str, timeout: float) -> tuple[int, int, float, float]:
    """(status, bytes, processor ms, wall ms); status 0 after the timeout."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=timeout)
    before, began = _processor_ms(site), time.perf_counter()
    try:
        connection.request("GET", address, headers={"Cookie": "sessionid=none"})
        response = connection.getresponse()
        status, size = response.status, len(response.read())
    except TimeoutError:
        status, size = 0, 0
    finally:
        connection.close()
    return status, size, _processor_ms(site) - before, (time.perf_counter() - began) * 1000


def cost(site: RunningSite, address: str, asks: int, timeout: float) -> Cost:
    """Ask once, and again ``asks`` times unless the first was too slow."""
    status, size, cpu, wall = _ask(site, address, timeout)
    later = [
        _ask(site, address, timeout)[2] for _ in range(asks if 0 < status < 300 and wall < 20_000 else 0)
    ]
    return Cost(address, status, size, cpu, wall, min(later, default=None))


def main() -> None:
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("results", type=int)
    reader.add_argument("--only", default="", help="addresses that match this regular expression")
    reader.add_argument("--asks", type=int, default=3)
    reader.add_argument("--timeout", type=float, default=120)
    reader.add_argument("--json", type=Path)
    options = reader.parse_args()
    found: list[Cost] = []
    try:
        with running(options.results) as site:
            for _ in range(8):  # every process has read the state of the data
                _ask(site, "/api/v1/leaderboards/kws/", options.timeout)
                _ask(site, "/api/v1/results/", options.timeout)
            for address in addresses(site):
                if re.search(options.only, address):
                    found.append(cost(site, address, options.asks, options.timeout))
                    print(".", end="", file=sys.stderr, flush=True)
    finally:  # what was measured is printed, also when it was stopped
        _print(found)
        if options.json:
            options.json.write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n")


def _print(found: list[Cost]) -> None:
    print(f"\n{'later ms':>9} {'first ms':>9} {'wall ms':>9} {'bytes':>11}  status  address")
    for one in sorted(
        found, key=lambda one: -(one.first_cpu_ms if one.later_cpu_ms is None else one.later_cpu_ms)
    ):
        later = "" if one.later_cpu_ms is None else f"{one.later_cpu_ms:.0f}"
        print(
            f"{later:>9} {one.first_cpu_ms:9.0f} {one.first_wall_ms:9.0f} {one.bytes:11}  {one.status:6}  {one.address}"
        )


if __name__ == "__main__":
    main()
