"""Every worked example of docs/method.md is computed again by the code, from the figures that it prints.

An example is a fenced block ``worked`` with a line ``name: value`` per figure: ``compute`` names what is computed,
``from`` the published results whose figures it takes, ``result`` what the page says comes out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from results.analysis.comparability import Conditions
from results.analysis.constraints import Candidate, Limit, judge
from results.analysis.derived import DERIVED_METRICS, Measured, derive
from results.analysis.pareto import front_mask
from results.analysis.roofline import Roofline
from results.analysis.system_score import Figure, SystemScore, spread_of, system_score
from results.analysis.uncertainty import spread, verdict, word
from results.catalog.published import PUBLISHED_FOLDER, read_round
from results.catalog.reader import catalogue
from results.charts.iso_lines import ENERGY_DELAY, iso_lines
from results.charts.scales import LogScale
from results.documents import read_document
from results.domain.metrics import Direction
from results.domain.records import RunRecord
from results.domain.score_metrics import COMMON_SET, SCORE_METRICS
from results.services.identify import address

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "method.md"
Example = dict[str, str]

METRIC_OF = {"latency_ms": "latency_ms", "energy_uj": "energy_uj_per_inf", "top1_pct": "top1_pct"}
"""Figures of an example that are those of the published results it names."""


def examples() -> list[Example]:
    blocks = re.findall(r"^```worked\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]


def numbers(example: Example, name: str) -> list[float]:
    return [float(text) for text in example[name].split(", ")]


@cache
def published() -> dict[str, RunRecord]:
    """Every published run by its public id."""
    return {
        address(folder.name, run.key): run
        for folder in PUBLISHED_FOLDER.iterdir()
        if folder.is_dir()
        for submission in read_round(folder)
        for run in submission.record.runs
    }


def roof(example: Example) -> Roofline:
    return Roofline(float(example["peak_gops"]), float(example["bandwidth_gb_per_s"]), "", "")


def derived(example: Example) -> str:
    given: dict[str, object] = {
        name: text if name in ("division", "energy_scope") else float(text)
        for name, text in example.items()
        if name not in ("compute", "from", "result", "peak_gops", "bandwidth_gb_per_s")
    }
    if "peak_gops" in example:
        given["roofline"] = roof(example)
    return str(derive(example["compute"], Measured(**given)).value)  # type: ignore[arg-type]


def bound(example: Example) -> str:
    return str(roof(example).bound_ms(float(example["macs"]), float(example["moved_bytes"])))


def front(example: Example) -> str:
    points = list(zip(numbers(example, "latency_ms"), numbers(example, "energy_uj"), strict=True))
    return ", ".join(
        "front" if on_front else "beaten"
        for on_front in front_mask(points, [Direction.LOWER, Direction.LOWER])
    )


def line_between(example: Example) -> str:
    """The names of the lines of equal product drawn in a plot whose corners are the two results."""
    latencies, energies = numbers(example, "latency_ms"), numbers(example, "energy_uj")
    across = LogScale(min(latencies), max(latencies), 0, 400)
    up = LogScale(min(energies), max(energies), 400, 0)
    return ", ".join(re.findall(r">([^<]+)</text>", iso_lines(ENERGY_DELAY, across, up, [])))


def decided(example: Example) -> str:
    own, other = (spread(value) for value in numbers(example, "latency_ms"))
    return word(verdict(own, other, Direction.LOWER), "latency_ms")


def beyond(example: Example) -> str:
    limit = Limit("energy", False, float(example["limit"]))
    found = judge(Candidate("one", {"energy": float(example["energy_uj"])}), [limit], "energy")
    return str(100 * found.failures[0].share)


def scored(example: Example) -> SystemScore:
    """The score of the example's system against its reference, with the ranges of the published windows."""
    word = "energy-delay" if "energy_uj" in example else "latency"
    metric = SCORE_METRICS[word]
    ranges = [_range(published()[name]) for name in example["from"].split(", ")]

    def figures(prefix: str) -> dict[str, Figure]:
        latencies = numbers(example, f"{prefix}latency_ms")
        energies = numbers(example, f"{prefix}energy_uj") if word == "energy-delay" else [1.0] * 4
        return {
            name: Figure(
                energy * latency, spread_of(metric, width), Conditions(name, "chip-rail", 1800.0, "")
            )
            for name, latency, energy, width in zip(COMMON_SET, latencies, energies, ranges, strict=True)
        }

    weights = (
        dict(zip(COMMON_SET, numbers(example, "weights"), strict=True)) if "weights" in example else None
    )
    return system_score(metric, figures(""), figures("reference_"), weights)


def _range(run: RunRecord) -> float | None:
    rates = [one.throughput_inf_per_s for one in run.phase_windows("performance") if one.throughput_inf_per_s]
    return max(rates) / min(rates) - 1 if len(rates) > 1 else None


def band(example: Example) -> str:
    found = scored(example)
    return f"{found.low:.2f}–{found.high:.2f}"


COMPUTED: dict[str, Callable[[Example], str]] = {
    **dict.fromkeys(DERIVED_METRICS, derived),
    "roofline_bound_ms": bound,
    "pareto_front": front,
    "iso_energy_delay": line_between,
    "system_score": lambda example: str(scored(example).value),
    "score_band": band,
    "verdict": decided,
    "share_beyond_limit_pct": beyond,
}


@pytest.mark.parametrize("example", examples(), ids=lambda one: one["compute"])
def test_a_worked_example_comes_out_as_the_page_says(example: Example) -> None:
    found, said = COMPUTED[example["compute"]](example), example["result"]
    if re.fullmatch(r"[\d.]+", said):
        last_digit = 10.0 ** -len(said.partition(".")[2])
        assert float(found) == pytest.approx(float(said), abs=0.51 * last_digit)
    else:
        assert found == said


@pytest.mark.parametrize(
    "example", [one for one in examples() if "from" in one], ids=lambda one: one["compute"]
)
def test_a_worked_example_takes_its_figures_from_published_results(example: Example) -> None:
    runs = [published()[name] for name in example["from"].split(", ")]
    for name in METRIC_OF.keys() & example.keys():
        stated = [run.value(METRIC_OF[name]) for run in runs]
        assert numbers(example, name) == pytest.approx(stated, rel=1e-5)


@pytest.mark.parametrize(("name", "count"), [("dense_macs", "macs"), ("effective_macs", "effective_macs")])
def test_the_macs_of_the_examples_are_those_of_the_catalogue(name: str, count: str) -> None:
    for example in examples():
        if name in example and "from" in example:
            model = catalogue().neural_models["vww01"]
            assert int(example[name]) == getattr(model, count)


def test_every_derived_metric_has_a_worked_example() -> None:
    assert DERIVED_METRICS.keys() <= {example["compute"] for example in examples()}


def test_the_reference_of_the_score_examples_is_the_published_one() -> None:
    names = [f"v0.5-closed-reference-nucleo-l4r5zi-{benchmark}" for benchmark in COMMON_SET]
    for example in examples():
        for name in ("latency_ms", "energy_uj"):
            if f"reference_{name}" in example:
                stated = [published()[one].value(METRIC_OF[name]) for one in names]
                assert numbers(example, f"reference_{name}") == pytest.approx(stated, rel=1e-5)


def test_pages_lead_to_the_method_by_one_component() -> None:
    """``{% how %}`` is that component: no template writes such a link itself."""
    written = [
        path.name
        for path in (ROOT / "templates").rglob("*.html")
        if "How this is computed</a>" in path.read_text(encoding="utf-8")
    ]
    assert written == []


def test_every_place_of_the_method_that_pages_lead_to_exists() -> None:
    page = read_document(PAGE).body_html
    wanted = {metric.anchor for metric in (*DERIVED_METRICS.values(), *SCORE_METRICS.values())}
    for folder, suffix in (("templates", "*.html"), ("results", "*.py"), ("docs", "*.md")):
        for path in (ROOT / folder).rglob(suffix):
            text = path.read_text(encoding="utf-8")
            wanted |= set(re.findall(r'\{% how "([\w-]+)"', text))
            wanted |= set(re.findall(r"(?:url 'results:method' %\}|/method/|method\.md)#([\w-]+)", text))
    wanted |= set(re.findall(r"\]\(#([\w-]+)\)", PAGE.read_text(encoding="utf-8")))
    assert {anchor for anchor in wanted if f'id="{anchor}"' not in page} == set()
