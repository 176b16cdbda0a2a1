"""Footnotes of a page: one letter per rule code, in severity order, each with the sentence that it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from results.domain.findings import SEVERITY_ORDER, Severity
from results.domain.links import rule_address
from results.presentation import note_letter

FORM_AREAS = frozenset({"layout", "files", "file", "system", "results"})
"""Areas whose notes concern the form of a submission and not its numbers: they stand on the result page alone."""

_CSS = {Severity.ERROR: "error", Severity.WARNING: "warn", Severity.NOTE: "note"}


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote. ``css`` is the end of its class, ``url`` leads to the rule."""

    letter: str
    code: str
    severity: str
    css: str
    sentence: str
    url: str


def page_notes(finding_codes: Iterable[Sequence[Sequence[str]]]) -> dict[str, Note]:
    """The notes of a page by code, from the [[code, severity], …] of its rows; a code keeps its worst severity.

    Notes on the form of a submission are left to the result's own page. The gravest come first, then by code, so that letters do not depend on the order of the rows.
    """
    worst: dict[str, Severity] = {}
    for code, text in (pair for codes in finding_codes for pair in codes):
        severity = Severity(text)
        if severity is Severity.NOTE and code.partition(".")[0] in FORM_AREAS:
            continue
        if code not in worst or SEVERITY_ORDER[severity] < SEVERITY_ORDER[worst[code]]:
            worst[code] = severity
    ordered = sorted(worst.items(), key=lambda item: (SEVERITY_ORDER[item[1]], item[0]))
    return {
        code: Note(
            note_letter(k), code, str(severity), _CSS[severity], rule_sentence(code), rule_address(code)
        )
        for k, (code, severity) in enumerate(ordered)
    }


def row_marks(finding_codes: Sequence[Sequence[str]], notes: Mapping[str, Note]) -> list[Note]:
    """The notes of one row, in the order of their letters."""
    codes = {code for code, _severity in finding_codes}
    return [note for code, note in notes.items() if code in codes]


def rule_sentence(code: str) -> str:
    """What a finding code says, as a sentence; the code in words where no rule of this release bears it."""
    title = _rule_titles().get(code)
    if title is None:
        area, _, name = code.partition(".")
        title = f"{area}: {name.replace('-', ' ')}".capitalize()
    return title if title.endswith(".") else f"{title}."


@lru_cache(maxsize=1)
def _rule_titles() -> Mapping[str, str]:
    """Code → title. The rules belong to the app of submissions, which this one does not import: settings name them."""
    titles: Mapping[str, str] = import_string(settings.RULE_TITLES)()
    return titles
