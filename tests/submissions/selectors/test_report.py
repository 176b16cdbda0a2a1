"""What page, JSON and command show of the same files."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from submissions.models import Check, Version
from submissions.selectors.report import SHOWN_OF_ONE_CODE, report_json, report_view
from tests.makers import make_submission
from tests.submissions.reports import make_check, make_user, make_version, report_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_submission(tmp_path / "round", benchmarks=("kws", "ad"), top1_pct=50.0, energy_uj_per_inf=250.0)
    return tmp_path / "round"


def test_check_and_version_answer_what_the_command_prints(folder: Path) -> None:
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_submission", str(folder), round="v1.1", json=True, stdout=out)
    printed = json.loads(out.getvalue())
    report = report_on(folder)
    check = Check.objects.get(pk=make_check(report).pk)
    version = Version.objects.get(pk=make_version(make_user(), report).pk)
    for checked in (check, version):
        answer = report_json(checked)
        assert {key: answer[key] for key in ("verdict", "findings", "runs")} == printed
        assert list(answer["findings"][0]) == list(printed["findings"][0])
        assert list(answer["runs"][0]) == list(printed["runs"][0])
        assert (answer["state"], answer["failure"]) == ("done", None)


def test_a_report_that_is_not_done_has_no_verdict() -> None:
    answer = report_json(make_check())
    assert answer == {"state": "queued", "verdict": None, "findings": [], "runs": [], "failure": None}


def test_a_finding_shows_the_line_that_it_speaks_of(folder: Path) -> None:
    view = report_view(make_check(report_on(folder)))
    shown = [
        finding
        for section in view.sections
        for group in section.groups
        for finding in group.first
        if finding.lines
    ]
    assert shown
    finding = shown[0]
    hit = next(line for line in finding.lines if line.hit)
    assert finding.where.endswith(f":{hit.number}")


def test_a_version_shows_the_same_lines_as_a_check(folder: Path) -> None:
    report = report_on(folder)
    assert report_view(make_version(make_user(), report)) == report_view(make_check(report))


def test_the_gravest_findings_come_first_and_the_headline_counts_them(folder: Path) -> None:
    view = report_view(make_check(report_on(folder)))
    assert view.sections[0].severity == "error"
    assert view.headline.startswith("Invalid: ")
    assert f"{view.sections[0].count} error" in view.headline


def test_many_findings_of_one_code_are_folded() -> None:
    finding = {
        "code": "file.unknown", "severity": "note", "line": None, "expected": "a", "found": "b", "mend": "c",
        "submitter": None, "division": None, "system": None, "run": None,
    }  # fmt: skip
    check = make_check(
        progress="done", verdict="valid", findings=[{**finding, "file": f"{n}"} for n in range(9)]
    )
    (section,) = report_view(check).sections
    (group,) = section.groups
    assert (len(group.first), len(group.rest), group.count) == (SHOWN_OF_ONE_CODE, 9 - SHOWN_OF_ONE_CODE, 9)


def test_what_was_understood_names_values_with_unit_and_place(folder: Path) -> None:
    view = report_view(make_check(report_on(folder)))
    (system,) = view.systems
    values = {value.name: value for run in system.runs if run.benchmark == "kws" for value in run.values}
    assert (values["Energy"].printed, values["Energy"].unit) == ("250.000", "µJ/inf")
    assert "/kws/energy/results.txt:" in values["Energy"].where


def test_a_check_that_failed_says_why() -> None:
    view = report_view(make_check(progress="failed", failure="No room. Send it again."))
    assert (view.headline, view.failure, view.finished) == (
        "Could not be checked",
        "No room. Send it again.",
        True,
    )
