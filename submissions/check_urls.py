"""The map of checks without an account, of the reports of versions, and of archives."""

from __future__ import annotations

from django.urls import path

from submissions.views import check, report

check_patterns = [
    path("check/", check.new, name="check-new"),
    path("check/<slug:check_id>.json", check.data, name="check-data"),
    path("check/<slug:check_id>/", check.detail, name="check"),
    path("submissions/<slug:public_id>/versions/<int:number>.json", report.data, name="version-data"),
    path("submissions/<slug:public_id>/versions/<int:number>/archive", report.archive, name="archive"),
    path("submissions/<slug:public_id>/versions/<int:number>/", report.version, name="version"),
    path("results/<str:result>/archive", report.published_archive, name="published-archive"),
]
