"""The map of the pages. ``<name>-data`` is the same view as JSON or CSV."""

from __future__ import annotations

from django.urls import path, register_converter

from results.converters import (
    DataFormatConverter,
    FitQuestionConverter,
    HashConverter,
    PublicIdConverter,
    RoundConverter,
)
from results.views import (
    benchmarks,
    changes,
    compare,
    data,
    device_history,
    device_list,
    devices,
    documents,
    embed,
    figures,
    find,
    home,
    leaderboard,
    models,
    new_results,
    operating_points,
    pareto,
    pivots,
    result,
    rounds,
    submitters,
    systems,
    theme,
)

register_converter(RoundConverter, "round")
register_converter(DataFormatConverter, "data_format")
register_converter(FitQuestionConverter, "fit_question")
register_converter(HashConverter, "hash16")
register_converter(PublicIdConverter, "public_id")

app_name = "results"

urlpatterns = [
    path("", home.home, name="home"),
    path("theme/", theme.choose, name="theme"),
    path("leaderboards/", leaderboard.index, name="leaderboards"),
    path("leaderboards/<slug:benchmark_id>/", leaderboard.page, name="leaderboard"),
    path(
        "leaderboards/<slug:benchmark_id>.<data_format:data_format>",
        leaderboard.data,
        name="leaderboard-data",
    ),
    path("pareto/", pareto.index, name="pareto-index"),
    path("pareto/<slug:benchmark_id>/", pareto.page, name="pareto"),
    path("pareto/<slug:benchmark_id>.svg", pareto.drawing, name="pareto-svg"),
    path("pareto/<slug:benchmark_id>.<data_format:data_format>", pareto.data, name="pareto-data"),
    path("compare/", compare.page, name="compare"),
    path("compare.<data_format:data_format>", compare.data, name="compare-data"),
    path("find/hardware/", find.hardware, name="find-hardware"),
    path("find/model/", find.model, name="find-model"),
    path("find/performance/", find.performance, name="find-performance"),
    path("find/<fit_question:question>.<data_format:data_format>", find.data, name="find-data"),
    path("benchmarks/", benchmarks.index, name="benchmarks"),
    path("benchmarks/<slug:benchmark_id>/", benchmarks.page, name="benchmark"),
    path("devices/", device_list.index, name="devices"),
    path("devices.<data_format:data_format>", device_list.data, name="devices-data"),
    path("devices/<slug:slug>/", devices.page, name="device"),
    path("devices/<slug:slug>.<data_format:data_format>", devices.data, name="device-data"),
    path("devices/<slug:slug>/stacks/", pivots.stacks, name="stacks"),
    path("devices/<slug:slug>/stacks.<data_format:data_format>", pivots.stacks_data, name="stacks-data"),
    path("devices/<slug:slug>/history/", device_history.page, name="device-history"),
    path(
        "devices/<slug:slug>/history.<data_format:data_format>",
        device_history.data,
        name="device-history-data",
    ),
    path("devices/<slug:slug>/operating-points/", operating_points.page, name="operating-points"),
    path(
        "devices/<slug:slug>/operating-points.<data_format:data_format>",
        operating_points.data,
        name="operating-points-data",
    ),
    path("software/", pivots.software_index, name="software-index"),
    path("software.<data_format:data_format>", pivots.software_index_data, name="software-index-data"),
    path("software/<slug:slug>/", pivots.software, name="software"),
    path("software/<slug:slug>.<data_format:data_format>", pivots.software_data, name="software-data"),
    path("figures/", figures.index, name="figures"),
    path("figures.<data_format:data_format>", figures.data, name="figures-data"),
    path("figures/about/", documents.figures, name="figures-document"),
    path("models/", models.index, name="models"),
    path("models/<slug:slug>/", models.page, name="model"),
    path("systems/<int:pk>/", systems.page, name="system"),
    path("submitters/", submitters.index, name="submitters"),
    path("submitters/<slug:slug>/", submitters.page, name="submitter"),
    path("rounds/", rounds.index, name="rounds"),
    path("rounds/<round:round_id>/", rounds.page, name="round"),
    path("rounds/<round:round_id>.<data_format:data_format>", rounds.data, name="round-data"),
    path("results/<public_id:public_id>/badge.svg", result.badge, name="result-badge"),
    path("results/<public_id:public_id>.bib", result.bibtex, name="result-bibtex"),
    path("results/<public_id:public_id>.csl.json", result.csl, name="result-csl"),
    path("results.atom", new_results.feed, name="results-feed"),
    path("data/", data.page, name="data"),
    path("data.json", data.manifest, name="data-manifest"),
    path("data/<str:name>", data.newest_file, name="data-newest"),
    path("data/<hash16:release>/<str:name>", data.file, name="data-file"),
    path("data/rounds/<round:round_id>/<str:name>", data.newest_file, name="round-archive-newest"),
    path("data/rounds/<round:round_id>/<hash16:release>/<str:name>", data.file, name="round-archive-file"),
    path("embed/leaderboards/<slug:benchmark_id>/", embed.leaderboard, name="embed-leaderboard"),
    path("embed/pareto/<slug:benchmark_id>/", embed.pareto, name="embed-pareto"),
    path("results/<public_id:public_id>/", result.page, name="result"),
    path("results/<public_id:public_id>.<data_format:data_format>", result.data, name="result-data"),
    path("changes/", changes.page, name="changes"),
    path("changes.json", changes.data, name="changes-data"),
    path("changes.atom", changes.feed, name="changes-feed"),
    path("method/", documents.method, name="method"),
    path("api/", documents.api, name="api"),
    path("accessibility/", documents.accessibility, name="accessibility"),
]
