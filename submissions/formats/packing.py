"""Packing folders so that the same files always give the same bytes, for storage under their hash."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
from collections.abc import Collection
from pathlib import Path

from .tree import Tree


def pack_deterministic(tree: Tree, subpaths: Collection[str], out: Path) -> str:
    """Write the files of ``tree`` below ``subpaths`` to ``out`` as .tar.gz; returns its SHA-256 in hex.

    Sorted paths, no times, no owners: two packings of the same files are byte-identical with one zlib version.
    A subpath of ``""`` means everything. Files that this copy left out are not packed.
    """
    prefixes = tuple(f"{subpath.rstrip('/')}/" if subpath else "" for subpath in subpaths)
    with (
        open(out, "wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path, source in tree.files.items():
            if not path.startswith(prefixes) or source.size_bytes is None:
                continue
            member = tarfile.TarInfo(path)
            member.size, member.mode = source.size_bytes, 0o644
            with open(tree.location(path), "rb") as handle:
                archive.addfile(member, handle)
    with open(out, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
