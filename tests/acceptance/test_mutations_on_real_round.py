"""The table of mutations on folders of published rounds: each gives its code, and none raises."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from submissions.formats.archive import read_manifest
from tests.submissions.mutations import MUTATIONS, Mutation, Target
from tests.submissions.test_mutations import judged, new_codes, target

REAL = {
    "EEMBC": ("v1.1", "v1.1", "closed/Skymizer", "NUCLEO_L4R5ZI-mbed_os"),
    "MLCommons": ("v1.3-sample", "v1.3", "closed/STMicroelectronics", "NUCLEO_L4R5ZI-P"),
}
"""Runner to folder of the round, round, submitter and system: one with energy in all its runs."""

NOT_IN_THE_COPY = {"no picture of the trace"}
"""Mutations that take away a file which the sample of v1.3 does not hold anyway."""


def real_target(public_rounds: Path, runner: str, root: Path) -> tuple[Target, set[str]]:
    """A copy of one submitter with one system, and the files of it that the copy of the round leaves out."""
    folder, round, submitter, system = REAL[runner]
    shutil.copytree(public_rounds / "rounds" / folder / submitter, root / submitter)
    absent = {
        path
        for path in read_manifest(public_rounds / "MANIFEST.csv", round)
        if path.startswith(f"{submitter}/")
    }
    for other in (root / submitter / "systems").glob("*.json"):
        if other.stem != system:
            other.unlink()
            shutil.rmtree(root / submitter / "results" / other.stem)
            absent = {path for path in absent if f"/{other.stem}/" not in path}
    return target(root, root / submitter), absent


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_broken_published_submission_gives_the_code(
    mutation: Mutation, public_rounds: Path, tmp_path: Path
) -> None:
    if mutation.name in NOT_IN_THE_COPY:
        pytest.skip("the copy of the round does not hold the file that would be taken away")
    _, round, _, _ = REAL[mutation.runner]
    broken, absent = real_target(public_rounds, mutation.runner, tmp_path)
    before = judged(broken.root, round, absent)
    assert set(before.run_verdicts.values()) == {True}
    mutation.break_it(broken)
    gone = {path for path in absent if not (broken.root / path).parent.is_dir()}
    found = new_codes(before, judged(broken.root, round, absent - gone))
    assert mutation.code in found or mutation.without_log in found
