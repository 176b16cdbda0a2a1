"""Organisations and invitations to them. Others than members and staff do not learn that an organisation exists."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from submissions.forms.accounts import InvitationForm, OrganisationForm, RoleForm
from submissions.models import Organisation, OrganisationRole, User
from submissions.selectors.mine import sending_for
from submissions.services import organisations
from submissions.services.organisations import OrganisationRefused
from submissions.throttles import count, seconds_to_wait, too_many
from submissions.views.accounts import origin_of


def _visible(user: User, slug: str) -> Organisation:
    seen = (
        Organisation.objects.all() if user.is_staff else Organisation.objects.filter(memberships__user=user)
    )
    return get_object_or_404(seen.select_related("submitter"), slug=slug)


def _managed(user: User, slug: str) -> Organisation:
    organisation = _visible(user, slug)
    if not organisations.may_manage(user, organisation):
        raise Http404
    return organisation


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            organisation = organisations.create_organisation(request.user, form.cleaned_data["name"])
        except OrganisationRefused as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, f"{organisation.name} is made, and you are its owner.")
            return redirect("submissions:organisation", organisation.slug)
    return render(request, "accounts/organisation_new.html", {"form": form, "contact": settings.CONTACT})


@login_required
@never_cache
@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, _visible(request.user, slug))


def _page(request: HttpRequest, organisation: Organisation, **forms: Any) -> HttpResponse:
    context = {
        "organisation": organisation,
        "members": organisation.memberships.select_related("user"),
        "own": organisation.memberships.filter(user=request.user).first(),
        "may_send": organisation in sending_for(request.user),
        "may_manage": organisations.may_manage(request.user, organisation),
        "roles": OrganisationRole.choices,
        "invitations": organisation.invitations.filter(
            accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
        ),
        "invitation_form": InvitationForm(),
    }
    return render(request, "accounts/organisation.html", context | forms)


@login_required
@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = _managed(request.user, slug)
    form = InvitationForm(request.POST)
    if form.is_valid():
        if wait_s := seconds_to_wait("invitation", request, request.user.email):
            return too_many(request, wait_s)
        count("invitation", request, request.user.email)
        try:
            invitation = organisations.invite(
                organisation, **form.cleaned_data, invited_by=request.user, origin=origin_of(request)
            )
        except OrganisationRefused as refused:
            form.add_error("email", str(refused))
        else:
            messages.success(request, f"An invitation is on its way to {invitation.email}.")
            return redirect("submissions:organisation", slug)
    return _page(request, organisation, invitation_form=form)


def _change(request: HttpRequest, slug: str, change: Callable[[], object], done: str) -> HttpResponse:
    """Do it and say so, or say why not; back to the organisation's page."""
    try:
        change()
    except ObjectDoesNotExist:
        raise Http404 from None
    except OrganisationRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("submissions:organisation", slug)


@login_required
@require_POST
def revoke_invitation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    organisation = _managed(request.user, slug)
    return _change(
        request, slug, lambda: organisations.revoke_invitation(organisation, pk), "The invitation has ended."
    )


@login_required
@require_POST
def change_role(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    organisation = _managed(request.user, slug)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Http404
    role = form.cleaned_data["role"]
    return _change(
        request, slug, lambda: organisations.change_role(organisation, pk, role), "The role is changed."
    )


@login_required
@require_POST
def remove_member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    organisation = _managed(request.user, slug)
    return _change(
        request, slug, lambda: organisations.remove_member(organisation, pk), "The member is removed."
    )


@login_required
@require_POST
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = _visible(request.user, slug)
    own = get_object_or_404(organisation.memberships, user=request.user)
    try:
        organisations.remove_member(organisation, own.pk)
    except OrganisationRefused as refused:
        messages.error(request, str(refused))
        return redirect("submissions:organisation", slug)
    messages.success(request, f"You have left {organisation.name}.")
    return redirect("submissions:account")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the invitation offers; accepting is a POST by the account with the address that it was sent to."""
    found = organisations.open_invitation(token)
    if found is None:
        return render(
            request, "accounts/link_ended.html", {"what": "invitation"}, status=HTTPStatus.NOT_FOUND
        )
    if request.method == "POST" and request.user.is_authenticated:
        try:
            membership = organisations.accept_invitation(token, request.user)
        except OrganisationRefused as refused:
            messages.error(request, str(refused))
            return redirect("submissions:invitation", token)
        messages.success(request, f"You are a member of {membership.organisation.name}.")
        return redirect("submissions:organisation", membership.organisation.slug)
    return render(request, "accounts/invitation.html", {"invitation": found})
