"""Every page type, as the role that sees it: status, queries, p50, axe, pictures.

    TINYSITE_DATA=FOLDER manage.py up                # in another terminal; the pages of results need v1.1 imported
    TINYSITE_DATA=FOLDER python bench/pages.py [--base-url URL] [--pictures FOLDER] [--rounds 20] [--only WORD]

The first run adds accounts, submissions and objections to the folder (bench/scenes.py): never a folder in use.
Status, p50 and axe are those of the running site; queries are counted in this process on the same database, where
each page is fetched once before it is counted. What a form answers is asked in this process, and shown to the
browser at the form's address; it has no p50. Pictures: 1280 and 390 px, light and dark.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.scenes import Scene, email, scenes  # noqa: E402 - needs the line above

RESULT = "v1.1-closed-stmicroelectronics-nucleo_l4r5zi-vww"

PAGES = {
    "home": "/",
    "benchmarks": "/benchmarks/",
    "benchmark": "/benchmarks/vww/",
    "leaderboards": "/leaderboards/",
    "leaderboard": "/leaderboards/vww/",
    "leaderboard, filtered": "/leaderboards/kws/?division=closed&round=v1.0,v1.1&sort=energy&energy=measured",
    "leaderboard, empty": "/leaderboards/sww/",
    "scores": "/scores/",
    "scores, chosen": "/scores/?metric=energy&round=v1.1&w_kws=2",
    "pareto index": "/pareto/",
    "pareto": "/pareto/vww/",
    "devices": "/devices/",
    "devices, filtered": "/devices/?class=mcu&energy=measured&sort=latency-score",
    "device": "/devices/nucleo-l4r5zi/",
    "stacks": "/devices/nucleo-l4r5zi/stacks/",
    "device history": "/devices/nucleo-h7a3zi-q/history/",
    "device history, energy": "/devices/nucleo-h7a3zi-q/history/?metric=energy",
    "operating points": "/devices/ndp9120/operating-points/",
    "all software": "/software/",
    "software": "/software/x-cube-ai/",
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
    "API scores": "/api/v1/scores/",
    "API pareto": "/api/v1/pareto/vww/",
    "API devices": "/api/v1/devices/",
    "API device": "/api/v1/devices/nucleo-l4r5zi/",
    "device.json": "/devices/nucleo-l4r5zi.json",
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


_clients: dict[str, Any] = {}


def set_up() -> None:
    """Django on the running site's database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinysite.settings")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs an event loop in this process
    import django

    django.setup()


def client_for(account: str) -> Any:
    """A client that is logged in as ``account``; the same one for every page."""
    from django.test import Client

    from submissions.models import User

    if account not in _clients:
        _clients[account] = Client(SERVER_NAME="localhost")
        if account:
            _clients[account].force_login(User.objects.get(email=email(account)))
    return _clients[account]


def count_queries(scene: Scene) -> int:
    """Queries of the second time that the page is fetched; the first fills what a process keeps."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_for(scene.account)
    client.get(scene.url)
    with CaptureQueriesContext(connection) as captured:
        client.get(scene.url)
    return len(captured)


def answer_to_post(scene: Scene) -> tuple[Any, int]:
    """What the form answers to the last of ``times`` attempts, and its queries."""
    from django.db import connection
    from django.test import override_settings
    from django.test.utils import CaptureQueriesContext

    with override_settings(**scene.settings):
        for _ in range(scene.times):
            with CaptureQueriesContext(connection) as captured:
                answer = client_for(scene.account).post(scene.url, scene.post)
    return answer, len(captured)


def cookie_of(account: str) -> str:
    jar = client_for(account).cookies
    return jar["sessionid"].value if "sessionid" in jar else ""


def fetch_ms(url: str, cookie: str = "") -> tuple[int, float, int]:
    """Status, time to the last byte in ms, size in bytes of one answer."""
    request = urllib.request.Request(url, headers={"Cookie": f"sessionid={cookie}"} if cookie else {})
    start = time.perf_counter()
    try:
        with urllib.request.urlopen(request) as answer:
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

    def look(self, scene: Scene, answer: Any = None) -> str:
        """Violations per theme and width (none: ``0``), and whether the page scrolls sideways; takes the pictures."""
        from axe_playwright_python.sync_playwright import Axe

        found: set[str] = set()
        for width in (1280, 390):
            for theme in ("light", "dark"):
                page = self._page(scene, width, theme, answer)
                found |= {violation["id"] for violation in Axe().run(page).response["violations"]}
                if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                    found.add(f"sideways-scroll-at-{width}")
                if self.pictures:
                    self.pictures.mkdir(parents=True, exist_ok=True)
                    file = f"{scene.name.replace(' ', '-').replace(',', '')}-{width}-{theme}.png"
                    page.screenshot(path=self.pictures / file, full_page=True)
                page.context.close()
        return ", ".join(sorted(found)) or "0"

    def _page(self, scene: Scene, width: int, theme: str, answer: Any) -> Any:
        context = self._chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        if cookie := cookie_of(scene.account):
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": self.base_url}])
        page = context.new_page()
        if answer is not None:
            shown = {"status": answer.status_code, "content_type": "text/html", "body": answer.content}
            page.route(self.base_url + scene.url, lambda route: route.fulfill(**shown))
        page.goto(self.base_url + scene.url)
        return page

    def close(self) -> None:
        self._chromium.close()
        self._playwright.stop()


def measured(scene: Scene, browser: Browser | None, base_url: str, rounds: int) -> dict[str, Any]:
    """One row of the table."""
    row: dict[str, Any] = {"page": scene.name, "role": scene.account, "url": scene.url, "p50_ms": None}
    answer = None
    if scene.post is not None:
        answer, row["queries"] = answer_to_post(scene)
        row |= {"status": answer.status_code, "kB": round(len(answer.content) / 1024, 1)}
    else:
        address, cookie = base_url + scene.url, cookie_of(scene.account)
        fetch_ms(address, cookie)
        answers = [fetch_ms(address, cookie) for _ in range(rounds)]
        row |= {
            "status": answers[0][0], "queries": count_queries(scene), "kB": round(answers[0][2] / 1024, 1),
            "p50_ms": round(statistics.median(ms for _, ms, _ in answers), 1),
        }  # fmt: skip
    row["axe"] = browser.look(scene, answer) if browser and scene.name not in DATA else ""
    return row


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base-url", default="http://127.0.0.1:8000")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--only", default="", help="pages whose name holds this word")
    options = parser.parse_args()
    set_up()
    from django.conf import settings

    from results.models import Run

    system = Run.objects.filter(public_id=RESULT).values_list("system_id", flat=True).first() or 0
    public = [Scene(name, url.format(system=system)) for name, url in {**PAGES, **DATA}.items()]
    chosen = [scene for scene in [*public, *scenes(settings.DATA.root)] if options.only in scene.name]
    browser = None if options.no_browser else Browser(options.base_url, options.pictures)
    rows = []
    for scene in chosen:
        rows.append(measured(scene, browser, options.base_url, options.rounds))
        print(
            "{page:34} {role:5} {status} {queries:3} queries {p50_ms!s:>7} ms {kB:7.1f} kB  axe {axe}".format(
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
