"""Where self-reported results are handed in."""

from __future__ import annotations

from django.urls import path

from submissions.views import self_reported

self_reported_patterns = [
    path("submissions/new/self-reported/", self_reported.new, name="new-self-reported"),
    path("submissions/table.schema.json", self_reported.schema, name="table-schema"),
    path("submissions/table.example.csv", self_reported.example, name="table-example"),
]
