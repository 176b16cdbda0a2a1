"""Forms of accounts and organisations."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.validators import RegexValidator

from submissions.models import OrganisationRole, User
from submissions.services.tokens import DEFAULT_DAYS, LONGEST_DAYS

LONGEST_PASSWORD = 256


def _password_field(label: str, autocomplete: str, **options: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST_PASSWORD, widget=widget, **options)


# A name stands in mails to people who did not ask for them: it must not be a message with an address.
is_a_name = RegexValidator(
    r"[/\\@<>]|\bwww\.",
    "Use a name without / @ < > and without an address.",
    inverse_match=True,
    flags=re.IGNORECASE,
)


class SignUpForm(forms.Form):
    """E-mail, name, password. It never looks whether the address has an account."""

    email = forms.EmailField(
        label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    name = forms.CharField(
        max_length=120, validators=[is_a_name], help_text="Seen by members of your organisations and by reviewers, never published.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    password = _password_field(
        "Password", "new-password", help_text=" ".join(password_validators_help_texts())
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "password" in data:
            try:
                validate_password(
                    data["password"], User(email=data.get("email", ""), name=data.get("name", ""))
                )
            except forms.ValidationError as problem:
                self.add_error("password", problem)
        return data


class LogInForm(AuthenticationForm):
    """One sentence for every reason: unknown, wrong password, not confirmed."""

    username = UsernameField(
        label="E-mail address", max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )  # fmt: skip
    error_messages = {
        "invalid_login": (
            "No account that is confirmed has this e-mail address and password. "
            "If you have just signed up, follow the link in our mail first."
        ),
        "inactive": "",
    }


class PasswordForm(forms.Form):
    """The account's password, where a step needs its owner."""

    password = _password_field("Password", "current-password")


class PasswordResetForm(forms.Form):
    """The address that wants a new password."""

    email = forms.EmailField(
        label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class ProfileForm(forms.ModelForm):
    """What an account says of itself."""

    name = forms.CharField(max_length=120, validators=[is_a_name])

    class Meta:
        model = User
        fields = ["name"]


class TokenForm(forms.Form):
    """A name to know the token by, and how long it lives."""

    name = forms.CharField(max_length=80, help_text="What uses it, such as “nightly upload”.")
    days = forms.IntegerField(
        label="Days until it expires", min_value=1, max_value=LONGEST_DAYS, initial=DEFAULT_DAYS
    )


class OrganisationForm(forms.Form):
    """The name under which an organisation hands in results."""

    name = forms.CharField(max_length=120, help_text="Published with your results.")


class InvitationForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label="E-mail address", max_length=254)
    role = forms.ChoiceField(choices=OrganisationRole.choices, initial=OrganisationRole.SUBMITTER)


class RoleForm(forms.Form):
    """A member's role."""

    role = forms.ChoiceField(choices=OrganisationRole.choices)
