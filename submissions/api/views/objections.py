"""Objections to published results: readable by everybody, made by accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404
from rest_framework import exceptions
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from results.api.operations import Operation
from results.api.pagination import paginate
from results.api.problems import InvalidFields
from results.api.query_parameters import asked_parameters
from results.domain.parameters import ParameterReader, Problem
from results.models import Run
from submissions.models import Objection, Organisation
from submissions.selectors.objections import objection_page, objections
from submissions.services import objections as service

from .. import examples
from ..base import AccountView, Conflict
from ..parsers import read_body
from ..serializers import answers, bodies

_STATES = [str(state) for state in Objection.State]


class ObjectionView(AccountView):
    """Everybody reads; only accounts write."""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    def answer(self, number: int, status: int = 200) -> Response:
        """The objection as everybody sees it."""
        try:
            seen = objection_page(number, self.request.user)
        except Objection.DoesNotExist:
            raise Http404 from None
        return Response(answers.ObjectionDetailSerializer(seen).data, status=status)

    def step(self, number: int, take: Callable[[Objection], object], status: int = 200) -> Response:
        """Take a step on an objection and answer what it has become."""
        objection = Objection.objects.filter(pk=number).first()
        if objection is None:
            raise Http404
        said(lambda: take(objection))
        return self.answer(number, status)


def said(step: Callable[[], Any]) -> Any:
    """What ``step`` returns; a refusal of the service as the problem that the API answers with."""
    try:
        return step()
    except service.TooMany as problem:
        raise exceptions.Throttled(wait=86_400, detail=f"{problem}.") from problem
    except service.NotYours as problem:
        raise exceptions.PermissionDenied(f"{problem}.") from problem
    except service.Refused as problem:
        raise Conflict(f"{problem}.") from problem


class ObjectionCollection(ObjectionView):
    """All objections."""

    operations = {
        "get": Operation(
            "list_objections", {200: "The objections."}, answers.ObjectionSerializer, is_page=True, for_accounts=False,
            parameters=(
                {"name": "state", "in": "query", "schema": {"type": "string", "enum": _STATES}, "description": "One."},
            ),
        ),
        "post": Operation(
            "create_objection", {201: "It is open."}, answers.ObjectionDetailSerializer, bodies.ObjectionBodySerializer,
            problems=(409,), examples=examples.OBJECTION,
        ),
    }  # fmt: skip

    def get(self, request: Request, **kwargs: Any) -> Response:
        """Every objection, the newest first."""
        asked = {name: values for name, values in asked_parameters(request).items() if name == "state"}
        reader = ParameterReader(asked, ("state",))
        state = reader.choice("state", _STATES, "")
        reader.raise_problems()
        page = paginate(objections(state), ("-id",), request, filters=("state",))
        return Response(page.envelope(request, answers.ObjectionSerializer(page.rows, many=True).data))

    def post(self, request: Request, **kwargs: Any) -> Response:
        """Object to a published result, citing the rule and the evidence. It is public at once."""
        body = read_body(bodies.ObjectionBodySerializer, request)
        run = Run.objects.filter(public_id=body.pop("result")).first()
        if run is None:
            raise InvalidFields(
                [Problem("result", str(request.data["result"])[:200], "is no published result")]
            )
        slug = body.pop("organisation", "")
        organisation = Organisation.objects.filter(slug=slug, memberships__user=self.account()).first()
        if slug and organisation is None:
            raise InvalidFields([Problem("organisation", slug, "is no organisation of this account")])
        made = said(lambda: service.open_objection(run, self.account(), organisation=organisation, **body))
        response = self.answer(made.pk, 201)
        response["Location"] = reverse("submissions-api:objection", args=[made.pk])
        return response


class ObjectionDetail(ObjectionView):
    """One objection."""

    operations = {
        "get": Operation(
            "get_objection", {200: "The objection."}, answers.ObjectionDetailSerializer, for_accounts=False
        )
    }

    def get(self, request: Request, number: int, **kwargs: Any) -> Response:
        """One objection with its conversation and its decision."""
        return self.answer(number)


class ObjectionStatements(ObjectionView):
    """The conversation about an objection."""

    operations = {
        "post": Operation(
            "create_statement", {201: "It was written."}, answers.ObjectionDetailSerializer,
            bodies.StatementBodySerializer, problems=(409,), examples=examples.STATEMENT,
        )
    }  # fmt: skip

    def post(self, request: Request, number: int, **kwargs: Any) -> Response:
        """Say something, as the objector, for the submitter, or as a reviewer. It is public."""
        body = read_body(bodies.StatementBodySerializer, request)["body"]
        return self.step(number, lambda row: service.add_statement(row, self.account(), body=body), 201)


class ObjectionDecision(ObjectionView):
    """The end of an objection by a reviewer."""

    operations = {
        "post": Operation(
            "decide_objection", {200: "It is decided."}, answers.ObjectionDetailSerializer,
            bodies.DecisionBodySerializer, problems=(409,), examples=examples.DECISION,
        )
    }  # fmt: skip

    def post(self, request: Request, number: int, **kwargs: Any) -> Response:
        """Decide, as a reviewer who belongs to neither side."""
        body = read_body(bodies.DecisionBodySerializer, request)
        return self.step(number, lambda row: service.decide(row, self.account(), **body))


class ObjectionRetraction(ObjectionView):
    """The end of an objection by its objector."""

    operations = {
        "post": Operation(
            "retract_objection",
            {200: "It is taken back."},
            answers.ObjectionDetailSerializer,
            problems=(409,),
        )
    }

    def post(self, request: Request, number: int, **kwargs: Any) -> Response:
        """Take an objection back, as its objector. There is no body."""
        return self.step(number, lambda row: service.retract(row, self.account()))
