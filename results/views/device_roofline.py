"""The roofline of a device on its page and as data: a drawing, the same as a table, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from results.charts.roofline import Roof, RooflinePoint, roofline_chart
from results.presentation import fixed_number, joined, table_number
from results.selectors.device_roofline import DeviceRoofline, RooflineResult


@dataclass(frozen=True, slots=True)
class RooflineView:
    """``refusal`` stands in the place of the drawing; the table has a row per result."""

    refusal: str
    title: str
    wide: SafeString
    narrow: SafeString
    peak: str
    bandwidth: str
    ridge: str


def roofline_view(roofline: DeviceRoofline, order: dict[str, int]) -> RooflineView:
    """``order`` gives each benchmark its mark."""
    roof = roofline.roof
    if roof is None:
        return RooflineView(roofline.refusal, "", SafeString(""), SafeString(""), "", "", "")
    drawn = Roof(roof.peak_gops, roof.bandwidth_gb_per_s)
    title = _title(roofline)
    drawings = roofline_chart(
        [_point(result, order) for result in roofline.results], drawn, aria_label=title
    )  # texts are escaped where they are drawn
    return RooflineView(
        refusal="",
        title=title,
        wide=mark_safe(drawings.wide),
        narrow=mark_safe(drawings.narrow),
        peak=f"{table_number(roof.peak_gops)} × 10⁹ operations/s",
        bandwidth=f"{table_number(roof.bandwidth_gb_per_s)} GB/s",
        ridge=f"{table_number(drawn.ridge)} operations per byte",
    )


def roofline_data(roofline: DeviceRoofline) -> dict[str, object]:
    """The roofline as data; ``peak_gops`` and all that follows are null where it is refused."""
    roof = roofline.roof
    return {
        "refusal": roofline.refusal or None,
        "peak_gops": roof.peak_gops if roof else None,
        "peak_source": roof.peak_source if roof else None,
        "bandwidth_gb_per_s": roof.bandwidth_gb_per_s if roof else None,
        "bandwidth_source": roof.bandwidth_source if roof else None,
        "system": roofline.row.system.pk if roof and roofline.row else None,
        "results": [
            {
                "id": result.entry.public_id,
                "benchmark": result.entry.benchmark,
                "latency_ms": result.latency_ms,
                "macs": result.macs,
                "moved_bytes": result.moved_bytes,
                "operations_per_byte": result.intensity,
                "gops": result.gops,
                "bound_ms": result.bound_ms,
                "share_of_roofline_pct": result.share_pct,
                "remark": result.remark or None,
            }
            for result in roofline.results
        ],
    }


def _title(roofline: DeviceRoofline) -> str:
    shares = [f"{r.entry.benchmark} {_percent(r.share_pct)}" for r in roofline.results]
    return f"Of what its peak and bandwidth allow, the fastest system reaches {joined(shares)}"


def _point(result: RooflineResult, order: dict[str, int]) -> RooflinePoint:
    entry = result.entry
    share = _percent(result.share_pct)
    return RooflinePoint(
        intensity=result.intensity,
        gops=result.gops,
        position=order.get(entry.benchmark, 0),
        label=f"{entry.benchmark}, {share}",
        title=f"{entry.benchmark}: {table_number(result.latency_ms)} ms, {share} of the roofline",
    )


def _percent(share: float) -> str:
    return f"{fixed_number(share, 0 if share >= 10 else 1)} %"
