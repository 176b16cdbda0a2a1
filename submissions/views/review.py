"""The pages of reviewers and staff: the queue, and the calls."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from submissions.forms.calls import ChangeDatesForm, OpenCallForm
from submissions.models import Call, User
from submissions.selectors.queue import call_views
from submissions.selectors.queue import queue as review_queue
from submissions.services import calls as service
from submissions.services.access import may_review

from .check import private_page


@require_safe
@login_required
@private_page
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, the oldest first; not there for those who do not review."""
    if not may_review(request.user):
        raise Http404("there is no such page")
    state, call = request.GET.get("state", ""), request.GET.get("call", "")
    found = review_queue(cast(User, request.user), state=state, call=call)
    context = {"queue": found, "state": state, "call": call, "calls": Call.objects.all()}
    return render(request, "submissions/review.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@private_page
def calls(request: HttpRequest) -> HttpResponse:
    """Every call with its submissions per state; staff open calls here and move their dates."""
    user = cast(User, request.user)
    if not user.is_staff:
        raise Http404("there is no such page")
    opening, changing = OpenCallForm(), None
    if request.method == "POST":
        form = (ChangeDatesForm if "call" in request.POST else OpenCallForm)(request.POST)
        if form.is_valid() and _done(request, user, form):
            return redirect("submissions:calls")
        opening, changing = (form, None) if isinstance(form, OpenCallForm) else (opening, form)
    rows = [(view, _dates_form(view.call, changing)) for view in call_views()]
    context = {"calls": rows, "form": opening}
    return render(
        request, "submissions/review_calls.html", context, status=400 if request.method == "POST" else 200
    )


def _done(request: HttpRequest, user: User, form: OpenCallForm | ChangeDatesForm) -> bool:
    given = form.cleaned_data
    dates = {name: given[name] for name in ("opens_at", "closes_at", "publishes_at")}
    try:
        if isinstance(form, OpenCallForm):
            call = service.open_call(round_id=given["round"].pk, actor=user, **dates)
            messages.success(request, f"The call for {call.round_id} is there.")
        else:
            row = Call.objects.filter(pk=given["call"]).first()
            if row is None:
                raise service.CannotCall("there is no such call")
            service.change_dates(row, actor=user, reason=given["reason"], **dates)
            messages.success(request, f"The dates of {row.round_id} have changed.")
    except service.CannotCall as problem:
        form.add_error(None, str(problem))
        return False
    return True


def _dates_form(call: Call, bound: ChangeDatesForm | None) -> ChangeDatesForm | None:
    """The form of one call; None when it was published and its dates stay."""
    if call.published_at is not None:
        return None
    if bound is not None and bound.data.get("call") == str(call.pk):
        return bound
    initial = {
        "call": call.pk,
        "opens_at": call.opens_at,
        "closes_at": call.closes_at,
        "publishes_at": call.publishes_at,
    }
    return ChangeDatesForm(initial=initial, auto_id=f"id_{call.pk}_%s")
