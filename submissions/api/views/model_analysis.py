"""Models that somebody has analysed: the facts at once, and again while they are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import Http404
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from results.api.operations import Operation
from results.api.problems import InvalidFields
from results.api.throttles import LenientAnonRateThrottle, LenientUserRateThrottle
from results.domain.parameters import Problem
from submissions.checking.wire import WireError
from submissions.models import ModelAnalysis
from submissions.selectors.model_analysis import analysis_json
from submissions.services import model_analysis
from submissions.services.confined import CheckFailed

from .. import examples
from ..base import AccountView, Unavailable
from ..parsers import read_body
from ..serializers.model_facts import ModelAnalysisSerializer, ModelBodySerializer
from ..throttles import ModelThrottle


class ModelAnalysisCollection(AccountView):
    """Analyses of models."""

    permission_classes = (AllowAny,)
    throttle_classes = (LenientAnonRateThrottle, LenientUserRateThrottle, ModelThrottle)
    parser_classes = (MultiPartParser,)
    operations = {
        "post": Operation(
            "analyse_model", {201: "The facts; Location is where they stand while they are kept."},
            ModelAnalysisSerializer, ModelBodySerializer, for_accounts=False, problems=(401, 403, 503, 507),
            examples=examples.MODEL_ANALYSED,
        )
    }  # fmt: skip

    def post(self, request: Request, **kwargs: Any) -> Response:
        """Count MACs, parameters, weights and activation memory of a model. It is never run, and deleted at once.

        With a token or session the facts are that account's alone. A file that is no model is 422.
        """
        model_analysis.make_sure_of_room()
        file = read_body(ModelBodySerializer, request)["model"]
        try:
            analysis = model_analysis.analyse_upload(
                Path(file.temporary_file_path()), filename=file.name, owner=request.user
            )
        except model_analysis.ModelRefused as refusal:
            message = f"{refusal.where}: expected {refusal.expected}; found {refusal.found}. {refusal.mend}"
            raise InvalidFields([Problem("model", file.name[:200], message)]) from refusal
        except CheckFailed as fault:
            raise Unavailable("The site could not analyse this file; send it again.", None) from fault
        address = reverse("submissions-api:model-analysis", args=[analysis.pk])
        return Response(analysis_json(analysis), status=201, headers={"Location": address})


class ModelAnalysisDetail(AccountView):
    """One analysis."""

    permission_classes = (AllowAny,)
    throttle_classes = (LenientAnonRateThrottle, LenientUserRateThrottle)
    operations = {
        "get": Operation(
            "get_model_analysis", {200: "The facts."}, ModelAnalysisSerializer, for_accounts=False, problems=(401,)
        )
    }  # fmt: skip

    def get(self, request: Request, id: str, **kwargs: Any) -> Response:
        """The facts of a model while they are kept; those of an account are there for that account only."""
        try:
            return Response(analysis_json(model_analysis.find(id, request.user)))
        except (ModelAnalysis.DoesNotExist, WireError):
            raise Http404 from None
