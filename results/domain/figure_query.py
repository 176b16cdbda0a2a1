"""The query string of the external figures: what the page, its files and the API filter by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .figures import FIGURE_METRICS, Batch
from .parameters import ParameterReader

FILTERS = ("q", "source", "device", "model", "family", "metric", "batch", "quarantined")
STATES = ("no", "yes")
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class FigureQuery:
    """Which figures are asked for; an empty text asks for all. ``after`` is the position to go on behind.

    ``device`` is a slug of the catalogue or a name as stated; ``q`` is looked for in names of networks and boards.
    """

    q: str = ""
    source: str = ""
    device: str = ""
    model: str = ""
    family: str = ""
    metric: str = ""
    batch: str = ""
    quarantined: str = ""
    after: int | None = None

    def filters(self) -> dict[str, str]:
        """The filters that are set, by name, in their one order."""
        return {name: value for name in FILTERS if (value := getattr(self, name))}


def parse_figure_query(
    params: Mapping[str, Sequence[str]], *, paging: Sequence[str] = ("after",), others: Sequence[str] = ()
) -> FigureQuery:
    """The query in the parameters of an address; QueryError with everything that is wrong.

    ``others`` are parameters that somebody else reads. Names that nobody has match nothing, which is no error.
    """
    reader = ParameterReader(params, (*FILTERS, *paging, *others))
    query = FigureQuery(
        **{name: _text(reader, name) for name in ("q", "source", "device", "model", "family")},
        metric=reader.choice("metric", tuple(FIGURE_METRICS), ""),
        batch=reader.choice("batch", tuple(Batch), ""),
        quarantined=reader.choice("quarantined", STATES, ""),
        after=_position(reader) if "after" in paging else None,
    )
    reader.raise_problems()
    return query


def _text(reader: ParameterReader, name: str) -> str:
    text = reader.single(name) or ""
    if len(text) > _LONGEST:
        reader.refuse(name, text, f"is longer than {_LONGEST} characters")
    elif any(ord(char) < 32 or ord(char) == 127 for char in text):
        reader.refuse(name, text, "holds control characters")
    else:
        return text
    return ""


def _position(reader: ParameterReader) -> int | None:
    text = reader.single("after")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        reader.refuse("after", text, "is not the position of a figure")
        return None
    return int(text)
