"""The form of a check without an account."""

from __future__ import annotations

from django import forms

from submissions.rules.rulebook import DIVISIONS, available_rounds


class CheckForm(forms.Form):
    """An archive, the round whose rules apply, and the division where the archive does not tell it."""

    round = forms.ChoiceField(label="Round", help_text="whose rules apply")
    division = forms.ChoiceField(
        label="Division",
        required=False,
        choices=[("", "as the archive says"), *((name, name) for name in DIVISIONS)],
        help_text="only of use for one submitter’s folder, with systems/ and results/ on top",
    )
    archive = forms.FileField(
        label="Archive",
        allow_empty_file=True,  # an empty file is something to report, like all that is wrong with an archive
        help_text=".zip, .tar.gz or .tar",
    )

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        rounds = available_rounds()[::-1]
        self.fields["round"].choices = [(name, name) for name in rounds]  # type: ignore[attr-defined]
        self.fields["round"].initial = rounds[0]
