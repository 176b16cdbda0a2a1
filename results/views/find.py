"""The three questions of the home page, answered by the measured results that exist: each leads to its view."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from results.models import Benchmark, Device


@require_safe
def hardware(request: HttpRequest) -> HttpResponse:
    """I have a model, which hardware? The leaderboard of the benchmark that measures this model."""
    benchmark = get_object_or_404(Benchmark, reference_model__slug=request.GET.get("model", ""))
    return HttpResponseRedirect(reverse("results:leaderboard", args=[benchmark.pk]))


@require_safe
def model(request: HttpRequest) -> HttpResponse:
    """I have hardware, which model? Everything that was measured on the device."""
    device = get_object_or_404(Device, slug=request.GET.get("device", ""))
    return HttpResponseRedirect(reverse("results:device", args=[device.slug]))


@require_safe
def performance(request: HttpRequest) -> HttpResponse:
    """I have both: the results of the device on the model's benchmark."""
    benchmark = get_object_or_404(Benchmark, reference_model__slug=request.GET.get("model", ""))
    device = get_object_or_404(Device, slug=request.GET.get("device", ""))
    return HttpResponseRedirect(f"{reverse('results:leaderboard', args=[benchmark.pk])}?device={device.slug}")
