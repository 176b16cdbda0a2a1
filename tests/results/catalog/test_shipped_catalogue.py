"""The shipped catalogue says what the rules of MLPerf Tiny and the published files say."""

import pytest

from results.catalog.entries import DEVICE_CLASSES
from results.catalog.reader import catalogue


@pytest.mark.parametrize(
    ("benchmark", "metric", "target", "since"),
    [
        ("kws", "top1_pct", 90.0, "v0.5"),
        ("vww", "top1_pct", 80.0, "v0.5"),
        ("ic", "top1_pct", 85.0, "v0.5"),
        ("ad", "auc", 0.85, "v0.5"),
        ("sww", "fp_fn", 8.0, "v1.3"),
        ("ic2", "top1_pct", 91.0, "v1.4"),
    ],
)
def test_closed_targets_are_those_of_the_rules(
    benchmark: str, metric: str, target: float, since: str
) -> None:
    entry = catalogue().benchmarks[benchmark]
    assert (entry.quality_metric, entry.closed_target, entry.since_round) == (metric, target, since)


def test_every_benchmark_and_its_reference_model_name_each_other() -> None:
    for entry in catalogue().benchmarks.values():
        assert catalogue().neural_models[entry.reference_model].benchmark == entry.id


def test_rounds_stand_in_order_of_publication() -> None:
    dates = [entry.published_on for entry in catalogue().rounds.values()]
    assert list(catalogue().rounds) == ["v0.5", "v0.7", "v1.0", "v1.1", "v1.2", "v1.3"]
    assert dates == sorted(dates)


def test_every_device_has_a_known_class_an_alias_and_facts() -> None:
    known = catalogue()
    aliased = {alias.slug for alias in known.aliases}
    told = {fact.device for fact in known.facts}
    for slug, device in known.devices.items():
        assert device.device_class in DEVICE_CLASSES
        assert slug in aliased
        assert slug in told


def test_every_fact_names_its_source() -> None:
    assert all(fact.source and fact.source_kind for fact in catalogue().facts)


def test_the_four_input_kinds_of_the_survey_are_there() -> None:
    assert list(catalogue().input_kinds) == ["audio", "image", "physiological", "industry-telemetry"]


def test_texts_fit_their_columns() -> None:
    assert all(len(d.short_name) <= 24 for d in catalogue().devices.values())
    assert all(
        len(b.question) <= 200 and len(b.evaluation_set) <= 200 for b in catalogue().benchmarks.values()
    )


def test_every_framework_says_why_it_is_sorted_as_it_is() -> None:
    assert all(entry.reason for entry in catalogue().frameworks)
