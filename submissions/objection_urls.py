"""The addresses of objections, for the map of submissions."""

from __future__ import annotations

from django.urls import path

from submissions.views import objections

objection_patterns = [
    path("objections/", objections.index, name="objections"),
    path("objections/<int:number>/", objections.page, name="objection"),
    path("objections/<int:number>/statements/", objections.state, name="objection-statement"),
    path("objections/<int:number>/retract/", objections.retract, name="objection-retract"),
    path("objections/<int:number>/decision/", objections.decide, name="objection-decision"),
    path("results/<str:public_id>/object/", objections.new, name="object"),
]
