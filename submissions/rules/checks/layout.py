"""Checks of names and folders: once per submission, per system description and per run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from results.domain.records import SourceFile

from ..registry import Breach, Context, Scope, rule
from .common import MIB, file_name

CHECKER = "MLPerf Tiny submission checker (mlcommons/tiny, tools/submission/submission_checker.py)"
STRUCTURE = "MLPerf Tiny submission structure (mlcommons/tiny, directory_structure.adoc)"


@rule(
    "layout.file-too-large", Scope.SUBMISSION, official=True, source=CHECKER,
    title="A file is larger than the limit",
    why="The result repositories cannot hold it; the official checker drops the whole submitter.",
    mend="Shorten or split the file, or keep it out of the submission.",
)  # fmt: skip
def file_too_large(context: Context) -> Iterator[Breach]:
    """No file of the submission is larger than 500 MiB."""
    limit = context.rulebook.maximum_file_bytes
    for entry in context.submission.files:
        if entry.size_bytes is not None and entry.size_bytes > limit:
            yield Breach(
                entry.path, None, f"at most {limit // MIB} MiB per file", f"{entry.size_bytes / MIB:.0f} MiB",
                "Shorten or split the file, or keep it out of the submission.",
            )  # fmt: skip


@rule(
    "layout.pycache", Scope.SUBMISSION, official=True, source=CHECKER,
    title="A __pycache__ folder was handed in",
    why="It is left over from running a script; the official checker drops the whole submitter.",
    mend="Delete the folder.",
)  # fmt: skip
def pycache(context: Context) -> Iterator[Breach]:
    """No folder of the submission is named ``__pycache__``."""
    for folder in _folders_where(context.submission.files, lambda name: name == "__pycache__"):
        yield Breach(folder, None, "no __pycache__ folder", folder, "Delete the folder.")


@rule(
    "layout.hidden-name", Scope.SUBMISSION, official=True, source=CHECKER,
    title="A name starts with a dot",
    why="Such files are usually left behind by the operating system and say nothing of the measurement.",
    mend="Delete the file, or rename it if it belongs to the submission.",
)  # fmt: skip
def hidden_name(context: Context) -> Iterator[Breach]:
    """No file or folder of the submission has a name that starts with a dot."""
    junk = {entry.file for entry in context.read.findings if entry.code == "file.junk"}
    for path in _paths_where(context.submission.files, lambda name: name.startswith(".")):
        if path in junk:
            continue  # the reader has said already that it does not belong here
        yield Breach(
            path, None, "names without a leading dot", file_name(path),
            "Delete it, or rename it if it belongs to the submission.",
        )  # fmt: skip


@rule(
    "layout.space-in-name", Scope.SUBMISSION, official=True, source=CHECKER,
    title="A name holds a space",
    why="Scripts of reviewers stumble over it; the official checker warns.",
    mend="Replace the space by an underscore.",
)  # fmt: skip
def space_in_name(context: Context) -> Iterator[Breach]:
    """No file or folder of the submission has a space in its name."""
    for path in _paths_where(context.submission.files, lambda name: " " in name):
        name = file_name(path)
        yield Breach(path, None, "names without a space", name, f"Rename it to {name.replace(' ', '_')}.")


@rule(
    "layout.runner-marker-missing", Scope.RUN, source=STRUCTURE,
    title="The marker of the EEMBC runner is missing",
    why="From v1.3 the checker takes a run without the marker for one of the MLCommons runner.",
    mend="Add an empty file EEMBC_RUNNER to the folder of the benchmark.",
)  # fmt: skip
def runner_marker_missing(context: Context) -> Iterator[Breach]:
    """Where both runners are allowed, a run of the EEMBC runner says so by a marker file."""
    marker, run = context.rulebook.runner_marker, context.the_run
    if marker is None or run.runner != "EEMBC" or any(file_name(entry.path) == marker for entry in run.files):
        return
    yield Breach(
        run.folder, None, f"a file {marker}", "no such file, but files of the EEMBC runner",
        f"Add an empty file {marker} to {run.folder}/.",
    )  # fmt: skip


@rule(
    "layout.system-file-in-subfolder", Scope.SYSTEM, official=True, source=STRUCTURE,
    title="The system description lies one folder too deep",
    why="The checker looks for systems/<system>.json and nowhere else.",
    mend="Move the file up into systems/.",
)  # fmt: skip
def system_file_in_subfolder(context: Context) -> Iterator[Breach]:
    """A system description lies directly in ``systems/``."""
    path = context.the_system.path
    if path is None or "systems" not in path.split("/"):
        return
    below = path.split("/")[path.split("/").index("systems") + 1 :]
    if len(below) > 1:
        yield Breach(
            path, None, "systems/<system>.json", "/".join(["systems", *below]),
            "Move the file up into systems/. It was read where it is.",
        )  # fmt: skip


def _paths_where(files: Iterable[SourceFile], matches: Callable[[str], bool]) -> list[str]:
    """Each path (of a file or one of its folders) whose own name matches, once, in file order."""
    found: dict[str, None] = {}
    for entry in files:
        parts = entry.path.split("/")
        for depth, name in enumerate(parts, start=1):
            if matches(name):
                found.setdefault("/".join(parts[:depth]))
    return list(found)


def _folders_where(files: Iterable[SourceFile], matches: Callable[[str], bool]) -> list[str]:
    paths = {entry.path for entry in files}
    return [path for path in _paths_where(files, matches) if path not in paths]
