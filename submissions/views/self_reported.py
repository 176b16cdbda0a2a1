"""Handing in a self-reported result: a table, or the form that writes one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from submissions.forms.self_reported import ResultForm, TableForm, sending_organisations
from submissions.services.intake import Intake, StorageFailed, StorageFull
from submissions.services.self_reported import submit_files, submit_upload
from submissions.services.transitions import NotAllowed

_FULL = "The site could not store the file. Nothing was kept; please send it again later."


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Both ways on one page; what was typed is kept when something is wrong."""
    way = request.POST.get("way")
    sent = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    table = TableForm(user=request.user, prefix="table", **(sent if way == "table" else {}))
    result = ResultForm(user=request.user, **(sent if way == "form" else {}))
    form = {"table": table, "form": result}.get(way or "")
    status = 200
    if form is not None:
        if form.is_valid():
            try:
                intake = _submit(request, form)
                return redirect("submissions:submission", intake.submission.public_id)
            except NotAllowed as problem:
                form.add_error(None, str(problem))
            except (StorageFull, StorageFailed):
                form.add_error(None, _FULL)
        status = 422
    context = {"table": table, "result": result, "organisations": sending_organisations(request.user)}
    return render(request, "submissions/self_reported.html", context, status=status)


def _submit(request: HttpRequest, form: TableForm | ResultForm) -> Intake:
    data = form.cleaned_data
    shared = {
        "user": request.user,
        "organisation": data["organisation"],
        "round_id": data["benchmark_version"],
    }
    if isinstance(form, TableForm):
        return submit_upload(data["table"], filename=data["table"].name, **shared)
    return submit_files(form.files_of_archive(), filename="results.zip", **shared)
