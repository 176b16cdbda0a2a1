"""docs/rules.md, the table of rules, the rulebooks and the codes that can appear say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from results.domain.findings import SEVERITY_ORDER
from submissions.formats.codes import READING_CODES
from submissions.rules.catalogue import CHECKS, RULES
from submissions.rules.reference import document
from submissions.rules.registry import AREAS
from submissions.rules.rulebook import available_rounds, load_rulebook

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
SOURCES = [
    path
    for package in ("formats", "rules")
    for path in sorted((ROOT / "submissions" / package).rglob("*.py"))
]


def test_the_page_is_what_the_rules_give() -> None:
    assert document() == PAGE, "run python -m submissions.rules.reference > docs/rules.md"


def test_every_code_that_can_appear_is_described_and_nothing_else() -> None:
    assert set(RULES) == set(CHECKS) | set(READING_CODES)
    assert set(re.findall(r"^### (\S+)$", PAGE, re.MULTILINE)) == set(RULES)


def test_every_code_that_the_reader_names_in_its_source_is_in_its_table() -> None:
    areas = "|".join(sorted({code.partition(".")[0] for code in RULES}))
    literal = re.compile(rf'"((?:{areas})\.[a-z0-9]+(?:-[a-z0-9]+)*)"')
    files = re.compile(r"\.(txt|json|csv|md|zip|tar|png|py|bin)$")
    named = {code for path in SOURCES for code in literal.findall(path.read_text(encoding="utf-8"))}
    assert {code for code in named if not files.search(code)} <= set(RULES)


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_says_what_why_whence_and_how_to_mend(code: str) -> None:
    entry = RULES[code]
    assert entry.area == code.partition(".")[0]
    for text in (entry.title, entry.description, entry.why, entry.source, entry.mend):
        assert text.strip()
    assert not entry.title.endswith(".")
    assert entry.description.endswith(".")
    assert entry.why.endswith(".")


@pytest.mark.parametrize("round", available_rounds())
def test_a_rulebook_weighs_every_rule_and_no_unknown_one(round: str) -> None:
    assert set(load_rulebook(round).rules) == set(RULES)


def test_a_finding_of_the_reader_weighs_at_least_what_the_reader_says_in_the_latest_round() -> None:
    lighter = {
        code
        for code, entry in RULES.items()
        if entry.severity_of_reader is not None
        and (weight := load_rulebook(available_rounds()[-1]).severity(code, "closed")) is not None
        and SEVERITY_ORDER[weight] > SEVERITY_ORDER[entry.severity_of_reader]
    }
    assert lighter == {"system.key-twice"}, "the template of the rounds repeats keys itself"


def test_every_area_of_a_code_has_a_name() -> None:
    assert {entry.area for entry in RULES.values()} == set(AREAS)


@pytest.mark.parametrize("round", available_rounds())
def test_every_severity_has_a_reason(round: str) -> None:
    for setting in load_rulebook(round).rules.values():
        assert setting.reason.endswith(".")
