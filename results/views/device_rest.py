"""What the page of a device leaves out: how much of how much it shows, and where the rest stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from results.domain.parameters import query_string
from results.presentation import whole_number
from results.selectors.device import DeviceDetail


@dataclass(frozen=True, slots=True)
class Rest:
    """``shown`` of ``of`` systems stand on the page; ``boards`` are (benchmark, results in words, address)."""

    shown: str
    of: str
    boards: Sequence[tuple[str, str, str]]


def rest_of(detail: DeviceDetail) -> Rest | None:
    """None where every system with a result is shown."""
    if detail.is_whole:
        return None
    asked = query_string([("device", detail.device.slug)])
    return Rest(
        whole_number(len(detail.systems)),
        whole_number(detail.number_of_systems),
        [
            (benchmark, whole_number(number), f"{reverse('results:leaderboard', args=[benchmark])}?{asked}")
            for benchmark, number in sorted(detail.counts.of_benchmark.items())
        ],
    )


def shown_data(detail: DeviceDetail) -> dict[str, object]:
    """The same as data; ``rest`` is the address of all results where some are left out."""
    slug = detail.device.slug
    return {
        "systems": len(detail.systems),
        "systems_total": detail.number_of_systems,
        "results": len(detail.entries),
        "results_total": detail.counts.results,
        "rest": None if detail.is_whole else reverse("results:device-data", args=[slug, "csv"]),
    }
