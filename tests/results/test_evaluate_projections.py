"""``manage.py evaluate_projections`` on files as people have them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

METHODS = {"tinysite", "device median", "additive", "MAC-linear", "roofline", "low rank", "carry-forward"}
FIGURES = {"mdape", "p90", "within10", "within25", "within50", "spearman", "coverage80", "coverage90"}


def table(path: Path, *, features: str = "model_macs,device_clock", rows: int = 3) -> Path:
    lines = [f"model,device,ms,{features}".rstrip(",")]
    for m in range(rows):
        for d in range(4):
            values = [str((m + 1) * 1000), "" if d == 2 else str(100 * (d + 1))][
                : len([f for f in features.split(",") if f])
            ]
            lines.append(",".join([f"m{m}", f"d{d}", str(round((m + 1.5) / (d + 1), 4)), *values]))
    path.write_text("\n".join(lines))
    return path


def run(path: Path, holdout: str, **options: object) -> tuple[dict, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command(
        "evaluate_projections",
        csv=str(path),
        target="ms",
        holdout=holdout,
        json=True,
        jobs=1,
        stdout=out,
        stderr=err,
        **options,
    )
    return json.loads(out.getvalue()), err.getvalue()


@pytest.mark.parametrize("holdout", ["cell", "system:1"])
def test_every_method_has_every_figure(tmp_path: Path, holdout: str) -> None:
    found, _ = run(table(tmp_path / "t.csv"), holdout)
    assert set(found) == {"holdout", "n", "engine", "methods"}
    assert (found["holdout"], found["engine"]) == (holdout, "tinysite")
    assert set(found["methods"]) == METHODS
    assert all(set(figures) == FIGURES for figures in found["methods"].values())
    assert found["methods"]["additive"]["coverage90"] is None
    assert found["methods"]["tinysite"]["coverage90"] is not None


def test_a_table_without_any_feature_is_answered(tmp_path: Path) -> None:
    found, _ = run(table(tmp_path / "t.csv", features=""), "cell")
    assert found["n"] == 12
    assert found["methods"]["tinysite"]["mdape"] < 25


def test_what_was_left_out_is_named_beside_the_json(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv")
    path.write_text(path.read_text() + "\nm0,d0,3,1000,100\nm9,d0,-1,1000,100")
    found, said = run(path, "model")
    assert found["n"] == 12
    assert "line 15, column ms: -1 is not positive" in said
    assert "1 rows repeat a cell" in said


@pytest.mark.parametrize(
    ("holdout", "said"),
    [
        ("board", "expected cell, model, family"),
        ("device:9", "more than 9 models"),
        ("round:1", "leaves nothing"),
    ],
)
def test_a_hold_out_that_cannot_be_answered_says_why(tmp_path: Path, holdout: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        run(table(tmp_path / "t.csv"), holdout)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"absent\.csv: No such file"):
        run(tmp_path / "absent.csv", "cell")


def test_it_prints_a_table_for_people(tmp_path: Path) -> None:
    out = io.StringIO()
    call_command(
        "evaluate_projections",
        csv=str(table(tmp_path / "t.csv")),
        target="ms",
        holdout="model",
        jobs=1,
        stdout=out,
    )
    assert "MdAPE" in out.getvalue()
    assert "would be shown" in out.getvalue()
