"""Faults on a running site: kills, restarts and full disks at each stage, and what became of each submission.

    python bench/faults.py --data FOLDER [--port 8290] [--case WORD ...]

Starts `manage.py up` over an empty FOLDER and sends archives that take seconds to read. Before anything is killed the
worker's processes are stopped (SIGSTOP), so that the stage that is printed is the one that is hit; where a stage is
too short to be met, a lock of this bench in the database holds the worker in it. Linux only; full disks need root,
for they are small mounted ones. About ten minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.site import OPEN, Site, children
from bench.uploads import send as upload
from tests.makers import make_submission

WORKER, CHILD = "tinysite worker", "submissions.checking.child"
DISK_BYTES = 4 << 20
TRIES = 3
"""A stage that was over before it was met is tried again."""
HEAD = (
    "| fault | stage in the database, processes hit | final state | attempts | 'checked' events | bytes intact "
    "| s from fault to end |\n|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Case:
    """A fault. ``held`` is SQL whose lock keeps the worker in the stage; ``only`` names one process of several."""

    name: str
    stage: str
    word: str = WORKER
    signal: signal.Signals = signal.SIGKILL
    held: str = ""
    only: str = ""


_KEEP = "SELECT 1 FROM submissions_submission WHERE id = %s FOR UPDATE"
CASES = (
    Case("worker killed before the claim", "queued"),
    Case("worker killed while reading", "reading"),
    Case("worker killed while checking", "checking", held="LOCK TABLE results_run IN ACCESS EXCLUSIVE MODE"),
    Case("worker killed before it keeps the report", "checking", held=_KEEP),
    Case(
        "worker killed with the report half kept", "checking",
        held="LOCK TABLE submissions_reading IN ACCESS EXCLUSIVE MODE",
    ),
    Case("one process of the worker killed while reading", "reading", only="parent of the child"),
    Case("child killed while reading", "reading", word=CHILD),
    Case("broker killed with the message in it, restarted empty", "queued", word="valkey-server"),
    Case("broker killed while reading, restarted empty", "reading", word="valkey-server"),
    Case("database killed while reading", "reading", word="postgres"),
    Case("database restarted in order while reading", "reading", word="postgres", signal=signal.SIGINT, only="first"),
)  # fmt: skip


def large_archive(folder: Path, number: int) -> Path:
    """A valid archive with 300 MB of files that no compression helps: hashing it takes seconds."""
    root, out = folder / "round", folder / f"large-{number}.zip"
    make_submission(root)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(root).as_posix())
        for index in range(300):
            archive.writestr(f"closed/example_lab/code/{index}.bin", os.urandom(1 << 20))
    return out


def accounts() -> tuple[Any, Any, Any]:
    """The account, organisation and call that everything is sent by."""
    from datetime import timedelta

    from django.utils import timezone

    from submissions.models import Call, Membership, Organisation, User

    now = timezone.now()
    user = User.objects.create_user("faults@lab.example", None, name="Faults", is_active=True)
    lab = Organisation.objects.create(slug="faults", name="Faults")
    Membership.objects.create(user=user, organisation=lab, role="owner")
    call = Call.objects.create(
        round_id="v1.1", opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1),
        publishes_at=now + timedelta(days=2),
    )  # fmt: skip
    return user, lab, call


def progress(pk: int) -> str:
    """The stage of a version; ``unknown`` while the database is away."""
    from django.db import Error, connection

    from submissions.models import Version

    try:
        return Version.objects.values_list("progress", flat=True).get(pk=pk)
    except Error:
        connection.close()
        return "unknown"


@contextlib.contextmanager
def lock(statement: str, submission_pk: int) -> Iterator[None]:
    """Hold what ``statement`` locks, over a connection of its own."""
    from django.db import connection

    if not statement:
        yield
        return
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(statement, [submission_pk] if "%s" in statement else None)
        yield
    finally:
        other.close()


def waits_for_a_lock() -> bool:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return cursor.fetchone()[0] > 0


def signal_all(pids: list[int], number: signal.Signals) -> int:
    """Send a signal; how many there were to get it."""
    hit = 0
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
            hit += 1
    return hit


def targets(site: Site, case: Case) -> list[int]:
    if case.only == "parent of the child":
        return [pid for pid in site.pids(WORKER) if any(CHILD in command for _, command in children(pid))][
            -1:
        ]
    found = site.pids(case.word)
    return found[:1] if case.only else found


def reach(site: Site, case: Case, version: Any) -> None:
    """Wait until the worker is in the stage of ``case``, then stop its processes there."""
    if case.stage != "queued":
        site.wait(lambda: progress(version.pk) in (case.stage, "done", "failed"), case.name, pause_s=0.005)
        if CHILD in case.word or case.only == "parent of the child":
            site.wait(lambda: bool(site.pids(CHILD)), case.name, pause_s=0.005)
        if case.held:
            site.wait(waits_for_a_lock, case.name, pause_s=0.005)
    signal_all(site.pids(WORKER) + site.pids(CHILD), signal.SIGSTOP)


def run(site: Site, folder: Path, number: int, case: Case, sender: tuple[Any, Any, Any]) -> tuple[str, bool]:
    """Send, strike, and wait for the end; the row of the table, and whether the stage was met."""
    from submissions.models import Event, Version
    from submissions.services.intake import submit
    from submissions.services.storage import hash_of, name_of

    user, lab, call = sender
    path = large_archive(folder, number)
    if case.stage == "queued":
        signal_all(site.pids(WORKER), signal.SIGSTOP)
    version = submit(
        path, user=user, organisation=lab, kind="round", call=call, round_id="v1.1", filename=path.name
    ).version
    with lock(case.held, version.submission_id):
        reach(site, case, version)
        seen = progress(version.pk) + (", waiting for the lock" if case.held and waits_for_a_lock() else "")
        struck = time.monotonic()
        hit = signal_all(targets(site, case), case.signal)
    signal_all(site.pids(WORKER) + site.pids(CHILD), signal.SIGCONT)
    site.wait(lambda: progress(version.pk) in ("done", "failed"), case.name)
    ended_s = time.monotonic() - struck
    site.wait(site.answers, "the site again")
    row = Version.objects.select_related("submission").get(pk=version.pk)
    intact = hash_of(name_of(row.archive_id)) == row.archive_id
    events = Event.objects.filter(version=row, kind="checked").count()
    path.unlink()
    row_of_table = (
        f"| {case.name} | {seen}; {hit} | {row.progress}, {row.submission.state} | {row.attempts} | {events} | "
        f"{'yes' if intact else 'NO'} | {ended_s:.0f} |"
    )
    return row_of_table, seen.startswith(case.stage) and hit > 0


def incoming_files() -> list[Path]:
    from submissions.services.incoming import incoming_folder

    return sorted(incoming_folder().glob("*"))


def half_an_upload(site: Site) -> str:
    """gunicorn dies while a client has sent half: nothing of it may be known, and the half goes with the sweep."""
    from submissions.models import Check

    rows = Check.objects.count()
    line = socket.create_connection(("127.0.0.1", site.port))
    head = "POST /api/v1/checks/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n"
    head += "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
    head += 'Content-Disposition: form-data; name="archive"; filename="a.zip"\r\n\r\n'
    line.sendall(head.encode() + b"x" * 10_000_000)
    site.wait(lambda: any(f.stat().st_size > 9_000_000 for f in incoming_files()), "half an upload")
    half_bytes = max(file.stat().st_size for file in incoming_files())
    killed = signal_all(site.pids("gunicorn"), signal.SIGKILL)
    site.wait(site.answers, "the site again")
    line.close()
    left = [file for file in incoming_files() if file.name.startswith("upload-")]
    return (
        f"| web killed with half an upload | {half_bytes:,} of 20,000,000 bytes received; {killed} | "
        f"{Check.objects.count() - rows} rows, {len(left)} file left | - | 0 | - | - |"
    )


def leftovers(site: Site) -> str:
    """What killed processes left behind, aged by two days, is gone with the next sweep."""
    names = [file.name.partition("-")[0] for file in incoming_files()]
    for file in incoming_files():
        os.utime(file, (time.time() - 2 * 86_400,) * 2)
    struck = time.monotonic()
    site.wait(lambda: not incoming_files(), "the sweep")
    counted = ", ".join(f"{names.count(kind)} {kind}" for kind in sorted(set(names))) or "nothing"
    return f"| leftovers of all kills, aged by two days | {counted} | removed | - | - | - | {time.monotonic() - struck:.0f} |"


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk of its own, of DISK_BYTES, over ``folder``."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def full_disk(site: Site, folder: Path, what: str, token: str) -> str:
    """An upload that does not fit is answered 507 and leaves nothing; sent again with room it is taken."""
    from django.conf import settings

    from submissions.models import Archive, Event, Version

    content = b"PK\x03\x04" + os.urandom(3 * DISK_BYTES)
    rows = Archive.objects.count() + Version.objects.count()
    with small_disk(folder):
        answer = upload(site.port, "/api/v1/submissions/", content, "v1.1", token)
        files = [f for f in folder.rglob("*") if f.is_file()]
        files += [f for f in Path(settings.INCOMING_DIR).glob("upload-*") if f not in files]
        rows = Archive.objects.count() + Version.objects.count() - rows
    again = upload(site.port, "/api/v1/submissions/", content, "v1.1", token)
    assert again.status == 201, again
    version = Version.objects.get(submission__public_id=again.body["submission"]["id"])
    site.wait(lambda: progress(version.pk) not in OPEN, "the check")
    version.refresh_from_db()
    return (
        f"| disk full while {what} | {answer.status}: {answer.body.get('detail')} {rows} rows, {len(files)} files kept | "
        f"sent again with room: {again.status}, {version.progress}, {version.verdict} | {version.attempts} | "
        f"{Event.objects.filter(version=version, kind='checked').count()} | - | - |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8290)
    parser.add_argument("--case", action="append", help="only the kills whose name holds this word")
    chosen = parser.parse_args()
    site = Site(chosen.data.resolve(), chosen.port)
    try:
        from django.conf import settings

        from submissions.services.tokens import create_token

        sender = accounts()
        token = create_token(sender[0], name="faults")[1]
        print(HEAD, flush=True)
        if os.geteuid() == 0:
            print(full_disk(site, Path(settings.INCOMING_DIR), "receiving", token), flush=True)
            print(full_disk(site, Path(settings.ARCHIVE_DIR), "storing", token), flush=True)
        else:
            print("| disk full | not run: mounting a small disk needs root | | | | | |", flush=True)
        for number, case in enumerate(CASES):
            if chosen.case and not any(word in case.name for word in chosen.case):
                continue
            for _ in range(TRIES):
                row, was_met = run(site, chosen.data, number, case, sender)
                if was_met:
                    break
            print(row, flush=True)
        print(half_an_upload(site), flush=True)
        print(leftovers(site), flush=True)
    finally:
        site.stop()


if __name__ == "__main__":
    main()
