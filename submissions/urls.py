"""The map of the pages that explain how submissions are judged."""

from __future__ import annotations

from django.urls import path

from submissions.accounts_urls import account_patterns
from submissions.check_urls import check_patterns
from submissions.model_urls import model_patterns
from submissions.objection_urls import objection_patterns
from submissions.self_reported_urls import self_reported_patterns
from submissions.submission_urls import submission_patterns
from submissions.views import rules

app_name = "submissions"

urlpatterns = [
    path("rules/", rules.index, name="rules"),
    path("rules.json", rules.data, name="rules-data"),
    *check_patterns,
    *model_patterns,
    *objection_patterns,
    *account_patterns,
    *self_reported_patterns,
    *submission_patterns,
]
