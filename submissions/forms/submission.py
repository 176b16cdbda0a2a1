"""The forms of sending, answering and editing a submission."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from submissions.models import Call, Organisation, Submission
from submissions.services.metadata import MOST_CHARACTERS
from submissions.workflow.states import Action


class NewSubmissionForm(forms.Form):
    """A first archive for a call, on behalf of an organisation."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), empty_label=None)
    call = forms.ModelChoiceField(Call.objects.none(), label="Round", empty_label=None)
    archive = forms.FileField(help_text="One submitter’s closed/ and open/ folders as .zip or .tar.gz.")
    note = forms.CharField(required=False, max_length=4000, widget=forms.Textarea({"rows": 3}))

    def __init__(
        self, *args: Any, organisations: Sequence[Organisation], calls: Sequence[Call], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._choose("organisation", Organisation.objects.filter(pk__in=[o.pk for o in organisations]))
        self._choose("call", Call.objects.filter(pk__in=[call.pk for call in calls]).select_related("round"))
        self.fields["call"].label_from_instance = _call_label  # type: ignore[attr-defined]

    def _choose(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]


def _call_label(call: Call) -> str:
    return f"MLPerf Tiny {call.round_id}, open until {call.closes_at:%Y-%m-%d %H:%M} UTC"


class NewVersionForm(forms.Form):
    """A further archive of a submission."""

    archive = forms.FileField(help_text="The whole submission again, as .zip or .tar.gz.")
    note = forms.CharField(
        label="What changed", required=False, max_length=4000, widget=forms.Textarea({"rows": 2})
    )


class ActionForm(forms.Form):
    """One step of the table; whether it is allowed and needs a comment is asked there."""

    action = forms.ChoiceField(choices=[(action.value, action.value) for action in Action])
    comment = forms.CharField(required=False, max_length=8000)
    version = forms.IntegerField(required=False, min_value=1)


class MetadataForm(forms.Form):
    """What may be edited and is no evidence, with the reason."""

    title = forms.CharField(required=False, max_length=MOST_CHARACTERS["title"])
    contact = forms.CharField(
        required=False, max_length=MOST_CHARACTERS["contact"], help_text="Seen by reviewers, never published."
    )
    notes = forms.CharField(
        required=False, max_length=MOST_CHARACTERS["notes"], widget=forms.Textarea({"rows": 5})
    )
    links = forms.CharField(
        required=False, widget=forms.Textarea({"rows": 3}), help_text="One address per line, at most ten."
    )
    reproduces = forms.CharField(
        required=False, max_length=MOST_CHARACTERS["reproduces"],
        help_text="The result that this one measures again: the last part of the address of its page.",
    )  # fmt: skip
    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        help_text="Kept in the log with the old and the new text.",
    )

    @staticmethod
    def of(submission: Submission) -> dict[str, str]:
        """What stands in the form before anybody edits it."""
        kept = submission.metadata
        texts = {name: str(kept.get(name, "")) for name in MOST_CHARACTERS}
        return texts | {"links": "\n".join(kept.get("links", []))}

    def changes(self) -> dict[str, Any]:
        """The fields as submissions.services.metadata takes them."""
        given = {name: self.cleaned_data[name] for name in MOST_CHARACTERS}
        return given | {"links": self.cleaned_data["links"].splitlines()}
