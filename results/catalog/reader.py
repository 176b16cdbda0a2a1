"""The catalogue: what is known of benchmarks, models, devices, rounds, submitters and software.

The data stand beside this module as TOML and CSV that people read and correct. :func:`load_catalogue` reads a
folder of them into frozen dataclasses and says which file and entry is wrong; :func:`catalogue` is the
shipped one, read once. No Django here.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime
import hashlib
import io
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from .entries import (
    DEPLOYMENT_STYLES,
    DEVICE_CLASSES,
    QUALITY_METRICS,
    BenchmarkEntry,
    DeviceAlias,
    DeviceEntry,
    FactEntry,
    FrameworkEntry,
    InputKind,
    KernelLibrary,
    NeuralModelEntry,
    RoundEntry,
    SubmitterEntry,
)

FOLDER = Path(__file__).parent

FILES = (
    "benchmarks.toml",
    "neural_models.toml",
    "taxonomy.toml",
    "rounds.toml",
    "submitters.toml",
    "devices.csv",
    "device_facts.csv",
    "device_aliases.toml",
    "software.toml",
)
"""The files of a catalogue folder, in the order in which :func:`catalogue_sha256` reads them."""

E = TypeVar("E")

ALIAS_FIELDS = {"board": "Board Name", "system_id": "system id", "soc": "SoC Name"}
"""Fields of :class:`DeviceAlias` and what they are compared with, the deciding one first."""


class CatalogueError(ValueError):
    """A catalogue file is wrong; the message names file, entry and what was expected."""


def normalise(text: str) -> str:
    """``text`` as aliases are compared: lower case, everything but letters and digits as one space.

    >>> normalise("NUCLEO_L4R5ZI") == normalise(" Nucleo-L4R5ZI ")
    True
    """
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())


@dataclass(frozen=True)
class Catalogue:
    """Everything of one catalogue folder, checked. Mappings keep the order of the files."""

    input_kinds: Mapping[str, InputKind]
    taxonomy_source: str
    benchmarks: Mapping[str, BenchmarkEntry]
    neural_models: Mapping[str, NeuralModelEntry]
    rounds: Mapping[str, RoundEntry]
    submitters: Mapping[str, SubmitterEntry]
    devices: Mapping[str, DeviceEntry]
    facts: tuple[FactEntry, ...]
    aliases: tuple[DeviceAlias, ...]
    frameworks: tuple[FrameworkEntry, ...]
    kernel_libraries: tuple[KernelLibrary, ...]

    def benchmark_id(self, folder: str) -> str | None:
        """The id of the benchmark that a folder name means (``keyword_spotting`` is ``kws``), else None."""
        for entry in self.benchmarks.values():
            if folder == entry.id or folder in entry.aliases:
                return entry.id
        return None


@cache
def catalogue() -> Catalogue:
    """The catalogue that ships with the code."""
    return load_catalogue()


def catalogue_sha256(folder: Path = FOLDER) -> str:
    """Hex hash over names and contents of the catalogue's files; CatalogueError when one is missing."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(f"{name}\n".encode())
        digest.update(_bytes(folder, name))
    return digest.hexdigest()


def load_catalogue(folder: Path = FOLDER) -> Catalogue:
    """Read and check the catalogue in ``folder``; CatalogueError names file, entry and what was expected."""
    made = Catalogue(
        input_kinds=_keyed(_toml(folder, "taxonomy.toml", "input_kind", InputKind), "slug", "taxonomy.toml"),
        taxonomy_source=_text(folder, "taxonomy.toml", "source"),
        benchmarks=_keyed(
            _toml(folder, "benchmarks.toml", "benchmark", BenchmarkEntry), "id", "benchmarks.toml"
        ),
        neural_models=_keyed(
            _toml(folder, "neural_models.toml", "neural_model", NeuralModelEntry),
            "slug",
            "neural_models.toml",
        ),
        rounds=_keyed(_toml(folder, "rounds.toml", "round", RoundEntry), "id", "rounds.toml"),
        submitters=_keyed(
            _toml(folder, "submitters.toml", "submitter", SubmitterEntry), "slug", "submitters.toml"
        ),
        devices=_keyed(_csv(folder, "devices.csv", DeviceEntry), "slug", "devices.csv"),
        facts=tuple(_csv(folder, "device_facts.csv", FactEntry)),
        aliases=tuple(_toml(folder, "device_aliases.toml", "device", DeviceAlias)),
        frameworks=tuple(_toml(folder, "software.toml", "framework", FrameworkEntry)),
        kernel_libraries=tuple(_toml(folder, "software.toml", "kernel_library", KernelLibrary)),
    )
    for check in (_check_benchmarks, _check_models, _check_devices, _check_facts, _check_frameworks):
        check(made)
    _check_aliases(made)
    _check_spellings(made)
    return made


def _bytes(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise CatalogueError(f"{name}: expected a readable file, found none ({error.strerror})") from error


def _content(folder: Path, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_bytes(folder, name).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{name}: expected TOML in UTF-8: {error}") from error


def _text(folder: Path, name: str, key: str) -> str:
    """What the key above all tables of a TOML file says."""
    value = _content(folder, name).get(key)
    if not isinstance(value, str) or not value:
        raise CatalogueError(f"{name}: {key}: expected a text, found {value!r}")
    return value


def _toml(folder: Path, name: str, table: str, shape: type[E]) -> Iterator[E]:
    """The entries ``[[table]]`` of a TOML file."""
    rows = _content(folder, name).get(table)
    if not isinstance(rows, list) or not rows:
        raise CatalogueError(f"{name}: expected at least one [[{table}]]")
    for number, row in enumerate(rows, start=1):
        label = row.get("slug") or row.get("id") or row.get("name") or f"number {number}"
        yield _entry(shape, row, f"{name}, {table} {label}")


def _csv(folder: Path, name: str, shape: type[E]) -> Iterator[E]:
    """The rows of a CSV file with a header; an empty cell is an absent value."""
    rows = csv.DictReader(io.StringIO(_bytes(folder, name).decode("utf-8-sig"), newline=""))
    for row in rows:
        where = f"{name}, line {rows.line_num}"
        if None in row or None in row.values():
            raise CatalogueError(f"{where}: expected {len(rows.fieldnames or ())} cells")
        cells = {
            ("device_class" if key == "class" else key): value for key, value in row.items() if value != ""
        }
        yield _entry(shape, cells, where)


def _entry(shape: type[E], row: Mapping[str, Any], where: str) -> E:
    """One dataclass from one table or row: every field checked, unknown keys refused."""
    known = {field.name: field for field in dataclasses.fields(shape)}  # type: ignore[arg-type]
    for key in row:
        if key not in known:
            raise CatalogueError(f"{where}: {key}: expected one of {', '.join(known)}")
    values = {}
    for field in known.values():
        if field.name in row:
            values[field.name] = _value(row[field.name], str(field.type), f"{where}: {field.name}")
        elif field.default is dataclasses.MISSING:
            raise CatalogueError(f"{where}: {field.name}: expected a value, found none")
    return shape(**values)


def _value(value: Any, wanted: str, where: str) -> Any:
    """``value`` as the annotation ``wanted`` asks; a CSV cell is text and may hold a whole number."""
    if wanted.startswith("str") and isinstance(value, str) and value == value.strip():
        return value
    if wanted.startswith("int"):
        if isinstance(value, str) and value.isdecimal():
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    if wanted == "float" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if wanted == "datetime.date" and type(value) is datetime.date:
        return value
    if (
        wanted.startswith("tuple")
        and isinstance(value, list)
        and all(isinstance(item, str) for item in value)
    ):
        return tuple(value)
    raise CatalogueError(f"{where}: expected {wanted} without surrounding space, found {value!r}")


def _keyed(entries: Iterable[E], key: str, name: str) -> Mapping[str, E]:
    """Entries by their id; an id stands once."""
    made: dict[str, E] = {}
    for entry in entries:
        found = getattr(entry, key)
        if found in made:
            raise CatalogueError(f"{name}, {found}: expected one entry, found a second")
        made[found] = entry
    return made


def _expect_in(value: str, allowed: Iterable[str], where: str) -> None:
    if value not in allowed:
        raise CatalogueError(f"{where}: expected one of {', '.join(sorted(allowed))}; found {value!r}")


def _check_benchmarks(made: Catalogue) -> None:
    for entry in made.benchmarks.values():
        where = f"benchmarks.toml, benchmark {entry.id}"
        _expect_in(entry.quality_metric, QUALITY_METRICS, f"{where}: quality_metric")
        _expect_in(entry.input_kind, made.input_kinds, f"{where}: input_kind")
        _expect_in(entry.use_case, made.input_kinds[entry.input_kind].use_cases, f"{where}: use_case")
        _expect_in(entry.reference_model, made.neural_models, f"{where}: reference_model")
        for dataset in entry.survey_datasets:
            _expect_in(dataset, made.input_kinds[entry.input_kind].datasets, f"{where}: survey_datasets")


_SIZES = (
    "macs", "effective_macs", "parameters", "weight_bytes_int8", "weight_bytes_fp32", "weights", "footprint_bytes",
)  # fmt: skip


def _check_models(made: Catalogue) -> None:
    for entry in made.neural_models.values():
        where = f"neural_models.toml, neural_model {entry.slug}"
        _expect_in(entry.benchmark, made.benchmarks, f"{where}: benchmark")
        kind = made.input_kinds[made.benchmarks[entry.benchmark].input_kind]
        _expect_in(entry.model_type, kind.model_types, f"{where}: model_type")
        if not 0 <= (entry.zero_weights or 0) <= (entry.weights or 0):
            raise CatalogueError(f"{where}: zero_weights: expected 0 to {entry.weights or 0}, the weights")
        for name in _SIZES:
            value = getattr(entry, name)
            if value is not None and value <= 0:
                raise CatalogueError(
                    f"{where}: {name}: expected more than 0; leave it out when it is unknown"
                )


def _check_devices(made: Catalogue) -> None:
    for entry in made.devices.values():
        _expect_in(entry.device_class, DEVICE_CLASSES, f"devices.csv, {entry.slug}: class")


def _check_facts(made: Catalogue) -> None:
    for fact in made.facts:
        where = f"device_facts.csv, {fact.device} {fact.field}"
        _expect_in(fact.device, made.devices, f"{where}: device")
        if not 1 <= fact.source_tier <= 6:
            raise CatalogueError(f"{where}: source_tier: expected 1 to 6, found {fact.source_tier}")


def _check_frameworks(made: Catalogue) -> None:
    for entry in made.frameworks:
        if entry.deployment_style is not None:
            _expect_in(
                entry.deployment_style,
                DEPLOYMENT_STYLES,
                f"software.toml, framework {entry.name}: deployment_style",
            )


def _check_aliases(made: Catalogue) -> None:
    """Every alias names a known device and known rounds, and no text names two devices in one round."""
    owners: dict[tuple[str, str, str], str] = {}
    for alias in made.aliases:
        where = f"device_aliases.toml, device {alias.slug}"
        _expect_in(alias.slug, made.devices, f"{where}: slug")
        for round_id in alias.rounds:
            _expect_in(round_id, made.rounds, f"{where}: rounds")
        for field in ALIAS_FIELDS:
            for text in getattr(alias, field):
                for round_id in alias.rounds or made.rounds:
                    key = (field, normalise(text), round_id)
                    owner = owners.setdefault(key, alias.slug)
                    if owner != alias.slug:
                        raise CatalogueError(
                            f"{where}: {field} {text!r}: expected one device, {owner} has it too"
                        )


def _check_spellings(made: Catalogue) -> None:
    """No folder and no declared name belongs to two submitters."""
    for field in ("directories", "declared_names"):
        owners: dict[str, str] = {}
        for entry in made.submitters.values():
            for text in getattr(entry, field):
                owner = owners.setdefault(normalise(text), entry.slug)
                if owner != entry.slug:
                    raise CatalogueError(
                        f"submitters.toml, submitter {entry.slug}: {field} {text!r}: expected one submitter, "
                        f"{owner} has it too"
                    )
