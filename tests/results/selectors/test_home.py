from __future__ import annotations

import pytest

from results.models import Observation
from results.selectors.home import best_so_far, home_view, observations
from tests.results.makers import aggregate, make_benchmark, make_run

pytestmark = pytest.mark.django_db


def test_an_empty_site_has_no_news_and_no_plot():
    view = home_view()
    assert (view.results, view.latest, view.plot, view.observations) == (0, None, None, ())


def test_the_best_of_each_benchmark_is_that_of_the_closed_division():
    make_benchmark("kws")
    make_run(latency_ms=1.0, division="open")
    make_run(latency_ms=4.0, energy_uj=9.0, public_id="closed")
    make_run(latency_ms=5.0, energy_uj=3.0, supply_mv=3000.0)
    make_run(latency_ms=6.0, energy_uj=11.0)
    aggregate()
    kws, vww = best_so_far()
    assert dict(kws.best) == {}
    assert (vww.best["latency_ms"].entry.public_id, vww.best["latency_ms"].of) == ("closed", 3)
    energy = vww.best["energy_uj_per_inf"]
    assert (energy.value, energy.group_label, energy.of) == (9.0, "chip rail, 1.8 V", 2)


def test_the_latest_round_says_which_records_it_set():
    make_run("vww", latency_ms=4.0, round_id="v1.0", public_id="before")
    make_run("vww", latency_ms=3.0, round_id="v1.1", public_id="record")
    make_run("kws", latency_ms=4.0, quality=91.0, round_id="v1.0")
    make_run("kws", latency_ms=5.0, quality=91.0, round_id="v1.1")
    make_run("ad", latency_ms=5.0, quality=0.9, round_id="v1.1", public_id="first")
    aggregate()
    latest = home_view().latest
    assert (latest.round.pk, latest.results, latest.systems) == ("v1.1", 3, 3)
    assert [(b.pk, new.public_id, old and old.public_id) for b, new, old in latest.records] == [
        ("vww", "record", "before"),
        ("ad", "first", None),
    ]


def test_a_latency_that_cannot_be_told_apart_from_the_best_before_is_no_record():
    make_run("vww", latency_ms=4.0, round_id="v1.0")
    make_run("vww", latency_ms=3.95, round_id="v1.1")
    aggregate()
    assert home_view().latest.records == ()


def test_findings_of_another_version_of_the_code_wait_for_the_next_recomputation():
    Observation.objects.create(code="software-alone", position=0, values={"largest": 3.4})
    Observation.objects.create(code="no-longer-there", position=1, values={})
    assert observations() == ()
