"""What the rules are: every code with its meaning, its weight per round, and how to mend what it finds."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from results.views.responses import data_page, json_file
from submissions.selectors.rules import RuleEntry, rule_areas


@data_page
def index(request: HttpRequest) -> HttpResponse:
    """All rules on one page, each under its code as an anchor."""
    areas = rule_areas()
    context = {"areas": areas, "count": sum(len(area.rules) for area in areas)}
    return render(request, "submissions/rules.html", context)


@data_page
def data(request: HttpRequest) -> HttpResponse:
    """The same as JSON."""
    return json_file([_as_json(entry) for area in rule_areas() for entry in area.rules], "rules.json")


def _as_json(entry: RuleEntry) -> dict[str, object]:
    rule = entry.rule
    return {
        "code": rule.code,
        "title": rule.title,
        "description": rule.description,
        "why": rule.why,
        "mend": rule.mend,
        "source": rule.source,
        "tested_by_official_checker": rule.official,
        "weights": [
            {
                "division": weight.division,
                "rounds": list(weight.rounds),
                "severity": str(weight.severity) if weight.severity else None,
            }
            for weight in entry.weights
        ],
    }
