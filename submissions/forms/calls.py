"""The forms of opening a call and moving its dates."""

from __future__ import annotations

from typing import Any

from django import forms

from results.models import Round


def _moment(label: str) -> forms.DateTimeField:
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=f"{label} (UTC)", input_formats=formats, widget=widget)


class DatesForm(forms.Form):
    """The three moments of a call."""

    opens_at = _moment("Opens")
    closes_at = _moment("Closes")
    publishes_at = _moment("Publishes")


class OpenCallForm(DatesForm):
    """A new call for a round of the catalogue."""

    round = forms.ModelChoiceField(Round.objects.none(), empty_label=None)
    field_order = ["round", "opens_at", "closes_at", "publishes_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = Round.objects.order_by("-position")  # type: ignore[attr-defined]


class ChangeDatesForm(DatesForm):
    """Other dates for a call that is not published yet, with the reason."""

    call = forms.IntegerField(min_value=1, max_value=2**31, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=1000, widget=forms.Textarea({"rows": 2}))
