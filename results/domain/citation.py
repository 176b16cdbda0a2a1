"""How a result or a view is cited: one sentence with all that the messaging rules of MLPerf ask for, BibTeX, CSL-JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date

VERIFIED = "Result verified by MLCommons Association."
NOT_VERIFIED = "Result not verified by MLCommons Association."

_BIBTEX = {character: f"\\{character}" for character in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "µ": r"$\mu$",
}


@dataclass(frozen=True, slots=True)
class CitedResult:
    """What a citation says. ``figures`` are finished texts such as "118.694 ms", ``source`` names the public files."""

    public_id: str
    submitter: str
    system: str
    suite: str
    round: str
    division: str
    benchmark: str
    figures: tuple[str, ...]
    verified: bool
    source: str
    published_on: date | None


@dataclass(frozen=True, slots=True)
class CitedView:
    """What a citation of a page with several results says.

    ``data_sha256`` is the hash of the release of the published data that the page was drawn from, empty while the
    files of generation ``generation`` are being written; ``data_address`` leads to them.
    """

    title: str
    address: str
    generation: int
    data_sha256: str
    data_address: str


def citation_text(result: CitedResult, retrieved_on: date) -> str:
    """Submitter, system, suite, version, division, benchmark, figures, verification, source and day of retrieval."""
    figures = ", ".join(result.figures) or "no figure"
    parts = [
        f"{result.submitter}, {result.system}.",
        f"{result.suite} {result.round}, {result.division} division, {result.benchmark}: {figures}.",
        VERIFIED if result.verified else NOT_VERIFIED,
    ]
    if result.source:
        parts.append(f"Source: {result.source}.")
    parts.append(f"Retrieved {_day(retrieved_on)}.")
    return " ".join(parts)


def citation_bibtex(result: CitedResult, address: str, retrieved_on: date) -> str:
    """The same as a BibTeX entry; ``address`` is the full address of the result's page."""
    fields = {
        # The second pair of braces keeps the capitals and stops a company from being read as first and last name.
        "title": f"{{{_escape(_title(result))}}}",
        "author": f"{{{_escape(result.submitter)}}}",
        "year": str(result.published_on.year) if result.published_on else "",
        "howpublished": f"\\url{{{address}}}",
        "note": _escape(f"{_note(result)} Retrieved {retrieved_on.isoformat()}."),
    }
    return _entry(_key(result.public_id), fields)


def citation_csl(result: CitedResult, address: str, retrieved_on: date) -> dict[str, object]:
    """The same as an item of CSL-JSON, which reference managers read."""
    item: dict[str, object] = {
        "id": _key(result.public_id),
        "type": "dataset",
        "title": _title(result),
        "author": [{"literal": result.submitter}],
        "publisher": "TinySite",
        "URL": address,
        "accessed": _date_parts(retrieved_on),
        "note": _note(result),
    }
    if result.published_on:
        item["issued"] = _date_parts(result.published_on)
    return item


def csl_json(item: dict[str, object]) -> str:
    """A file of CSL-JSON with one item, a property on each line."""
    lines = (f'  "{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in item.items())
    return "[{\n" + ",\n".join(lines) + "\n}]\n"


def view_text(view: CitedView, retrieved_on: date) -> str:
    """The page, its address, the data that it was drawn from, and the day of retrieval."""
    return f"TinySite, {view.title}. {view.address}. {_data_note(view)} Retrieved {_day(retrieved_on)}."


def view_bibtex(view: CitedView, retrieved_on: date) -> str:
    """The same as a BibTeX entry."""
    fields = {
        "title": f"{{{_escape(view.title)}}}",
        "author": "{TinySite}",
        "year": str(retrieved_on.year),
        "howpublished": f"\\url{{{_url(view.address)}}}",
        "note": _escape(f"{_data_note(view)} Retrieved {retrieved_on.isoformat()}."),
    }
    return _entry(_view_key(view), fields)


def view_csl(view: CitedView, retrieved_on: date) -> dict[str, object]:
    """The same as an item of CSL-JSON."""
    return {
        "id": _view_key(view),
        "type": "webpage",
        "title": view.title,
        "author": [{"literal": "TinySite"}],
        "URL": view.address,
        "issued": {"date-parts": [[retrieved_on.year]]},
        "accessed": _date_parts(retrieved_on),
        "note": _data_note(view),
    }


def _view_key(view: CitedView) -> str:
    return _key(f"{view.title.lower()}-{view.data_sha256[:8] or view.generation}")


def _data_note(view: CitedView) -> str:
    parts = [f"Data generation {view.generation}."]
    if view.data_sha256:
        parts.append(f"Data set {view.data_address}, SHA-256 {view.data_sha256}.")
    parts.append("Derived figures are not verified by MLCommons Association.")
    return " ".join(parts)


def _title(result: CitedResult) -> str:
    return f"{result.suite} {result.round}, {result.division}, {result.benchmark}: {result.system}"


def _note(result: CitedResult) -> str:
    parts = (
        ", ".join(result.figures) + "." if result.figures else "",
        VERIFIED if result.verified else NOT_VERIFIED,
        f"Source: {result.source}." if result.source else "",
    )
    return " ".join(part for part in parts if part)


def _entry(key: str, fields: dict[str, str]) -> str:
    width = max(len(name) for name in fields)
    lines = [f"  {name.ljust(width)} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def _url(address: str) -> str:
    """An address inside ``\\url{…}``, which takes everything literally but braces and a backslash."""
    return address.replace("\\", "%5C").replace("{", "%7B").replace("}", "%7D")


def _date_parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _key(public_id: str) -> str:
    """A BibTeX key: letters, digits and hyphens of the public id, with the site in front."""
    return "tinysite-" + re.sub(r"[^A-Za-z0-9.]+", "-", public_id).strip("-")


def _escape(text: str) -> str:
    """``text`` with the characters escaped that mean something to LaTeX."""
    return "".join(_BIBTEX.get(character, character) for character in re.sub(r"\s+", " ", text))
