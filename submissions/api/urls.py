"""The addresses of the API below ``/api/v1/`` that belong to what happens before publication, and to objections."""

from __future__ import annotations

from django.urls import path
from rest_framework.urlpatterns import format_suffix_patterns

from .rules import RuleDetail, RuleList
from .views import model_analysis, objections, sending, submissions

app_name = "submissions-api"

_SUBMISSION = "submissions/<str:public_id>/"
_VERSION = f"{_SUBMISSION}versions/<int:number>/"

urlpatterns = format_suffix_patterns(
    [
        path("rules/", RuleList.as_view(), name="rules"),
        path("rules/<str:code>/", RuleDetail.as_view(), name="rule"),
    ],
    allowed=["json", "csv"],
) + [
    path("checks/", sending.CheckCollection.as_view(), name="checks"),
    path("checks/<str:id>/", sending.CheckDetail.as_view(), name="check"),
    path("models/analyse/", model_analysis.ModelAnalysisCollection.as_view(), name="analyse-model"),
    path("models/analyse/<str:id>/", model_analysis.ModelAnalysisDetail.as_view(), name="model-analysis"),
    path("calls/", sending.CallList.as_view(), name="calls"),
    path("submissions/", sending.SubmissionCollection.as_view(), name="submissions"),
    path(_SUBMISSION, submissions.SubmissionDetail.as_view(), name="submission"),
    path(f"{_SUBMISSION}versions/", sending.VersionCollection.as_view(), name="versions"),
    path(_VERSION, submissions.VersionDetail.as_view(), name="version"),
    path(f"{_VERSION}archive/", submissions.VersionArchive.as_view(), name="archive"),
    path(f"{_VERSION}preview/", submissions.VersionPreview.as_view(), name="preview"),
    path(f"{_SUBMISSION}compare/", submissions.VersionComparison.as_view(), name="compare"),
    path(f"{_SUBMISSION}messages/", submissions.MessageCollection.as_view(), name="messages"),
    path(f"{_SUBMISSION}events/", submissions.EventList.as_view(), name="events"),
    path(f"{_SUBMISSION}actions/", submissions.ActionCollection.as_view(), name="actions"),
    path("reviews/", submissions.ReviewQueue.as_view(), name="reviews"),
    path("objections/", objections.ObjectionCollection.as_view(), name="objections"),
    path("objections/<int:number>/", objections.ObjectionDetail.as_view(), name="objection"),
    path("objections/<int:number>/statements/", objections.ObjectionStatements.as_view(), name="statements"),
    path("objections/<int:number>/decision/", objections.ObjectionDecision.as_view(), name="decision"),
    path("objections/<int:number>/retraction/", objections.ObjectionRetraction.as_view(), name="retraction"),
    path("me/", submissions.Me.as_view(), name="me"),
]
