"""Normalised scores: the ranking, what has no score, and what a reader may choose."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client

from results.domain.score_metrics import COMMON_SET
from results.models import DeviceScore, System
from tests.query_counts import assert_query_count
from tests.results.makers import (
    REFERENCE_MS,
    REFERENCE_UJ,
    aggregate,
    make_device,
    make_publication,
    make_reference,
    make_run,
    make_system,
    measure,
)

pytestmark = pytest.mark.django_db


def make_scored(
    name: str, faster: float, *, thriftier: float | None = None, supply_mv: float = 1800.0, round_id: str = "v1.1",
    division: str = "closed", benchmarks: tuple[str, ...] = COMMON_SET, memory_kib: float | None = None, **columns: Any,
) -> System:  # fmt: skip
    """A system that is ``faster`` times as fast as the reference on each benchmark, and ``thriftier`` times as thrifty."""
    make_device(name, columns.pop("device_class", "mcu"))
    system = make_system(make_publication(round_id, division, name), name, device=name, **columns)
    for benchmark in benchmarks:
        run = make_run(
            benchmark, latency_ms=REFERENCE_MS[benchmark] / faster, system=system, public_id=f"{name}-{benchmark}",
            energy_uj=REFERENCE_UJ[benchmark] / thriftier if thriftier else None, supply_mv=supply_mv, quality=0.9,
        )  # fmt: skip
        if memory_kib is not None:
            measure(run, "peak_ram_kib", memory_kib)
    return system


@pytest.fixture
def field() -> dict[str, System]:
    """Two that cannot be told apart, a slow one at 3 V, an open NPU, one of another round, one with two benchmarks."""
    make_reference()
    systems = {
        "first": make_scored("first", 4.0, thriftier=3.0),
        "second": make_scored("second", 3.9, availability="preview"),
        "slow": make_scored("slow", 2.0, thriftier=2.0, supply_mv=3000.0),
        "slower": make_scored("slower", 1.5, thriftier=1.0, supply_mv=3000.0),
        "open": make_scored("open", 50.0, division="open", device_class="npu"),
        "early": make_scored("early", 1.2, round_id="v0.7"),
        "partial": make_scored("partial", 9.0, benchmarks=("kws", "ic")),
    }
    aggregate()
    return systems


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def page_of(client: Client, query: str = "") -> str:
    response = client.get(f"/scores/{query}")
    assert response.status_code == 200, text(response.content.decode())
    return " ".join(response.content.decode().split())


def document(client: Client, query: str = "") -> dict[str, Any]:
    response = client.get(f"/scores.json{query}")
    assert response.status_code == 200, response.content.decode()
    return response.json()


def row_of(page: str, system: System) -> str:
    """The row of a system, as text."""
    return text(page.split(f'id="system-{system.pk}"')[1].split("</tr>")[0])


def ranks(answer: dict[str, Any]) -> list[tuple[str, int, int]]:
    ranked = [row for row in answer["results"] if row["score"] is not None]
    return [(row["system_name"], row["rank_first"], row["rank_last"]) for row in ranked]


def test_systems_are_ranked_and_what_cannot_be_told_apart_shares_a_rank(
    client: Client, field: dict[str, System]
) -> None:
    assert ranks(document(client, "?division=closed&round=v1.1")) == [
        ("first", 1, 2), ("second", 1, 2), ("slow", 3, 3), ("slower", 4, 4),
    ]  # fmt: skip
    page = page_of(client, "?division=closed&round=v1.1")
    assert "undecided" in row_of(page, field["first"])
    assert "4.00" in row_of(page, field["first"])
    assert "3.92–4.08" in row_of(page, field["first"])
    assert "undecided" not in row_of(page, field["slow"])


def test_a_system_without_all_benchmarks_stands_apart_with_what_is_missing(
    client: Client, field: dict[str, System]
) -> None:
    page = page_of(client)
    assert page.index('id="apart"') < page.index(f'id="system-{field["partial"].pk}"')
    assert "2 of 4" in row_of(page, field["partial"])
    assert "vww, ad not measured" in row_of(page, field["partial"])
    row = next(row for row in document(client)["results"] if row["system_name"] == "partial")
    assert (row["score"], row["rank_first"], row["covered"]) == (None, None, 2)


def test_an_energy_at_another_supply_is_refused_in_words_and_never_ranked(
    client: Client, field: dict[str, System]
) -> None:
    answer = document(client, "?metric=energy")
    assert [name for name, *_ in ranks(answer)] == ["first", "Nucleo-L4R5ZI"]
    page = page_of(client, "?metric=energy")
    assert "measured at 3.0 V: not compared with the 1.8 V reference" in row_of(page, field["slow"])
    assert "chip rail, 1.8 V" in text(page)


def test_systems_at_another_supply_rank_against_a_reference_of_that_supply(
    client: Client, field: dict[str, System]
) -> None:
    query = f"?metric=energy&group=chip-rail@3000&to={field['slower'].pk}"
    assert ranks(document(client, query)) == [("slow", 1, 1), ("slower", 2, 2)]
    assert "2.00" in row_of(page_of(client, query), field["slow"])
    unranked = page_of(client, "?metric=energy&group=chip-rail@3000")
    assert "choose one of the systems below as the reference" in unranked
    assert f"to={field['slower'].pk}" in unranked


def test_the_energy_delay_product_joins_both_of_one_run(client: Client, field: dict[str, System]) -> None:
    row = document(client, "?metric=energy-delay")["results"][0]
    assert (row["system_name"], row["score"]) == ("first", pytest.approx(12.0))
    assert row["values"]["kws"] == pytest.approx(REFERENCE_MS["kws"] * REFERENCE_UJ["kws"] / 12)
    # windows are not stated: 2 % of the latency and 2 % of the energy
    assert row["score_high"] == pytest.approx(12 * 1.02**2)


FILTERS = (
    "?round=v1.1", "?division=closed", "?division=open", "?availability=preview", "?class=mcu", "?class=npu",
    "?provenance=reviewed", "?round=v0.7,v1.1&class=mcu", "?round=v0.5",
)  # fmt: skip


@pytest.mark.parametrize("query", FILTERS)
def test_a_filter_never_changes_a_number(client: Client, field: dict[str, System], query: str) -> None:
    def numbers(answer: dict[str, Any]) -> dict[int, tuple[Any, ...]]:
        names = ("score", "score_low", "score_high", "ratios", "covered", "reason")
        return {row["system"]: tuple(row[name] for name in names) for row in answer["results"]}

    whole, part = numbers(document(client)), numbers(document(client, query))
    assert 0 < len(part) < len(whole) or query == "?provenance=reviewed"
    assert all(whole[system] == held for system, held in part.items())
    printed = dict(re.findall(r'id="system-(\d+)".*?<b>([\d.]+)</b>', page_of(client)))
    for system, score in re.findall(
        r'id="system-(\d+)" class="[^"]*".*?<b>([\d.]+)</b>', page_of(client, query)
    ):
        assert printed[system] == score


def test_a_score_of_the_page_is_the_stored_one(client: Client, field: dict[str, System]) -> None:
    stored = dict(DeviceScore.objects.filter(metric="latency_ms").values_list("system", "score"))
    assert {row["system"]: row["score"] for row in document(client)["results"]} == stored


def test_another_system_changes_no_score(client: Client, field: dict[str, System]) -> None:
    before = {row["system"]: row["score"] for row in document(client)["results"]}
    make_scored("irrelevant", 4000.0)
    aggregate()
    after = {row["system"]: row["score"] for row in document(client)["results"]}
    assert before.items() < after.items()


def test_a_reader_chooses_the_reference_and_the_title_says_so(
    client: Client, field: dict[str, System]
) -> None:
    query = f"?to={field['slow'].pk}"
    page = page_of(client, query)
    assert "against TFLite Micro on SLOW (Slow, v1.1)" in re.search(r"<title>.*?</title>", page)[0]
    assert "2.00" in row_of(page, field["first"])
    assert "1.00" in row_of(page, field["slow"])
    assert 'href="/scores/"' in page.split("Back to the fixed reference")[0].rsplit("<a", 1)[1]
    assert document(client, query)["reference"] == {
        "system": field["slow"].pk, "name": "TFLite Micro on SLOW (Slow, v1.1)", "is_fixed": False,
    }  # fmt: skip


def test_the_reference_stays_when_the_metric_changes_only_where_it_can(
    client: Client, field: dict[str, System]
) -> None:
    page = page_of(client, f"?to={field['second'].pk}")
    chips = page.split('aria-label="Metric"')[1].split("</nav>")[0]
    assert 'href="/scores/?metric=energy"' in chips  # it has no energy
    with_energy = page_of(client, f"?to={field['first'].pk}").split('aria-label="Metric"')[1]
    assert f'href="/scores/?metric=energy&amp;to={field["first"].pk}"' in with_energy


def test_weights_of_the_reader_stand_in_title_and_address(client: Client) -> None:
    make_reference()
    system = make_system(make_publication(), "uneven", device="board-a")
    for benchmark in COMMON_SET:
        factor = 16.0 if benchmark == "kws" else 1.0
        make_run(benchmark, latency_ms=REFERENCE_MS[benchmark] / factor, system=system, quality=0.9)
    aggregate()
    assert "2.00" in row_of(page_of(client), system)
    page = page_of(client, "?w_kws=5")
    assert "weighted: kws ×5, vww ×1, ic ×1, ad ×1" in re.search(r"<h1>.*?</h1>", page)[0]
    assert f"{16 ** (5 / 8):.2f}" in row_of(page, system)
    assert "/scores/?w_kws=5</code>" in page
    assert page_of(client, "?w_kws=10&w_vww=2&w_ic=2&w_ad=2").count(f"{16 ** (5 / 8):.2f}") == 1


@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("metric=beauty", "latency, energy, energy-delay, memory"),
        ("w_kws=0", "from 0.001 to 1000"),
        ("to=999999", "no published system"),
        ("to=x", "number of a system"),
        ("group=chip-rail@1800", "metric=energy"),
        ("colour=red", "no parameter of this view"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_is_allowed(
    client: Client, field: dict[str, System], query: str, allowed: str
) -> None:
    for url in (f"/scores/?{query}", f"/scores.json?{query}", f"/api/v1/scores/?{query}"):
        response = client.get(url)
        assert response.status_code == 400, url
        assert allowed in response.content.decode(), url


def test_a_system_without_all_benchmarks_is_no_reference(client: Client, field: dict[str, System]) -> None:
    response = client.get(f"/scores/?to={field['partial'].pk}")
    assert response.status_code == 400
    assert "has no latency on vww, ad; a reference needs all of kws, vww, ic, ad" in response.content.decode()


def test_nobody_states_memory_so_there_is_no_memory_score(client: Client, field: dict[str, System]) -> None:
    page = text(page_of(client, "?metric=memory"))
    assert "nobody measured the memory that a run needs" in page
    assert (
        "7 systems of this view state no peak RAM" in page
        or "8 systems of this view state no peak RAM" in page
    )
    assert document(client, "?metric=memory")["results"] == []


def test_runs_that_state_memory_are_scored_against_one_of_them(
    client: Client, field: dict[str, System]
) -> None:
    small, large = make_scored("small", 1.0, memory_kib=64.0), make_scored("large", 1.0, memory_kib=256.0)
    make_scored("half", 1.0, memory_kib=1.0, benchmarks=("kws",))
    aggregate()
    assert "Choose one of the systems below" in page_of(client, "?metric=memory")
    answer = document(client, f"?metric=memory&to={large.pk}")
    assert ranks(answer) == [("small", 1, 1), ("large", 2, 2)]
    assert answer["results"][0]["score"] == pytest.approx(4.0)
    assert answer["results"][2]["reason"] == "1 of 4: vww, ic, ad not measured"
    assert small.pk == answer["results"][0]["system"]


def test_without_the_reference_the_page_says_so(client: Client) -> None:
    make_scored("lonely", 2.0)
    aggregate()
    assert "The reference has not been imported" in page_of(client)


def test_csv_and_api_hold_the_same_rows(client: Client, field: dict[str, System]) -> None:
    query = "?round=v1.1&w_ad=3"
    rows = list(csv.DictReader(io.StringIO(client.get(f"/scores.csv{query}").content.decode())))
    answer = document(client, query)
    assert [row["system"] for row in rows] == [str(row["system"]) for row in answer["results"]]
    assert float(rows[0]["score"]) == answer["results"][0]["score"]
    assert rows[0]["ratios_kws"]
    assert answer.pop("view") == "/scores/?round=v1.1&w_ad=3"
    assert client.get(f"/api/v1/scores/{query}").json() == answer


def test_each_ratio_leads_to_its_result_and_each_number_to_its_formula(
    client: Client, field: dict[str, System]
) -> None:
    page = page_of(client)
    assert 'href="/results/first-kws/"' in page
    for anchor in ("scores", "bands-and-ranks-of-scores"):
        assert f'href="/method/#{anchor}"' in page
    assert 'href="/method/#scores-of-the-energy-delay-product"' in page_of(client, "?metric=energy-delay")
    assert 'href="/method/#scores-of-memory"' in page_of(client, "?metric=memory")


def test_a_device_page_leads_to_the_row_of_its_system(client: Client, field: dict[str, System]) -> None:
    device = client.get("/devices/first/").content.decode()
    assert f'href="/scores/?metric=latency#system-{field["first"].pk}"' in device


@pytest.mark.parametrize("name", ["scores", "scores energy", "scores memory", "scores chosen"])
def test_the_queries_of_the_page_do_not_grow_with_its_rows(
    client: Client, field: dict[str, System], name: str
) -> None:
    query = {"scores energy": "?metric=energy", "scores memory": "?metric=memory"}.get(name, "")
    if name == "scores chosen":
        query = f"?to={field['first'].pk}&w_kws=2"
    assert_query_count(client, name, f"/scores/{query}")
    for k in range(5):
        make_scored(f"more-{k}", 5.0 + k, thriftier=2.0)
    aggregate()
    assert_query_count(client, name, f"/scores/{query}")
