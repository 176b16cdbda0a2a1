"""How a result is cited: one sentence with everything that the messaging rules of MLPerf ask for, and BibTeX."""

from __future__ import annotations

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
    title = f"{result.suite} {result.round}, {result.division}, {result.benchmark}: {result.system}"
    note = (
        ", ".join(result.figures) + "." if result.figures else "",
        VERIFIED if result.verified else NOT_VERIFIED,
        f"Source: {result.source}." if result.source else "",
        f"Retrieved {retrieved_on.isoformat()}.",
    )
    fields = {
        # The second pair of braces keeps the capitals and stops a company from being read as first and last name.
        "title": f"{{{_escape(title)}}}",
        "author": f"{{{_escape(result.submitter)}}}",
        "year": str(result.published_on.year) if result.published_on else "",
        "howpublished": f"\\url{{{address}}}",
        "note": _escape(" ".join(part for part in note if part)),
    }
    width = max(len(name) for name in fields)
    lines = [f"  {name.ljust(width)} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{_key(result.public_id)},", *lines, "}"])


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _key(public_id: str) -> str:
    """A BibTeX key: letters, digits and hyphens of the public id, with the site in front."""
    return "tinysite-" + re.sub(r"[^A-Za-z0-9.]+", "-", public_id).strip("-")


def _escape(text: str) -> str:
    """``text`` with the characters escaped that mean something to LaTeX."""
    return "".join(_BIBTEX.get(character, character) for character in re.sub(r"\s+", " ", text))
