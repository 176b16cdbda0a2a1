"""The page on which self-reported results are handed in: a table, or the form that writes one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils.datastructures import MultiValueDict

from submissions.formats.tabular.packing import write_archive, write_csv
from submissions.forms.self_reported import ResultForm
from submissions.models import Membership, Organisation, Submission, User
from submissions.services.storage import local_copy
from tests.submissions.formats.tabular.tables import codes, report, rows

ADDRESS = "/submissions/new/self-reported/"


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, settings) -> None:
    """Uploads and archives of a test go into its own folders."""
    settings.ARCHIVE_DIR = tmp_path / "archives"
    settings.INCOMING_DIR = tmp_path / "incoming"


@pytest.fixture
def organisation(db: None) -> Organisation:
    call_command("load_catalogue", verbosity=0)
    return Organisation.objects.create(name="Example Lab", slug="example-lab")


@pytest.fixture
def sender(organisation: Organisation) -> User:
    user = User.objects.create(email="sender@example.org", name="Sender", is_active=True)
    Membership.objects.create(user=user, organisation=organisation, role="submitter")
    return user


@pytest.fixture
def sending(client: Client, sender: User) -> Client:
    client.force_login(sender)
    return client


def payload(organisation: Organisation, **changes: object) -> dict[str, object]:
    """What a browser sends for one complete run."""
    return {
        "way": "form", "organisation": organisation.pk, "benchmark_version": "v1.3", "system": "bench-board",
        "device": "nucleo-l4r5zi", "clock_mhz": "120", "supply_voltage_mv": "1800", "precision": "int8",
        "benchmark": "kws", "model": "reference", "energy_scope": "chip-rail", "notes": "first board",
        "evidence": SimpleUploadedFile("kws.txt", b"latency 104.2 ms\ntop-1 90.1 %\n"),
        "latency_ms-value": "104.2", "latency_ms-unit": "ms", "latency_ms-how": "measured",
        "latency_ms-evidence_file": "kws.txt", "latency_ms-evidence_line": "1",
        "top1_pct-value": "90.1", "top1_pct-unit": "%", "top1_pct-how": "measured",
        "top1_pct-evidence_file": "kws.txt", "top1_pct-evidence_line": "2",
    } | changes  # fmt: skip


def stored_names(submission: Submission) -> list[str]:
    with local_copy(submission.versions.get().archive_id) as path, zipfile.ZipFile(path) as archive:
        return sorted(archive.namelist())


def test_who_is_not_logged_in_is_sent_to_the_log_in(client: Client, db: None) -> None:
    assert client.get(ADDRESS).status_code == 302


def test_the_form_writes_a_table_that_is_valid(
    organisation: Organisation, sender: User, tmp_path: Path
) -> None:
    data = payload(organisation)
    form = ResultForm(data, MultiValueDict({"evidence": [data["evidence"]]}), user=sender)
    assert form.is_valid(), form.errors
    write_archive(tmp_path / "made.zip", form.files_of_archive())
    found = report(tmp_path / "made.zip")
    assert (found.judgement.verdict, codes(found)) == ("valid", set())
    (run,) = found.read.submissions[0].runs
    assert run.facts["notes"] == "first board"


def test_a_filled_in_form_becomes_a_submission(sending: Client, organisation: Organisation) -> None:
    answer = sending.post(ADDRESS, payload(organisation))
    submission = Submission.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/submissions/{submission.public_id}/")
    assert (submission.kind, submission.round, submission.organisation) == (
        "self-reported",
        "v1.3",
        organisation,
    )
    assert stored_names(submission) == ["evidence/kws.txt", "results.csv"]


def test_the_same_form_sent_twice_is_one_submission(sending: Client, organisation: Organisation) -> None:
    for _ in range(2):
        sending.post(ADDRESS, payload(organisation))
    assert Submission.objects.count() == 1


def test_a_bare_table_is_packed(sending: Client, organisation: Organisation) -> None:
    table = SimpleUploadedFile("mine.csv", write_csv(rows()))
    sending.post(ADDRESS, {
        "way": "table", "table-organisation": organisation.pk, "table-benchmark_version": "v1.3", "table-table": table,
    })  # fmt: skip
    assert stored_names(Submission.objects.get()) == ["results.csv"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"latency_ms-value": "104,2"}, "Write a number with a point"),
        ({"latency_ms-evidence_file": "lost.txt"}, "Choose this file among the evidence files."),
        ({"model": "small"}, "Choose the network’s file"),
        ({"device": "other"}, "Name the board."),
        ({"clock_mhz": "fast"}, "Write a positive number"),
        ({"latency_ms-value": "", "top1_pct-value": ""}, "State at least one value."),
    ],
)
def test_a_wrong_field_is_named_and_what_was_typed_is_kept(
    changes: dict[str, str], message: str, sending: Client, organisation: Organisation
) -> None:
    answer = sending.post(ADDRESS, payload(organisation, **changes))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page
    assert 'value="bench-board"' in page
    assert not Submission.objects.exists()


def test_a_viewer_cannot_send_for_the_organisation(
    sending: Client, sender: User, organisation: Organisation
) -> None:
    Membership.objects.update(role="viewer")
    answer = sending.post(ADDRESS, payload(organisation))
    assert answer.status_code == 422
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("benchmark", "own"),
    [
        ("kws", ["Latency", "Energy", "Top-1"]),
        ("ad", ["Latency", "Energy", "AUC"]),
        ("sww", ["Latency", "Mean power", "False positives", "False negatives", "Duty cycle"]),
    ],
)
def test_the_metrics_of_the_chosen_benchmark_stand_first(
    sending: Client, benchmark: str, own: list[str]
) -> None:
    form = sending.get(ADDRESS, {"benchmark": benchmark}).context["result"]
    assert [part.title for part in form.own_metrics] == own
    assert not form.others_in_use


def test_another_metric_that_was_stated_is_not_folded_away(
    sending: Client, organisation: Organisation
) -> None:
    answer = sending.post(ADDRESS, payload(organisation, **{"average_power_mw-value": "12,5"}))
    assert answer.context["result"].others_in_use
    assert "Write a number with a point" in answer.content.decode()


def test_the_form_without_a_benchmark_or_with_an_unknown_one_is_for_the_first(sending: Client) -> None:
    assert sending.get(ADDRESS).context["result"].chosen == "kws"
    assert sending.get(ADDRESS, {"benchmark": "nothing"}).context["result"].chosen == "kws"


def test_the_schema_and_the_example_table_are_served(client: Client) -> None:
    schema = client.get("/submissions/table.schema.json")
    assert schema["Content-Type"] == "application/schema+json"
    assert "tinysite_table" in b"".join(schema.streaming_content).decode()
    example = b"".join(client.get("/submissions/table.example.csv").streaming_content).decode()
    assert example.startswith("tinysite_table,system,device")
