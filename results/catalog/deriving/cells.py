"""What the derivations share: reading raw tables, and names as this site writes them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path


def raw_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """(line of the file, cells by column) of a raw CSV; FileNotFoundError when it is not there."""
    with path.open(newline="", encoding="utf-8-sig") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            yield reader.line_num, {(key or "").strip(): (value or "").strip() for key, value in row.items()}


def slug_of(name: str) -> str:
    """A name as it stands in an address.

    >>> slug_of("mobilenet_v1_0.25_224")
    'mobilenet-v1-025-224'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.casefold().replace(".", "")).strip("-")
