"""The files to take away, the feed of results, citations, badges and frames."""

from __future__ import annotations

import hashlib
import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from django.test import Client, override_settings

from results.domain.data_dictionary import TABLES, dictionary_markdown
from results.models import DataRelease, Measurement, Publication, Run
from results.services import dumps
from tests.query_counts import assert_query_count
from tests.results.makers import aggregate, make_publication, make_run, make_system
from tests.results.views.detail_data import RESULT, make_world

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def world(tmp_path: Path, settings):
    """The small published world with its files, in a folder of the test."""
    releases = {"BACKEND": "submissions.archive_storage.ArchiveFolder", "OPTIONS": {"location": tmp_path}}
    with override_settings(STORAGES={**settings.STORAGES, "releases": releases}):
        make_world()
        dumps.write_due()
        yield tmp_path


def _body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_every_file_of_the_page_has_the_hash_that_stands_beside_it(client: Client, world) -> None:
    page = client.get("/data/").content.decode()
    files = client.get("/data.json").json()["releases"][0]["files"]
    assert len(files) == 3 * len(TABLES) + 2
    for file in files:
        assert file["url"] in page
        assert file["sha256"] in page
        answer = client.get(file["url"])
        assert hashlib.sha256(_body(answer)).hexdigest() == file["sha256"]
        assert answer["ETag"] == f'"{file["sha256"]}"'
        assert "immutable" in answer["Cache-Control"]


def test_the_short_address_leads_to_the_newest_file(client: Client, world) -> None:
    newest = DataRelease.objects.filter(round="")[0]
    assert client.get("/data/results.csv").url == f"/data/{newest.short}/results.csv"
    archive = DataRelease.objects.filter(round="v1.1")[0]
    assert client.get("/data/rounds/v1.1/results.csv").url == f"/data/rounds/v1.1/{archive.short}/results.csv"


def test_the_old_archive_of_a_round_answers_after_a_correction(client: Client, world) -> None:
    old = f"/data/rounds/v1.1/{DataRelease.objects.filter(round='v1.1')[0].short}/results.csv"
    before = _body(client.get(old))
    Measurement.objects.filter(run__public_id=RESULT, metric="latency_ms").update(value=120.5)
    aggregate()
    dumps.write_due()
    assert _body(client.get(old)) == before
    assert client.get("/data/rounds/v1.1/results.csv").url != old
    assert old.split("/")[-2] in client.get("/data/").content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/data/none.csv",
        "/data/0123456789abcdef/results.csv",
        "/data/rounds/v9.9/results.csv",
        "/data/..%2fsecret_key",
    ],
)
def test_what_is_no_published_file_is_not_found(client: Client, world, address: str) -> None:
    assert client.get(address).status_code == 404


def test_no_file_of_another_release_stands_under_a_round(client: Client, world) -> None:
    everything = DataRelease.objects.filter(round="")[0]
    assert client.get(f"/data/rounds/v1.1/{everything.short}/results.csv").status_code == 404


def test_before_the_first_release_the_page_says_so(client: Client) -> None:
    assert "being written" in client.get("/data/").content.decode()
    assert client.get("/data/results.csv").status_code == 404


def test_the_page_changes_when_the_files_are_complete(client: Client, world) -> None:
    make_run("kws", public_id="another")
    aggregate()
    first = client.get("/data/")
    assert "files of the newer data are being written" in first.content.decode()
    dumps.write_due()
    second = client.get("/data/", headers={"if-none-match": first["ETag"]})
    assert second.status_code == 200


def test_the_documented_dictionary_is_that_of_the_files() -> None:
    text = Path(__file__).parents[3].joinpath("docs/data.md").read_text(encoding="utf-8")
    assert dictionary_markdown().strip() in text


def test_the_feed_names_new_results_and_says_what_nobody_reviewed(client: Client, world) -> None:
    own = make_publication("v1.1", "open", "maker")
    published_at = datetime(2026, 5, 4, 12, tzinfo=UTC)
    Publication.objects.filter(pk=own.pk).update(
        key="abc", provenance="self-reported", published_at=published_at
    )
    own.refresh_from_db()
    make_run("kws", latency_ms=12.5, system=make_system(own), public_id="own-result")
    aggregate()
    feed = ET.fromstring(client.get("/results.atom").content)
    newest = feed.find(f"{ATOM}entry")
    assert newest.find(f"{ATOM}link").get("href").endswith("/results/own-result/")
    assert "Latency 12.5 ms" in newest.find(f"{ATOM}summary").text
    assert "not verified by MLCommons" in newest.find(f"{ATOM}summary").text
    assert newest.find(f"{ATOM}updated").text.startswith("2026-05-04T12:00:00")


def test_the_feed_of_one_benchmark_holds_no_other_and_an_unknown_one_is_refused(
    client: Client, world
) -> None:
    feed = ET.fromstring(client.get("/results.atom?benchmark=kws").content)
    terms = {entry.find(f"{ATOM}category").get("term") for entry in feed.iter(f"{ATOM}entry")}
    assert terms == {"kws"}
    refused = client.get("/results.atom?benchmark=chess")
    assert refused.status_code == 400
    assert "kws" in refused.json()["problems"][0]["message"]


def test_a_result_is_cited_as_bibtex_and_csl_json(client: Client, world) -> None:
    bibtex = client.get(f"/results/{RESULT}.bib")
    assert bibtex["Content-Type"].startswith("application/x-bibtex")
    assert f"/results/{RESULT}/" in bibtex.content.decode()
    (item,) = json.loads(client.get(f"/results/{RESULT}.csl.json").content)
    assert item["type"] == "dataset"
    assert item["URL"].endswith(f"/results/{RESULT}/")
    assert item["accessed"]["date-parts"]


def test_the_year_of_a_self_reported_result_is_that_of_its_publication_here(client: Client, world) -> None:
    Publication.objects.filter(systems__runs__public_id=RESULT).update(
        provenance="self-reported", key="abc", published_at=datetime(2031, 5, 4, tzinfo=UTC)
    )
    aggregate()
    (item,) = json.loads(client.get(f"/results/{RESULT}.csl.json").content)
    assert item["issued"]["date-parts"] == [[2031, 5, 4]]
    assert "not verified by MLCommons" in item["note"]
    assert "year         = {2031}" in client.get(f"/results/{RESULT}.bib").content.decode()


def _badge(client: Client) -> str:
    answer = client.get(f"/results/{RESULT}/badge.svg")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    ET.fromstring(answer.content)
    return answer.content.decode()


def test_a_badge_names_benchmark_value_round_and_division(client: Client, world) -> None:
    drawing = _badge(client)
    assert "MLPerf Tiny v1.1 closed vww" in drawing
    assert "latency 118.694 ms" in drawing


def test_a_badge_of_an_unreviewed_result_says_so_and_does_not_carry_the_suites_name(
    client: Client, world
) -> None:
    Publication.objects.filter(systems__runs__public_id=RESULT).update(provenance="self-reported", key="abc")
    drawing = _badge(client)
    assert "not verified by MLCommons" in drawing
    assert "MLPerf" not in drawing


def test_a_badge_of_a_removed_result_says_removed_and_no_value(client: Client, world) -> None:
    Run.objects.filter(public_id=RESULT).update(status="removed")
    aggregate()
    drawing = _badge(client)
    assert "removed" in drawing
    assert "118.694" not in drawing


@pytest.mark.parametrize("address", ["/embed/leaderboards/vww/?division=closed", "/embed/pareto/vww/"])
def test_a_frame_may_stand_on_any_page_and_needs_no_cookie(client: Client, world, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    again = client.get(address, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    for response in (answer, again):
        policy = response["Content-Security-Policy"]
        assert "frame-ancestors *" in policy
        assert "default-src 'none'" in policy
        assert "X-Frame-Options" not in response
        assert not response.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert "<script" not in answer.content.decode()


def test_every_other_page_stays_out_of_frames(client: Client, world) -> None:
    for address in ("/leaderboards/vww/", "/pareto/vww/", "/data/", f"/results/{RESULT}/badge.svg"):
        answer = client.get(address)
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"


def test_a_frame_shows_its_view_and_leads_to_the_whole_one(client: Client, world) -> None:
    page = unescape(client.get("/embed/leaderboards/vww/?division=closed&sort=energy").content.decode())
    assert "http://testserver/leaderboards/vww/?" in page
    assert "sort=energy" in page
    assert f"/results/{RESULT}/" in page
    assert "not verified by MLCommons" in page


def test_a_frame_refuses_what_the_page_refuses(client: Client, world) -> None:
    assert client.get("/embed/leaderboards/vww/?division=half").status_code == 400
    assert client.get("/embed/pareto/none/").status_code == 404


@pytest.mark.parametrize("address", ["/leaderboards/vww/?division=closed", "/pareto/vww/?division=closed"])
def test_a_view_says_how_it_is_cited_and_embedded(client: Client, world, address: str) -> None:
    page = unescape(unescape(client.get(address).content.decode()))
    newest = DataRelease.objects.filter(round="")[0]
    assert f"SHA-256 {newest.sha256}" in page
    assert f"http://testserver{address}" in page
    assert f'<iframe src="http://testserver/embed{address}' in page
    assert "@misc{tinysite-" in page


def test_a_frame_without_any_result_says_so(client: Client, world) -> None:
    assert (
        "No result of this benchmark passes the filters."
        in client.get("/embed/pareto/ad/?round=v1.1").content.decode()
    )
    page = client.get("/embed/leaderboards/ad/?round=v1.1").content.decode()
    assert "No result matches this view" in page


@pytest.mark.parametrize(
    ("name", "url"),
    [("data", "/data/"), ("results feed", "/results.atom"), ("embed leaderboard", "/embed/leaderboards/vww/"),
     ("embed pareto", "/embed/pareto/vww/")],
)  # fmt: skip
def test_the_queries_do_not_grow_with_the_results(client: Client, world, name: str, url: str) -> None:
    assert_query_count(client, name, url)
    for number in range(3):
        make_run("vww", latency_ms=10.0 + number, energy_uj=100.0, submitter=f"more-{number}")
    aggregate()
    dumps.write_due()
    assert_query_count(client, name, url)
