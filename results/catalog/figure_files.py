"""The shipped external figures: our own long table of what others published, with repository, commit and place per row.

A folder holds any number of ``*.figures.csv`` (columns of :data:`~results.domain.figures.FIGURE_COLUMNS`),
``graphs.csv`` (what was counted of network files), ``devices.csv`` (names of boards, their device of the catalogue and
their limits) and ``sources.toml``. Absent is an empty cell. No Django here.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from results.domain.figures import FIGURE_COLUMNS, FIGURE_METRICS, Batch, DeviceLimits, FigureRow, GraphRow

FIGURES_FOLDER = Path(__file__).parent / "figures"
FIGURES_ENDING = ".figures.csv"
PROVENANCES = ("vendor-published", "literature")
GRAPH_COLUMNS = tuple(field.name for field in dataclasses.fields(GraphRow))
DEVICE_COLUMNS = (
    "stated", "slug", "group", "vendor", "device_class", "core", "known_board", "mac_per_cycle", "peak_gops",
    "bandwidth_gb_per_s", "ram_kib", "external_ram_kib", "source",
)  # fmt: skip
_Row = TypeVar("_Row", FigureRow, GraphRow)


class FigureFilesError(ValueError):
    """A file of the figures is not as described; the message says file, row and what was expected."""


@dataclass(frozen=True, slots=True)
class FigureSource:
    """Where figures come from: the repository, who publishes it, its licence and what it covers."""

    repository: str
    name: str
    publisher: str
    licence: str
    note: str

    def address(self, commit: str, path: str) -> str:
        """The file on the web; the repository itself where no commit is known."""
        root = f"https://github.com/{self.repository}"
        return f"{root}/blob/{commit}/{path}" if commit and path else root


@dataclass(frozen=True, slots=True)
class FigureFiles:
    """Everything of one folder. ``devices`` is keyed by the name as stated, ``sources`` by repository."""

    figures: tuple[FigureRow, ...]
    graphs: tuple[GraphRow, ...]
    devices: Mapping[str, DeviceLimits]
    sources: Mapping[str, FigureSource]


def figures_sha256(folder: Path = FIGURES_FOLDER) -> str:
    """Hash of every table of ``folder`` with its name, to see whether anything changed."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.csv"), *folder.glob("*.toml")]):
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def read_figures(folder: Path = FIGURES_FOLDER) -> FigureFiles:
    """The figures of ``folder``; FigureFilesError names file and row of the first that is off."""
    sources = _read_sources(folder / "sources.toml")
    figures = tuple(
        _figure(row, f"{path.name}, row {number}", sources)
        for path in sorted(folder.glob(f"*{FIGURES_ENDING}"))
        for number, row in enumerate(_read(path, tuple(FIGURE_COLUMNS)), start=2)
    )
    graphs = tuple(
        _typed(GraphRow, row, f"graphs.csv, row {number}")
        for number, row in enumerate(_read(folder / "graphs.csv", GRAPH_COLUMNS), start=2)
    )
    devices = {
        row["stated"]: _device(row, f"devices.csv, row {number}")
        for number, row in enumerate(_read(folder / "devices.csv", DEVICE_COLUMNS), start=2)
    }
    return FigureFiles(figures, graphs, devices, sources)


def write_figures(path: Path, rows: Iterable[FigureRow]) -> int:
    """Write the long table, rows in a stable order; how many there are."""
    return _write(path, tuple(FIGURE_COLUMNS), rows)


def write_graphs(path: Path, rows: Iterable[GraphRow]) -> int:
    """Write ``graphs.csv``; how many rows there are."""
    return _write(path, GRAPH_COLUMNS, rows)


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[FigureRow] | Iterable[GraphRow]) -> int:
    written = [[_cell(getattr(row, column)) for column in columns] for row in rows]
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(written)
    return len(written)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _read(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    if not path.is_file():
        raise FigureFilesError(f"{path.name}: expected a file in {path.parent.name}/, found none")
    with path.open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != columns:
            raise FigureFilesError(f"{path.name}, line 1: expected the columns {', '.join(columns)}")
        rows = list(reader)
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise FigureFilesError(f"{path.name}, row {number}: expected {len(columns)} columns")
    return rows


def _figure(row: Mapping[str, str], where: str, sources: Mapping[str, FigureSource]) -> FigureRow:
    figure = _typed(FigureRow, row, where)
    for column, allowed in (
        ("metric", tuple(FIGURE_METRICS)), ("provenance", PROVENANCES), ("source", tuple(sources)),
        ("batch_choice", ("", *Batch)),
    ):  # fmt: skip
        if row[column] not in allowed:
            raise FigureFilesError(
                f"{where}: {column}: expected one of {', '.join(allowed)}; found {row[column]!r}"
            )
    for column in ("model", "model_stated", "raw", "path"):
        if not row[column]:
            raise FigureFilesError(f"{where}: {column}: expected a text, found none")
    return figure


def _typed(shape: type[_Row], row: Mapping[str, str], where: str) -> _Row:
    """``row`` as a frozen record: numbers parsed, an empty one None."""
    values: dict[str, Any] = {}
    for field in dataclasses.fields(shape):
        text, kind = row[field.name], str(field.type)
        try:
            values[field.name] = (
                text if kind == "str" else None if not text else (int if "int" in kind else float)(text)
            )
        except ValueError:
            raise FigureFilesError(f"{where}: {field.name}: expected a number, found {text!r}") from None
    return shape(**values)


def _device(row: Mapping[str, str], where: str) -> DeviceLimits:
    try:
        numbers = {
            name: float(row[name]) if row[name] else None
            for name in ("mac_per_cycle", "bandwidth_gb_per_s", "ram_kib", "external_ram_kib")
        }
        peaks = dict(pair.split("=", 1) for pair in row["peak_gops"].split())
        return DeviceLimits(
            stated=row["stated"], slug=row["slug"], group=row["group"], vendor=row["vendor"],
            device_class=row["device_class"], core=row["core"], known_board=row["known_board"] != "no",
            peak_gops={name: float(value) for name, value in peaks.items()}, source=row["source"], **numbers,
        )  # fmt: skip
    except ValueError as error:
        raise FigureFilesError(f"{where}: expected numbers and peaks such as int8=4000: {error}") from None


def _read_sources(path: Path) -> dict[str, FigureSource]:
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("source", [])
        return {row["repository"]: FigureSource(**row) for row in rows}
    except (OSError, tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise FigureFilesError(
            f"{path.name}: expected [[source]] with repository, name, publisher, licence, note: {error}"
        ) from None
