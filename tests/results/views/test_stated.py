"""What a self-reported table says besides its numbers, as the page of a result says it."""

from __future__ import annotations

from results.views.stated import stated_facts

TABLE = {"benchmark_version": "v1.3", "notes": "At 25 °C.", "model": "reference"}


def test_notes_and_network_stand_as_they_were_written() -> None:
    assert list(stated_facts(TABLE)) == [("Notes", "At 25 °C."), ("Network", "reference")]


def test_repeats_that_differ_are_named_by_metric() -> None:
    facts = TABLE | {"repeats": "latency_ms: 5; top1_pct: 1"}
    assert ("Repeats", "Latency 5, Top-1 1") in list(stated_facts(facts))


def test_repeats_that_agree_are_said_once() -> None:
    assert ("Repeats", "5") in list(stated_facts(TABLE | {"repeats": "latency_ms: 5; auc: 5"}))


def test_an_instrument_with_a_semicolon_in_its_name_stays_as_written() -> None:
    text = "latency_ms: timer; 48 MHz"
    assert ("Instruments", text) in list(stated_facts(TABLE | {"instruments": text}))


def test_a_run_of_a_round_has_no_such_facts() -> None:
    assert list(stated_facts({"model": "kws01", "accuracy_stimuli": "v1.0"})) == []
