"""What happened to published results, the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from results.domain.parameters import ParameterReader
from results.models import Benchmark, ResultChange, Round

PAGE_SIZE = 50
FILTERS = ("result", "round", "benchmark", "kind")


@dataclass(frozen=True, slots=True)
class ChangesQuery:
    """Which entries are asked for; an empty text asks for all. ``before`` is the id of the entry to go on behind."""

    result: str = ""
    round: str = ""
    benchmark: str = ""
    kind: str = ""
    before: int | None = None

    def filters(self) -> dict[str, str]:
        """The filters that are set, by name."""
        return {name: value for name in FILTERS if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Some entries, and the id of the last one where older ones follow (None: these are the oldest)."""

    rows: list[ResultChange]
    older: int | None


def parse_changes_query(
    params: Mapping[str, Sequence[str]], *, paging: Sequence[str] = ("before",), others: Sequence[str] = ()
) -> ChangesQuery:
    """The query in the parameters of an address; QueryError with everything that is wrong.

    ``others`` are parameters that somebody else reads. Rounds and benchmarks are those of the catalogue.
    """
    reader = ParameterReader(params, (*FILTERS, *paging, *others))
    rounds = list(Round.objects.order_by("position").values_list("pk", flat=True))
    benchmarks = list(Benchmark.objects.values_list("pk", flat=True))
    query = ChangesQuery(
        result=_without_nul(reader, "result"),
        round=reader.choice("round", rounds, ""),
        benchmark=reader.choice("benchmark", benchmarks, ""),
        kind=reader.choice("kind", ResultChange.Kind.values, ""),
        before=_before(reader) if "before" in paging else None,
    )
    reader.raise_problems()
    return query


def matching(query: ChangesQuery) -> QuerySet[ResultChange]:
    """The entries that ``query`` asks for, the newest first."""
    found = ResultChange.objects.filter(**query.filters()).order_by("-pk")
    return found if query.before is None else found.filter(pk__lt=query.before)


def changes_page(query: ChangesQuery, size: int = PAGE_SIZE) -> ChangesPage:
    """One page of the log. One query."""
    rows = list(matching(query)[: size + 1])
    return ChangesPage(rows[:size], rows[size - 1].pk if len(rows) > size else None)


def history_of(public_id: str) -> list[ResultChange]:
    """Everything that happened to one result, the newest first."""
    return list(matching(ChangesQuery(result=public_id)))


def _without_nul(reader: ParameterReader, name: str) -> str:
    """A text that PostgreSQL takes."""
    text = reader.single(name) or ""
    if "\0" in text:
        reader.refuse(name, text, "holds a character that no result has in its name")
        return ""
    return text


def _before(reader: ParameterReader) -> int | None:
    text = reader.single("before")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:19]) < 2**63 and len(text) < 20):
        reader.refuse("before", text, "is not the number of an entry")
        return None
    return int(text)
