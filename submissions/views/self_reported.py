"""Handing in a self-reported result: a table, or the form that writes one."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from submissions.forms.self_reported import ResultForm, TableForm, sending_organisations
from submissions.services.intake import Intake, StorageFailed, StorageFull
from submissions.services.self_reported import submit_files, submit_upload
from submissions.services.transitions import NotAllowed
from submissions.throttles import seconds_to_next_upload, too_many

SCHEMA = Path(settings.BASE_DIR) / "submissions/formats/tabular/schema.json"
EXAMPLE = Path(settings.BASE_DIR) / "docs/examples/self-reported/results.csv"
_FULL = "The site could not store the file. Nothing was kept; please send it again later."


@require_safe
def schema(request: HttpRequest) -> FileResponse:
    """The JSON Schema of the table."""
    return FileResponse(
        SCHEMA.open("rb"), content_type="application/schema+json", filename="table.schema.json"
    )


@require_safe
def example(request: HttpRequest) -> FileResponse:
    """The example table, to be filled in."""
    return FileResponse(
        EXAMPLE.open("rb"), as_attachment=True, content_type="text/csv", filename="results.csv"
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Both ways on one page; what was typed is kept when something is wrong."""
    if request.method == "POST" and (wait_s := seconds_to_next_upload(request)):
        return too_many(request, wait_s)
    way = request.POST.get("way")
    sent = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    table = TableForm(user=request.user, prefix="table", **(sent if way == "table" else {}))
    asked = {"initial": {"benchmark": request.GET.get("benchmark", "")}}
    result = ResultForm(user=request.user, **(sent if way == "form" else asked))
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
    context = {
        "table": table, "result": result, "organisations": sending_organisations(request.user),
        "benchmarks": result.fields["benchmark"].choices, "way": way,
    }  # fmt: skip
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
