"""Signing up, confirming, logging in, and passwords."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from submissions.forms.accounts import LogInForm, PasswordForm, PasswordResetForm, SignUpForm
from submissions.services import accounts, mail
from submissions.throttles import count, seconds_to_wait, too_many


def origin_of(request: HttpRequest) -> str:
    """Scheme and host for links in mails: the setting, else those of the request (one of ALLOWED_HOSTS)."""
    return settings.SITE_ORIGIN or f"{request.scheme}://{request.get_host()}"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Make an account; the page that follows is the same for an address that has one."""
    if request.user.is_authenticated:
        return redirect("submissions:account")
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if wait_s := seconds_to_wait("sign-up", request, data["email"]):
            return too_many(request, wait_s)
        count("sign-up", request, data["email"])
        accounts.sign_up(origin=origin_of(request), **data)
        return redirect("submissions:sign-up-sent")
    return render(request, "accounts/sign_up.html", {"form": form})


@require_safe
def sign_up_sent(request: HttpRequest) -> HttpResponse:
    """Look into your mail."""
    return render(request, "accounts/sign_up_sent.html")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, uidb64: str, token: str) -> HttpResponse:
    """Confirm an address: the link of the mail together with the password; programs that only follow links do nothing."""
    user = accounts.user_to_confirm(uidb64, token)
    if user is None:
        return render(request, "accounts/link_ended.html", {"what": "confirm"}, status=HTTPStatus.NOT_FOUND)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if wait_s := seconds_to_wait("log-in", request, user.email):
            return too_many(request, wait_s)
        if accounts.confirm(user, form.cleaned_data["password"]):
            login(request, user, "django.contrib.auth.backends.ModelBackend")
            messages.success(request, "Your e-mail address is confirmed, and you are logged in.")
            return redirect("submissions:account")
        count("log-in", request, user.email)
        form.add_error("password", "This is not the password with which the account was made.")
    return render(request, "accounts/confirm.html", {"form": form})


class LogInView(auth_views.LoginView):
    """Log in; failed attempts are counted by address and by account."""

    template_name = "accounts/log_in.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Without Django's ``site``, which would hide the theme and the section that every page has by that name."""
        context = super().get_context_data(**kwargs)
        del context["site"]
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        email = request.POST.get("username", "")
        if wait_s := seconds_to_wait("log-in", request, email):
            return too_many(request, wait_s)
        response = super().post(request, *args, **kwargs)
        if not request.user.is_authenticated:
            count("log-in", request, email)
        return response


@method_decorator(never_cache, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class PasswordChangeView(auth_views.PasswordChangeView):
    """A new password; every other session ends, this one gets a new key, and the owner is told by mail."""

    template_name = "accounts/password_change.html"
    form_class = PasswordChangeForm
    success_url = reverse_lazy("submissions:account")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who sits at somebody's open session does not get to guess the password here either."""
        if wait_s := seconds_to_wait("log-in", request, request.user.email):
            return too_many(request, wait_s)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        if "old_password" in form.errors:
            count("log-in", self.request, self.request.user.email)
        return super().form_invalid(form)

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        user = form.save()
        update_session_auth_hash(self.request, user)
        accounts.tell_password_changed(user, origin_of(self.request))
        messages.success(self.request, "Your password is changed. You are logged out everywhere else.")
        return HttpResponseRedirect(resolve_url(self.success_url))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail. Whether the address has an account is found out by the worker, after the answer."""
    form = PasswordResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if wait_s := seconds_to_wait("password-reset", request, email):
            return too_many(request, wait_s)
        count("password-reset", request, email)
        mail.queue_task("send_password_reset", email=email, origin=origin_of(request))
        return redirect("submissions:password-reset-sent")
    return render(request, "accounts/password_reset.html", {"form": form})


@require_safe
def password_reset_sent(request: HttpRequest) -> HttpResponse:
    """Look into your mail."""
    return render(request, "accounts/password_reset_sent.html")


class PasswordResetConfirmView(auth_views.PasswordResetConfirmView):
    """Set the new password. All sessions end; the person logs in with it."""

    template_name = "accounts/password_reset_confirm.html"

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        accounts.tell_password_changed(form.user, origin_of(self.request))
        messages.success(self.request, "Your new password is set. Log in with it.")
        return response

    def get_success_url(self) -> str:
        return reverse("submissions:log-in")
