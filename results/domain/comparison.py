"""What a comparison may be asked: two to eight runs, systems, devices or models, and the one that ratios refer to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .parameters import ParameterReader, Problem, QueryError, query_string

KINDS = ("run", "system", "device", "model")
"""The repeatable parameters, one kind per comparison."""
PLURALS = {"run": "results", "system": "systems", "device": "devices", "model": "models"}
LEAST, MOST = 2, 8

METRICS = {
    "latency": "latency_ms",
    "energy": "energy_uj_per_inf",
    "power": "average_power_mw",
    "quality": "quality",
}
"""What ``metric`` may name, with the id that the rules of comparison know it by."""
ALL_METRICS = "all"
_SYSTEM = re.compile(r"[1-9]\d{0,8}\Z")
_COMPARISON = (*KINDS, "to", "metric", "on")
_LONGEST_SEARCH = 80


@dataclass(frozen=True, slots=True)
class ComparisonQuery:
    """``ids`` of one ``kind`` in the order asked for; ``to`` is the one that ratios refer to.

    ``metric`` is a key of :data:`METRICS` or :data:`ALL_METRICS`; on devices it also says by which metric the best
    result stands for the device. ``on`` is the slug of the device on which models are compared, None for the one
    with results on most of them.
    """

    kind: str
    ids: tuple[str, ...]
    to: str
    metric: str = ALL_METRICS
    on: str | None = None


@dataclass(frozen=True, slots=True)
class ChooserQuery:
    """Nothing to compare yet: ``search`` is a text over devices and systems, ``kind`` and ``ids`` what is chosen."""

    search: str = ""
    kind: str = ""
    ids: tuple[str, ...] = ()


def parse_comparison(params: Mapping[str, Sequence[str]]) -> ComparisonQuery:
    """The comparison that ``params`` (name → values, decoded) ask for; QueryError with everything that is wrong."""
    reader = ParameterReader(params, _COMPARISON)
    kind, ids = _chosen(reader)
    if kind and not LEAST <= len(ids) <= MOST:
        reader.refuse(kind, ",".join(ids), _wrong_number(kind, ids))
    to = reader.single("to")
    if to is not None and ids and to not in ids:
        reader.refuse("to", to, f"is none of the {PLURALS[kind]} that are compared: {', '.join(ids)}")
    on = reader.single("on")
    if on is not None and kind != "model":
        reader.refuse("on", on, "names the device on which models are compared; leave it out for other kinds")
    query = ComparisonQuery(
        kind=kind,
        ids=ids,
        to=to or (ids[0] if ids else ""),
        metric=reader.choice("metric", (ALL_METRICS, *METRICS), ALL_METRICS),
        on=on,
    )
    if not kind and not reader.problems:
        reader.refuse(
            "run", "", f"name {LEAST} to {MOST} by one of {', '.join(KINDS)}, such as run=ID&run=ID"
        )
    reader.raise_problems()
    return query


def parse_chooser(params: Mapping[str, Sequence[str]]) -> ChooserQuery | None:
    """The chooser that ``params`` ask for; None when they ask for a comparison. QueryError for what is wrong.

    ``with`` is one thing already chosen, such as ``run:ID``; ``q`` the text to look for. Chosen things of one kind
    beside ``q`` are kept.
    """
    if any(name in params for name in (*KINDS, "to", "metric", "on")) and not {"q", "with"} & set(params):
        return None
    reader = ParameterReader(params, ("q", "with", *KINDS))
    kind, ids = _chosen(reader)
    if len(ids) > MOST:
        reader.refuse(kind, ",".join(ids), _wrong_number(kind, ids))
    first = reader.single("with")
    if first is not None:
        name, _, key = first.partition(":")
        if name not in KINDS or not key or _wrong_id(name, key):
            reader.refuse("with", first, "is none of run:ID, system:NUMBER, device:SLUG or model:SLUG")
        elif kind and kind != name:
            reader.refuse(
                "with",
                first,
                f"is a {name}; the chosen are {PLURALS[kind]}, and one kind is compared at a time",
            )
        else:
            kind, ids = name, tuple(dict.fromkeys((key, *ids)))
    search = " ".join((reader.single("q") or "").split())
    if len(search) > _LONGEST_SEARCH or "\0" in search:
        reader.refuse("q", search, f"is a text of at most {_LONGEST_SEARCH} characters")
    reader.raise_problems()
    return ChooserQuery(search, kind, ids)


def unknown(kind: str, ids: Sequence[str]) -> QueryError:
    """The refusal of ids that nothing has."""
    found_at = {"run": "of its page /results/ID/", "system": "in /systems/NUMBER/"}.get(
        kind, f"in /{kind}s/SLUG/"
    )
    noun = PLURALS[kind].removesuffix("s")
    return QueryError([Problem(kind, one, f"is no {noun} here; an id is that {found_at}") for one in ids])


def to_params(query: ComparisonQuery, **changes: str) -> list[tuple[str, str]]:
    """The canonical parameters, defaults left out. ``changes`` of ``to`` or ``metric`` replace the query's own."""
    to, metric = changes.get("to", query.to), changes.get("metric", query.metric)
    params = [(query.kind, key) for key in query.ids]
    if query.on:
        params.append(("on", query.on))
    if metric != ALL_METRICS:
        params.append(("metric", metric))
    if to != query.ids[0]:
        params.append(("to", to))
    return params


def to_query_string(query: ComparisonQuery, **changes: str) -> str:
    """The same as a query string without "?"."""
    return query_string(to_params(query, **changes))


def _chosen(reader: ParameterReader) -> tuple[str, tuple[str, ...]]:
    found = {kind: reader.values(kind, check=lambda key, kind=kind: _wrong_id(kind, key)) for kind in KINDS}
    kinds = [kind for kind in KINDS if found[kind]]
    if len(kinds) > 1:
        words = " and ".join(PLURALS[kind] for kind in kinds)
        for kind in kinds[1:]:
            reader.refuse(kind, ",".join(found[kind]), f"mixes {words}; compare one kind at a time")
    return (kinds[0], found[kinds[0]]) if kinds else ("", ())


def _wrong_id(kind: str, key: str) -> str:
    if kind == "system":
        return "" if _SYSTEM.match(key) else "is not the number of a system, such as 3 in /systems/3/"
    return ""


def _wrong_number(kind: str, ids: Sequence[str]) -> str:
    count = f"{len(ids)} {PLURALS[kind] if len(ids) != 1 else PLURALS[kind].removesuffix('s')}"
    if len(ids) < LEAST:
        return f"is {count}: a comparison needs {LEAST} to {MOST}; /compare/?with={kind}:{ids[0]} suggests others"
    return f"is {count}: at most {MOST} stand side by side; leave {len(ids) - MOST} out"
