"""Archives and logs that hypothesis makes: the check never raises and always gives one of three verdicts.

TINYSITE_HYPOTHESIS_EXAMPLES asks for more examples than the few of an ordinary run.
"""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
import zipfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from submissions.checking.check import check
from submissions.formats.archive import Limits
from tests.makers import make_mlcommons_run, make_submission

BOUNDED = settings(
    max_examples=int(os.environ.get("TINYSITE_HYPOTHESIS_EXAMPLES", "40")), derandomize=True, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
NAMES = st.sampled_from([
    "closed", "open", "lab", "systems", "results", "board", "kws", "ad", "sww", "performance", "accuracy", "energy",
    "log.txt", "results.txt", "results.json", "board.json", "..", "a\\b", "C:", "é", "e\u0301", "__MACOSX", "\u202e",
])  # fmt: skip
TREES = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=7).map("/".join), st.binary(max_size=40), max_size=8
)
MUTATIONS = st.lists(
    st.tuples(st.floats(0, 1), st.binary(max_size=6), st.integers(0, 6)), min_size=1, max_size=6
)
"""Where (as a fraction of the length), what is put there, how many bytes it replaces."""


def files_of_a_submission() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        submitter = make_submission(root, energy_uj_per_inf=400.0)
        make_mlcommons_run(submitter / "results/example_board/ic", benchmark="ic")
        return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


FILES = files_of_a_submission()


def pack(entries: dict[str, bytes], kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in entries.items():
                archive.writestr(name, data)
    else:
        with tarfile.open(fileobj=out, mode="w:gz" if kind == "tar.gz" else "w") as archive:
            for name, data in entries.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def mutated(data: bytes, mutations: list[tuple[float, bytes, int]]) -> bytes:
    for where, new, length in mutations:
        at = int(where * len(data))
        data = data[:at] + new + data[at + length :]
    return data


def verdict_of(data: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(data)
        report = check(
            path, round_id="v1.1", division="closed", submitter="lab", limits=Limits(total_bytes=1 << 24),
            earlier_logs=lambda logs: {}, with_excerpts=True,
        )  # fmt: skip
        assert [entry.name for entry in Path(folder).iterdir()] == ["upload"]
    return report.judgement.verdict


KINDS = st.sampled_from(["zip", "tar", "tar.gz"])
VERDICTS = {"valid", "invalid", "unreadable"}


@BOUNDED
@given(TREES, KINDS)
def test_an_archive_of_any_tree_gets_a_verdict(entries: dict[str, bytes], kind: str) -> None:
    assert verdict_of(pack(entries, kind)) in VERDICTS


@BOUNDED
@given(KINDS, MUTATIONS)
def test_a_damaged_archive_gets_a_verdict(kind: str, mutations: list[tuple[float, bytes, int]]) -> None:
    assert verdict_of(mutated(pack(FILES, kind), mutations)) in VERDICTS


@BOUNDED
@given(st.sampled_from(sorted(FILES)), MUTATIONS)
def test_a_damaged_file_gets_a_verdict(name: str, mutations: list[tuple[float, bytes, int]]) -> None:
    assert verdict_of(pack({**FILES, name: mutated(FILES[name], mutations)}, "tar")) in VERDICTS


@BOUNDED
@given(st.sampled_from(sorted(FILES)), st.lists(st.sampled_from([
    b"NaN", b"Infinity", b"-1e999", b"9" * 5000, b'{"a":', b"[" * 2000, b"\x00", b"\xff", b" " * 3000, b"\n", b'"a":1,',
]), min_size=1, max_size=5), st.floats(0, 1))  # fmt: skip
def test_hostile_texts_in_a_file_get_a_verdict(name: str, texts: list[bytes], where: float) -> None:
    changed = mutated(FILES[name], [(where, b"".join(texts), 0)])
    assert verdict_of(pack({**FILES, name: changed}, "tar")) in VERDICTS
