"""A comparison: what stands side by side, every value with its band, ratio and verdict, and what differs."""

from __future__ import annotations

from rest_framework import serializers

from results.domain.comparison import KINDS

from .fields import Stated, number


class ComparedItemSerializer(serializers.Serializer):
    """One of the things that stand side by side."""

    id = serializers.CharField()
    name = serializers.CharField()
    detail = serializers.CharField()
    page = serializers.CharField(help_text="The page for people.")
    gone = Stated("Why the result no longer counts; its figures are not given then.")
    chosen_by = Stated("By which rule its results were chosen among several.")


class OverallSerializer(serializers.Serializer):
    """One item against the reference over the costs that compare."""

    id = serializers.CharField()
    verdict = serializers.ChoiceField(choices=["better", "undecided", "worse", "mixed", "none"])
    compared = serializers.IntegerField(help_text="Costs that compare.")
    of = serializers.IntegerField(help_text="Costs that the reference has.")
    why = Stated("Why nothing compares.")


class ComparedValueSerializer(serializers.Serializer):
    """One value of one item, against the reference's where the two compare."""

    id = serializers.CharField(help_text="The item.")
    benchmark = Stated()
    metric = serializers.CharField()
    unit = Stated("Null for a dimensionless value.")
    derived = serializers.BooleanField(help_text="Computed from measured values.")
    result = Stated("Id of the result that the value is of.")
    value = number()
    low = number("The least value of the band.")
    high = number("The greatest value of the band.")
    basis = Stated("windows: the timed windows of the log; declared: 2 % on both sides.")
    absent = Stated("Why there is no value.")
    is_reference = serializers.BooleanField()
    ratio = number("How many times better than the reference; null where the two do not compare.")
    ratio_low = number()
    ratio_high = number()
    verdict = Stated("better, undecided or worse.")
    verdict_text = Stated("The verdict in the words of its metric, such as faster.")
    comparable = Stated("comparable, comparable with differences or not comparable.")
    differences = serializers.ListField(child=serializers.CharField())
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Why the two do not compare.")
    path = Stated("File that a measured value was read from, in the submission.")
    line = serializers.IntegerField(allow_null=True, help_text="Its line, from 1.")
    last_line = serializers.IntegerField(allow_null=True, help_text="The last line of several.")
    file_sha256 = Stated("SHA-256 of that file.")


class TraitSerializer(serializers.Serializer):
    """One property over all items, in their order."""

    name = serializers.CharField()
    label = serializers.CharField()
    differs = serializers.BooleanField(allow_null=True, help_text="Null where nobody states it.")
    values = serializers.ListField(child=serializers.CharField(allow_null=True))


class ComparisonSerializer(serializers.Serializer):
    """Runs, systems, devices or models side by side."""

    kind = serializers.ChoiceField(choices=KINDS)
    reference = serializers.CharField(help_text="The item that ratios refer to.")
    metric = serializers.CharField()
    items = ComparedItemSerializer(many=True)
    overall = OverallSerializer(many=True)
    results = ComparedValueSerializer(many=True)
    traits = TraitSerializer(many=True)
    footnote = serializers.CharField(help_text="What must stand under these figures wherever they are shown.")
