"""The acceptance tests read the public rounds from the folder that TINYSITE_ROUNDS names (…/mlperf_tiny), and the reference
models from the one that TINYSITE_MODELS names."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

ROUNDS = ("v0.5", "v0.7", "v1.0", "v1.1")


_MODELS = ("TINYSITE_MODELS", "the reference models")
_NEEDS = {"test_reference_models.py": _MODELS, "test_find_reference_models.py": _MODELS}
"""File → the variable that names its folder, and what lies there; the others need the public rounds."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/acceptance" in str(item.fspath):
            variable, what = _NEEDS.get(item.path.name, ("TINYSITE_ROUNDS", "the public rounds"))
            if not os.environ.get(variable):
                item.add_marker(pytest.mark.skip(reason=f"{variable} is unset: no copy of {what}"))


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
