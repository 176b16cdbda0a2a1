"""What the fit finder says in words: what was asked, what fails by how much, what cannot be judged."""

from __future__ import annotations

from results.analysis.constraints import Failure
from results.analysis.ranking import BAND_TOLERANCE
from results.domain.fit_metrics import FIT_METRICS, FRAME, LIMIT_PARAMETERS, QUALITY
from results.domain.fit_query import BUDGETS, FitQuery
from results.domain.parameters import number_text
from results.models import Benchmark
from results.presentation import joined, table_number, whole_number
from results.selectors.find import Found
from results.selectors.fit import FitView
from results.selectors.fit_cells import Cell, Match, front_metrics
from results.selectors.fit_rows import objective_unit, reason_of
from results.views.leaderboard_columns import QUALITY_NAMES

NO_BREAK_SPACE = "\u00a0"


def metric_label(name: str, benchmark: Benchmark | None = None) -> str:
    """A metric as headings name it; quality by the benchmark's own metric where there is one."""
    if name == QUALITY and benchmark is not None:
        return QUALITY_NAMES[benchmark.quality_metric][0]
    return FIT_METRICS[name].label


def metric_noun(name: str, benchmark: Benchmark | None = None) -> str:
    """A metric within a sentence."""
    if name == QUALITY and benchmark is not None:
        return QUALITY_NAMES[benchmark.quality_metric][0]
    return FIT_METRICS[name].noun


def metric_unit(name: str, benchmark: Benchmark | None = None) -> str:
    """The unit that is printed after a value; without a benchmark a quality has none."""
    return FIT_METRICS[name].unit if benchmark is None else objective_unit(name, benchmark)


def asked_words(view: FitView) -> list[str]:
    """Every limit of the view: ``latency at most 50 ms``."""
    query = view.query
    benchmark = view.cells[0].task.benchmark if view.cells else None
    words = [
        f"{metric_noun(one.metric, benchmark)} {'at least' if one.is_least else 'at most'} "
        f"{_with_unit(number_text(query.limits[name]), metric_unit(one.metric, benchmark))}"
        for name, one in LIMIT_PARAMETERS.items()
        if name in query.limits
    ]
    words += [
        f"{FIT_METRICS[BUDGETS[name]].noun} that the network takes at most {_with_unit(number_text(kib), 'KiB')}"
        for name, kib in query.budgets.items()
    ]
    if query.fps is not None:
        sleep = "" if query.sleep_power_mw is None else f", {number_text(query.sleep_power_mw)} mW asleep"
        words.append(f"keeping up with {number_text(query.fps)} inferences per second{sleep}")
    return words


def verdict_sentence(cell: Cell, view: FitView) -> str:
    """How many results of a cell fit, or how near the nearest comes."""
    if not cell.looked_at:
        return _nothing_measured(cell, view)
    of = f"{whole_number(cell.looked_at)} result{'s' if cell.looked_at > 1 else ''}"
    if cell.answers:
        return f"{whole_number(cell.fits)} of {of} {'fits' if cell.fits == 1 else 'fit'}."
    if cell.failing:
        share = share_text(cell.failing[0].judged.distance)
        return f"Nothing fits: none of {of}. The nearest misses a limit by {share}."
    return f"Nothing fits, and nothing fails: none of {of} can be judged."


def _nothing_measured(cell: Cell, view: FitView) -> str:
    what = f"{cell.task.benchmark.name} ({', '.join(cell.task.models) or cell.task.benchmark.pk})"
    where = f" on {cell.device.name}" if cell.device else ""
    filtered = " within these filters" if view.query.filters else ""
    return f"Nobody has published a result of {what}{where}{filtered}: it is not measured."


def unmeasured_words(found: Found) -> list[str]:
    """The networks of the question that no published result ran: those known from elsewhere, and the reader's own."""
    query, own = found.view.query, found.projected.uploaded
    reference = {slug for _, slug, _ in found.view.networks}
    names = [slug for slug in query.models if slug not in reference]
    if own is not None and not own.measured_as:
        names.append(own.name)
    return [f"No published result here ran {name}: it is not measured on any system." for name in names]


def best_words(cell: Cell, view: FitView) -> str:
    """The best answer of a cell in one line, empty where nothing fits: ``13.9 ms, X-CUBE-AI 7.3.0``."""
    if not cell.answers:
        return ""
    match, name = cell.answers[0], view.query.objective
    value = table_number(match.judged.candidate.values[name])
    parts = [_with_unit(value, metric_unit(name, cell.task.benchmark)), match.entry.software]
    return ", ".join([match.entry.device_short_name, *filter(None, parts)])


def order_sentence(cell: Cell, view: FitView) -> str:
    """What the answers are ranked by, within which groups, and what the front is taken over."""
    query, benchmark = view.query, cell.task.benchmark
    parts = [f"Ranked by {metric_noun(query.objective, benchmark)}"]
    if query.needs_energy and view.group_label:
        parts.append(f"energies of {view.group_label} alone")
    if cell.quality_label:
        parts.append(f"qualities on the {cell.quality_label} alone")
    names = [metric_noun(name, benchmark) for name in front_metrics(query)]
    front = (
        f"“front”: no other result of its division is better in {joined(names, 'or')} without being worse in another"
        if len(names) > 1
        else f"“front”: the best of its division in {names[0]}, the one metric that was asked for"
    )
    return f"{'; '.join(parts)}. {front}."


def failure_words(failure: Failure, query: FitQuery, benchmark: Benchmark) -> str:
    """A failed limit and by how much: ``latency 62.3 ms: 12.3 ms over the limit of 50 ms, 25 %``."""
    metric = failure.limit.metric
    if metric == FRAME and query.fps is not None:
        return _frame_words(failure, query.fps)
    unit = metric_unit(metric, benchmark)
    value = _with_unit(table_number(failure.value), unit)
    excess = _with_unit(table_number(failure.excess), "points" if unit == "%" else unit)
    limit = _with_unit(number_text(failure.limit.value), unit)
    side = f"below the least of {limit}" if failure.limit.is_least else f"over the limit of {limit}"
    return f"{metric_noun(metric, benchmark)} {value}: {excess} {side}, {share_text(failure.share)}{_noise(failure)}"


def _frame_words(failure: Failure, fps: float) -> str:
    frame_ms = 1000 / fps
    latency = _with_unit(table_number(failure.value * frame_ms), "ms")
    excess = _with_unit(table_number(failure.excess * frame_ms), "ms")
    frame = _with_unit(table_number(frame_ms), "ms")
    return (
        f"frame rate: {latency} per inference, {excess} over the {frame} of one frame at {number_text(fps)} per second, "
        f"{share_text(failure.share)}{_noise(failure)}"
    )


def _noise(failure: Failure) -> str:
    """Two measurements of one system may differ by so much; sizes and qualities are no such measurements."""
    metric = FIT_METRICS[failure.limit.metric]
    is_noise = failure.share <= BAND_TOLERANCE and not metric.of_device and metric.name != QUALITY
    return f" (within the {100 * BAND_TOLERANCE:g}{NO_BREAK_SPACE}% of noise: undecided)" if is_noise else ""


def reasons_words(match: Match) -> str:
    """What of a result cannot be judged, and why."""
    return "; ".join(dict.fromkeys(reason_of(match, name) for name in match.judged.missing))


def share_text(share: float) -> str:
    """An excess as a share of its limit: ``25 %``; above ten times the limit as a multiple."""
    if share >= 10:
        return f"{table_number(share, 2)} times the limit"
    return f"{table_number(100 * share, 2)}{NO_BREAK_SPACE}%"


def _with_unit(number: str, unit: str) -> str:
    return f"{number}{NO_BREAK_SPACE}{unit}" if unit else number
