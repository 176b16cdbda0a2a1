"""What the addresses for accounts do alike: who asks, how often, how a refusal is said."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from results.api.operations import Operation, OperationSchema
from results.api.renderers import ApiJSONRenderer, FormatFirstNegotiation
from results.api.throttles import LenientAnonRateThrottle, LenientUserRateThrottle
from results.api.views.base import refuse_parameters
from submissions.models import Submission, User
from submissions.services.access import get_visible, role_of
from submissions.services.checks import TooBusy
from submissions.services.intake import TooLarge as IntakeTooLarge
from submissions.services.storage import StorageFailed, StorageFull
from submissions.services.transitions import NotAllowed, NotVisible
from submissions.workflow.states import Action, State, allowed

from .authentication import TokenAuthentication
from .parsers import BoundedJSONParser, TooLarge
from .throttles import OtherWriteThrottle


class Conflict(exceptions.APIException):
    """What is asked for is not possible in the state in which things are."""

    status_code = HTTPStatus.CONFLICT


class NoRoom(exceptions.APIException):
    """The storage takes no more."""

    status_code = HTTPStatus.INSUFFICIENT_STORAGE


class Unavailable(exceptions.APIException):
    """It cannot be done now; ``wait`` is the number of seconds after which to ask again, None when nobody knows."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self, detail: str, wait: int | None) -> None:
        super().__init__(detail)
        self.wait = wait


class AccountView(APIView):
    """Operations for whoever has an account. A subclass describes each of them in ``operations``, by method."""

    authentication_classes = (TokenAuthentication, SessionAuthentication)
    permission_classes = (IsAuthenticated,)
    throttle_classes = (LenientAnonRateThrottle, LenientUserRateThrottle, OtherWriteThrottle)
    renderer_classes = (ApiJSONRenderer,)
    parser_classes = (BoundedJSONParser,)
    content_negotiation_class = FormatFirstNegotiation
    metadata_class = None
    http_method_names = ["get", "head", "post", "patch"]
    schema = OperationSchema()
    operations: Mapping[str, Operation]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        operation = self.operations.get("get" if request.method == "HEAD" else request.method.lower())
        if operation is None:
            # Before anything else: who asks in a way that nobody can is told so, not to log in.
            raise exceptions.MethodNotAllowed(request.method)
        super().initial(request, *args, **kwargs)
        if any("\0" in value for value in kwargs.values() if isinstance(value, str)):
            raise Http404  # PostgreSQL refuses the character, so nothing can have that name
        if not operation.parameters and not operation.is_page:
            refuse_parameters(request)

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(as_problem(exc))

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        # What one account may see is nobody else's, in no cache between.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def account(self) -> User:
        """Who asks."""
        return self.request.user

    def submission(self, public_id: str) -> Submission:
        """The submission at that address; Http404 alike for one that is not there and one that may not be seen."""
        try:
            return get_visible(self.account(), public_id)
        except Submission.DoesNotExist:
            raise Http404 from None


def as_problem(exc: Exception) -> Exception:
    """``exc`` as the refusal that the API answers with, where it is one of the services' own."""
    if isinstance(exc, NotVisible):
        return Http404()
    if isinstance(exc, IntakeTooLarge):
        return TooLarge(f"{exc}.")
    if isinstance(exc, NotAllowed):
        return Conflict(f"{exc}.")
    if isinstance(exc, StorageFull):
        return NoRoom(f"{exc}.")
    if isinstance(exc, StorageFailed | TooBusy):
        return Unavailable(f"{exc}.", getattr(exc, "retry_after_s", None))
    if isinstance(exc, RequestDataTooBig):
        return TooLarge(str(exc))
    return exc


def require(user: User, submission: Submission, action: Action) -> None:
    """Make sure, before a body is read, that ``user`` may take ``action`` on ``submission``.

    PermissionDenied when the action is not for such an account in any state, Conflict when it is, but not now.
    """
    role = role_of(user, submission)
    if allowed(role, action, State(submission.state)):
        return
    if any(allowed(role, action, state) for state in State):
        label = submission.get_state_display()
        raise Conflict(f"{action} is not possible while the submission is {label}.")
    raise exceptions.PermissionDenied(f"{action} is not for the {role} of a submission.")
