"""``manage.py backtest`` and the published results that it reads."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from results.services.measured_runs import published_runs
from tests.results.makers import aggregate, make_publication, make_run, make_system

pytestmark = pytest.mark.django_db

BASE_MS = {"kws": 20.0, "vww": 60.0, "ic": 70.0}


@pytest.fixture
def two_rounds() -> None:
    for round_id, speed in (("v1.0", 1.0), ("v1.1", 0.9)):
        for number in range(3):
            system = make_system(make_publication(round_id), f"s{number}", device=f"board-{number}")
            for benchmark, latency in BASE_MS.items():
                make_run(
                    benchmark,
                    latency_ms=latency * speed * (number + 1),
                    energy_uj=latency * 30,
                    system=system,
                )
    aggregate()


@pytest.mark.usefixtures("two_rounds")
def test_a_round_is_scored_per_metric_with_hashes_of_what_was_known_and_said() -> None:
    out = io.StringIO()
    call_command("backtest", round="v1.1", anchors=1, json=True, stdout=out)
    found = json.loads(out.getvalue())
    assert found["round"] == "v1.1"
    assert len(found["data_sha256"]) == len(found["predictions_sha256"]) == 64
    latency = found["latency"]
    assert (latency["holdout"], latency["n"], latency["engine"]) == ("round:1", 6, "tinysite")
    assert {"tinysite", "additive", "carry-forward"} <= set(latency["methods"])
    # Every board became 10 % faster, and one anchor tells: what carries forward with it is right.
    assert latency["methods"]["carry-forward"]["mdape"] < 1


@pytest.mark.usefixtures("two_rounds")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"round": "v1.3"}, "there are"),
        ({"round": "v1.0"}, "0 cells"),
        ({"round": "v1.1", "anchors": -1}, "negative"),
    ],
)
def test_what_cannot_be_projected_says_why(options: dict[str, object], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("backtest", **options)


@pytest.mark.usefixtures("two_rounds")
def test_a_cut_leaves_out_later_rounds_and_open_results() -> None:
    make_run("kws", division="open", round_id="v1.0")
    aggregate()
    assert {run.round for run in published_runs(until_round="v1.0")} == {"v1.0"}
    assert len(published_runs()) == 18


def test_the_energy_of_a_whole_board_is_none_of_the_chip() -> None:
    make_run("kws", energy_uj=5.0, scope="board")
    aggregate()
    (run,) = published_runs()
    assert (run.latency_ms, run.energy_uj) == (100.0, None)
