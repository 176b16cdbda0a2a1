"""Uploads to a running site on loopback: many small ones at once, and one large one against reading its bytes.

    python bench/uploads.py --data FOLDER [--port 8291] [--count 200] [--at-once 200]
                            [--archive FILE --unpacked FOLDER --round v1.1]

Starts `manage.py up` over an empty FOLDER with throttles out of the way and prints figures. Bounded to ten minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import sys
import time
import urllib.error
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.faults import Site
from tests.makers import make_submission


def small_archives(folder: Path, count: int) -> list[bytes]:
    """Valid archives that differ in one note."""
    root = folder / "round"
    make_submission(root)
    made = []
    for number in range(count):
        out = folder / "small.zip"
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(root.rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(root).as_posix())
            archive.writestr("closed/example_lab/code/NUMBER.txt", str(number))
        made.append(out.read_bytes())
    return made


def prepared(round_id: str) -> str:
    """An account with an organisation, an open call and a token; the token."""
    from django.utils import timezone

    from submissions.models import Call, Membership, Organisation, User
    from submissions.services.tokens import create_token

    now = timezone.now()
    user = User.objects.create_user("uploads@lab.example", None, name="Uploads", is_active=True)
    lab = Organisation.objects.create(slug="uploads", name="Uploads")
    Membership.objects.create(user=user, organisation=lab, role="owner")
    Call.objects.create(
        round_id=round_id, opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1),
        publishes_at=now + timedelta(days=2),
    )  # fmt: skip
    return create_token(user, name="uploads")[1]


def send(port: int, token: str, content: bytes, round_id: str) -> tuple[int, float, float]:
    """(status, seconds to the answer, clock at the answer) of one upload."""
    body = (
        f'--b\r\nContent-Disposition: form-data; name="round"\r\n\r\n{round_id}\r\n'
        '--b\r\nContent-Disposition: form-data; name="archive"; filename="a.zip"\r\n'
        "Content-Type: application/zip\r\n\r\n"
    ).encode() + content + b"\r\n--b--\r\n"  # fmt: skip
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/submissions/", data=body, method="POST",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data; boundary=b"},
    )  # fmt: skip
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            answer.read()
            status = answer.status
    except urllib.error.HTTPError as refused:
        status = refused.code
    except OSError:
        status = 0
    return status, time.monotonic() - begun, time.monotonic()


def p(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def many(site: Site, token: str, folder: Path, count: int, at_once: int, round_id: str) -> None:
    from submissions.models import Version

    archives = small_archives(folder, count)
    begun = time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        answers = list(pool.map(lambda content: send(site.port, token, content, round_id), archives))
    open_ = ["queued", "reading", "checking"]
    until = time.monotonic() + 400
    while Version.objects.filter(progress__in=open_).exists() and time.monotonic() < until:
        time.sleep(0.5)
    total_s = time.monotonic() - begun
    rows = list(Version.objects.values_list("progress", "verdict", "created_at", "finished_at"))
    waits = [(row[3] - row[2]).total_seconds() for row in rows if row[3]]
    states = sorted({(row[0], row[1]) for row in rows})
    statuses = {status: sum(a[0] == status for a in answers) for status in {a[0] for a in answers}}
    took = [answer[1] for answer in answers]
    print(
        f"{count} uploads, {at_once} at once: answers {statuses}, versions {len(rows)}, final states {states}"
    )
    print(f"answer: p50 {p(took, 50):.2f} s, p95 {p(took, 95):.2f} s")
    print(f"row written to report: p50 {p(waits, 50):.1f} s, p95 {p(waits, 95):.1f} s")
    print(f"all reports after {total_s:.1f} s: {len(waits) / total_s:.1f} per second")


def large(site: Site, token: str, archive: Path, unpacked: Path, round_id: str) -> None:
    from submissions.models import Version

    begun = time.monotonic()
    for path in sorted(unpacked.rglob("*")):
        if path.is_file():
            hashlib.sha256(path.read_bytes())
    plain_s = time.monotonic() - begun
    status, answer_s, at = send(site.port, token, archive.read_bytes(), round_id)
    newest = Version.objects.order_by("-pk").first()
    assert newest is not None
    while newest.progress not in ("done", "failed") and time.monotonic() < at + 300:
        time.sleep(0.02)
        newest.refresh_from_db()
    report_s = time.monotonic() - at + answer_s
    print(
        f"{archive.stat().st_size / 1e6:.1f} MB: status {status}, {newest.progress} {newest.verdict} "
        f"{report_s:.2f} s after sending began; reading and hashing its files {plain_s:.3f} s: "
        f"{report_s / plain_s:.1f} times"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8291)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=200)
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--unpacked", type=Path, help="the same files as --archive, in a folder")
    parser.add_argument("--round", default="v1.1")
    chosen = parser.parse_args()
    os.environ |= {
        "TINYSITE_THROTTLE_SUBMISSIONS": "100000/hour",
        "TINYSITE_THROTTLE_USER": "100000/minute",
    }
    site = Site(chosen.data.resolve(), chosen.port)
    try:
        token = prepared(chosen.round)
        many(site, token, chosen.data, chosen.count, chosen.at_once, chosen.round)
        if chosen.archive and chosen.unpacked:
            large(site, token, chosen.archive, chosen.unpacked, chosen.round)
    finally:
        site.process.terminate()
        site.process.wait(60)


if __name__ == "__main__":
    main()
