"""Hostile archives at their real sizes through the isolated check: what is said of each, and what it costs.

    python bench/hostile.py [CASE …]

prints a Markdown table: case, size of the archive, codes of its findings, verdict, peak memory of the child (wait4
ru_maxrss), seconds by the clock, and how many files it left behind. The memory and time of each case are those of a
process of its own. Needs 3 GB of disk in the temporary folder.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import stat
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

MIB = 1 << 20
RUN = "closed/lab/results/board/kws/performance"
SYSTEM = "closed/lab/systems/board.json"
GOOD = (
    (f"{RUN}/results.txt", b"Median throughput is 99.502 inf./sec.\n"), (SYSTEM, b'{"Submitter": "Lab"}'),
)  # fmt: skip
Entry = tuple[str | zipfile.ZipInfo, bytes]


def zipped(path: Path, entries: Iterable[Entry], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as out:
        for name, data in entries:
            out.writestr(name, data, compress_type=method)


def with_good(*entries: Entry) -> Callable[[Path], None]:
    return lambda path: zipped(path, [*GOOD, *entries])


def changed(name: str, data: bytes) -> Callable[[Path], None]:
    """A submission with other content in the file ``name``."""
    return lambda path: zipped(path, [*((n, d) for n, d in GOOD if n != name), (name, data)])


def tarred(*members: tuple[bytes, str, int]) -> Callable[[Path], None]:
    """Members (type, name, size claimed) beside a submission, as .tar.gz."""

    def make(path: Path) -> None:
        with tarfile.open(path, "w:gz") as out:
            for name, data in GOOD:
                member = tarfile.TarInfo(name)
                member.size = len(data)
                out.addfile(member, io.BytesIO(data))
            for kind, name, size in members:
                member = tarfile.TarInfo(name)
                member.type, member.linkname, member.size = kind, "/etc/passwd", size
                out.addfile(member)

    return make


def large_file(name: str, data: bytes, times: int, packer: str = "zip") -> Callable[[Path], None]:
    """One file of ``times`` copies of ``data``, written piece by piece."""

    def make(path: Path) -> None:
        if packer == "zip":
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
                for good, text in GOOD:
                    if good != name:
                        out.writestr(good, text)
                with out.open(name, "w", force_zip64=True) as entry:
                    for _ in range(times):
                        entry.write(data)
        else:
            member = tarfile.TarInfo(name)
            member.size = len(data) * times
            with gzip.open(path, "wb", compresslevel=1) as out:
                out.write(member.tobuf())
                for _ in range(times):
                    out.write(data)
                out.write(bytes(10240))

    return make


def many(count: int, name: str = "closed/lab/code/{:06d}.txt", packer: str = "zip") -> Callable[[Path], None]:
    def make(path: Path) -> None:
        if packer == "zip":
            zipped(path, [*GOOD, *((name.format(index), b"x") for index in range(count))])
        else:
            tarred(*((tarfile.REGTYPE, name.format(index), 0) for index in range(count)))(path)

    return make


def patched(old: bytes, new: bytes) -> Callable[[Path], None]:
    """A zip whose bytes ``old`` are replaced."""

    def make(path: Path) -> None:
        with_good(("closed/lab/code/aXb.txt", b"x"))(path)
        path.write_bytes(path.read_bytes().replace(old, new))

    return make


def truncated(path: Path) -> None:
    with_good(("closed/lab/code/noise.bin", os.urandom(MIB)))(path)
    path.write_bytes(path.read_bytes()[: MIB // 2])


def encrypted(path: Path) -> None:
    with_good()(path)
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))


def zip64_lie(path: Path) -> None:
    """An entry that claims 1 TiB in its zip64 field and holds a byte."""
    entry = zipfile.ZipInfo("closed/lab/code/lie.bin")
    entry.extra = struct.pack("<HHQQ", 1, 16, 1 << 40, 1 << 40)
    zipped(path, [*GOOD, (entry, b"x")], zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 20 : at + 28] = b"\xff" * 8
    path.write_bytes(bytes(data))


def overlapping(path: Path) -> None:
    """A directory whose many entries all lie on the same bytes."""
    entries = [
        (f"closed/lab/code/{index:05d}", bytes(4 * MIB) if index == 0 else b"") for index in range(1000)
    ]
    zipped(path, entries)
    data = bytearray(path.read_bytes())
    first = data.index(b"PK\x01\x02")
    sizes, at = bytes(data[first + 16 : first + 28]), data.find(b"PK\x01\x02", first + 1)
    while at >= 0:
        data[at + 16 : at + 28], data[at + 42 : at + 46] = sizes, bytes(4)
        at = data.find(b"PK\x01\x02", at + 1)
    path.write_bytes(bytes(data))


def directory_of_millions(path: Path) -> None:
    """2 million directory records of the least size: 92 MB that a naive reader turns into gigabytes."""
    record = b"PK\x01\x02" + bytes(42)
    count = 2_000_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(record) * count, 4, 0)
    path.write_bytes(b"PK\x03\x04" + record * count + end)


def mode_entry(name: str, mode: int) -> Entry:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    return entry, b"/etc/passwd"


def nested(path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("zeros", bytes(256 * MIB))
    with_good(("closed/lab/code/inner.zip", inner.getvalue()))(path)


def unusual_method(path: Path) -> None:
    zipped(path, [*GOOD, ("closed/lab/code/zeros", bytes(512 * MIB))], zipfile.ZIP_BZIP2)


def negative_size(path: Path) -> None:
    member = tarfile.TarInfo("closed/lab/code/negative")
    block = bytearray(member.tobuf())
    block[124:136] = b"\xff" * 11 + b"\x00"
    block[148:156] = b" " * 8
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    path.write_bytes(bytes(block) + bytes(10240))


CASES: dict[str, Callable[[Path], None]] = {
    "ordinary submission": with_good(),
    "ratio bomb (zip, 1 GiB of zeros)": large_file("closed/lab/code/zeros", bytes(MIB), 1024),
    "ratio bomb (tar.gz, 1 GiB of zeros)": large_file("closed/lab/code/zeros", bytes(MIB), 1024, "tar"),
    "nested archive (zip in zip)": nested,
    "bzip2 in zip (512 MiB of zeros)": unusual_method,
    "overlapping entries": overlapping,
    "100,000 entries (zip)": many(100_000),
    "100,000 entries (tar.gz)": many(100_000, packer="tar"),
    "directory of 2 million entries": directory_of_millions,
    "15,000 refused names": many(15_000, "../{:06d}"),
    "traversal": with_good(("../../evil.txt", b"x")),
    "absolute path": with_good(("/etc/evil.txt", b"x")),
    "drive letter": with_good(("C:/evil.txt", b"x")),
    "symbolic link (zip)": with_good(mode_entry("closed/lab/code/link", stat.S_IFLNK | 0o777)),
    "symbolic link (tar.gz)": tarred((tarfile.SYMTYPE, "closed/lab/code/link", 0)),
    "hard link": tarred((tarfile.LNKTYPE, "closed/lab/code/link", 0)),
    "device node (tar.gz)": tarred((tarfile.CHRTYPE, "closed/lab/code/device", 0)),
    "device node (zip)": with_good(mode_entry("closed/lab/code/device", stat.S_IFCHR | 0o666)),
    "duplicate names": tarred(*[(tarfile.REGTYPE, "closed/lab/code/a", 0)] * 2),
    "names that differ by case": with_good(("closed/lab/code/A", b"1"), ("closed/lab/code/a", b"2")),
    "names that differ by Unicode form": with_good(("closed/lab/code/\u00e9", b"1"), ("closed/lab/code/e\u0301", b"2")),
    "encrypted": encrypted,
    "truncated": truncated,
    "wrong suffix (.zip that is text)": lambda path: path.write_text("hello"),
    "wrong suffix (.zip that is tar.gz)": tarred(),
    "empty (0 bytes)": lambda path: path.write_bytes(b""),
    "empty (zip without entries)": lambda path: zipped(path, []),
    "over the limit (3 GiB in all)": large_file("closed/lab/code/large", os.urandom(4096) * 256, 3072),
    "zip64 lies about sizes": zip64_lie,
    "negative size in tar": negative_size,
    "NUL in a name": patched(b"aXb", b"a\0b"),
    "control characters in a name": with_good(("closed/lab/code/a\x1b[31mb", b"x")),
    "text that is not UTF-8": changed(f"{RUN}/results.txt", b"\xff\xfe Median throughput is 9.5 inf./sec.\n"),
    "one line of 1 GB": large_file(f"{RUN}/results.txt", os.urandom(MIB).hex().encode(), 500),
    "one line of 200 MB": large_file(f"{RUN}/results.txt", os.urandom(MIB).hex().encode(), 100),
    "one line of 30 MB": large_file(f"{RUN}/results.txt", os.urandom(MIB).hex().encode(), 15),
    "30 MB of [],[],…": large_file(f"{RUN}/results.json", b"[" + b"[]," * 10_000_000 + b"[]]", 1),
    "JSON nested 100,000 deep (results)": changed(f"{RUN}/results.json", b"[" * 100_000),
    "JSON nested 100,000 deep (system)": changed(SYSTEM, b'{"a":' * 100_000),
    "JSON with a key twice": changed(SYSTEM, b'{"Submitter": "Lab", "Submitter": "Other"}'),
    "white space of 1 MB in a description": changed(SYSTEM, b'{"Submitter": "' + b" " * 1_000_000 + b'x"}'),
    "integer of 1 million digits": changed(f"{RUN}/results.json", b"[" + b"9" * 1_000_000 + b"]"),
    "NaN in results.txt": changed(f"{RUN}/results.txt", b"Median throughput is NaN inf./sec.\n"),
    "Infinity in results.json": changed(f"{RUN}/results.json", b'[{"file": "a", "infer": {"results": [Infinity]}}]'),
}  # fmt: skip


def measure(archive: Path) -> dict[str, object]:
    """Check ``archive`` and say what came of it; the only child of this process is that of the check."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinysite.settings")
    import django

    django.setup()
    from submissions.services.isolated import check_archive

    began = time.monotonic()
    report = check_archive(archive, round_id="v1.3", earlier_logs=lambda logs: {})
    wall_s = time.monotonic() - began
    codes = dict.fromkeys(
        f.code for f in report.judgement.findings if f.code.startswith(("archive.", "file.", "layout.", "system.", "results."))
    )  # fmt: skip
    peak_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "codes": list(codes), "verdict": report.judgement.verdict, "peak_mib": peak_kib / 1024, "wall_s": wall_s,
    }  # fmt: skip


def run(name: str) -> str:
    """One row of the table."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        archive, scratch = Path(folder) / "upload.zip", Path(folder) / "scratch"
        scratch.mkdir()
        CASES[name](archive)
        done = subprocess.run(
            [sys.executable, __file__, "--measure", str(archive)], env={**os.environ, "TMPDIR": str(scratch)},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        seen = json.loads(done.stdout.splitlines()[-1])
        left = sum(1 for path in Path(folder).rglob("*") if path not in (archive, scratch))
        size_mb = archive.stat().st_size / 1e6
    return (
        f"| {name} | {size_mb:.1f} | {', '.join(seen['codes'])} | {seen['verdict']} | {seen['peak_mib']:.0f} "
        f"| {seen['wall_s']:.1f} | {left} |"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(Path(sys.argv[2]))))
    else:
        print("| case | archive MB | codes | verdict | peak memory MiB | wall s | files left |")
        print("|---|---|---|---|---|---|---|")
        for case in sys.argv[1:] or CASES:
            print(run(case), flush=True)
