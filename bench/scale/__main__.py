"""`make bench`: measure the site beside its peers and hold it against its goals.

    make bench                                      # all goals at 1 000, 100 000 and 1 000 000 results
    make bench SIZES="1000 100000" ONLY=1,2,15      # some goals, smaller data
    make bench ROUNDS_FOLDER=../shared/mlperf_tiny/rounds   # with the ingest of real rounds (goal 12)

Data sets are made once and kept in var/scale (BENCH_DATA chooses another folder); `--fresh` makes them again. The table
goes to standard output, and to bench/out/latest.json with the medians behind it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "bench" / "out"


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are stopped on the way out
    sizes = sorted({int(size) for text in options.sizes for size in text.split()})
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tinysite.settings", "TINYSITE_RUN_TASKS_AT_ONCE": "true",
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip
    from bench.scale import sites

    for size in sizes:
        if options.fresh:
            shutil.rmtree(sites.folder_of(size), ignore_errors=True)
        sites.make(size)
    _django_over(sites.folder_of(sizes[-1]))
    from bench.scale.context import Context, Outcome
    from bench.scale.goals import GOALS

    wanted = {name for text in options.only for name in text.split(",")} if options.only else set()
    outcomes: list[Outcome] = []
    began = time.monotonic()
    with ExitStack() as stack:
        context = Context(
            sizes, options.rounds, options.seconds, options.load_seconds, options.minutes, stack
        )
        context.rounds_folder, context.full = options.rounds_folder, options.full
        context.checker = options.checker
        for numbers, measure in GOALS:
            if wanted and not wanted & set(numbers):
                continue
            print(f"goal {', '.join(numbers)}: {(measure.__doc__ or '').splitlines()[0]}", flush=True)
            try:
                for outcome in measure(context):
                    outcomes.append(outcome)
                    _say(outcome)
            except Exception as problem:  # one goal that fails must not hide the others
                if options.strict:
                    raise
                print(f"  failed: {type(problem).__name__}: {problem}", file=sys.stderr, flush=True)
                outcomes += [
                    Outcome(
                        n,
                        measure.__doc__ or "",
                        "",
                        f"failed: {type(problem).__name__}: {str(problem)[:200]}",
                        None,
                    )
                    for n in numbers
                ]
        notes = context.notes
    _report(outcomes, notes, sizes, options, time.monotonic() - began)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sizes", nargs="+", default=["1000 100000 1000000"], help="results of each data set"
    )
    parser.add_argument("--only", nargs="*", default=[], help="numbers of goals, such as 1,2,5")
    parser.add_argument(
        "--rounds", type=int, default=5, help="interleaved rounds that a median is taken over"
    )
    parser.add_argument(
        "--seconds", type=float, default=1.0, help="of a contestant's turn in a round, latency"
    )
    parser.add_argument("--load-seconds", type=float, default=2.0, help="the same, throughput")
    parser.add_argument("--minutes", type=float, default=5.0, help="of the mixed load (goal 17)")
    parser.add_argument(
        "--rounds-folder",
        type=Path,
        default=os.environ.get("TINYSITE_ROUNDS"),
        help="copy of the public rounds (goal 12)",
    )
    parser.add_argument(
        "--checker", type=Path, help="submission_checker.py of mlcommons/tiny, which needs pandas (goal 12)"
    )
    parser.add_argument("--full", action="store_true", help="compute the largest set again whole (goal 14)")
    parser.add_argument("--fresh", action="store_true", help="make the data sets again")
    parser.add_argument("--strict", action="store_true", help="stop at the first goal that fails to run")
    return parser.parse_args()


def _django_over(folder: Path) -> None:
    """Django of this process on the database of the largest data set, whose site a goal starts."""
    os.environ["TINYSITE_DATA"] = str(folder)
    import django

    django.setup()


def _say(outcome: object) -> None:
    print(f"  {outcome.id:>3}  {outcome.measured}  (goal {outcome.goal}) {_verdict(outcome.met)}", flush=True)


def _verdict(met: bool | None) -> str:
    return {True: "met", False: "MISSED", None: "not measured"}[met]


def _report(
    outcomes: list, notes: dict, sizes: list[int], options: argparse.Namespace, seconds: float
) -> None:
    rows = [
        ("#", "what", "goal", "measured", ""),
        *((o.id, o.what, o.goal, o.measured, _verdict(o.met)) for o in outcomes),
    ]
    widths = [max(len(row[k]) for row in rows) for k in range(5)]
    print(
        f"\n{max(sizes):,} results at most, median (least–most) of {options.rounds} interleaved rounds, {seconds / 60:.0f} min\n"
    )
    for k, row in enumerate(rows):
        print("| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |")
        if not k:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    OUT.mkdir(parents=True, exist_ok=True)
    found = [
        {"id": o.id, "what": o.what, "goal": o.goal, "measured": o.measured, "met": o.met} for o in outcomes
    ]
    (OUT / "latest.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    details = {
        "sizes": sizes,
        "rounds": options.rounds,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "medians": notes,
    }
    (OUT / "details.json").write_text(json.dumps(details, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
