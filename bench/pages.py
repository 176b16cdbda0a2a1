"""Every page type on the real data: status, queries, p50, axe, pictures.

    manage.py up                                     # in another terminal
    .venv/bin/python bench/pages.py [--base-url URL] [--pictures FOLDER] [--rounds 20]

Status, p50 and axe are those of the running site; queries are counted in this process on the same database, where
each page is fetched once before it is counted. Pictures: 1280 and 390 px, light and dark.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULT = "v1.1-closed-stmicroelectronics-nucleo_l4r5zi-vww"

PAGES = {
    "home": "/",
    "benchmarks": "/benchmarks/",
    "benchmark": "/benchmarks/vww/",
    "leaderboards": "/leaderboards/",
    "leaderboard": "/leaderboards/vww/",
    "leaderboard, filtered": "/leaderboards/kws/?division=closed&round=v1.0,v1.1&sort=energy&energy=measured",
    "leaderboard, empty": "/leaderboards/sww/",
    "pareto index": "/pareto/",
    "pareto": "/pareto/vww/",
    "devices": "/devices/",
    "device": "/devices/nucleo-l4r5zi/",
    "device without results": "/devices/esp32-s3/",
    "models": "/models/",
    "model": "/models/vww01/",
    "system": "/systems/{system}/",
    "submitters": "/submitters/",
    "submitter": "/submitters/stmicroelectronics/",
    "rounds": "/rounds/",
    "round": "/rounds/v1.1/",
    "result": f"/results/{RESULT}/",
    "rules": "/rules/",
    "method": "/method/",
    "API document": "/api/",
    "accessibility": "/accessibility/",
    "not found": "/leaderboards/nothing/",
    "bad request": "/leaderboards/kws/?sort=beauty",
}
DATA = {
    "API results": "/api/v1/results/",
    "API result": f"/api/v1/results/{RESULT}/",
    "API leaderboard": "/api/v1/leaderboards/vww/?division=closed",
    "API pareto": "/api/v1/pareto/vww/",
    "API devices": "/api/v1/devices/",
    "leaderboard.json": "/leaderboards/vww.json",
    "leaderboard.csv": "/leaderboards/vww.csv",
    "healthz": "/healthz",
}
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


def django_client() -> Any:
    """A test client on the running site's database."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinysite.settings")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs an event loop in this process
    import django

    django.setup()
    from django.test import Client

    return Client(SERVER_NAME="localhost")


def count_queries(client: Any, url: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)


def fetch_ms(url: str) -> tuple[int, float, int]:
    """Status, time to the last byte in ms, size in bytes of one answer."""
    start = time.perf_counter()
    try:
        with urllib.request.urlopen(url) as answer:
            status, size = answer.status, len(answer.read())
    except urllib.error.HTTPError as problem:
        status, size = problem.code, len(problem.read())
    return status, (time.perf_counter() - start) * 1000, size


class Browser:
    """Headless Chromium: axe violations and pictures."""

    def __init__(self, base_url: str, pictures: Path | None) -> None:
        from playwright.sync_api import sync_playwright

        self.base_url, self.pictures = base_url, pictures
        self._playwright = sync_playwright().start()
        self._chromium = self._playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)

    def look(self, name: str, url: str) -> str:
        """Violations per theme and width (none: ``0``), and whether the page scrolls sideways; takes the pictures."""
        from axe_playwright_python.sync_playwright import Axe

        found: set[str] = set()
        for width in (1280, 390):
            for theme in ("light", "dark"):
                page = self._chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
                page.goto(self.base_url + url)
                found |= {violation["id"] for violation in Axe().run(page).response["violations"]}
                if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                    found.add(f"sideways-scroll-at-{width}")
                if self.pictures:
                    self.pictures.mkdir(parents=True, exist_ok=True)
                    file = f"{name.replace(' ', '-').replace(',', '')}-{width}-{theme}.png"
                    page.screenshot(path=self.pictures / file, full_page=True)
                page.close()
        return ", ".join(sorted(found)) or "0"

    def close(self) -> None:
        self._chromium.close()
        self._playwright.stop()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base-url", default="http://127.0.0.1:8000")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    client = django_client()
    from results.models import Run

    system = Run.objects.get(public_id=RESULT).system_id
    rows = []
    browser = None if options.no_browser else Browser(options.base_url, options.pictures)
    for name, url in {**PAGES, **DATA}.items():
        url = url.format(system=system)
        fetch_ms(options.base_url + url)
        answers = [fetch_ms(options.base_url + url) for _ in range(options.rounds)]
        rows.append({
            "page": name, "url": url, "status": answers[0][0], "queries": count_queries(client, url),
            "p50_ms": round(statistics.median(ms for _, ms, _ in answers), 1), "kB": round(answers[0][2] / 1024, 1),
            "axe": browser.look(name, url) if browser and name in PAGES else "",
        })  # fmt: skip
        print(
            "{page:24} {status} {queries:3} queries {p50_ms:7.1f} ms {kB:7.1f} kB  axe {axe:20} {url}".format(
                **rows[-1]
            )
        )
    if browser:
        browser.close()
    out = ROOT / "bench" / "out"
    out.mkdir(exist_ok=True)
    (out / "pages.json").write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
