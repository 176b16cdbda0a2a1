"""The addresses below ``/api/v1/``. ``results.csv`` is ``results/?format=csv``."""

from __future__ import annotations

from django.urls import path
from rest_framework.urlpatterns import format_suffix_patterns

from . import docs
from .views import (
    boards,
    catalog,
    changes,
    compare,
    coverage,
    figures,
    fit,
    pivots,
    projections,
    runs,
    scores,
)

app_name = "results-api"

urlpatterns = format_suffix_patterns(
    [  # what is asked most stands first
        path("leaderboards/<slug:benchmark>/", boards.Leaderboard.as_view(), name="leaderboard"),
        path("results/", boards.ResultList.as_view(), name="results"),
        path("benchmarks/", catalog.BenchmarkList.as_view(), name="benchmarks"),
        path("benchmarks/<slug:id>/", catalog.BenchmarkDetail.as_view(), name="benchmark"),
        path("rounds/", catalog.RoundList.as_view(), name="rounds"),
        path("rounds/<str:id>/", catalog.RoundDetail.as_view(), name="round"),
        path("devices/", catalog.DeviceList.as_view(), name="devices"),
        path("devices/<slug:slug>/", catalog.DeviceDetail.as_view(), name="device"),
        path("devices/<slug:slug>/stacks/", pivots.DeviceStacks.as_view(), name="stacks"),
        path("devices/<slug:slug>/history/", pivots.DeviceHistory.as_view(), name="device-history"),
        path(
            "devices/<slug:slug>/operating-points/",
            pivots.DeviceOperatingPoints.as_view(),
            name="operating-points",
        ),
        path("software/", pivots.SoftwareList.as_view(), name="software-list"),
        path("software/<slug:slug>/", pivots.SoftwareBoards.as_view(), name="software"),
        path("models/", catalog.ModelList.as_view(), name="models"),
        path("models/<slug:slug>/", catalog.ModelDetail.as_view(), name="model"),
        path("systems/", runs.SystemList.as_view(), name="systems"),
        path("systems/<int:pk>/", runs.SystemDetail.as_view(), name="system"),
        path("submitters/", catalog.SubmitterList.as_view(), name="submitters"),
        path("submitters/<slug:slug>/", catalog.SubmitterDetail.as_view(), name="submitter"),
        path("results/<str:public_id>/", runs.ResultDetail.as_view(), name="result"),
        path("changes/", changes.ChangeList.as_view(), name="changes"),
        path("figures/", figures.FigureList.as_view(), name="figures"),
        path("figures/<str:key>/", figures.FigureDetail.as_view(), name="figure"),
        path("compare/", compare.Compare.as_view(), name="compare"),
        path("coverage/", coverage.Coverage.as_view(), name="coverage"),
        path("coverage/devices/", coverage.DeviceCoverage.as_view(), name="coverage-devices"),
        path("projections/", projections.ProjectionList.as_view(), name="projections"),
        path("projections/backtest/", projections.BacktestFigures.as_view(), name="backtest"),
        path("scores/", scores.Scores.as_view(), name="scores"),
        path("pareto/<slug:benchmark>/", boards.Pareto.as_view(), name="pareto"),
        path("find/hardware/", fit.FindHardware.as_view(), name="find-hardware"),
        path("find/model/", fit.FindModel.as_view(), name="find-model"),
        path("find/performance/", fit.FindPerformance.as_view(), name="find-performance"),
    ],
    allowed=["json", "csv"],
) + [
    path("schema/", docs.SchemaView.as_view(), name="schema"),
    path("docs/", docs.swagger, name="docs"),
]
