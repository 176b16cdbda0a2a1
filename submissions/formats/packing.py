"""Packing folders so that the same files always give the same bytes, for storage under their hash."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
from collections.abc import Collection
from pathlib import Path
from typing import IO

from .tree import Limits, Tree


def pack_deterministic(tree: Tree, subpaths: Collection[str], out: Path) -> str:
    """Write the files of ``tree`` below ``subpaths`` to ``out`` as .tar.gz; returns its SHA-256 in hex.

    Sorted paths, no times, no owners: two packings of the same files are byte-identical with one zlib version.
    A subpath of ``""`` means everything. Files that this copy left out are not packed. Files that compress so well
    that the archive would be taken for a bomb are packed as a plain .tar, so that whatever was packed can be opened.
    """
    with open(out, "wb") as raw, gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed:
        _write_tar(tree, subpaths, packed)
        unpacked_bytes = packed.tell()
    if not Limits().allow_ratio(unpacked_bytes, out.stat().st_size):
        with open(out, "wb") as plain:
            _write_tar(tree, subpaths, plain)
    with open(out, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _write_tar(tree: Tree, subpaths: Collection[str], target: IO[bytes]) -> None:
    prefixes = tuple(f"{subpath.rstrip('/')}/" if subpath else "" for subpath in subpaths)
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, source in tree.files.items():
            if not path.startswith(prefixes) or source.size_bytes is None:
                continue
            member = tarfile.TarInfo(path)
            member.size, member.mode = source.size_bytes, 0o644
            with open(tree.location(path), "rb") as handle:
                archive.addfile(member, handle)
