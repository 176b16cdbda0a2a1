"""What the fit finder is asked: networks or tasks, devices, filters, limits, an objective. Read from an address and
written to one, in canonical order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from .fit_metrics import FIT_METRICS, FLASH, LATENCY, LIMIT_PARAMETERS, OBJECTIVES, POWER, RAM
from .parameters import ParameterReader, Problem, QueryError, join_list, number_text, query_string
from .query import read_filter
from .vocabulary import FILTERS, PAGE_SIZES

FIT_FILTERS = tuple(name for name in FILTERS if name not in ("benchmark", "device"))
"""Filters that choose which results are looked at, in canonical order."""

MOST_CHOSEN = 8
"""Networks and tasks, and devices, of one view."""

BUDGETS = {"ram_max": RAM, "flash_max": FLASH}
"""What the network may take of a memory, in KiB. No result states it, so budgets judge projections alone."""

_FPS, _SLEEP, _ANALYSIS = "fps", "sleep_power", "analysis"
_TOKEN = re.compile(r"[A-Za-z0-9]{1,40}\Z")
_GROUP = re.compile(r"(?:chip-rail|board)@[1-9]\d{0,4}\Z")
_PARAMETERS = (
    "model", "benchmark", _ANALYSIS, "device", *FIT_FILTERS, *LIMIT_PARAMETERS, *BUDGETS, _FPS, _SLEEP, "objective", "group",
    "page_size",
)  # fmt: skip


class Question(StrEnum):
    """What is known and what is sought: hardware for a network, what runs on a device, or both given."""

    HARDWARE = "hardware"
    MODEL = "model"
    PERFORMANCE = "performance"

    @property
    def parameters(self) -> tuple[str, ...]:
        """What its address may name."""
        return tuple(name for name in _PARAMETERS if name != "device" or self is not Question.HARDWARE)


@dataclass(frozen=True, slots=True)
class FitQuery:
    """One view of the finder.

    ``models`` are slugs of networks, whose results alone count; ``benchmarks`` are tasks, with any network. ``analysis`` is
    the token of a model that the reader had analysed: who has it may see what is known of that model. ``filters`` maps a
    name of :data:`FIT_FILTERS` to its values, ``limits`` one of :data:`LIMIT_PARAMETERS` to its value, ``budgets`` one of
    :data:`BUDGETS` to KiB. ``fps`` in
    inferences per second and ``sleep_power_mw`` are the reader's. ``group`` is the comparison group of energies
    (``chip-rail@1800``), None for that with most results. ``page_size`` bounds each list of a page, not its data.
    """

    question: Question
    models: tuple[str, ...] = ()
    benchmarks: tuple[str, ...] = ()
    analysis: str | None = None
    devices: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    budgets: Mapping[str, float] = field(default_factory=dict)
    fps: float | None = None
    sleep_power_mw: float | None = None
    objective: str = LATENCY
    group: str | None = None
    page_size: int = PAGE_SIZES[0]

    @property
    def lacks(self) -> tuple[str, ...]:
        """The parameters without which there is nothing to answer yet."""
        named = self.models or self.benchmarks or self.analysis
        lacks = [] if named or self.question is Question.MODEL else ["model"]
        return (
            (*lacks, "device")
            if self.question is not Question.HARDWARE and not self.devices
            else tuple(lacks)
        )

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric that decides the answer, the objective first."""
        limited = [LIMIT_PARAMETERS[name].metric for name in self.limits]
        return tuple(dict.fromkeys([self.objective, *limited]))

    @property
    def needs_energy(self) -> bool:
        """Whether energies decide the answer, so that one comparison group must be chosen."""
        return any(FIT_METRICS[name].needs_energy for name in self.metrics)

    @property
    def gives_power(self) -> bool:
        """Whether average powers can be computed."""
        return self.fps is not None and self.sleep_power_mw is not None


def parse_fit_query(params: Mapping[str, Sequence[str]], question: Question) -> FitQuery:
    """The view that ``params`` (name → values, decoded) ask for; QueryError with every problem.

    Whether the networks, tasks and devices exist is for the reader of the database to say.
    """
    reader = ParameterReader(params, question.parameters)
    filters = {name: values for name in FIT_FILTERS if (values := read_filter(reader, name))}
    limits = {
        name: value
        for name, one in LIMIT_PARAMETERS.items()
        if (value := reader.number(name, FIT_METRICS[one.metric].unit, zero_allowed=one.zero_allowed))
        is not None
    }
    query = FitQuery(
        question=question,
        models=_chosen(reader, "model"),
        benchmarks=_chosen(reader, "benchmark"),
        analysis=_read_token(reader),
        devices=_chosen(reader, "device"),
        filters=filters,
        limits=limits,
        budgets={name: kib for name in BUDGETS if (kib := reader.number(name, "KiB")) is not None},
        fps=reader.number(_FPS, "inferences per second"),
        sleep_power_mw=reader.number(_SLEEP, "mW", zero_allowed=True),
        objective=reader.choice("objective", OBJECTIVES, LATENCY),
        group=_read_group(reader),
        page_size=int(reader.choice("page_size", [str(size) for size in PAGE_SIZES], str(PAGE_SIZES[0]))),
    )
    _refuse_power_without_sleep(reader, query)
    reader.raise_problems()
    return query


def require_complete(query: FitQuery) -> None:
    """QueryError when the question has no answer yet; a page then shows its form alone."""
    messages = {
        "model": "is needed: a network by its slug, such as kws01, or benchmark=kws for any network of a task, or the "
        "analysis of a model of yours",
        "device": "is needed: the slug of a device, as the list of devices gives it",
    }
    if query.lacks:
        raise QueryError([Problem(name, "", messages[name]) for name in query.lacks])


def fit_query_string(query: FitQuery, **changes: Any) -> str:
    """The canonical query string of ``query`` with some of its fields changed: fixed order, defaults left out."""
    return query_string(fit_params(replace(query, **changes)))


def fit_params(query: FitQuery) -> list[tuple[str, str]]:
    """The canonical parameters: each name once, several values as a comma list."""
    found = [
        ("model", join_list(query.models)),
        ("benchmark", join_list(query.benchmarks)),
        (_ANALYSIS, query.analysis or ""),
        ("device", join_list(query.devices)),
        *((name, join_list(query.filters.get(name, ()))) for name in FIT_FILTERS),
        *((name, _number(query.limits.get(name))) for name in LIMIT_PARAMETERS),
        *((name, _number(query.budgets.get(name))) for name in BUDGETS),
        (_FPS, _number(query.fps)),
        (_SLEEP, _number(query.sleep_power_mw)),
        ("objective", query.objective if query.objective != LATENCY else ""),
        ("group", query.group or ""),
        ("page_size", str(query.page_size) if query.page_size != PAGE_SIZES[0] else ""),
    ]
    return [(name, value) for name, value in found if value]


def without(query: FitQuery, name: str) -> FitQuery:
    """``query`` without one filter or limit; without a frame rate there is no average power either."""
    if name in query.filters:
        return replace(query, filters=_dropped(query.filters, [name]))
    if name == _FPS:
        objective = LATENCY if query.objective == POWER else query.objective
        limits = _dropped(query.limits, ["average_power_max"])
        return replace(query, fps=None, sleep_power_mw=None, limits=limits, objective=objective)
    return replace(query, limits=_dropped(query.limits, [name]))


def _dropped(mapping: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name not in names}


def _number(value: float | None) -> str:
    return "" if value is None else number_text(value)


def _chosen(reader: ParameterReader, name: str) -> tuple[str, ...]:
    values = reader.values(name)
    if len(values) > MOST_CHOSEN:
        reader.refuse(name, join_list(values), f"names {len(values)}; one view holds at most {MOST_CHOSEN}")
    return values[:MOST_CHOSEN]


def _read_token(reader: ParameterReader) -> str | None:
    token = reader.single(_ANALYSIS)
    if token is not None and not _TOKEN.match(token):
        reader.refuse(
            _ANALYSIS, token, "is no analysis: it is the last part of the address /models/analyse/…/"
        )
        return None
    return token


def _read_group(reader: ParameterReader) -> str | None:
    group = reader.single("group")
    if group is not None and not _GROUP.match(group):
        reader.refuse(
            "group", group, "is no group of energies, such as chip-rail@1800 (energy scope and supply in mV)"
        )
    return group


def _refuse_power_without_sleep(reader: ParameterReader, query: FitQuery) -> None:
    """Average power needs the frame rate and the sleep power of the reader; neither is ever assumed."""
    why = "needs fps (inferences per second) and sleep_power (mW); no sleep power is assumed, 0 must be said"
    if not query.gives_power:
        if query.objective == POWER:
            reader.refuse("objective", POWER, why)
        if "average_power_max" in query.limits:
            reader.refuse("average_power_max", number_text(query.limits["average_power_max"]), why)
    if query.fps is None and query.sleep_power_mw is not None:
        reader.refuse(
            _SLEEP, number_text(query.sleep_power_mw), "needs fps: sleep is what is left between frames"
        )
