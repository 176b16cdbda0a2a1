"""The map of models that somebody has analysed."""

from __future__ import annotations

from django.urls import path

from submissions.views import model_analysis

model_patterns = [
    path("models/analyse/", model_analysis.new, name="analyse-model"),
    *(
        path(
            f"models/analyse/<slug:token>.{data_format}",
            model_analysis.data,
            {"data_format": data_format},
            name=f"model-analysis-{data_format}",
        )
        for data_format in ("json", "csv")
    ),
    path("models/analyse/<slug:token>/", model_analysis.detail, name="model-analysis"),
]
