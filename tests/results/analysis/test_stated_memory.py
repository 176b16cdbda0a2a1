"""How much memory counts where sources state it, contradict each other, or say nothing."""

from __future__ import annotations

from dataclasses import dataclass

from results.analysis.stated_memory import stated_memory


@dataclass
class Fact:
    value: str
    source_tier: int
    source: str = "data sheet"


def test_the_source_nearest_to_the_vendor_counts() -> None:
    found = stated_memory([Fact("512", 3, "a submitter"), Fact("640", 1, "the vendor")])
    assert found is not None
    assert (found.kib, found.source, found.source_tier) == (640.0, "the vendor", 1)


def test_the_least_counts_where_equal_sources_contradict_each_other() -> None:
    found = stated_memory([Fact("384", 2), Fact("128", 2)])
    assert found is not None
    assert (found.kib, found.most_kib) == (128.0, 384.0)


def test_nothing_stated_is_not_zero_and_a_stated_zero_is() -> None:
    assert stated_memory([]) is None
    assert stated_memory([Fact("some", 1), Fact("nan", 1), Fact("-1", 1)]) is None
    found = stated_memory([Fact("0", 1)])
    assert found is not None
    assert found.kib == 0.0
