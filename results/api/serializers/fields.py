"""Fields that say what absence means: null where nobody states or measured a thing, never 0 and never an empty text."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


@extend_schema_field({"type": "string", "nullable": True})
class Stated(serializers.Field):
    """A text as stated; null where the source does not say."""

    def __init__(self, help_text: str = "", source: str | None = None) -> None:
        super().__init__(help_text=help_text or None, source=source, allow_null=True)

    def to_representation(self, value: Any) -> str | None:
        return str(value) or None


def number(help_text: str = "", source: str | None = None) -> serializers.FloatField:
    """A number in the unit that the field's name ends with; null where it was not measured or is not stated."""
    return serializers.FloatField(allow_null=True, help_text=help_text or None, source=source)


def count(help_text: str = "", source: str | None = None) -> serializers.IntegerField:
    """A whole number; null where nobody states or counted it."""
    return serializers.IntegerField(allow_null=True, help_text=help_text or None, source=source)


@extend_schema_field(OpenApiTypes.URI_REF)
class Address(serializers.Field):
    """The path of another answer of the API or of a page of the site, from the attributes named in order."""

    def __init__(self, view_name: str, *attributes: str, help_text: str = "") -> None:
        super().__init__(source="*", help_text=help_text or None)
        self.view_name = view_name
        self.attributes = attributes

    def to_representation(self, value: Any) -> str:
        return reverse(self.view_name, args=[read(value, attribute) for attribute in self.attributes])


def read(value: Any, path: str) -> Any:
    """``value.a.b`` or ``value["a"]["b"]`` for the path ``a.b``."""
    for step in path.split("."):
        value = value[step] if isinstance(value, dict) else getattr(value, step)
    return value
