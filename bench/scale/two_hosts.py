"""Two web servers and two workers over one PostgreSQL and one broker, as on two hosts.

    python -m bench.scale.two_hosts

Starts a database and a broker as a machine of their own would run them, then twice the site with a data folder each
(DATABASE_URL, REDIS_URL). Publishes submissions while both serve, and shows that both give the same answers, that every
recomputation was done, and that none was done twice. Everything lies in a temporary folder.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bench.scale.load import Connection
from bench.scale.sites import HIGH, ROOT, database_url, free_port

FOLLOWED_WITHIN_S = 60
SUBMISSIONS = 40
ADDRESSES = (
    "/leaderboards/kws/", "/leaderboards/vww.json?division=closed", "/api/v1/leaderboards/ic/?sort=energy",
    "/pareto/vww.json", "/devices.json", "/api/v1/results/",
)  # fmt: skip


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url, broker = _shared_servers(stack, folder / "shared")
        ports = [_site(stack, folder / name, url, broker) for name in ("one", "two")]
        os.environ |= {
            "DATABASE_URL": url,
            "REDIS_URL": broker,
            "DJANGO_SETTINGS_MODULE": "tinysite.settings",
            "TINYSITE_DATA": str(folder / "one"),
        }
        import django

        django.setup()
        from results.catalog.published import PUBLISHED_FOLDER, read_round
        from results.models import DataGeneration, Recomputation, Submitter
        from results.services.publish import Source, publish

        before = DataGeneration.objects.get().number
        submission = next(iter(read_round(sorted(PUBLISHED_FOLDER.iterdir())[-1])))
        submitter = Submitter.objects.first().slug
        made = []
        for number in range(SUBMISSIONS):
            source = Source(
                "v1.1", "", "", provenance="site-reviewed", key=f"h{number:04d}", submitter=submitter
            )
            made.append(publish(submission.record, submission.findings, source).publication.pk)
        until = time.monotonic() + 300
        rows = Recomputation.objects.filter(publication__in=made)
        while rows.exclude(state="done").exists() and time.monotonic() < until:
            time.sleep(0.2)
        states = sorted(rows.values_list("state", "attempts"))
        generations = DataGeneration.objects.get().number - before
        settled = time.monotonic()
        answers = _answers(ports)
        while answers[0] != answers[1] and time.monotonic() - settled < FOLLOWED_WITHIN_S:
            time.sleep(0.5)  # pages name the files of the data, which are written after the last publication
            answers = _answers(ports)
        followed = time.monotonic() - settled
        logs = [(folder / name / "log" / "worker.log").read_text() for name in ("one", "two")]
        shares = [log.count("results.tasks.recompute") // 2 for log in logs]
        print(f"{SUBMISSIONS} submissions published: {len(states)} recomputations, states {set(states)}")
        print(f"generations counted: {generations}; tasks seen by the two workers: {shares}")
        print(
            "answers of both web servers are",
            f"equal, {followed:.1f} s after the last recomputation"
            if answers[0] == answers[1]
            else f"DIFFERENT: {answers}",
        )
        good = (
            states == [("done", 1)] * SUBMISSIONS and generations == SUBMISSIONS and answers[0] == answers[1]
        )
        sys.exit(0 if good else 1)


def _answers(ports: list[int]) -> list[dict[str, str]]:
    return [{path: _body(port, path) for path in ADDRESSES} for port in ports]


def _body(port: int, path: str) -> str:
    answer = Connection(port).get(path)
    body = answer.body.replace(f"127.0.0.1:{port}".encode(), b"").replace(b"http://127.0.0.1", b"")
    return f"{answer.status} {hashlib.sha256(body).hexdigest()[:16]}"


def _shared_servers(stack: ExitStack, folder: Path) -> tuple[str, str]:
    """PostgreSQL and the broker, by socket: their addresses."""
    from tinysite.embedded.paths import DataFolder
    from tinysite.embedded.postgres import Postgres
    from tinysite.embedded.valkey import Valkey

    data = DataFolder(folder)
    for server in (Postgres(data), Valkey(data)):
        server.start()
        stack.callback(server.stop)
    return database_url(folder), f"unix://{data.valkey_socket}"


def _site(stack: ExitStack, folder: Path, url: str, broker: str) -> int:
    port = free_port()
    environment = os.environ | {
        "TINYSITE_DATA": str(folder), "PORT": str(port), "DATABASE_URL": url, "REDIS_URL": broker,
        "TINYSITE_THROTTLE_ANONYMOUS": HIGH, "SECRET_KEY": "one key for both hosts, as long as Django wants it to be",
    }  # fmt: skip
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.scale.serve", "--tasks", "--prepare"], cwd=ROOT, env=environment
    )
    stack.callback(process.wait, 60)
    stack.callback(process.terminate)
    until = time.monotonic() + 400
    while not (folder / "bench-ready").exists():
        if time.monotonic() > until or process.poll() is not None:
            raise TimeoutError(f"the site of {folder.name} did not start")
        time.sleep(0.2)
    return port


if __name__ == "__main__":
    main()
