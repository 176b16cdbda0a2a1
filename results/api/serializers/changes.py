"""One step in the public history of a result."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from results.models import ResultChange

from .fields import Stated


class ChangedValueSerializer(serializers.Serializer):
    """A metric that a correction changed; null where it was not stated before, or is not any more."""

    metric = serializers.CharField()
    old = serializers.CharField(allow_null=True)
    new = serializers.CharField(allow_null=True)


class ChangeSerializer(serializers.Serializer):
    """What happened to a published result."""

    id = serializers.IntegerField(source="pk")
    result = serializers.CharField(help_text="Id of the result.")
    benchmark = serializers.CharField()
    round = serializers.CharField()
    kind = serializers.ChoiceField(choices=ResultChange.Kind.choices)
    at = serializers.DateTimeField()
    actor = serializers.CharField(
        help_text="The part that somebody played, or an organisation; never a person."
    )
    text = serializers.CharField()
    rule_code = Stated("The rule that was cited.")
    address = Stated("Path of the page that says more.")
    values = serializers.SerializerMethodField(help_text="Old and new values of a correction.")

    @extend_schema_field(ChangedValueSerializer(many=True))
    def get_values(self, change: ResultChange) -> list[dict[str, Any]]:
        return [
            {"metric": metric, "old": old, "new": new} for metric, old, new in change.data.get("values", [])
        ]
