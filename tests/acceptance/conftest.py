"""The acceptance tests read the public rounds from the folder that TINYSITE_ROUNDS names (…/mlperf_tiny)."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

ROUNDS = ("v0.5", "v0.7", "v1.0", "v1.1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not os.environ.get("TINYSITE_ROUNDS"):
        for item in items:
            if "tests/acceptance" in str(item.fspath):
                item.add_marker(
                    pytest.mark.skip(reason="TINYSITE_ROUNDS is unset: no copy of the public rounds")
                )


@pytest.fixture(scope="session")
def public_rounds() -> Path:
    return Path(os.environ["TINYSITE_ROUNDS"])


@pytest.fixture(scope="session")
def expected(public_rounds: Path) -> list[dict[str, str]]:
    with (public_rounds / "expected" / "results.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="package")
def imported_rounds(django_db_setup: None, django_db_blocker, public_rounds: Path) -> Iterator[None]:
    """All public rounds, imported once for every test of this folder."""
    with django_db_blocker.unblock():
        call_command("load_catalogue", verbosity=0)
        for round_id in ROUNDS:
            call_command("import_round", public_rounds / "rounds" / round_id, round=round_id, verbosity=0)
        yield
        call_command("flush", interactive=False, verbosity=0)
