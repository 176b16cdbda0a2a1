"""What is filled in to object, to answer, and to decide."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from submissions.models import Organisation, User
from submissions.rules.catalogue import RULES

LONGEST_TEXT = 5000


def _rules() -> list[tuple[str, str]]:
    return [("", "choose a rule"), *((code, f"{code}: {RULES[code].title}") for code in sorted(RULES))]


class ObjectionForm(forms.Form):
    """An objection to one result, by one account."""

    rule_code = forms.ChoiceField(
        label="Rule", choices=_rules, help_text="The rule that the result breaks, in your view."
    )
    statement = forms.CharField(
        label="What is wrong", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Public. Say what you found, without judging anybody.",
    )  # fmt: skip
    evidence = forms.CharField(
        label="Evidence", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Public. A file and line, an address, or a measurement that others can repeat.",
    )  # fmt: skip
    organisation = forms.ModelChoiceField(
        label="In the name of", queryset=Organisation.objects.none(), required=False, empty_label="an account holder",
        help_text="Public instead of your name, which is never shown.",
    )  # fmt: skip

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(memberships__user=user)


class StatementForm(forms.Form):
    """One entry of the conversation."""

    body = forms.CharField(
        label="Statement", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4}), help_text="Public."
    )  # fmt: skip


class DecisionForm(forms.Form):
    """How an objection ends."""

    outcome = forms.ChoiceField(label="Outcome")
    decision = forms.CharField(
        label="Reason", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Public, and kept in the history of the result.",
    )  # fmt: skip

    def __init__(self, *args: object, outcomes: Iterable[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [("", "choose an outcome"), *outcomes]
