"""The addresses of the API below ``/api/v1/`` that belong to what happens before publication."""

from __future__ import annotations

from django.urls import path
from rest_framework.urlpatterns import format_suffix_patterns

from .rules import RuleDetail, RuleList

app_name = "submissions-api"

urlpatterns = format_suffix_patterns(
    [
        path("rules/", RuleList.as_view(), name="rules"),
        path("rules/<str:code>/", RuleDetail.as_view(), name="rule"),
    ],
    allowed=["json", "csv"],
)
