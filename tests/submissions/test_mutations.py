"""Every way to break a valid submission gives its code, and none raises."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

import pytest

from results.domain.findings import Severity
from submissions.formats.archive import open_tree
from submissions.formats.registry import read
from submissions.rules.judge import Judgement, judge
from submissions.rules.rulebook import load_rulebook
from tests.makers import make_mlcommons_run, make_submission, make_sww_run, make_system_json

from .mutations import MUTATIONS, Mutation, Target

ROUNDS = {"EEMBC": "v1.1", "MLCommons": "v1.3"}


def judged(root: Path, round: str, absent: Collection[str] = ()) -> Judgement:
    with open_tree(root, absent=absent) as tree:
        return judge(read(tree), load_rulebook(round))


def new_codes(before: Judgement, after: Judgement) -> set[str]:
    """The codes of findings that were not there before."""
    seen = {(finding.code, finding.file, finding.found) for finding in before.findings}
    return {
        finding.code for finding in after.findings if (finding.code, finding.file, finding.found) not in seen
    }


def eembc_target(root: Path) -> Target:
    submitter = make_submission(root, benchmarks=("kws",), energy_uj_per_inf=120.0, top1_pct=91.4)
    make_submission(root, benchmarks=("ic",), iterations=900, energy_uj_per_inf=900.0, top1_pct=87.0)
    return target(root, submitter)


def mlcommons_target(root: Path) -> Target:
    submitter = root / "closed" / "example_lab"
    make_system_json(submitter / "systems" / "example_board.json")
    results = submitter / "results" / "example_board"
    make_mlcommons_run(results / "kws", energy_uj_per_inf=120.0)
    make_mlcommons_run(results / "ic", benchmark="ic", iterations=150, top1_pct=87.0, energy_uj_per_inf=900.0)
    make_sww_run(results / "sww", performance=False)
    return target(root, submitter)


def target(root: Path, submitter: Path) -> Target:
    (system_file,) = sorted((submitter / "systems").glob("*.json"))
    results = submitter / "results" / system_file.stem
    streaming = results / "sww"
    return Target(
        root,
        submitter,
        system_file,
        results / "kws",
        results / "ic",
        streaming if streaming.is_dir() else None,
    )


@pytest.fixture(scope="module", params=["EEMBC", "MLCommons"])
def valid(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Judgement]:
    root = tmp_path_factory.mktemp("valid")
    (eembc_target if request.param == "EEMBC" else mlcommons_target)(root)
    return request.param, judged(root, ROUNDS[request.param])


def test_the_submission_that_is_broken_below_is_valid(valid: tuple[str, Judgement]) -> None:
    _, judgement = valid
    assert judgement.verdict == "valid"
    assert len(judgement.run_verdicts) in (2, 3)
    assert set(judgement.run_verdicts.values()) == {True}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_broken_submission_gives_the_code_of_what_is_wrong(mutation: Mutation, tmp_path: Path) -> None:
    make = eembc_target if mutation.runner == "EEMBC" else mlcommons_target
    broken = make(tmp_path / "round")
    before = judged(broken.root, ROUNDS[mutation.runner])
    mutation.break_it(broken)
    after = judged(broken.root, ROUNDS[mutation.runner])
    assert mutation.code in new_codes(before, after)
    if any(
        finding.code == mutation.code and finding.severity is Severity.ERROR for finding in after.findings
    ):
        assert after.verdict in ("invalid", "unreadable")


@pytest.mark.parametrize("suffix", ["zip", "gztar"])
def test_an_empty_folder_in_an_archive_is_found_too(suffix: str, tmp_path: Path) -> None:
    broken = eembc_target(tmp_path / "round")
    (broken.submitter / "code" / "kws").mkdir(parents=True)
    archive = Path(shutil.make_archive(str(tmp_path / "packed"), suffix, broken.root))
    found = [
        finding.file for finding in judged(archive, "v1.1").findings if finding.code == "layout.empty-folder"
    ]
    assert found == ["closed/example_lab/code/kws"]


def test_a_folder_whose_files_this_copy_left_out_is_not_empty(tmp_path: Path) -> None:
    whole = eembc_target(tmp_path / "round")
    (whole.submitter / "code" / "kws").mkdir(parents=True)
    left_out = ["closed/example_lab/code/kws/weights.bin"]
    codes = {finding.code for finding in judged(whole.root, "v1.1", absent=left_out).findings}
    assert "layout.empty-folder" not in codes


def test_the_table_holds_at_least_forty_different_ways() -> None:
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS) >= 40
    assert len({mutation.code for mutation in MUTATIONS}) >= 40
