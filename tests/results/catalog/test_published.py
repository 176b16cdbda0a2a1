"""The shipped copy of published figures gives back what was written, whatever the texts and numbers are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.catalog.published import (
    PUBLISHED_FOLDER,
    PublishedFiguresError,
    PublishedSubmission,
    folder_sha256,
    read_round,
    write_round,
)
from results.domain.findings import Finding, Severity
from results.domain.metrics import METRICS
from results.domain.records import (
    Evidence,
    How,
    MeasurementRecord,
    Readability,
    Reading,
    RunRecord,
    SubmissionRecord,
    SystemField,
    SystemRecord,
    Window,
)

texts = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
)
numbers = st.floats(min_value=1e-9, max_value=1e12)
sha256s = st.text("0123456789abcdef", min_size=64, max_size=64)


@st.composite
def measurements(draw: st.DrawFn) -> MeasurementRecord:
    places = draw(
        st.lists(st.tuples(texts, st.none() | st.integers(1, 10**6), sha256s), min_size=1, max_size=3)
    )
    return MeasurementRecord(
        draw(st.sampled_from(sorted(METRICS))), draw(numbers), draw(texts), draw(st.sampled_from(How)),
        draw(st.sampled_from(Reading)), tuple(Evidence(p, line, sha, Reading.STATED) for p, line, sha in places),
    )  # fmt: skip


@st.composite
def submissions(draw: st.DrawFn) -> PublishedSubmission:
    taken = {m.metric: m for m in draw(st.lists(measurements(), max_size=4))}
    run = RunRecord(
        "lab", "closed", "board", "kws", draw(st.just("") | texts), "closed/lab/results/board/kws",
        draw(st.none() | texts), draw(st.none() | texts), (),
        (Window("performance", 2, "log.txt", 7, draw(st.none() | st.integers(1, 9)), draw(st.none() | numbers)),),
        taken, dict(taken), draw(st.none() | sha256s), draw(st.none() | texts), draw(st.dictionaries(texts, texts, max_size=2)),
    )  # fmt: skip
    system = SystemRecord(
        "lab", "closed", "board", draw(st.none() | texts), draw(st.none() | sha256s), Readability.REPAIRED,
        tuple(SystemField(k, v, n) for n, (k, v) in enumerate(draw(st.lists(st.tuples(texts, texts), max_size=4)), 1)),
    )  # fmt: skip
    finding = Finding("perf.window-count", Severity.NOTE, draw(texts), draw(st.none() | st.integers(1, 99)),
                      draw(texts), draw(texts), draw(texts), "lab", "closed", "board", run.key)  # fmt: skip
    record = SubmissionRecord("lab", "closed", "closed/lab", (system,), (run,), ())
    return PublishedSubmission("v1.1", "owner/results", "abc1234", record, (finding,))


@given(submissions())
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, submission: PublishedSubmission
) -> None:
    folder = tmp_path_factory.mktemp("figures") / "v1.1"
    write_round(folder, [submission])
    (read,) = read_round(folder)
    assert read == submission


@given(submissions())
def test_writing_twice_gives_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, submission: PublishedSubmission
) -> None:
    folder = tmp_path_factory.mktemp("figures")
    write_round(folder / "v1.1", [submission])
    first = folder_sha256(folder)
    write_round(folder / "v1.1", [submission])
    assert folder_sha256(folder) == first


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PublishedFiguresError, match=r"systems\.csv: missing"):
        read_round(tmp_path)


def test_a_row_with_too_few_columns_is_named_with_its_number(tmp_path: Path) -> None:
    write_round(tmp_path, [])
    with (tmp_path / "findings.csv").open("a") as out:
        out.write("closed,lab\n")
    with pytest.raises(PublishedFiguresError, match=r"findings\.csv, row 2"):
        read_round(tmp_path)


def test_other_columns_are_refused_with_the_expected_ones(tmp_path: Path) -> None:
    write_round(tmp_path, [])
    (tmp_path / "runs.csv").write_text("a,b\n")
    with pytest.raises(PublishedFiguresError, match=r"runs\.csv, line 1: expected the columns division"):
        read_round(tmp_path)


@pytest.mark.parametrize("folder", sorted(p for p in PUBLISHED_FOLDER.glob("v*")), ids=lambda p: p.name)
def test_every_shipped_row_names_its_repository_commit_and_path(folder: Path) -> None:
    for submission in read_round(folder):
        assert submission.repository
        assert submission.commit
        for run in submission.record.runs:
            for measurement in run.measurements.values():
                assert measurement.evidence, run.key
                assert all(place.path and len(place.sha256) == 64 for place in measurement.evidence)
