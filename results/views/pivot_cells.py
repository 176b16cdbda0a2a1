"""What pages of pivots say of a value beside another: its ratio, the verdict in the metric's word, why it is refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from rest_framework.serializers import Serializer

from results.analysis.comparing import Difference
from results.analysis.pivots import Beside
from results.analysis.uncertainty import word
from results.api.renderers import cell, columns, flatten
from results.presentation import fixed_number, note_letter
from results.views.responses import csv_file, json_file


@dataclass(frozen=True, slots=True)
class BesideText:
    """A value beside another in words. ``ratio`` is empty for a quality; ``note`` is the letter of the refusal."""

    ratio: str = ""
    word: str = ""
    note: str = ""


class Notes:
    """The reasons of a page, each with one letter, in order of appearance."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    def letter(self, text: str) -> str:
        """The letter of ``text``, which it keeps."""
        return self._letters.setdefault(text, note_letter(len(self._letters)))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """(letter, reason)."""
        return ((letter, text) for text, letter in self._letters.items())


def beside_text(metric: str, beside: Beside | None, notes: Notes) -> BesideText | None:
    """None where there is nothing to compare; a refusal is noted under its letter."""
    if beside is None:
        return None
    if not beside.compared:
        return BesideText(note=notes.letter(" ".join(beside.comparison.reasons)))
    ratio = "" if beside.times_better is None else times(beside.times_better)
    return BesideText(ratio, "" if beside.verdict is None else word(beside.verdict, metric))


def times(times_better: float) -> str:
    """How many times better: ``×2.89``, ``×0.52``, ``×135``."""
    return f"×{fixed_number(times_better, 2 if times_better < 10 else 0)}"


def difference_texts(differences: Iterable[Difference], without: Collection[str] = ()) -> list[str]:
    """``supply: 1.8 V, not 3.0 V``, one per difference, but for the fields that the row states anyway."""
    return [
        f"{difference.label}: {difference.left}, not {difference.right}"
        for difference in differences
        if difference.field not in without
    ]


def canonical_redirect(request: HttpRequest, canonical: str) -> HttpResponse | None:
    """To the address of the view where a form sent empty fields or one field twice; else None."""
    if any(len(values) > 1 or "" in values for _, values in request.GET.lists()):
        return HttpResponseRedirect(canonical)
    return None


def data_answer(
    data_format: str, document: Mapping[str, Any], row: type[Serializer], name: str, view: str
) -> HttpResponse:
    """``document`` (an answer of the API) as JSON with its page's address, or its ``results`` as CSV."""
    if data_format == "json":
        return json_file({"view": view, **document}, f"{name}.json")
    header = list(columns(row))
    flat = (flatten(result) for result in document["results"])
    rows = ([cell(result.get(column)) for column in header] for result in flat)
    return csv_file(header, rows, f"{name}.csv")
