"""Arguments that the commands on submitted files share."""

from __future__ import annotations

import csv
from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from submissions.checking.owners import submitters_of
from submissions.formats.archive import open_tree, read_manifest

MANIFEST_COLUMNS = {"round", "path", "bytes", "here"}


def add_tree_arguments(parser: CommandParser) -> None:
    """PATH, --round, --division, --manifest, --labels, --json."""
    parser.add_argument(
        "path", type=Path, help="a round folder, one submitter's folder, or an archive of either"
    )
    parser.add_argument("--round", required=True, help="the round whose rules hold, such as v1.1")
    parser.add_argument("--division", choices=["closed", "open"], help="needed for one submitter's folder")
    parser.add_argument(
        "--labels", type=Path, help="folder of true labels (<set>/y_labels.csv); default: the shipped ones"
    )
    parser.add_argument("--manifest", type=Path, help=(
        "CSV (round,path,bytes,here) of a partial copy: files with here=no count as present. "
        "Default: a MANIFEST.csv beside or up to three folders above PATH"
    ))  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print JSON")


def absent_files(
    path: Path,
    round_id: str,
    manifest: Path | None,
    *,
    division: str | None = None,
    submitter: str | None = None,
) -> set[str]:
    """Files that a partial copy of the round left out, by their path as PATH counts it.

    ``division`` and ``submitter`` (default: the folder's name) say whose folder PATH is when it lies outside a round;
    nothing is known to be left out when they do not tell.
    """
    manifest = manifest or _found_manifest(path)
    if manifest is None:
        return set()
    try:
        absent = read_manifest(manifest, round_id)
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise CommandError(
            f"{manifest}: expected a CSV with the columns round,path,bytes,here ({error})", returncode=2
        ) from error
    owner = _owner_prefix(path, division, submitter)
    if owner is None:
        return set()
    return {name.removeprefix(owner) for name in absent if name.startswith(owner)}


def division_of_folder(path: Path) -> str | None:
    """The division that the folder around PATH tells, None when PATH does not lie in a round folder."""
    around = path.resolve().parent.name
    return around if around in ("closed", "open") else None


def _found_manifest(path: Path) -> Path | None:
    path = path.resolve()
    for folder in [path, *path.parents][:5]:
        candidate = folder / "MANIFEST.csv"
        if candidate.is_file() and _is_manifest(candidate):
            return candidate
    return None


def _is_manifest(candidate: Path) -> bool:
    with candidate.open(newline="", encoding="utf-8", errors="replace") as lines:
        return set(next(csv.reader(lines), [])) >= MANIFEST_COLUMNS


def _owner_prefix(path: Path, division: str | None, submitter: str | None) -> str | None:
    """``closed/<submitter>/`` for one submitter's folder or archive, empty for a round, None when nobody tells whose."""
    path = path.resolve()
    if path.is_dir():
        bare, name = any((path / part).is_dir() for part in ("systems", "results")), path.name
    else:
        with open_tree(path) as tree:
            bare, name = not submitters_of(tree), tree.name
    if not bare:
        return ""
    division = division_of_folder(path) or division
    return f"{division}/{submitter or name}/" if division else None
