"""The citation of a result."""

from dataclasses import replace
from datetime import date

from results.domain.citation import (
    CitedResult,
    CitedView,
    citation_bibtex,
    citation_csl,
    citation_text,
    view_bibtex,
    view_csl,
    view_text,
)

RESULT = CitedResult(
    public_id="v1.1-closed-acme-board_1-kws",
    submitter="Acme & Sons",
    system="BOARD_1 with Kit 2.0",
    suite="MLPerf Tiny",
    round="v1.1",
    division="closed",
    benchmark="keyword spotting",
    figures=("118.694 ms", "5618.279 µJ/inf", "Top-1 90.3 %"),
    verified=True,
    source="mlcommons/tiny_results_v1.1 at c32ef94",
    published_on=date(2023, 6, 27),
)
DAY = date(2026, 11, 3)


def test_the_text_names_everything_that_the_messaging_rules_ask_for() -> None:
    assert citation_text(RESULT, DAY) == (
        "Acme & Sons, BOARD_1 with Kit 2.0. MLPerf Tiny v1.1, closed division, keyword spotting: "
        "118.694 ms, 5618.279 µJ/inf, Top-1 90.3 %. Result verified by MLCommons Association. "
        "Source: mlcommons/tiny_results_v1.1 at c32ef94. Retrieved 3 November 2026."
    )


def test_a_result_that_mlcommons_has_not_reviewed_says_so() -> None:
    assert "Result not verified by MLCommons Association." in citation_text(
        replace(RESULT, verified=False), DAY
    )


def test_bibtex_escapes_what_latex_would_read() -> None:
    entry = citation_bibtex(RESULT, "https://tiny.example/results/x/", DAY)
    assert r"{{Acme \& Sons}}" in entry
    assert r"BOARD\_1" in entry
    assert r"$\mu$J/inf" in entry
    assert r"Top-1 90.3 \%" in entry


def test_bibtex_has_a_key_without_characters_that_break_it() -> None:
    entry = citation_bibtex(replace(RESULT, public_id="v1.0-open-x/a (b)-kws"), "https://tiny.example/", DAY)
    assert entry.startswith("@misc{tinysite-v1.0-open-x-a-b-kws,\n")
    assert entry.count("{") == entry.count("}")


def test_a_backslash_stays_one_character() -> None:
    entry = citation_bibtex(replace(RESULT, system=r"a\b"), "https://tiny.example/", DAY)
    assert r"a\textbackslash{}b" in entry


def test_without_a_known_day_of_publication_there_is_no_year() -> None:
    assert "year" not in citation_bibtex(replace(RESULT, published_on=None), "https://tiny.example/", DAY)


def test_csl_json_names_submitter_day_address_and_verification() -> None:
    item = citation_csl(RESULT, "https://tiny.example/results/x/", DAY)
    assert item["author"] == [{"literal": RESULT.submitter}]
    assert item["accessed"] == {"date-parts": [[DAY.year, DAY.month, DAY.day]]}
    assert item["URL"] == "https://tiny.example/results/x/"
    assert "Result verified by MLCommons Association." in str(item["note"])
    assert "not verified" in str(citation_csl(replace(RESULT, verified=False), "x", DAY)["note"])


def test_without_a_day_of_publication_csl_json_has_no_issue_date() -> None:
    assert "issued" not in citation_csl(replace(RESULT, published_on=None), "https://tiny.example/", DAY)


VIEW = CitedView("Keyword leaderboard", "https://tiny.example/leaderboards/kws/?round=v1.1&page={2}", 12, "ab" * 32,
                 "https://tiny.example/data/abababababababab/SHA256SUMS")  # fmt: skip


def test_a_view_is_cited_with_its_address_the_hash_of_its_data_and_the_day() -> None:
    for text in (view_text(VIEW, DAY), view_bibtex(VIEW, DAY), str(view_csl(VIEW, DAY))):
        assert "ab" * 32 in text
        assert "?round=v1.1&page=" in text
        assert str(DAY.year) in text
        assert "not verified by MLCommons" in text


def test_braces_of_an_address_do_not_end_the_bibtex_field() -> None:
    assert "page=%7B2%7D}" in view_bibtex(VIEW, DAY)


def test_a_view_whose_files_are_being_written_is_cited_with_its_generation_alone() -> None:
    text = view_text(replace(VIEW, data_sha256="", data_address=""), DAY)
    assert "Data generation 12." in text
    assert "SHA-256" not in text
