"""The addresses of submitting and reviewing."""

from __future__ import annotations

from django.urls import path

from submissions.views import review, submission

submission_patterns = [
    path("submissions/", submission.mine, name="mine"),
    path("submissions/new/", submission.new, name="new"),
    path("submissions/<slug:public_id>/", submission.one, name="submission"),
    path("submissions/<slug:public_id>/compare/", submission.compare, name="compare"),
    path("submissions/<slug:public_id>/edit/", submission.edit, name="edit"),
    path("submissions/<slug:public_id>/actions/", submission.actions, name="actions"),
    path("review/", review.queue, name="review"),
    path("review/calls/", review.calls, name="calls"),
]
