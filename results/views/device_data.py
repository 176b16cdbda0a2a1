"""A device as data: the same results, ratios, scores, places, neighbours, facts and gaps as its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from results.selectors.device_field import Strength
from results.selectors.device_report import DeviceReport
from results.selectors.device_results import ScoredResult, every_result, scored
from results.views.device_rest import shown_data
from results.views.device_roofline import roofline_data
from results.views.device_scores import best_data
from results.views.device_standing import neighbour_data, strength_data

RESULT_COLUMNS = (
    "id", "system", "system_id", "software", "clock_mhz", "submitter", "round", "division", "benchmark", "variant",
    "latency_ms", "energy_uj_per_inf", "average_power_mw", "energy_scope", "supply_voltage_mv", "quality_metric",
    "quality_value", "latency_ratio", "energy_ratio", "latency_score", "energy_score", "latency_rank_in_class",
    "latency_rank", "latency_of", "energy_rank_in_class", "energy_rank", "energy_of",
)  # fmt: skip


def result_rows(report: DeviceReport) -> Iterator[tuple[object, ...]]:
    """A row of :data:`RESULT_COLUMNS` per result; ratios are reference ÷ value, scores those of the whole system.

    The ranks stand on the results that are the lowest of the device, which alone have a place among all devices.
    """
    detail = report.detail
    return _rows(report, scored(detail.entries, {row.system.pk: row.scores for row in detail.systems}))


def every_result_row(report: DeviceReport) -> Iterator[tuple[object, ...]]:
    """The same of a device with more systems than its page shows, read piece by piece."""
    return _rows(report, every_result(report.device.slug))


def _rows(report: DeviceReport, results: Iterable[ScoredResult]) -> Iterator[tuple[object, ...]]:
    places = {(one.best.entry.public_id, one.best.metric): one for one in report.field.strengths}
    for one in results:
        result = _result(one)
        for name, metric in (("latency", "latency_ms"), ("energy", "energy_uj_per_inf")):
            result |= _ranks(name, places.get((one.entry.public_id, metric)))
        yield tuple(result[name] for name in RESULT_COLUMNS)


def _ranks(name: str, strength: Strength | None) -> dict[str, object]:
    return {
        f"{name}_rank_in_class": str(strength.in_class.rank) if strength else None,
        f"{name}_rank": str(strength.among_all.rank) if strength else None,
        f"{name}_of": strength.among_all.of if strength else None,
    }


def device_json(report: DeviceReport) -> dict[str, object]:
    """The whole page; what is absent is null. ``shown`` says how much of how much the lists hold."""
    detail, device = report.detail, report.device
    results = scored(detail.entries, {row.system.pk: row.scores for row in detail.systems})
    return {
        "slug": device.slug,
        "name": device.name,
        "vendor": device.vendor or None,
        "class": device.device_class,
        "soc": device.soc or None,
        "board": device.board or None,
        "core": device.core or None,
        "curated": device.curated,
        "reference": detail.reference or None,
        "shown": shown_data(detail),
        "best_scores": best_data(report),
        "scores": [
            {
                "system": row.system.pk,
                "system_id": row.system.system_id,
                "metric": score.metric,
                "score": score.score,
                "covered": score.covered,
                "of": score.of,
                "ratios": score.ratios,
                "reason": score.reason or None,
            }
            for row in detail.systems
            for score in row.scores.values()
        ],
        "results": [_result(one) for one in results],
        "strengths": strength_data(report.field),
        "neighbours": neighbour_data(report.field),
        "roofline": roofline_data(report.roofline),
        "why_no_neighbours": report.field.why_no_neighbours or None,
        "specifications": [
            {
                "field": fact.field,
                "value": fact.value,
                "unit": fact.unit or None,
                "source": fact.source,
                "source_tier": fact.source_tier,
                "source_kind": fact.source_kind or None,
                "note": fact.note or None,
            }
            for fact in detail.facts
        ],
        "missing": [{"name": name, "why": why} for name, why in report.gaps],
    }


def _result(one: ScoredResult) -> dict[str, object]:
    entry, stands = one.entry, one.stands
    latency, energy = one.scores.get("latency_ms"), one.scores.get("energy_uj_per_inf")
    return {
        "id": entry.public_id,
        "system": entry.system_id,
        "system_id": entry.system_label,
        "software": entry.software or None,
        "clock_mhz": entry.clock_mhz,
        "submitter": entry.submitter_slug,
        "round": entry.round,
        "division": entry.division,
        "benchmark": entry.benchmark,
        "variant": entry.variant or None,
        "latency_ms": entry.latency_ms,
        "energy_uj_per_inf": entry.energy_uj_per_inf,
        "average_power_mw": entry.average_power_mw,
        "energy_scope": entry.energy_scope,
        "supply_voltage_mv": entry.supply_voltage_mv,
        "quality_metric": entry.quality_metric or None,
        "quality_value": entry.quality_value,
        "latency_ratio": latency.ratios.get(entry.benchmark) if latency and stands else None,
        "energy_ratio": energy.ratios.get(entry.benchmark) if energy and stands else None,
        "latency_score": latency.score if latency else None,
        "energy_score": energy.score if energy else None,
    }
