"""Checks of the system description."""

from __future__ import annotations

from collections.abc import Iterator

from results.domain.records import Readability

from ..registry import Breach, Context, Scope, rule
from .common import plural
from .layout import CHECKER, STRUCTURE

TEMPLATE = "system_description_template.json of the result repositories"


def _path(context: Context) -> str:
    system = context.the_system
    return system.path or f"{context.submission.folder}/systems/{system.system_id}.json"


def _same(key: str) -> str:
    return key.strip().lower()


def _keys(context: Context) -> set[str]:
    return {_same(entry.key) for entry in context.the_system.fields}


def _was_read(context: Context) -> bool:
    system = context.the_system
    return system.path is not None and system.readability is not Readability.UNREADABLE


@rule(
    "system.status-missing", Scope.SYSTEM, official=True, source=CHECKER,
    title="The availability is not stated",
    why="A result is available, preview or RDI; the checker drops a system that does not say which.",
    mend='Fill in "Status".',
)  # fmt: skip
def status_missing(context: Context) -> Iterator[Breach]:
    """A system description states its availability under ``Status``."""
    if not _was_read(context) or context.the_system.get("Status") is not None:
        return
    line = next((entry.line for entry in context.the_system.fields if _same(entry.key) == "status"), None)
    allowed = ", ".join(context.rulebook.availability)
    yield Breach(
        _path(context), line, f'"Status": one of {allowed}', "empty" if line else "no such key",
        f'Fill in "Status" with one of {allowed}.',
    )  # fmt: skip


@rule(
    "system.status-unknown", Scope.SYSTEM, official=True, source=CHECKER,
    title="The availability is none of the three",
    why="The checker drops a system whose status is not available, preview or RDI.",
    mend='Set "Status" to Available, Preview or RDI.',
)  # fmt: skip
def status_unknown(context: Context) -> Iterator[Breach]:
    """``Status`` is available, preview or RDI, in any case."""
    entry = context.the_system.get_field("Status")
    allowed = context.rulebook.availability
    if entry is not None and entry.value.lower() not in allowed:
        yield Breach(
            _path(context), entry.line, f"one of {', '.join(allowed)}", f"“{entry.value}”",
            f'Set "Status" to one of {", ".join(allowed)}.',
        )  # fmt: skip


@rule(
    "system.system-type-key", Scope.SYSTEM, official=True, source=CHECKER,
    title='The description holds the key "system_type"',
    why="It belongs to the data-centre suites; the official checker aborts on it.",
    mend="Delete the line.",
)  # fmt: skip
def system_type_key(context: Context) -> Iterator[Breach]:
    """No key is named ``system_type``."""
    for entry in context.the_system.fields:
        if entry.key.strip() == "system_type":
            yield Breach(
                _path(context), entry.line, "keys of the template only", f'"system_type": "{entry.value}"',
                f"Delete line {entry.line}.",
            )  # fmt: skip


@rule(
    "system.division-contradicts-folder", Scope.SYSTEM, source=STRUCTURE,
    title="The description names another division than the folder",
    why="The folder decides under which rules a result is judged and published; one of the two is a mistake.",
    mend='Change "Division", or move the files to the other folder.',
)  # fmt: skip
def division_contradicts_folder(context: Context) -> Iterator[Breach]:
    """``Division`` in the description is the division of the folder."""
    entry, division = context.the_system.get_field("Division"), context.submission.division
    if entry is None or not division or entry.value.strip().lower() == division.lower():
        return
    yield Breach(
        _path(context), entry.line, f'"Division": "{division.capitalize()}", as the folder says', f"“{entry.value}”",
        f"Change line {entry.line}, or move the files out of {division}/. "
        f"The checks were run with the {division} rules.",
    )  # fmt: skip


@rule(
    "system.key-missing", Scope.SYSTEM, source=TEMPLATE,
    title="Keys of the template are missing",
    why="A key that is absent cannot be told from one that was forgotten.",
    mend="Copy the missing lines from the template of the round.",
)  # fmt: skip
def key_missing(context: Context) -> Iterator[Breach]:
    """All keys of the round's template are there; a value may be empty."""
    if not _was_read(context):
        return
    keys = _keys(context)
    missing = [key for key in context.rulebook.template_system_keys if _same(key) not in keys]
    if missing:
        yield Breach(
            _path(context), None, "all keys of the template", f"{plural(len(missing), 'key')} missing: "
            + ", ".join(f"“{key}”" for key in missing),
            "Copy the missing lines from the template of the round; leave what does not apply empty.",
        )  # fmt: skip


@rule(
    "system.key-empty", Scope.SYSTEM, source=TEMPLATE,
    title="A key that every system can fill in is empty",
    why="Board, processor, clock and framework are what others need to compare a result.",
    mend="Fill in the keys that are named.",
)  # fmt: skip
def key_empty(context: Context) -> Iterator[Breach]:
    """Submitter, division, board, processor, clock and framework are filled in."""
    system = context.the_system
    if not _was_read(context):
        return
    required, keys = context.rulebook.required_system_keys, _keys(context)
    empty = [key for key in required if _same(key) in keys and system.get(key) is None]
    if empty:
        line = next(entry.line for entry in system.fields if _same(entry.key) == _same(empty[0]))
        yield Breach(
            _path(context), line, f"a value for {', '.join(f'“{key}”' for key in required)}",
            f"empty: {', '.join(f'“{key}”' for key in empty)}", "Fill in the keys that are named.",
        )  # fmt: skip
