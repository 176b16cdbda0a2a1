"""True classes of the accuracy sets: shipped with the product, or read from a folder of label files.

Each shipped file is one set in a format of our own: ``class: name name ...`` with the names of the input files
without their suffix; its head says where the facts come from.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_SHIPPED = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class LabelSet:
    """One accuracy set: ``name`` such as ``ic01-v0.5``, ``model`` such as ``ic01``, class by input file name."""

    name: str
    model: str
    classes: Mapping[str, int]


@cache
def shipped_labels() -> tuple[LabelSet, ...]:
    """The sets that come with the product."""
    return tuple(_read_shipped(path) for path in sorted(_SHIPPED.glob("*.txt")))


def _read_shipped(path: Path) -> LabelSet:
    classes: dict[str, int] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            number, names = line.split(": ", 1)
            classes.update((f"{name}.bin", int(number)) for name in names.split())
    return LabelSet(path.stem, path.stem.split("-")[0], classes)


def read_labels(folder: Path | str) -> tuple[LabelSet, ...]:
    """The sets of a folder ``<model>/y_labels*.csv`` (rows: file, number of classes, class, ...).

    ValueError with file and line for a row that is not so, and when the folder holds no such file.
    """
    sets = []
    for path in sorted(Path(folder).glob("*/y_labels*.csv")):
        classes: dict[str, int] = {}
        with open(path, newline="", encoding="utf-8") as handle:
            for line, row in enumerate(csv.reader(handle), start=1):
                try:
                    classes[row[0]] = int(row[2])
                except (IndexError, ValueError) as error:
                    raise ValueError(f"{path}, line {line}: expected file,classes,class") from error
        model = path.parent.name
        sets.append(
            LabelSet(f"{model}{path.stem.removeprefix('y_labels').replace('_', '-')}", model, classes)
        )
    if not sets:
        raise ValueError(f"{folder}: no <model>/y_labels.csv")
    return tuple(sets)


def complete_set(sets: Sequence[LabelSet], model: str, files: Collection[str]) -> LabelSet | None:
    """The set of ``model`` that consists of exactly ``files``, None when there is none."""
    wanted = set(files)
    return next(
        (labels for labels in sets if labels.model == model and labels.classes.keys() == wanted), None
    )


def containing_set(sets: Sequence[LabelSet], model: str, files: Collection[str]) -> LabelSet | None:
    """The set of ``model`` that holds all ``files`` (at least one), the largest of several, None when there is none."""
    fitting = [
        labels for labels in sets if labels.model == model and files and labels.classes.keys() >= set(files)
    ]
    exact = complete_set(fitting, model, files)
    return exact or max(fitting, key=lambda labels: len(labels.classes), default=None)
