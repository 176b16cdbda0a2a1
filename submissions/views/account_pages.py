"""One's own account: name, API tokens, a copy of one's data, and deletion."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from submissions.forms.accounts import PasswordForm, ProfileForm, TokenForm
from submissions.models import ApiToken
from submissions.services import accounts, erasure, tokens
from submissions.throttles import count, seconds_to_wait, too_many


@login_required
@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Everything about one's own account on one page."""
    return _page(request)


def _page(request: HttpRequest, **forms: Any) -> HttpResponse:
    user = request.user
    context = {
        "profile_form": ProfileForm(initial={"name": user.name}),
        "token_form": TokenForm(prefix="token"),
        "memberships": user.memberships.select_related("organisation").order_by("organisation__name"),
        "tokens": user.api_tokens.all(),
        "now": timezone.now(),
    }
    return render(request, "accounts/account.html", context | forms)


@login_required
@require_POST
def change_profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _page(request, profile_form=form)
    accounts.rename(request.user, form.cleaned_data["name"])
    messages.success(request, "Your name is changed.")
    return redirect("submissions:account")


@login_required
@never_cache
@require_POST
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token. The answer itself shows the secret: a redirect would have to keep it somewhere."""
    form = TokenForm(request.POST, prefix="token")
    if form.is_valid():
        try:
            token, secret = tokens.create_token(request.user, **form.cleaned_data)
        except tokens.TokenRefused as refused:
            form.add_error("name", str(refused))
        else:
            return render(request, "accounts/token.html", {"token": token, "secret": secret})
    return _page(request, token_form=form)


@login_required
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        token = tokens.revoke_token(request.user, pk)
    except ApiToken.DoesNotExist:
        raise Http404 from None
    messages.success(request, f"The token “{token.name}” opens nothing any more.")
    return redirect("submissions:account")


@login_required
@never_cache
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Everything that the site keeps about the account, as a file."""
    response = JsonResponse(
        erasure.personal_data(request.user),
        encoder=DjangoJSONEncoder,
        json_dumps_params={"indent": 1, "ensure_ascii": False},
    )
    response["Content-Disposition"] = 'attachment; filename="tinysite-account.json"'
    return response


@login_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Delete the account, confirmed by its password."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if wait_s := seconds_to_wait("log-in", request, request.user.email):
            return too_many(request, wait_s)
        if not request.user.check_password(form.cleaned_data["password"]):
            count("log-in", request, request.user.email)
            form.add_error("password", "This is not your password.")
        else:
            try:
                erasure.delete_account(request.user)
            except erasure.HandOverFirst as refused:
                form.add_error(None, str(refused))
            else:
                logout(request)
                messages.success(request, "Your account is deleted.")
                return redirect("results:home")
    return render(request, "accounts/delete.html", {"form": form})
