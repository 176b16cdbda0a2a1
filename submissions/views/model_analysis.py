"""Analyse a model: the form, the page of its facts while they are kept, the same as JSON and CSV."""

from __future__ import annotations

import math
from pathlib import Path
from typing import cast

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from rest_framework.views import APIView

from results.domain.model_facts_data import LAYER_COLUMNS, layer_rows
from results.views.responses import csv_file, json_file
from submissions.api.throttles import ModelThrottle
from submissions.checking.wire import WireError
from submissions.formats.neural_models.limits import FILE_BYTES
from submissions.forms.model_analysis import AnalyseModelForm
from submissions.models import ModelAnalysis
from submissions.selectors.model_analysis import analysis_json, analysis_view
from submissions.services import model_analysis
from submissions.services.confined import CheckFailed

from .check import private_page

NOT_DONE = "The site could not analyse this file, through no fault of yours. Send it again."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form; the facts of what it sends get an address of their own."""
    if request.method != "POST":
        return _form(request, AnalyseModelForm())
    throttle = ModelThrottle()
    if not throttle.allow_request(request, cast(APIView, None)):  # type: ignore[arg-type]
        return _busy(request, "Too many models came from you.", math.ceil(throttle.wait() or 60), status=429)
    form = AnalyseModelForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, form, status=400)
    return _analyse(request, form)


def _analyse(request: HttpRequest, form: AnalyseModelForm) -> HttpResponse:
    file = cast(TemporaryUploadedFile, form.cleaned_data["model"])
    try:
        analysis = model_analysis.analyse_upload(
            Path(file.temporary_file_path()), filename=file.name or "", owner=request.user
        )
    except model_analysis.ModelRefused as refusal:
        return _form(request, form, status=422, refusal=refusal)
    except model_analysis.TooManyAnalyses as problem:
        return _busy(request, "The site is busy with other models.", problem.retry_after_s, status=503)
    except CheckFailed:
        form.add_error(None, NOT_DONE)
        return _form(request, form, status=503)
    return HttpResponseRedirect(analysis.get_absolute_url())


def _busy(request: HttpRequest, why: str, retry_after_s: int, *, status: int) -> HttpResponse:
    form = AnalyseModelForm(request.POST)
    form.is_valid()
    wait = f"{retry_after_s} seconds" if retry_after_s < 60 else f"{math.ceil(retry_after_s / 60)} minutes"
    form.add_error(None, f"{why} Nothing was kept; send it again in {wait}.")
    form.errors.pop("model", None)  # it was chosen, only nobody looked at it
    response = _form(request, form, status=status)
    response["Retry-After"] = str(retry_after_s)
    return response


def _form(
    request: HttpRequest, form: AnalyseModelForm, *, status: int = 200,
    refusal: model_analysis.ModelRefused | None = None,
) -> HttpResponse:  # fmt: skip
    context = {
        "form": form, "refusal": refusal, "maximum_bytes": FILE_BYTES, "maximum_mb": FILE_BYTES // 1_000_000,
        "kept_hours": settings.MODEL_KEPT_S // 3600, "kept_minutes": settings.MODEL_KEPT_S // 60,
    }  # fmt: skip
    return render(request, "submissions/analyse_model.html", context, status=status)


@require_safe
@private_page
def detail(request: HttpRequest, token: str) -> HttpResponse:
    """The facts of one model."""
    analysis = _find(request, token)
    try:
        view = analysis_view(analysis)
    except WireError:
        raise Http404("the facts were kept by another release") from None
    context = {"analysis": analysis, "view": view, "facts": view.facts}
    return render(request, "submissions/model_analysis.html", context)


@require_safe
@private_page
def data(request: HttpRequest, token: str, data_format: str) -> HttpResponse:
    """The same as JSON, or one row per layer as CSV."""
    analysis = _find(request, token)
    try:
        if data_format == "json":
            return json_file(analysis_json(analysis), f"model-{token}.json")
        rows = layer_rows(model_analysis.facts_of(analysis))
    except WireError:
        raise Http404("the facts were kept by another release") from None
    return csv_file(LAYER_COLUMNS, rows, f"model-{token}-layers.csv")


def _find(request: HttpRequest, token: str) -> ModelAnalysis:
    try:
        return model_analysis.find(token, request.user)
    except ModelAnalysis.DoesNotExist:
        raise Http404(
            "there is no such analysis, its time is over, or it belongs to another account"
        ) from None
