"""Which folder holds which run: the path parser of MLPerf Tiny rounds.

``<division>/<submitter>/results/<system id>/<benchmark>[/<variant>]/<mode>/<file>``, where published rounds also have
system ids and variants of several levels, benchmarks spelt in full, misspelt modes and prefixed file names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from results.domain.findings import Finding

from ..codes import make_finding
from ..tree import Tree

DIVISIONS = ("closed", "open")

BENCHMARK_NAMES = {
    "ad": "ad", "ic": "ic", "kws": "kws", "vww": "vww", "sww": "sww", "ic2": "ic2",
    "anomaly_detection": "ad", "image_classification": "ic", "keyword_spotting": "kws",
    "visual_wake_words": "vww", "streaming_wakeword": "sww",
}  # fmt: skip
"""Folder name (lower case) to short id."""

MODE_NAMES = {
    "performance": "performance", "accuracy": "accuracy", "energy": "energy", "power": "energy", "enegy": "energy",
}  # fmt: skip
"""Folder name to mode: ``power`` and ``enegy`` stand in published rounds."""

_ROLES = {
    "results": ("results.txt", "result.txt"),
    "log": ("log.txt",),
    "script": ("script.async", "script.txt"),
    "json": ("results.json",),
    "postproc": ("postproc.txt",),
}

_JUNK_NAMES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


@dataclass(slots=True)
class RunFolder:
    """One benchmark (and variant) folder. ``modes`` maps mode to role to path, of files that are here."""

    division: str
    submitter: str
    system_id: str
    benchmark: str
    variant: str
    folder: str
    modes: dict[str, dict[str, str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """As :attr:`results.domain.records.RunRecord.key`."""
        parts = [self.division, self.submitter, self.system_id, self.benchmark, self.variant]
        return "/".join(part for part in parts if part)

    def path(self, mode: str, role: str) -> str | None:
        """The path of a part that is here, such as ``("performance", "log")``."""
        return self.modes.get(mode, {}).get(role)


@dataclass(slots=True)
class SubmitterFolder:
    """One submitter's folder in one division: its runs, the candidates for system descriptions, all its files."""

    division: str
    submitter: str
    folder: str
    runs: dict[str, RunFolder] = field(default_factory=dict)
    descriptions: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def note(
        self, code: str, file: str, expected: str, found: str, mend: str, run: RunFolder | None = None
    ) -> None:
        """Add a finding that knows where it belongs."""
        self.findings.append(make_finding(
            code, file=file, expected=expected, found=found, mend=mend, submitter=self.submitter,
            division=self.division, system=run.system_id if run else None, run=run.key if run else None,
        ))  # fmt: skip


def is_junk(path: str) -> bool:
    """Whether an operating system or office program left ``path`` behind."""
    return any(
        part.startswith(("._", "~$")) or part == "__MACOSX" or part.lower() in _JUNK_NAMES
        for part in path.split("/")
    )


def round_folders(tree: Tree) -> list[SubmitterFolder]:
    """The submitters of a round folder (``closed/`` or ``open/`` on top), sorted by division and name."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for path in tree.files:
        parts = path.split("/")
        if parts[0] in DIVISIONS and len(parts) > 2:
            grouped.setdefault((parts[0], parts[1]), []).append(path)
    return [
        read_submitter(tree, paths, division, submitter, f"{division}/{submitter}")
        for (division, submitter), paths in sorted(grouped.items())
    ]


def read_submitter(
    tree: Tree, paths: Iterable[str], division: str, submitter: str, folder: str
) -> SubmitterFolder:
    """Sort the ``paths`` of one submitter, whose folder is ``folder`` (empty when the tree is that folder)."""
    found = SubmitterFolder(division, submitter, folder)
    base = f"{folder}/" if folder else ""
    stray: dict[str, list[str]] = {}
    for path in paths:
        found.files.append(path)
        if is_junk(path):
            found.note(
                "file.junk", path, "files of the submission only", path.rsplit("/", 1)[-1], "Delete it."
            )
            continue
        parts = path[len(base) :].split("/")
        if parts[0] == "systems" and parts[-1].lower().endswith(".json"):
            found.descriptions.append(path)
        elif parts[0] == "results" and len(parts) > 2 and not _place(found, tree, base, path, parts[1:]):
            stray.setdefault("/".join(parts[1:-1]), []).append(path)
    _explain_stray(found, base, stray)
    _drop_duplicate_runs(found)
    for run in found.runs.values():
        _note_folder_names(found, run)
    return found


def _place(found: SubmitterFolder, tree: Tree, base: str, path: str, parts: list[str]) -> bool:
    """Put a file below results/ into its run; whether it has one."""
    folders, name = parts[:-1], parts[-1]
    at = next((i for i, part in enumerate(folders) if i > 0 and part.lower() in BENCHMARK_NAMES), None)
    if at is None:
        return False
    mode_at = next((i for i in range(at + 1, len(folders)) if folders[i].lower() in MODE_NAMES), None)
    if mode_at is None:
        return False
    folder = f"{base}results/{'/'.join(folders[:mode_at])}"
    run = found.runs.get(folder)
    if run is None:
        run = found.runs[folder] = RunFolder(
            division=found.division, submitter=found.submitter, system_id="/".join(folders[:at]),
            benchmark=BENCHMARK_NAMES[folders[at].lower()], variant="/".join(folders[at + 1 : mode_at]), folder=folder,
        )  # fmt: skip
    run.files.append(path)
    if mode_at == len(folders) - 1 and tree.is_here(path):
        _give_role(found, run, folders[mode_at], name, path)
    return True


def _give_role(found: SubmitterFolder, run: RunFolder, mode_folder: str, name: str, path: str) -> None:
    """Enter a file under its role; ``performance_log.txt`` is as good as ``log.txt``."""
    mode = MODE_NAMES[mode_folder.lower()]
    plain = name.lower().removeprefix(f"{mode}_")
    role = next((role for role, names in _ROLES.items() if plain in names), None)
    if role is None:
        return
    parts = run.modes.setdefault(mode, {})
    earlier = parts.setdefault(role, path)
    if earlier == path or role == "script":
        return
    # an unprefixed name in a folder with the right name is the better claim
    first, second = sorted((earlier, path), key=lambda claim: (f"/{mode}/" not in claim, len(claim), claim))
    parts[role] = first
    found.note("layout.two-files", second, f"one file, {first}", second, "Keep one of them.", run)


def _drop_duplicate_runs(found: SubmitterFolder) -> None:
    """Keep one of two folders that are the same run, such as ``ic`` and ``image_classification``."""
    first: dict[str, RunFolder] = {}
    for folder, run in sorted(found.runs.items()):
        if first.setdefault(run.key, run) is not run:
            found.note(
                "layout.duplicate-run",
                folder,
                f"only {first[run.key].folder}",
                folder,
                "Keep one of them.",
                run,
            )
            del found.runs[folder]


def _explain_stray(found: SubmitterFolder, base: str, stray: dict[str, list[str]]) -> None:
    """Files beside the modes belong to the runs of their benchmark; other folders are findings."""
    runs_below: dict[str, list[RunFolder]] = {}
    for run in found.runs.values():
        parts = run.folder.split("/")
        for depth in range(1, len(parts) + 1):
            runs_below.setdefault("/".join(parts[:depth]), []).append(run)
    for relative, paths in stray.items():
        folder = f"{base}results/{relative}"
        owners = runs_below.get(folder, [])
        parts = relative.split("/")
        if any(part.lower() in BENCHMARK_NAMES for part in parts[1:]):
            for run in owners:
                run.files.extend(paths)
            if not owners:
                found.note("layout.no-mode", folder, "performance/, accuracy/ or energy/ in a benchmark folder",
                           f"{len(paths)} files beside them", "Move the files into the folder of their mode.")  # fmt: skip
        elif parts[0].lower() in BENCHMARK_NAMES:
            found.note("layout.system-missing", folder, "results/<system id>/<benchmark>/", f"results/{relative}/",
                       "Put the benchmark into the folder of its system.")  # fmt: skip
        elif any(part.lower() in MODE_NAMES for part in parts):
            found.note("layout.unknown-benchmark", folder, f"one of {', '.join(sorted(set(BENCHMARK_NAMES.values())))}",
                       relative, "Name the folder as its benchmark.")  # fmt: skip


def _note_folder_names(found: SubmitterFolder, run: RunFolder) -> None:
    """Findings for folders that were understood and are not named as the rules say."""
    base = f"{found.folder}/results/" if found.folder else "results/"
    inner = run.folder[len(base) + len(run.system_id) + 1 :].split("/")
    if inner[0] != run.benchmark:
        found.note("layout.benchmark-name", run.folder, run.benchmark, inner[0], "Rename the folder.", run)
    if run.variant or "/" in run.system_id:
        found.note("layout.extra-level", run.folder, "results/<system id>/<benchmark>/<mode>/",
                   f"system {run.system_id}, variant {run.variant or 'none'}", "Give each variant its own system id.", run)  # fmt: skip
    folders = {path[len(run.folder) + 1 :].split("/")[0] for path in run.files}
    for name in sorted(folder for folder in folders if folder != MODE_NAMES.get(folder.lower(), folder)):
        found.note(
            "layout.mode-name",
            f"{run.folder}/{name}",
            MODE_NAMES[name.lower()],
            name,
            "Rename the folder.",
            run,
        )
