"""Check an archive without an account: the form, the report while it is kept, the same as JSON."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import cast

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from rest_framework.views import APIView

from results.views.responses import is_fragment, json_file
from submissions.api.throttles import CheckThrottle
from submissions.forms.check import CheckForm
from submissions.models import Check
from submissions.selectors.report import check_json, report_view
from submissions.services import checks
from submissions.services.intake import TooLarge
from submissions.services.storage import StorageFailed, StorageFull

View = Callable[..., HttpResponse]


def private_page(view: View) -> View:
    """A page that no cache keeps and no search engine lists."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **parts: object) -> HttpResponse:
        response = view(request, *args, **parts)
        response["X-Robots-Tag"] = "noindex"
        return response

    return never_cache(wrapped)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form; what it sends is kept for its hour and its report has an address of its own."""
    if request.method != "POST":
        return _form(request, CheckForm())
    throttle = CheckThrottle()
    if not throttle.allow_request(request, cast(APIView, None)):  # type: ignore[arg-type]
        return _busy(request, "Too many checks came from your address.", math.ceil(throttle.wait() or 60))
    form = CheckForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, form, status=400)
    return _start(request, form)


def _start(request: HttpRequest, form: CheckForm) -> HttpResponse:
    given = form.cleaned_data
    archive = cast(TemporaryUploadedFile, given["archive"])
    try:
        check = checks.start(
            Path(archive.temporary_file_path()), round_id=given["round"], division=given["division"],
            filename=archive.name or "",
        )  # fmt: skip
    except TooLarge as problem:
        form.add_error("archive", f"{problem}.")
        return _form(request, form, status=413)
    except checks.TooBusy as problem:
        return _busy(request, "The site is busy with other checks.", problem.retry_after_s, status=503)
    except (StorageFull, StorageFailed) as problem:
        form.add_error(None, f"{problem}.")
        return _form(request, form, status=507 if isinstance(problem, StorageFull) else 503)
    return HttpResponseRedirect(check.get_absolute_url())


def _busy(request: HttpRequest, why: str, retry_after_s: int, *, status: int = 429) -> HttpResponse:
    form = CheckForm(request.POST)
    form.is_valid()
    minutes = math.ceil(retry_after_s / 60)
    form.add_error(
        None, f"{why} Nothing was kept; send it again in {minutes} minute{'s' if minutes > 1 else ''}."
    )
    form.errors.pop("archive", None)  # it was chosen, only nobody looked at it
    response = _form(request, form, status=status)
    response["Retry-After"] = str(retry_after_s)
    return response


def _form(request: HttpRequest, form: CheckForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "kept_minutes": settings.CHECK_KEPT_S // 60,
        "maximum_bytes": settings.UPLOAD_MAX_BYTES,
        "maximum_mb": settings.UPLOAD_MAX_BYTES // 1_000_000,
    }
    return render(request, "submissions/check.html", context, status=status)


@require_safe
@private_page
def detail(request: HttpRequest, check_id: str) -> HttpResponse:
    """The report of one check, or how far it has come."""
    check = _find(check_id)
    report = report_view(check)
    context = {
        "check": check,
        "report": report,
        "report_url": check.get_absolute_url(),
        "data_url": f"{check.get_absolute_url().removesuffix('/')}.json",
    }
    return report_page(request, "submissions/check_report.html", context)


@require_safe
@private_page
def data(request: HttpRequest, check_id: str) -> HttpResponse:
    """The same as JSON."""
    return json_file(check_json(_find(check_id)), f"check-{check_id}.json")


def report_page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """A page with a report; for htmx, which asks while it is not finished, the report alone.

    A page that was waiting is loaded anew once the report is there: its title and what can be done next have changed.
    """
    if not is_fragment(request):
        return render(request, template, context)
    response = render(request, "submissions/_report.html", context)
    if context["report"].finished:  # type: ignore[attr-defined]
        response["HX-Refresh"] = "true"
    return response


def _find(check_id: str) -> Check:
    try:
        return checks.find(check_id)
    except Check.DoesNotExist:
        raise Http404("there is no such check, or its time is over") from None
