"""The locks are complete for the pip that comes with Python 3.11."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXTRA = re.compile(r"^([A-Za-z0-9_.-]+\[[a-z0-9_,-]+\])", re.MULTILINE)
PIN = re.compile(r"^([A-Za-z0-9_.\[\],-]+)==(\S+)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_pin_of_a_lock_has_a_hash(name: str) -> None:
    pins = PIN.findall((ROOT / f"{name}.txt").read_text())

    assert len(pins) > 20
    assert [package for package, _, rest in pins if "--hash=sha256:" not in rest] == []


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_an_extra_that_is_asked_for_keeps_its_extra_in_the_lock(name: str) -> None:
    asked = set(EXTRA.findall((ROOT / f"{name}.in").read_text()))
    locked = set(EXTRA.findall((ROOT / f"{name}.txt").read_text()))

    assert asked, "the test looks for extras that are asked for"
    assert asked <= locked


def test_the_extra_that_the_coverage_plugin_asks_for_is_locked() -> None:
    assert "coverage[toml]" in EXTRA.findall((ROOT / "requirements-dev.txt").read_text())
