"""Coverage: cells of the taxonomy, and devices against benchmarks, with what was measured or why nothing was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from results.analysis.coverage import DeviceCell
from results.analysis.taxonomy import Share, Tally, TaxonomyCell
from results.domain.coverage import METRICS, CellState, Gap
from results.domain.vocabulary import DIVISIONS
from results.selectors.coverage import GridRow, GridView, TaxonomyView, wanted

from .fields import Stated

CELL_STATES = [state.value for state in CellState]


class TaxonomyCellSerializer(serializers.Serializer):
    """A cell of the taxonomy with one of its benchmarks; a cell without a benchmark is one row."""

    input_kind = serializers.CharField(help_text="Slug, such as audio.")
    use_case = serializers.CharField()
    model_type = serializers.CharField()
    dataset = serializers.CharField()
    state = serializers.ChoiceField(
        choices=CELL_STATES,
        help_text="Of the whole cell. no-result: a benchmark without results here; no-benchmark: none covers it.",
    )
    benchmark = Stated("Null where no benchmark covers the cell.")
    since_round = Stated("The first round that had the benchmark.")
    results = serializers.IntegerField(help_text="Of this benchmark; 0 where there is none.")
    systems = serializers.IntegerField()
    devices = serializers.IntegerField()
    rounds = serializers.ListField(child=serializers.CharField(), help_text="Oldest first.")


class UnplacedSerializer(serializers.Serializer):
    """Results of a benchmark that stand in no cell."""

    benchmark = serializers.CharField()
    model_type = Stated("Null where nobody states the network, or its type.")
    results = serializers.IntegerField()
    systems = serializers.IntegerField()
    devices = serializers.IntegerField()
    rounds = serializers.ListField(child=serializers.CharField(), help_text="Oldest first.")


class TaxonomyCountsSerializer(serializers.Serializer):
    """Cells of the input kinds of the view, whatever its states."""

    cells = serializers.IntegerField()
    measured = serializers.IntegerField()
    no_result = serializers.IntegerField()
    no_benchmark = serializers.IntegerField()


class _Rounds(serializers.Serializer):
    rounds_held = serializers.ListField(
        child=serializers.CharField(), source="held_rounds", help_text="Rounds with results here."
    )
    rounds_without_results = serializers.ListField(
        child=serializers.CharField(),
        source="silent_rounds",
        help_text="Rounds that are known, but of which no result is held here: an empty cell says nothing of them.",
    )


class TaxonomySerializer(_Rounds):
    """The taxonomy: input kind × use case × model type × dataset. A benchmark stands in every cell of its datasets."""

    source = serializers.CharField(help_text="Where the taxonomy is from.")
    counts = serializers.SerializerMethodField()
    not_placed = serializers.SerializerMethodField()
    results = serializers.SerializerMethodField()

    @extend_schema_field(TaxonomyCountsSerializer)
    def get_counts(self, view: TaxonomyView) -> dict[str, int]:
        return {"cells": len(view.every_cell)} | {
            state.value.replace("-", "_"): view.counts[state] for state in CellState
        }

    @extend_schema_field(UnplacedSerializer(many=True))
    def get_not_placed(self, view: TaxonomyView) -> list[dict[str, Any]]:
        return [
            {"benchmark": one.benchmark, "model_type": one.model_type or None, **_tally(one.tally)}
            for one in view.unplaced
        ]

    @extend_schema_field(TaxonomyCellSerializer(many=True))
    def get_results(self, view: TaxonomyView) -> list[dict[str, Any]]:
        return [row for cell in view.cells for row in _rows(cell, view)]


class DeviceCellSerializer(serializers.Serializer):
    """A device on a benchmark. The numbers are results; all 0 and `reason` stated where there is none in the view."""

    device = serializers.CharField()
    device_name = serializers.CharField()
    device_class = serializers.CharField()
    benchmark = serializers.CharField()
    results = serializers.IntegerField()
    with_latency = serializers.IntegerField()
    with_energy = serializers.IntegerField(help_text="Or mean power.")
    with_quality = serializers.IntegerField()
    closed = serializers.IntegerField()
    open = serializers.IntegerField()
    rounds = serializers.ListField(child=serializers.CharField(), help_text="Oldest first.")
    reason = serializers.ChoiceField(
        choices=[gap.value for gap in Gap],
        allow_null=True,
        help_text="Why the cell is empty; null where it is not.",
    )
    because = Stated("The reason as a sentence.")


class GapCountSerializer(serializers.Serializer):
    """How many cells are empty for one reason."""

    reason = serializers.ChoiceField(choices=[gap.value for gap in Gap])
    cells = serializers.IntegerField()


class GridCountsSerializer(serializers.Serializer):
    """Cells of all devices of the view, whatever its `cells`."""

    devices = serializers.IntegerField()
    cells = serializers.IntegerField()
    measured = serializers.IntegerField()
    empty = GapCountSerializer(many=True)


class GridSerializer(_Rounds):
    """Every device that the catalogue knows against every benchmark."""

    counts = serializers.SerializerMethodField()
    results = serializers.SerializerMethodField()

    @extend_schema_field(GridCountsSerializer)
    def get_counts(self, view: GridView) -> dict[str, Any]:
        return {
            "devices": view.devices,
            "cells": view.devices * len(view.benchmarks),
            "measured": view.filled,
            "empty": [{"reason": gap.value, "cells": view.gaps[gap]} for gap in Gap if view.gaps[gap]],
        }

    @extend_schema_field(DeviceCellSerializer(many=True))
    def get_results(self, view: GridView) -> list[dict[str, Any]]:
        return [_cell(row, cell) for row in view.rows for cell in row.cells if wanted(cell, view.query)]


def _rows(cell: TaxonomyCell, view: TaxonomyView) -> Iterator[dict[str, Any]]:
    place = {
        "input_kind": cell.input_kind,
        "use_case": cell.use_case,
        "model_type": cell.model_type,
        "dataset": cell.dataset,
        "state": cell.state.value,
    }
    for share in cell.shares or (Share("", Tally()),):
        entry = view.benchmarks.get(share.benchmark)
        yield place | {
            "benchmark": share.benchmark or None,
            "since_round": entry.since_round if entry else None,
            **_tally(share.tally),
        }


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "results": tally.results,
        "systems": tally.systems,
        "devices": tally.devices,
        "rounds": list(tally.rounds),
    }


def _cell(row: GridRow, cell: DeviceCell) -> dict[str, Any]:
    metrics, divisions = cell.metrics or {}, cell.divisions or {}
    return {
        "device": row.device.slug,
        "device_name": row.device.name,
        "device_class": row.device.device_class,
        "benchmark": cell.benchmark,
        "results": cell.results,
        **{f"with_{name}": metrics.get(name, 0) for name in METRICS},
        **{division: divisions.get(division, 0) for division in DIVISIONS},
        "rounds": list(cell.rounds),
        "reason": cell.gap.value if cell.gap else None,
        "because": cell.because or None,
    }
