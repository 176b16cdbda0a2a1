from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from results.domain.cursor import Cursor, encode_cursor
from results.models import LeaderboardEntry, Run
from tests.results.makers import aggregate, make_device, make_run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]
RESULT = "/api/v1/results/v1.1-closed-lab1-vww/"


def rows(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode())))


def ids(client: Client, address: str) -> list[str]:
    return [row["id"] for row in client.get(address).json()["results"]]


def test_an_energy_that_was_not_measured_is_null_and_an_empty_cell(client: Client) -> None:
    address = "/api/v1/results/?benchmark=vww&sort=latency"
    second = client.get(address).json()["results"][1]
    assert second["energy_uj_per_inf"] is None
    assert second["energy_scope"] == "none"
    assert second["latency_ms"] == 20.0
    assert rows(client.get(f"{address}&format=csv").content)[1]["energy_uj_per_inf"] == ""


def test_a_text_that_nobody_states_is_null(client: Client) -> None:
    assert client.get("/api/v1/results/").json()["results"][0]["precision"] is None


def test_the_suffix_csv_is_the_format_csv(client: Client) -> None:
    by_suffix = client.get("/api/v1/results.csv?benchmark=kws")
    by_parameter = client.get("/api/v1/results/?benchmark=kws&format=csv")
    assert by_suffix.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert by_suffix.content == by_parameter.content
    assert (
        client.get("/api/v1/results/?benchmark=kws", headers={"Accept": "text/csv"}).content
        == by_suffix.content
    )


def test_csv_of_nothing_still_has_its_header(client: Client) -> None:
    text = client.get("/api/v1/results.csv?device=no-such-board").content.decode()
    assert text.startswith("id,benchmark,round,division")
    assert text.count("\n") == 1


def test_a_cell_never_starts_a_formula(client: Client) -> None:
    LeaderboardEntry.objects.update(software="=1+1")
    assert rows(client.get("/api/v1/results.csv").content)[0]["software"] == "'=1+1"


def test_the_filters_are_those_of_the_pages(client: Client) -> None:
    assert ids(client, "/api/v1/results/?benchmark=kws&device=board-1,board-3&sort=-latency") == [
        "v1.1-closed-lab3-kws",
        "v1.1-closed-lab1-kws",
    ]
    assert ids(client, "/api/v1/results/?energy=not-measured&benchmark=kws") == ["v1.1-closed-lab2-kws"]
    assert ids(client, "/api/v1/leaderboards/kws/?latency_max=20") == [
        "v1.1-closed-lab1-kws",
        "v1.1-closed-lab2-kws",
    ]


def test_following_next_shows_every_row_once_and_previous_leads_back(client: Client) -> None:
    for number in range(40):
        make_device(f"extra-{number:02}")
    first = client.get("/api/v1/devices/").json()
    second = client.get(first["next"]).json()
    assert first["previous"] is None
    assert second["next"] is None
    slugs = [row["slug"] for row in first["results"] + second["results"]]
    assert slugs == sorted(set(slugs))
    assert len(slugs) == 43
    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_results_are_paged_across_rows_that_were_not_measured(client: Client) -> None:
    for number in range(35):
        make_run(latency_ms=None, public_id=f"unmeasured-{number:02}")
    aggregate()
    first = client.get("/api/v1/results/?benchmark=vww&sort=latency").json()
    second = client.get(first["next"]).json()
    found = [row["id"] for row in first["results"] + second["results"]]
    assert len(found) == len(set(found)) == 38
    assert found[:3] == ["v1.1-closed-lab1-vww", "v1.1-closed-lab2-vww", "v1.1-closed-lab3-vww"]


def test_a_result_shows_each_number_with_its_evidence(client: Client) -> None:
    answer = client.get(RESULT).json()
    latency = next(entry for entry in answer["measurements"] if entry["metric"] == "latency_ms")
    assert latency | {"evidence": None} == {
        "metric": "latency_ms", "value": 10.0, "unit": "ms", "printed": "10", "how": "measured", "reading": "stated",
        "energy_scope": "none", "recomputed_value": None, "recomputed_printed": None, "evidence": None,
    }  # fmt: skip
    assert latency["evidence"] == [
        {
            "path": "closed/a file.txt", "line": 4, "last_line": 6, "sha256": "e" * 64, "reading": "stated",
            "text": "Median throughput is 10.0 inf./sec.",
            "url": "https://github.com/example/results_v1.1/blob/0a1b2c3/closed/a%20file.txt#L4-L6",
        }
    ]  # fmt: skip


def test_a_result_shows_its_findings_provenance_and_system(client: Client) -> None:
    answer = client.get(RESULT).json()
    assert answer["provenance"] == "reviewed"
    assert answer["findings"][0] == {
        "code": "performance.too-short", "severity": "warning", "concerns": "run", "file": "results/x", "line": None,
        "expected": "a", "found": "b", "mend": "c", "url": "/rules/#performance.too-short",
    }  # fmt: skip
    assert answer["system_under_test"]["description"][0] == {
        "key": "Host Processor Frequency",
        "value": "120 MHz",
        "line": 7,
    }
    assert answer["windows"][0]["runtime_s"] == 10.1


def test_csv_of_a_result_has_a_row_per_number_and_place(client: Client) -> None:
    found = rows(client.get(RESULT.rstrip("/") + ".csv").content)
    assert {row["metric"] for row in found} >= {"latency_ms", "energy_uj_per_inf", "top1_pct"}
    assert {row["result"] for row in found} == {"v1.1-closed-lab1-vww"}
    assert {row["evidence_line"] for row in found} == {"4"}


def test_a_withdrawn_result_says_so_and_is_in_no_list(client: Client) -> None:
    Run.objects.filter(public_id="v1.1-closed-lab1-vww").update(status="withdrawn")
    aggregate()
    assert client.get(RESULT).json()["status"] == "withdrawn"
    assert "v1.1-closed-lab1-vww" not in ids(client, "/api/v1/results/")


def test_a_leaderboard_ranks_and_says_what_ratios_refer_to(client: Client) -> None:
    board = client.get("/api/v1/leaderboards/kws/").json()
    assert [(row["rank_first"], row["ratio"]["latency"]) for row in board["results"]] == [
        (1, 1.0),
        (2, 2.0),
        (3, 3.0),
    ]
    assert board["results"][1]["ratio"]["energy"] is None
    assert board["baselines"][0]["result"] == "v1.1-closed-lab1-kws"
    assert board["results_in_view"] == board["results_in_benchmark"] == 3
    chosen = client.get("/api/v1/leaderboards/kws/?reference=v1.1-closed-lab2-kws").json()
    assert chosen["results"][0]["ratio"]["latency"] == 0.5


def test_a_pareto_answer_names_who_beats_whom(client: Client) -> None:
    answer = client.get("/api/v1/pareto/vww/?x=energy&y=latency").json()
    best, beaten = answer["results"]
    assert answer["x"] == {
        "metric": "energy_uj_per_inf", "unit": "µJ/inf", "direction": "lower", "derived": False,
    }  # fmt: skip
    assert (best["on_front"], best["dominated_by"]) == (True, None)
    assert (beaten["on_front"], beaten["dominated_by"], beaten["x_factor"]) == (False, best["id"], 3.0)
    assert answer["fronts"][0]["results"] == [best["id"]]
    assert answer["left_out"][0]["count"] == 1


def test_a_pareto_answer_names_the_limits_that_a_point_fails(client: Client) -> None:
    answer = client.get(
        "/api/v1/pareto/vww/?x=latency&y=energy-delay&latency_max=1&outside=1&by=class"
    ).json()
    assert answer["limits"][0]["parameter"] == "latency_max"
    assert answer["fronts_by"] == "class"
    assert (answer["y"]["metric"], answer["y"]["unit"], answer["y"]["derived"]) == (
        "energy_delay_product", "µJ·ms", True,
    )  # fmt: skip
    assert all(point["fails"] == ["latency_max"] for point in answer["results"])
    refused = client.get("/api/v1/pareto/vww/?x=latency&y=energy&lines=power")
    assert refused.status_code == 400


def test_a_rule_says_what_its_code_means_and_weighs(client: Client) -> None:
    rule = client.get("/api/v1/rules/closed.accuracy-below-target/").json()
    assert rule["code"] == "closed.accuracy-below-target"
    v1_1 = next(weight for weight in rule["rounds"] if weight["round"] == "v1.1")
    assert v1_1 == {"round": "v1.1", "closed": "error", "open": None}
    assert rule in client.get("/api/v1/rules/").json()["results"]


def test_the_same_etag_is_answered_with_304_until_the_data_change(client: Client) -> None:
    first = client.get("/api/v1/results/")
    tag = first.headers["ETag"]
    again = client.get("/api/v1/results/", headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    aggregate()
    changed = client.get("/api/v1/results/", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_another_address_and_another_format_have_another_etag(client: Client) -> None:
    tags = {
        client.get(address).headers["ETag"]
        for address in (
            "/api/v1/results/",
            "/api/v1/results/?sort=latency",
            "/api/v1/results.csv",
            "/api/v1/rules/",
        )
    }
    tags.add(client.get("/api/v1/results/", headers={"Accept": "text/csv"}).headers["ETag"])
    assert len(tags) == 5


def test_a_device_counts_its_results(client: Client) -> None:
    devices = {row["slug"]: row["results"] for row in client.get("/api/v1/devices/").json()["results"]}
    assert devices["board-3"] == 2


def test_a_cursor_of_another_list_is_refused(client: Client) -> None:
    for cursor in (
        encode_cursor(Cursor("slug", ("a", "b"), 0)),
        encode_cursor(Cursor("slug", (None,), 0)),
        encode_cursor(Cursor("position,id", (1, "kws"), 0)),
        "AAAA",
        "é\0",
    ):
        answer = client.get("/api/v1/devices/", {"cursor": cursor})
        assert answer.status_code == 400, cursor
        assert answer.json()["errors"][0]["parameter"] == "cursor"
