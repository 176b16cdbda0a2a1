"""System descriptions: reading ``systems/*.json`` and finding the one that belongs to a results folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

from results.domain.findings import Finding
from results.domain.records import Readability, SystemField, SystemRecord

from ..codes import make_finding
from ..tree import MIB, Tree
from .layout import SubmitterFolder
from .tolerant_json import Repair, UnreadableJSON, as_text, parse_object

_BOILERPLATE = frozenset({"system", "description"})


@dataclass(frozen=True, slots=True)
class Description:
    """A file below ``systems/`` as it was read."""

    path: str
    readability: Readability
    fields: tuple[SystemField, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The description of a system and why it was taken."""

    path: str
    why: str


def read_description(tree: Tree, path: str) -> Description:
    """Read one description with whatever repairs it needs. Never raises for its content."""
    size = tree.files[path].size_bytes or 0
    if size > MIB:
        finding = make_finding("file.too-large", file=path, expected="a description below 1 MiB", found=f"{size} bytes",
                               mend="Hand in the description only.")  # fmt: skip
        return Description(path, Readability.UNREADABLE, (), (finding,))
    try:
        parsed, repairs = parse_object(tree.read_text(path))
    except UnreadableJSON as error:
        finding = make_finding("system.json-unreadable", file=path, line=error.line, expected="a JSON object",
                               found=str(error), mend="Correct the line; a JSON checker shows it too.")  # fmt: skip
        return Description(path, Readability.UNREADABLE, (), (finding,))
    fields = tuple(SystemField(pair.key, as_text(pair.value), pair.line) for pair in parsed.pairs)
    findings = [_repair_finding(path, repair) for repair in repairs] + _twice_findings(path, fields)
    return Description(path, Readability.REPAIRED if repairs else Readability.VALID, fields, tuple(findings))


def _repair_finding(path: str, repair: Repair) -> Finding:
    return make_finding("system.json-repaired", file=path, line=repair.line, expected="valid JSON", found=repair.what,
                        mend="Correct the line; a JSON checker shows it too.")  # fmt: skip


def _twice_findings(path: str, fields: Sequence[SystemField]) -> list[Finding]:
    """One finding for each key whose copies differ: a reader that keeps the last would lose or change the value."""
    first: dict[str, SystemField] = {}
    findings = []
    for entry in fields:
        earlier = first.setdefault(entry.key, entry)
        if earlier.value == entry.value:
            continue
        findings.append(make_finding(
            "system.key-twice", file=path, line=entry.line, expected=f"{entry.key!r} once",
            found=f"line {earlier.line}: {earlier.value!r}, line {entry.line}: {entry.value!r}",
            mend="Keep the line that holds and delete the other.",
        ))  # fmt: skip
    return findings


def match_description(system_id: str, paths: Sequence[str]) -> Match | list[str]:
    """The description in ``paths`` that belongs to ``system_id``, else the candidates that fit equally well.

    Names are compared ever more loosely, and a comparison decides only when exactly one path passes it.
    """
    for why, fits in _COMPARISONS:
        fitting = [path for path in paths if fits(system_id, path.rsplit("/", 1)[-1][: -len(".json")])]
        if len(fitting) == 1:
            return Match(fitting[0], why)
        if fitting:
            return fitting
    return []


def _tokens(name: str) -> list[str]:
    """Lower-case words and numbers without the words that every description's name holds."""
    return [token for token in re.findall(r"[a-z0-9]+", name.lower()) if token not in _BOILERPLATE]


def _in_some_order(folders: Sequence[str], squashed: str) -> bool:
    """Whether ``squashed`` is the ``folders``, without punctuation, one after the other in any order."""
    if len(folders) > 4:
        return False
    words = ["".join(_tokens(folder)) for folder in folders]
    return any("".join(order) == squashed for order in permutations(words))


def _prefix_of_each_other(system_id: str, stem: str) -> bool:
    """One name starts with the other, whole tokens of at least four characters in all."""
    ours, theirs = _tokens(system_id), _tokens(stem)
    shorter = min(len(ours), len(theirs))
    return sum(map(len, ours[:shorter])) >= 4 and ours[:shorter] == theirs[:shorter]


_COMPARISONS: tuple[tuple[str, Callable[[str, str], bool]], ...] = (
    ("same name", lambda system_id, stem: system_id == stem),
    ("same name but for case, punctuation and 'system description'",
     lambda system_id, stem: "".join(_tokens(system_id)) == "".join(_tokens(stem))),
    ("the folders of the system id in another order",
     lambda system_id, stem: _in_some_order(system_id.split("/"), "".join(_tokens(stem)))),
    ("one name begins with the other", _prefix_of_each_other),
)  # fmt: skip


def read_systems(tree: Tree, submitter: SubmitterFolder) -> tuple[list[SystemRecord], list[Finding]]:
    """A record per system id of the submitter's runs, and the findings on all its descriptions."""
    here = [path for path in submitter.descriptions if tree.is_here(path)]
    descriptions = {path: read_description(tree, path) for path in here}
    records: list[SystemRecord] = []
    findings: list[Finding] = []
    used: dict[str, str] = {}
    for system_id in dict.fromkeys(run.system_id for run in submitter.runs.values()):
        match = match_description(system_id, submitter.descriptions)
        findings += _match_findings(tree, submitter, system_id, match)
        description = descriptions.get(match.path) if isinstance(match, Match) else None
        if description is not None:
            used[description.path] = system_id
        records.append(SystemRecord(
            submitter=submitter.submitter, division=submitter.division, system_id=system_id,
            path=description.path if description else None,
            sha256=tree.sha256(description.path) if description else None,
            readability=description.readability if description else Readability.UNREADABLE,
            fields=description.fields if description else (),
        ))  # fmt: skip
    for path, description in descriptions.items():
        findings += [_of(finding, submitter, used.get(path)) for finding in description.findings]
        if path not in used:
            findings.append(make_finding(
                "system.unused", file=path, expected="a results folder of this name", found="none",
                mend="Name the description as its results folder.", submitter=submitter.submitter,
                division=submitter.division,
            ))  # fmt: skip
    return records, findings


def _of(finding: Finding, submitter: SubmitterFolder, system_id: str | None) -> Finding:
    return make_finding(
        finding.code, file=finding.file, line=finding.line, expected=finding.expected, found=finding.found,
        mend=finding.mend, submitter=submitter.submitter, division=submitter.division, system=system_id,
    )  # fmt: skip


def _match_findings(
    tree: Tree, submitter: SubmitterFolder, system_id: str, match: Match | list[str]
) -> list[Finding]:
    base = f"{submitter.folder}/" if submitter.folder else ""
    wanted = f"{base}systems/{system_id}.json"

    def finding(code: str, found: str, mend: str, file: str = wanted) -> list[Finding]:
        return [make_finding(code, file=file, expected=wanted, found=found, mend=mend, submitter=submitter.submitter,
                             division=submitter.division, system=system_id)]  # fmt: skip

    if isinstance(match, list):
        if match:
            return finding(
                "system.ambiguous", ", ".join(match), "Name the description as its results folder."
            )
        return finding("system.description-missing", "none", "Add the description.")
    if not tree.is_here(match.path):
        return finding("system.not-in-copy", match.path, "Read a complete copy.", match.path)
    if match.path == wanted:
        return []
    found = f"{match.path} ({match.why})"
    return finding("system.name-mismatch", found, "Name the description as its results folder.", match.path)
