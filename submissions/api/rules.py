"""The rules that every submission is judged by, and how much each weighs in each round."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request

from results.api.serializers.fields import Stated
from results.api.views.base import ReadOnlyView, refuse_parameters
from results.domain.links import rule_address
from submissions.rules.catalogue import RULES
from submissions.rules.registry import Rule
from submissions.rules.rulebook import DIVISIONS, Rulebook, available_rounds, load_rulebook

_AS_WRITTEN = ("code", "area", "title", "description", "why", "source", "mend", "official")


class WeightSerializer(serializers.Serializer):
    """How much a rule weighs in one round: error, warning, note; null where it does not apply."""

    round = serializers.CharField()
    closed = Stated("Severity in the closed division.")
    open = Stated("Severity in the open division.")


class RuleSerializer(serializers.Serializer):
    """What a finding's code means."""

    code = serializers.CharField(help_text="Stable: it never changes its meaning.")
    area = serializers.CharField(help_text="The part of the code before its dot.")
    title = serializers.CharField()
    description = serializers.CharField()
    why = serializers.CharField()
    source = serializers.CharField()
    mend = serializers.CharField()
    official = serializers.BooleanField(help_text="Whether the official submission checker tests it as well.")
    found_while_reading = serializers.BooleanField(help_text="Whether it is found while the files are read.")
    rounds = WeightSerializer(many=True)
    page = serializers.CharField(help_text="Where the rule is explained to people.")


class RuleListSerializer(serializers.Serializer):
    """Every rule; there are few enough for one answer."""

    results = RuleSerializer(many=True)


@lru_cache(maxsize=1)
def rules() -> dict[str, dict[str, Any]]:
    """Every rule by its code, in the order of the codes."""
    rulebooks = [load_rulebook(round_id) for round_id in available_rounds()]
    return {code: _rule(RULES[code], rulebooks) for code in sorted(RULES)}


def _rule(rule: Rule, rulebooks: Iterable[Rulebook]) -> dict[str, Any]:
    return {
        **{name: getattr(rule, name) for name in _AS_WRITTEN},
        "found_while_reading": rule.severity_of_reader is not None,
        "rounds": [
            {"round": book.round} | {division: _severity(rule, book, division) for division in DIVISIONS}
            for book in rulebooks
        ],
        "page": rule_address(rule.code),
    }


def _severity(rule: Rule, rulebook: Rulebook, division: str) -> str | None:
    """The round's severity, or what the reader gives its own findings where the rulebook says nothing."""
    found = rulebook.severity(rule.code, division) if rule.code in rulebook.rules else rule.severity_of_reader
    return str(found) if found else None


class RuleView(ReadOnlyView):
    """Rules come with the code of the site, so their tag follows from what they say, not from the data."""

    def version(self, request: Request) -> str:
        return hashlib.sha256(json.dumps(rules(), sort_keys=True).encode()).hexdigest()[:12]


class RuleList(RuleView):
    """Every rule with its stable code, what it checks and why, how to mend a finding, and its weight per round."""

    operation = "list_rules"
    serializer_class = RuleListSerializer
    csv_serializer = RuleSerializer

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        refuse_parameters(request)
        return {"results": RuleSerializer(list(rules().values()), many=True).data}


class RuleDetail(RuleView):
    """One rule by its code, such as `closed.accuracy-below-target`."""

    operation = "get_rule"
    serializer_class = RuleSerializer

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        refuse_parameters(request)
        rule = rules().get(kwargs["code"])
        if rule is None:
            raise Http404
        return RuleSerializer(rule).data
