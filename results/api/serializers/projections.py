"""Projections: answers of the engine, cells of the matrix, and how the engine did on rounds that it had not seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from results.domain.projections import ANSWERS, FIGURES, METRICS, NOT_RANKED, UNITS, CellState, question_words
from results.models import Backtest, Projection, ProjectionGeneration, System
from results.selectors.backtests import BacktestView, Scored
from results.selectors.projections import ClassRow, MatrixRow, MatrixView

from .fields import Stated, count, number

_METRIC_OF = {metric: name for name, metric in METRICS.items()}
STATES = [state.value for state in CellState]
ANSWER_STATES = [state.value for state in ANSWERS]


class ProjectionSerializer(serializers.Serializer):
    """One network on one system in one metric that nobody measured there. It never ranks and is on no front.

    Values in ms (latency) or µJ per inference (energy); null where the engine refuses, and `reason` says why.
    """

    system = serializers.IntegerField(source="system_id", help_text="Number of the system.")
    device = serializers.CharField(source="system.device.slug")
    device_class = serializers.CharField(source="system.device.device_class")
    software = Stated(source="system.software")
    submitter = serializers.CharField(source="system.publication.submitter.slug")
    round = serializers.CharField(source="system.publication.round_id")
    model = serializers.CharField(help_text="Slug of the network.")
    metric = serializers.SerializerMethodField()
    unit = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=ANSWER_STATES)
    value = number("Median.")
    low_80 = number("Lower end of the 80 % band.")
    high_80 = number("Upper end of the 80 % band.")
    low_90 = number()
    high_90 = number()
    reason = Stated("Why there is no value.")
    question = Stated("What about the cell was never measured: the class whose validation set the bands.")
    question_in_words = serializers.SerializerMethodField()
    anchors = serializers.ListField(
        child=serializers.CharField(), help_text="What carries most, the heaviest first: ids of measured results, and `figure:` with the id of a figure published elsewhere."
    )  # fmt: skip
    engine = serializers.CharField(source="generation.engine")
    data_sha256 = serializers.CharField(
        source="generation.data_sha256", help_text="Of the cells that it was projected from."
    )
    made_at = serializers.DateTimeField(help_text="When this answer was first given.")
    page = serializers.SerializerMethodField(help_text="Page of the cell.")

    @extend_schema_field({"type": "string", "enum": list(METRICS)})
    def get_metric(self, row: Projection) -> str:
        return _METRIC_OF[row.metric]

    @extend_schema_field({"type": "string", "enum": list(UNITS.values())})
    def get_unit(self, row: Projection) -> str:
        return UNITS[_METRIC_OF[row.metric]]

    @extend_schema_field({"type": "string", "nullable": True})
    def get_question_in_words(self, row: Projection) -> str | None:
        return question_words(row.question) or None

    @extend_schema_field({"type": "string", "format": "uri-reference"})
    def get_page(self, row: Projection) -> str:
        return reverse("results:projection", args=[row.system_id, row.model])


class MatrixCellSerializer(serializers.Serializer):
    """A cell of the matrix: measured, projected, or why it is neither."""

    system = serializers.IntegerField()
    device = serializers.CharField()
    device_class = serializers.CharField()
    software = Stated()
    submitter = serializers.CharField()
    round = serializers.CharField()
    model = serializers.CharField()
    metric = serializers.ChoiceField(choices=list(METRICS))
    unit = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    value = number()
    low_80 = number()
    high_80 = number()
    reason = Stated()
    result = Stated("Id of the measured result.")


class ClassCellSerializer(serializers.Serializer):
    """All systems of a class on one network: counts per state, the least and the greatest values."""

    device_class = serializers.CharField()
    systems = serializers.IntegerField()
    model = serializers.CharField()
    metric = serializers.ChoiceField(choices=list(METRICS))
    unit = serializers.CharField()
    measured = serializers.IntegerField()
    projected = serializers.IntegerField()
    does_not_fit = serializers.IntegerField()
    cannot_project = serializers.IntegerField()
    pending = serializers.IntegerField()
    measured_least = number()
    measured_greatest = number()
    projected_least = number()
    projected_greatest = number()


def matrix_document(view: MatrixView) -> dict[str, Any]:
    """The whole view, whatever its page, as JSON; its ``results`` are rows of one of the two serializers above."""
    if view.query.level == "class":
        rows = [row for held in view.classes for row in _class_rows(held, view)]
        results = ClassCellSerializer(rows, many=True).data
    else:
        rows = [row for held in view.every_row for row in _matrix_rows(held, view)]
        results = MatrixCellSerializer(rows, many=True).data
    return {
        "note": NOT_RANKED,
        "counts": {"cells": sum(view.counts.values())} | {s: view.counts[CellState(s)] for s in STATES},
        "generation": generation_document(view.generation),
        "results": results,
    }


def generation_document(generation: ProjectionGeneration | None) -> dict[str, Any] | None:
    """The pass that answered last; None before the first."""
    if generation is None:
        return None
    return {
        "engine": generation.engine,
        "data_sha256": generation.data_sha256,
        "sha256": generation.sha256,
        "made_at": generation.made_at.isoformat(),
    }


def _system(system: System, view: MatrixView) -> dict[str, Any]:
    return {
        "system": system.pk,
        "device": system.device.slug,
        "device_class": system.device.device_class,
        "software": system.software,
        "submitter": system.publication.submitter.slug,
        "round": system.publication.round_id,
        "metric": view.query.metric,
        "unit": UNITS[view.query.metric],
    }


def _matrix_rows(row: MatrixRow, view: MatrixView) -> Iterator[dict[str, Any]]:
    for network, cell in zip(view.networks, row.cells, strict=True):
        if view.query.states and cell.state not in view.query.states:
            continue
        yield _system(row.system, view) | {
            "model": network.slug,
            "state": cell.state.value,
            "value": cell.value,
            "low_80": cell.low,
            "high_80": cell.high,
            "reason": cell.reason,
            "result": cell.public_id,
        }


def _class_rows(row: ClassRow, view: MatrixView) -> Iterator[dict[str, Any]]:
    for network, cell in zip(view.networks, row.cells, strict=True):
        measured, projected = cell.measured or (None, None), cell.projected or (None, None)
        yield {
            "device_class": row.device_class,
            "systems": row.systems,
            "model": network.slug,
            "metric": view.query.metric,
            "unit": UNITS[view.query.metric],
            **{state.replace("-", "_"): cell.counts.get(CellState(state), 0) for state in STATES},
            "measured_least": measured[0],
            "measured_greatest": measured[1],
            "projected_least": projected[0],
            "projected_greatest": projected[1],
        }


class BacktestRowSerializer(serializers.Serializer):
    """One method on one metric of one back-test. Figures in per cent; skill is 1 - MdAPE / MdAPE of the additive method."""

    round = serializers.CharField()
    anchors = serializers.IntegerField(help_text="Known networks of each new system.")
    metric = serializers.CharField()
    method = serializers.CharField()
    is_engine = serializers.BooleanField(help_text="Whether this is the method that ships.")
    is_best = serializers.BooleanField(help_text="Whether its median error is the least.")
    n = serializers.IntegerField(help_text="Hidden cells.")
    mdape = number("Median absolute error.")
    p90 = number("Nine of ten errors are below.")
    within10 = number("Share of cells within 10 per cent.")
    within25 = number()
    within50 = number()
    spearman = number("Rank correlation within systems of at least four hidden cells, times 100.")
    coverage80 = number("Share of values inside the 80 % band; of the shipped method only.")
    coverage90 = number()
    band90 = number("Median 90 % band as a factor; of the shipped method only.")
    skill = number("Of the shipped method only.")
    answered = count("Cells that would be shown; of the shipped method only.")
    answered_mdape = number("Median error of those.")
    engine = serializers.CharField()
    frozen_at = serializers.DateTimeField()
    scored_at = serializers.DateTimeField()
    data_sha256 = serializers.CharField(help_text="Of the cells that it was projected from.")
    frozen_sha256 = serializers.CharField(help_text="Of what was projected.")
    cells = serializers.CharField(help_text="Address of the frozen cells.")


class BacktestSerializer(serializers.Serializer):
    """How the engine and every baseline did on rounds that were projected before their values were read."""

    engine = Stated()
    results = serializers.SerializerMethodField()

    @extend_schema_field(BacktestRowSerializer(many=True))
    def get_results(self, view: BacktestView) -> list[dict[str, Any]]:
        return BacktestRowSerializer([r for one in view.scored for r in _methods(one)], many=True).data


def _methods(one: Scored) -> Iterator[dict[str, Any]]:
    backtest = one.backtest
    for method in one.methods:
        own = {
            "band90": one.band90,
            "skill": one.skill,
            "answered": one.answered,
            "answered_mdape": one.answered_mdape,
        }
        yield {
            "round": backtest.round_id,
            "anchors": backtest.anchors,
            "metric": one.metric,
            "method": method.name,
            "is_engine": method.is_engine,
            "is_best": method.is_best,
            "n": one.n,
            **{name: method.figures[name] for name in FIGURES},
            **(own if method.is_engine else dict.fromkeys(own)),
            "engine": backtest.engine,
            "frozen_at": backtest.frozen_at,
            "scored_at": backtest.scored_at,
            "data_sha256": backtest.data_sha256,
            "frozen_sha256": backtest.frozen_sha256,
            "cells": reverse("results:backtest-cells", args=[backtest.pk]),
        }  # fmt: skip


def frozen_document(backtest: Backtest) -> dict[str, Any]:
    """A back-test with its frozen cells, each as it was hashed, and beside it what was measured afterwards."""
    return {
        "round": backtest.round_id,
        "anchors": backtest.anchors,
        "engine": backtest.engine,
        "data_sha256": backtest.data_sha256,
        "frozen_sha256": backtest.frozen_sha256,
        "frozen_at": backtest.frozen_at.isoformat(),
        "scored_at": backtest.scored_at.isoformat() if backtest.scored_at else None,
        "recipe": "frozen_sha256 is the SHA-256 of the cells without their key measured, as JSON with sorted keys, "
        'separators ", " and ": ", ASCII only: hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()',
        "cells": backtest.cells,
    }
