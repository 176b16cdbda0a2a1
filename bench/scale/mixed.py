"""Goal 17: a mixed load for some minutes while results are published."""

from __future__ import annotations

import random
import statistics
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2

from bench.scale.context import Context, Outcome
from bench.scale.load import Connection, own_memory_mb
from bench.scale.reading import ENTRY_TABLE, views
from bench.scale.sites import running
from bench.scale.storing import Publisher
from bench.uploads import send, small_archives

CONNECTIONS, PAUSE_S = 4, 0.05
SHARES = {"leaderboard": 0.80, "device": 0.10, "export": 0.05, "upload": 0.05}
PUBLISH_EVERY_S = 3.0
VISIT = 10
"""Pages that a reader looks at."""


def mixed_goal(context: Context) -> Iterator[Outcome]:
    """Goal 17: 80 % leaderboards, 10 % devices, 5 % exports, 5 % uploads while a round is published."""
    context.stop_sites()
    with tempfile.TemporaryDirectory() as folder, running(context.largest, tasks=True) as site:
        archives = small_archives(Path(folder), 50)
        with psycopg2.connect(site.url) as connection, connection.cursor() as cursor:
            cursor.execute(f"SELECT device_slug FROM {ENTRY_TABLE} GROUP BY 1 ORDER BY 1")  # noqa: S608 - own name
            devices = [row[0] for row in cursor]
        pages = [view.page for view in views(context, site)]

        def asks() -> dict[str, Callable[[], int]]:
            chance = random.Random(threading.get_ident())
            get = _Visits(site.port).get
            return {
                "leaderboard": lambda: get(f"{chance.choice(pages)}&latency_max={chance.randint(5, 5000)}"),
                "device": lambda: get(f"/devices/{chance.choice(devices)}/"),
                "export": lambda: get(f"/leaderboards/kws.csv?round=v2.{chance.randint(0, 7)}"),
                "upload": lambda: send(site.port, "/api/v1/checks/", chance.choice(archives), "v1.3").status,
            }

        alone = {name: statistics.median(_timed(ask)[0] for _ in range(15)) for name, ask in asks().items()}
        times, failures, memory = _loaded(context, site.workers(), asks)
    worst = {name: sorted(own)[int(len(own) * 0.99)] / alone[name] for name, own in times.items() if own}
    context.note("mixed load: p99 / p50 alone", {name: [own] for name, own in worst.items()})
    context.note("mixed load: requests", {name: [float(len(own))] for name, own in times.items()})
    growth = max(last - first for first, last in memory)
    measured = f"{failures} errors of {sum(map(len, times.values()))}; p99 " + ", ".join(
        f"{n} {w:.2g} ×" for n, w in worst.items()
    )
    measured += f"; memory {growth:+.0f} MB"
    yield Outcome(
        "17",
        f"mixed load for {context.minutes:g} min while results are published",
        "no error; p99 ≤ 10 × p50 alone; memory flat",
        measured,
        not failures and max(worst.values()) <= 10 and growth < 32,
    )


class _Visits:
    """A reader after the other, each with a connection of its own for some pages; so the processes of the site share
    them."""

    def __init__(self, port: int) -> None:
        self._port, self._asked = port, 0
        self._line = Connection(port)

    def get(self, path: str) -> int:
        self._asked += 1
        if self._asked % VISIT == 0:
            self._line.close()
            self._line = Connection(self._port)
        return self._line.get(path, keep=False).status


def _timed(ask: Callable[[], int]) -> tuple[float, int]:
    began = time.perf_counter()
    status = ask()
    return time.perf_counter() - began, status


def _loaded(
    context: Context, workers: list[int], asks: Callable[[], dict[str, Callable[[], int]]]
) -> tuple[dict[str, list[float]], int, list[tuple[float, float]]]:
    """Times by kind, failures, and the memory of each worker after a fifth of the time and at the end."""
    times: dict[str, list[float]] = defaultdict(list)
    failures: list[str] = []
    until = time.monotonic() + context.minutes * 60

    def reader(number: int) -> None:
        own, chance = asks(), random.Random(number)
        while time.monotonic() < until:
            kind = chance.choices(list(SHARES), list(SHARES.values()))[0]
            try:
                seconds, status = _timed(own[kind])
            except Exception as problem:  # whatever it is, it is an error of the site
                failures.append(f"{kind}: {problem}")
                continue
            times[kind].append(seconds)
            if status >= 400:
                failures.append(f"{kind}: {status}")
            time.sleep(PAUSE_S)

    def publisher() -> None:
        one = Publisher(context.largest)
        try:
            while time.monotonic() < until:
                one.publish()
                time.sleep(PUBLISH_EVERY_S)
        finally:
            one.stop()

    threads = [threading.Thread(target=reader, args=(k,)) for k in range(CONNECTIONS)]
    threads.append(threading.Thread(target=publisher))
    for thread in threads:
        thread.start()
    time.sleep(context.minutes * 12)
    early = [own_memory_mb(pid) for pid in workers]
    for thread in threads[:-1]:
        thread.join()
    late = [own_memory_mb(pid) for pid in workers]
    threads[-1].join()
    for line in sorted(set(failures))[:10]:
        print(f"  {line}", flush=True)
    return times, len(failures), list(zip(early, late, strict=True))
