"""What the site says of the figures that ship with it: recomputed from the figures, never from a copy of the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from results.models import Observation
from results.selectors.compared_pair import UnknownResult, compared_pair
from results.selectors.home import observations
from results.services.aggregate import recompute_all
from results.views.observations import said

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).parents[2] / "docs"
_ROW = re.compile(
    r"^\| \[(\S+)\]\(/results/(\S+)/\) and \[(\S+)\]\(/results/(\S+)/\) \| (\w+) \| ([^|]+) \| ([^|]+) \|$",
    re.M,
)
ROWS = _ROW.findall((DOCS / "comparability.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def shipped(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The catalogue and the published figures, once for the whole module."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_catalogue", verbosity=0)
        call_command("load_published_figures", verbosity=0)
        recompute_all()
        yield
        transaction.set_rollback(True)


def test_the_table_of_pairs_has_at_least_twenty_pairs_and_every_answer():
    assert len({frozenset((left, right)) for left, _, right, _, *_ in ROWS}) >= 20
    assert {row[5] for row in ROWS} >= {"comparable", "comparable with differences", "not comparable"}
    lines = (DOCS / "comparability.md").read_text(encoding="utf-8").splitlines()
    tables = sum(line.startswith("| pair ") for line in lines)
    assert len(ROWS) == sum(line.startswith("|") for line in lines) - 2 * tables, "a row has another form"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[2]} {row[4]}")
def test_a_printed_answer_is_that_of_the_published_figures(row: tuple[str, ...]):
    left, left_address, right, right_address, metric, answer, text = row
    assert (left_address, right_address) == (left, right)
    pair = compared_pair(left, right, metric)
    assert (pair.answer, pair.text) == (answer, text)
    assert compared_pair(right, left, metric).answer == answer


def test_the_command_prints_answer_and_values_metric_by_metric():
    out = StringIO()
    ids = "v0.5-closed-reference-nucleo-l4r5zi-ic", "v1.1-closed-plumerai-nucleo-l4r5zi-ic"
    call_command("compare_results", *ids, stdout=out)
    assert out.getvalue().splitlines() == [
        "latency: Comparable with differences: benchmark version (not in the official compatibility table): "
        "v0.5 against v1.1.",
        "  704.225 against 167.757 ms",
        "energy: Not compared: energy of v1.1-closed-plumerai-nucleo-l4r5zi-ic was not measured.",
        "power: Not compared: power of v1.1-closed-plumerai-nucleo-l4r5zi-ic was not measured.",
        "quality: Not comparable: One was measured on the test set of v0.5, the other on the test set since v0.7.",
        "  86.5 against 88",
    ]
    out = StringIO()
    call_command("compare_results", *ids, "--metric", "latency", stdout=out)
    assert len(out.getvalue().splitlines()) == 2


def test_an_id_that_is_not_published_is_named():
    with pytest.raises(CommandError, match="no-such: no published result has this id"):
        call_command("compare_results", "v0.5-closed-reference-nucleo-l4r5zi-ic", "no-such")
    with pytest.raises(UnknownResult, match="no-such"):
        compared_pair("no-such", "no-such", "latency")


def test_the_home_page_has_at_least_three_findings():
    words = [said(one, {}) for one in observations()]
    assert len(words) >= 3
    assert all(re.search(r"\d", one.sentence) for one in words)


def test_the_examples_of_the_method_are_the_published_figures():
    method = (DOCS / "method.md").read_text(encoding="utf-8")
    found = {one.code: one.values for one in Observation.objects.all()}
    software, zeros = found["software-alone"], found["zero-channels"]
    assert f"{software['worst_ms']:.3f} / {software['best_ms']:.3f} = {software['largest']:.2f}" in method
    assert f"from {zeros['old_software']} ({zeros['old_round']})" in method
    assert f"vww became {zeros['times_faster']:.3f} times faster" in method
    assert f"the other three {zeros['others_faster']:.3f} times: gain\n{zeros['largest']:.2f}." in method
