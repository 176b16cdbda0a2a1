"""Uploads to a running site on loopback: many small ones at once, and a large one against reading its files.

    python bench/uploads.py --data FOLDER [--port 8291] [--count 200] [--at-once 200]
                            [--archive FILE --unpacked FOLDER --round v1.1 --times 3]

Starts `manage.py up` over an empty FOLDER with throttles out of the way and prints figures. Bounded to ten minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import statistics
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.site import OPEN, Site
from tests.makers import make_submission

PATIENCE_S = 300
BOUNDARY = "a-boundary-that-stands-in-no-archive"


@dataclass(frozen=True)
class Sent:
    """One upload: ``last_byte_at`` is the clock when all of it was handed to the system."""

    status: int
    last_byte_at: float
    answer_s: float
    body: dict[str, Any]


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


def send(port: int, address: str, content: bytes, round_id: str, token: str = "") -> Sent:
    """Send an archive; status 0 when the connection broke."""
    body = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="round"\r\n\r\n{round_id}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="archive"; filename="a.zip"\r\n'
        "Content-Type: application/zip\r\n\r\n"
    ).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()  # fmt: skip
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    begun = time.time()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        line.request("POST", address, body=body, headers=headers)
        last_byte_at = time.time()
        answer = line.getresponse()
        return Sent(answer.status, last_byte_at, time.time() - begun, json.loads(answer.read()))
    except OSError:
        return Sent(0, time.time(), time.time() - begun, {})
    finally:
        line.close()


def percentiles(values: list[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.2f} s"
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return f"p50 {cuts[49]:.2f} s, p95 {cuts[94]:.2f} s"


def many(site: Site, token: str, folder: Path, count: int, at_once: int, round_id: str) -> None:
    """``count`` different valid archives from one account, ``at_once`` connections."""
    from submissions.models import Version

    archives = small_archives(folder, count)
    begun = time.time()
    with ThreadPoolExecutor(at_once) as pool:
        answers = list(
            pool.map(lambda one: send(site.port, "/api/v1/submissions/", one, round_id, token), archives)
        )
    received_s = time.time() - begun
    site.wait(lambda: not Version.objects.filter(progress__in=OPEN).exists(), "the reports", pause_s=0.5)
    rows = {
        (row.submission.public_id, row.number): row
        for row in Version.objects.select_related("submission")
    }  # fmt: skip
    waits = []
    for answer in answers:
        if answer.status == 201:
            row = rows[(answer.body["submission"]["id"], answer.body["version"]["number"])]
            waits.append(row.finished_at.timestamp() - answer.last_byte_at)
    total_s = max(row.finished_at.timestamp() for row in rows.values()) - begun
    statuses = {status: sum(a.status == status for a in answers) for status in {a.status for a in answers}}
    states = {str(key): 0 for key in sorted({(row.progress, row.verdict) for row in rows.values()})}
    for row in rows.values():
        states[str((row.progress, row.verdict))] += 1
    print(f"{count} uploads, {at_once} at once: answers {statuses}, versions {len(rows)}, final {states}")
    print(f"answer: {percentiles([a.answer_s for a in answers])}; all received after {received_s:.1f} s")
    print(f"last byte to report: {percentiles(waits)}")
    print(f"all reports after {total_s:.1f} s: {len(waits) / total_s:.1f} per second", flush=True)


def large(site: Site, archive: Path, unpacked: Path, round_id: str, times: int) -> None:
    """A check without an account of ``archive``, from its last byte to its report, against reading its files."""
    from submissions.models import Check

    content = archive.read_bytes()
    files = [path for path in sorted(unpacked.rglob("*")) if path.is_file()]
    unpacked_bytes = sum(path.stat().st_size for path in files)
    print(f"{archive.name}: {len(content):,} bytes, {len(files)} files of {unpacked_bytes:,} bytes")
    for _ in range(times):
        begun = time.perf_counter()
        for path in files:
            hashlib.sha256(path.read_bytes()).hexdigest()
        plain_s = time.perf_counter() - begun
        answer = send(site.port, "/api/v1/checks/", content, round_id)
        assert answer.status == 202, answer
        found = Check.objects.filter(pk=answer.body["id"])
        site.wait(lambda: not found.filter(progress__in=OPEN).exists(), "the report")  # noqa: B023 - called at once
        check = found.get()
        report_s = check.finished_at.timestamp() - answer.last_byte_at
        print(
            f"{check.progress} {check.verdict}, {len(check.findings)} findings, {len(check.runs)} runs: "
            f"{report_s:.2f} s from the last byte (sending {answer.answer_s:.2f} s); "
            f"reading and hashing {plain_s:.3f} s: {report_s / plain_s:.0f} times",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8291)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=200)
    parser.add_argument("--archive", type=Path, action="append", default=[])
    parser.add_argument("--unpacked", type=Path, help="the same files as --archive, in a folder")
    parser.add_argument("--round", default="v1.1")
    parser.add_argument("--times", type=int, default=3)
    chosen = parser.parse_args()
    os.environ |= {
        "TINYSITE_THROTTLE_SUBMISSIONS": "100000/hour",
        "TINYSITE_THROTTLE_CHECKS": "100000/hour",
        "TINYSITE_THROTTLE_USER": "100000/minute",
    }
    site = Site(chosen.data.resolve(), chosen.port)
    try:
        token = prepared(chosen.round)
        for archive in chosen.archive:
            large(site, archive, chosen.unpacked, chosen.round, chosen.times)
        if chosen.count:
            many(site, token, chosen.data, chosen.count, chosen.at_once, chosen.round)
    finally:
        site.stop()


if __name__ == "__main__":
    main()
