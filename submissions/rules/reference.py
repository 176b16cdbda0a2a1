"""``docs/rules.md`` out of the table of rules and the rulebooks, so that it cannot drift from either.

Run as ``python -m submissions.rules.reference`` it prints the document.
"""

from __future__ import annotations

from collections.abc import Iterable

from .catalogue import RULES
from .registry import AREAS, Rule
from .rulebook import Rulebook, available_rounds, load_rulebook

_HEAD = """# Rules

Every submission, uploaded or imported, is judged by the same rules. All findings are given at once. Each finding has a
stable code, a severity, a place (file and line), what is expected, what was found and how to mend it.

- **Error**: the submission is invalid. The official checker of the round would drop the result, or it cannot be used.
- **Warning**: a rule is broken that the official checker does not test, or results were published in that round under it.
- **Note**: something that a reader of the number should know.

Limits and severities are data: one file per round in `submissions/rules/rounds/`, laid over `base.toml`. A published
round is shown as published; its findings are kept beside the rows they concern. The policy behind the severities is
in [a decision of its own](decisions/severity-of-rules.md).

This page is made from the rules by `python -m submissions.rules.reference`; a test compares the two.

## Limits per round
"""


def document() -> str:
    """The whole of ``docs/rules.md``."""
    books = [load_rulebook(name) for name in available_rounds()]
    parts = [_HEAD, _limits(books)]
    for area, heading in AREAS.items():
        rules = [entry for entry in RULES.values() if entry.area == area]
        if rules:
            parts.append(f"\n## {heading}\n")
            parts.extend(_describe(entry, books) for entry in sorted(rules, key=lambda entry: entry.code))
    return "".join(parts)


def _limits(books: list[Rulebook]) -> str:
    rows = [["round", *(book.round for book in books)]]
    for benchmark in sorted({name for book in books for name in book.benchmarks}):
        rows.append([f"`{benchmark}`, closed target", *(_target(book, benchmark) for book in books)])
    rows.append(["timed windows", *(_windows(book, "performance") for book in books)])
    rows.append(["energy windows", *(_windows(book, "energy") for book in books)])
    rows.append(["runners", *(", ".join(book.runners) for book in books)])
    rows.append(["availability", *(", ".join(book.availability) for book in books)])
    return "\n" + _table(rows)


def _target(book: Rulebook, benchmark: str) -> str:
    rules = book.benchmark(benchmark)
    if rules is None or benchmark not in book.benchmarks:
        return "not in the round"
    if rules.target is None:
        limits = book.streaming
        return f"at most {limits.maximum_false_positives} FP, {limits.maximum_false_negatives} FN"
    return f"AUC {rules.target:g}" if rules.metric == "auc" else f"Top-1 {rules.target:g} %"


def _windows(book: Rulebook, phase: str) -> str:
    rules = book.windows[phase]
    return f"{rules.count}, each {rules.minimum_s:g} s and {rules.minimum_iterations} inferences"


def _describe(entry: Rule, books: list[Rulebook]) -> str:
    rows = [["round", "closed", "open", "why so"], *_severities(entry, books)]
    tested = "yes" if entry.official else "no"
    return (
        f"\n### {entry.code}\n\n**{entry.title}.** {entry.description}\n\n"
        f"- Why: {entry.why}\n- To mend: {entry.mend}\n- Source: {entry.source}\n"
        f"- Tested by the official checker: {tested}\n\n{_table(rows)}"
    )


def _severities(entry: Rule, books: list[Rulebook]) -> Iterable[list[str]]:
    """One row per run of rounds with the same severity and reason."""
    groups: list[tuple[list[str], list[str]]] = []
    for book in books:
        cells = _severity_cells(entry, book)
        if groups and groups[-1][1] == cells:
            groups[-1][0].append(book.round)
        else:
            groups.append(([book.round], cells))
    for rounds, cells in groups:
        yield [rounds[0] if len(rounds) == 1 else f"{rounds[0]} to {rounds[-1]}", *cells]


def _severity_cells(entry: Rule, book: Rulebook) -> list[str]:
    setting = book.rules[entry.code]
    keeps = " The run itself stands." if setting.keeps_run else ""
    return [str(setting.closed or "off"), str(setting.open or "off"), setting.reason + keeps]


def _table(rows: list[list[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    print(document(), end="")
