"""Faults on a running site: kills the worker, the broker and the database at each stage and prints what became of it.

    python bench/faults.py --data FOLDER [--port 8290]

Starts `manage.py up` over an empty FOLDER, sends archives that take seconds to read, and waits at most three minutes
for each case. Linux only: processes are found below the supervisor in /proc.
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 180


def children(pid: int) -> list[tuple[int, str]]:
    """(pid, command line) of everything below ``pid``."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if parent == pid:
            found += [(int(folder.name), command), *children(int(folder.name))]
    return found


def kill(site: subprocess.Popen[bytes], word: str) -> int:
    """kill -9 of every process of the site whose command line holds ``word``; how many."""
    pids = [pid for pid, command in children(site.pid) if word in command]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    return len(pids)


def large_archive(folder: Path, number: int) -> Path:
    """An archive of many files that no compression helps: hashing it takes seconds."""
    out = folder / f"large-{number}.zip"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("closed/lab/systems/board.json", "{}")
        for index in range(300):
            archive.writestr(f"closed/lab/code/{index}.bin", os.urandom(1 << 20))
        archive.writestr("closed/lab/code/number.txt", str(number))
    return out


class Site:
    """A running site and the Django of this process, which looks at the same database."""

    def __init__(self, data: Path, port: int) -> None:
        environment = os.environ | {"TINYSITE_DATA": str(data), "PORT": str(port)}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        os.environ |= {"TINYSITE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "tinysite.settings"}
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        self.port = port
        self.wait(self.answers, "the site")

    def answers(self) -> bool:
        import urllib.request

        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return b'"status": "ok"' in answer.read()
        except OSError:
            return False

    def wait(self, ready: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + PATIENCE_S
        while not ready():
            if time.monotonic() > until:
                raise TimeoutError(what)
            time.sleep(0.02)


def progress(pk: int) -> str:
    from django.db import Error, connection

    from submissions.models import Version

    try:
        return Version.objects.values_list("progress", flat=True).get(pk=pk)
    except Error:
        connection.close()
        return "unknown"


def send(path: Path) -> object:
    from datetime import timedelta

    from django.utils import timezone

    from submissions.models import Call, Membership, Organisation, User
    from submissions.services.intake import submit

    now = timezone.now()
    user = User.objects.filter(email="faults@lab.example").first() or User.objects.create_user(
        "faults@lab.example", None, name="Faults", is_active=True
    )
    lab, _ = Organisation.objects.get_or_create(slug="faults", defaults={"name": "Faults"})
    Membership.objects.get_or_create(user=user, organisation=lab, defaults={"role": "owner"})
    call = Call.objects.first() or Call.objects.create(
        round_id="v1.3", opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1),
        publishes_at=now + timedelta(days=2),
    )  # fmt: skip
    return submit(
        path, user=user, organisation=lab, kind="round", call=call, round_id="v1.3", filename=path.name
    ).version


def outcome(site: Site, name: str, version: object, hit: str) -> str:
    """The row of the table, once the version has reached a final state."""
    from submissions.models import Event, Version
    from submissions.services.storage import hash_of, name_of

    begun = time.monotonic()
    site.wait(lambda: progress(version.pk) in ("done", "failed"), name)
    row = Version.objects.select_related("submission").get(pk=version.pk)
    intact = hash_of(name_of(row.archive_id)) == row.archive_id
    events = Event.objects.filter(version=row, kind="checked").count()
    return (
        f"| {name} | {hit} | {row.progress}, {row.submission.state} | {row.attempts} | {events} | "
        f"{'yes' if intact else 'NO'} | {time.monotonic() - begun:.0f} |"
    )


def run(site: Site, folder: Path) -> None:
    cases: list[tuple[str, str, str]] = [
        ("worker before the claim", "queued", "celery"),
        ("worker while reading", "reading", "celery"),
        ("worker while checking", "checking", "celery"),
        ("child that reads", "reading", "submissions.checking.child"),
        ("broker while reading, its data lost", "reading", "valkey"),
        ("database while reading", "reading", "postgres"),
    ]
    print(
        "| killed with SIGKILL | stage seen | final state | attempts | events | bytes intact | s to the end |"
    )
    print("|---|---|---|---|---|---|---|", flush=True)
    for number, (name, stage, word) in enumerate(cases):
        path = large_archive(folder, number)
        if stage == "queued":
            kill(site.process, word)
        version = send(path)
        site.wait(lambda: progress(version.pk) in (stage, "done", "failed"), name)  # noqa: B023 - called at once
        seen = progress(version.pk)
        if stage != "queued":
            if "child" in word:  # it is started a moment after the stage is shown
                site.wait(lambda: word in str(children(site.process.pid)), name)  # noqa: B023 - called at once
            seen += f", {kill(site.process, word)} killed"
        print(outcome(site, name, version, seen), flush=True)
        site.wait(site.answers, "the site again")
    print(half_an_upload(site), flush=True)


def half_an_upload(site: Site) -> str:
    """gunicorn dies while a client has sent half: nothing of it may be known."""
    import socket

    from submissions.models import Check

    before = Check.objects.count()
    line = socket.create_connection(("127.0.0.1", site.port))
    head = "POST /api/v1/checks/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n"
    head += "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
    head += 'Content-Disposition: form-data; name="archive"; filename="a.zip"\r\n\r\n'
    line.sendall(head.encode() + io.BytesIO(b"x" * 10_000_000).read())
    killed = kill(site.process, "gunicorn")
    site.wait(site.answers, "the site again")
    kept = Check.objects.count() - before
    return f"| gunicorn ({killed} processes) with half an upload | receiving | {kept} rows | - | 0 | - | - |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8290)
    chosen = parser.parse_args()
    site = Site(chosen.data.resolve(), chosen.port)
    try:
        run(site, chosen.data)
    finally:
        site.process.terminate()
        site.process.wait(60)


if __name__ == "__main__":
    main()
