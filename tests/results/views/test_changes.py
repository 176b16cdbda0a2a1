"""The log of changes as page, JSON, Atom feed and API, and the page of a result that something happened to."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from results.models import Run
from results.services import changes
from tests.results.makers import aggregate, make_run
from tests.results.views.detail_data import RESULT, make_result, make_world

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
URL = f"/results/{RESULT}/"


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def correct(run: Run, text: str = "A corrected version.") -> None:
    data = {"values": [["latency_ms", "100", "125"]]}
    changes.record(run, "corrected", actor="Lab", text=text, data=data)


def world() -> tuple[Run, Run]:
    one = make_run("vww", public_id="one", round_id="v1.0")
    two = make_run("kws", public_id="two", round_id="v1.1")
    correct(one)
    changes.withdraw(two, actor="Lab", text="Taken back & gone <b>.")
    aggregate()
    return one, two


def test_the_page_lists_the_newest_change_first_with_old_and_new_values(client: Client):
    world()
    page = text(client, "/changes/")
    assert page.index("Taken back &amp; gone &lt;b&gt;.") < page.index("A corrected version.")
    assert "Latency: 100 ms before, 125 ms now." in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("round=v1.0", ["one"]),
        ("benchmark=kws", ["two"]),
        ("kind=corrected", ["one"]),
        ("result=two", ["two"]),
        ("", ["two", "one"]),
    ],
)
def test_page_json_and_api_filter_alike(client: Client, query: str, found: list[str]):
    world()
    document = json.loads(text(client, f"/changes.json?{query}"))
    assert [entry["result"] for entry in document["changes"]] == found
    answer = json.loads(text(client, f"/api/v1/changes/?{query}"))
    assert [entry["result"] for entry in answer["results"]] == found
    feed = ET.fromstring(text(client, f"/changes.atom?{query}"))
    assert len(feed.findall(f"{ATOM}entry")) == len(found)


@pytest.mark.parametrize(
    "query", ["round=v9.9", "benchmark=x", "kind=lost", "before=x", "nothing=1", "result=a%00b"]
)
def test_a_filter_that_means_nothing_is_refused(client: Client, query: str):
    world()
    assert client.get(f"/changes/?{query}").status_code == 400
    assert client.get(f"/changes.json?{query}").status_code == 400


def test_older_entries_follow_and_none_is_shown_twice(client: Client):
    run = make_run(public_id="one")
    for number in range(55):
        correct(run, f"Correction {number}.")
    first = json.loads(text(client, "/changes.json?result=one"))
    second = json.loads(text(client, first["older"]))
    texts = [entry["text"] for entry in first["changes"] + second["changes"]]
    assert texts == [f"Correction {number}." for number in reversed(range(55))]
    assert second["older"] is None
    page = json.loads(text(client, "/api/v1/changes/"))
    assert len(json.loads(text(client, page["next"]))["results"]) == 25


def test_the_feed_has_what_atom_asks_for(client: Client):
    world()
    feed = ET.fromstring(text(client, "/changes.atom"))
    assert feed.tag == f"{ATOM}feed"
    for part in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert part.findtext(f"{ATOM}{name}"), name
        assert part.findtext(f"{ATOM}author/{ATOM}name")
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
    assert len(set(ids)) == 2
    assert all(text.startswith("tag:testserver,") for text in ids if text)
    assert {link.get("rel") for link in feed.findall(f"{ATOM}link")} == {"self", "alternate"}
    newest = feed.find(f"{ATOM}entry")
    assert newest is not None
    assert feed.findtext(f"{ATOM}updated") == newest.findtext(f"{ATOM}updated")


def test_a_feed_without_entries_is_the_same_at_every_visit(client: Client):
    assert text(client, "/changes.atom") == text(client, "/changes.atom")


def test_the_feed_is_not_sent_again_until_something_happens(client: Client):
    one, _ = world()
    etag = client.get("/changes.atom")["ETag"]
    assert client.get("/changes.atom", headers={"if-none-match": etag}).status_code == 304
    correct(one)
    assert client.get("/changes.atom", headers={"if-none-match": etag}).status_code == 200


def test_every_page_names_the_feed_and_the_footer_leads_to_the_log(client: Client):
    page = text(client, "/changes/")
    assert '<link rel="alternate" type="application/atom+xml"' in page
    assert '<a href="/changes/">Changes</a>' in page


def test_a_removed_result_is_gone_and_says_what_happened(client: Client):
    run = make_world()
    changes.remove(run, actor="reviewer", text="The log is of another board.", rule_code="perf.log-missing")
    aggregate()
    page = text(client, URL, 410)
    for words in ("This result was removed after an objection", "The log is of another board.", "By: reviewer",
                  'class="figs struck"', "perf.log-missing", "not verified by MLCommons"):  # fmt: skip
        assert words in page
    document = json.loads(text(client, f"/results/{RESULT}.json", 410))
    assert (document["status"], document["counted"]) == ("removed", False)
    assert ",removed,reviewed" in text(client, f"/results/{RESULT}.csv", 410)
    problem = client.get(f"/api/v1/results/{RESULT}/")
    assert (problem.status_code, problem["Content-Type"]) == (410, "application/problem+json")
    assert "The log is of another board." in problem.json()["detail"]


def test_a_moved_result_leads_to_its_new_address(client: Client):
    run = make_result()
    copy = changes.move_to_open(run, actor="reviewer", text="Below the closed target.")
    aggregate()
    page = text(client, URL)
    assert "This result was moved to the open division" in page
    assert f'href="/results/{copy.public_id}/"' in page
    answer = json.loads(text(client, f"/api/v1/results/{RESULT}/"))
    assert (answer["status"], answer["moved_to"]) == ("moved", copy.public_id)
    assert "Object to this result" not in page
    assert "Result not verified by MLCommons Association" in text(client, f"/results/{copy.public_id}/")


def test_a_withdrawn_result_stays_readable_in_the_api(client: Client):
    run = make_world()
    changes.withdraw(run, actor="Lab", text="Measured on another board.")
    aggregate()
    answer = json.loads(text(client, f"/api/v1/results/{RESULT}/"))
    assert (answer["status"], answer["status_reason"]) == ("withdrawn", "Measured on another board.")
    assert answer["history"][0]["kind"] == "withdrawn"


def test_a_result_shows_who_measured_the_same_again_and_by_how_much_it_differs(client: Client):
    original = make_run(latency_ms=100, submitter="one", public_id="original")
    again = make_run(latency_ms=103, submitter="two", public_id="again")
    changes.link_reproduction(original, again, actor="Two")
    aggregate()
    page = text(client, "/results/original/")
    assert "Reproduced by 1" in page
    assert '103 ms <span class="dim">+3.0 %</span>' in page
    assert "was measured to see whether another comes out again" in text(client, "/results/again/")
    assert json.loads(text(client, "/results/original.json"))["reproduced_by"] == ["again"]
    assert json.loads(text(client, "/api/v1/results/again/"))["reproduces"] == ["original"]


def test_a_reproduction_at_another_supply_stands_without_a_difference_and_says_why(client: Client):
    original = make_run(latency_ms=100, energy_uj=50.0, submitter="one", public_id="original")
    again = make_run(latency_ms=103, energy_uj=80.0, supply_mv=3000.0, submitter="two", public_id="again")
    changes.link_reproduction(original, again, actor="Two")
    aggregate()
    page = text(client, "/results/original/")
    assert '103 ms <span class="dim">+3.0 %</span>' in page
    assert 'µJ/inf <span class="dim">not compared</span>' in page
    assert "+60.0 %" not in page
    assert "Energy: Not comparable: One energy was measured at 3.0 V, the other at 1.8 V." in page


def test_a_withdrawn_reproduction_is_not_counted(client: Client):
    original, again = make_run(submitter="one", public_id="original"), make_run(submitter="two")
    changes.link_reproduction(original, again, actor="Two")
    changes.withdraw(again, actor="Two", text="Taken back.")
    aggregate()
    assert "Reproduced by" not in text(client, "/results/original/").split("History of this result")[0]


@pytest.mark.parametrize(
    ("provenance", "word"), [("self-reported", "not reviewed"), ("site-reviewed", "site-reviewed")]
)
def test_what_mlcommons_has_not_reviewed_says_so_on_leaderboard_and_page(
    client: Client, provenance: str, word: str
):
    run = make_run("vww", public_id="own", division="open")
    publication = run.system.publication
    publication.provenance, publication.key = provenance, "abc"
    publication.save()
    aggregate()
    tag = f'<span class="tag">{word}</span>'
    assert tag in text(client, "/leaderboards/vww/")
    assert tag in text(client, f"/devices/{run.system.device.slug}/")
    assert text(client, "/results/own/").count("Result not verified by MLCommons Association") >= 2


def test_what_mlcommons_reviewed_carries_no_tag(client: Client):
    make_world()
    assert '<span class="tag">not reviewed</span>' not in text(client, "/leaderboards/vww/")
