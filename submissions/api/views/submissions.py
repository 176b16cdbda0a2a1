"""One submission: what it is, what was said and done, what may be done with it; and the reviewers' queue."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404
from rest_framework.request import Request
from rest_framework.response import Response

from results.api.operations import Operation
from results.api.pagination import paginate
from results.api.problems import InvalidFields
from results.api.query_parameters import asked_parameters
from results.domain.parameters import ParameterReader, Problem
from submissions.models import Submission, Version
from submissions.selectors.preview import preview_json
from submissions.selectors.queue import WAITING, conflicts, reviewable
from submissions.selectors.versions import compare
from submissions.services import metadata
from submissions.services.access import may_review
from submissions.services.storage import archive_storage, name_of
from submissions.services.transitions import perform
from submissions.workflow.states import REVIEWABLE, Action, State, comment_needed

from .. import examples
from ..base import AccountView, require
from ..parsers import read_body
from ..serializers import answers, bodies
from .sending import ROUND_PARAMETER, filtered, state_parameter

_REVIEWED = [state for state in State if state in REVIEWABLE]


class SubmissionDetail(AccountView):
    """One submission."""

    operations = {
        "get": Operation("get_submission", {200: "The submission."}, answers.SubmissionDetailSerializer),
        "patch": Operation(
            "edit_submission", {200: "The submission as it is now."}, answers.SubmissionDetailSerializer,
            bodies.EditBodySerializer, problems=(409,), examples=examples.EDIT,
        ),
    }  # fmt: skip

    def get(self, request: Request, public_id: str, **kwargs: Any) -> Response:
        """The submission, and under `actions` what this account may do with it now."""
        return self._answer(self.submission(public_id))

    def patch(self, request: Request, public_id: str, **kwargs: Any) -> Response:
        """Edit what is no evidence. Old and new values and the reason are logged."""
        submission = self.submission(public_id)
        require(self.account(), submission, Action.EDIT)
        changes = read_body(bodies.EditBodySerializer, request)
        reason = changes.pop("reason")
        try:
            metadata.edit(submission, self.account(), changes=changes, reason=reason)
        except metadata.InvalidMetadata as problem:
            given = {name: str(changes.get(name, ""))[:200] for name in problem.errors}
            raise InvalidFields(
                Problem(name, given[name], message) for name, message in problem.errors.items()
            ) from problem
        return self._answer(self.submission(public_id))

    def _answer(self, submission: Submission) -> Response:
        context = {"user": self.account()}
        return Response(answers.SubmissionDetailSerializer(submission, context=context).data)


class VersionView(AccountView):
    """Finds one version of a submission."""

    def version(self, public_id: str, number: int) -> Version:
        """Http404 alike for one that is not there and one that may not be seen."""
        submission = self.submission(public_id)
        found = submission.versions.select_related("archive").filter(number=number).first()
        if found is None:
            raise Http404
        found.submission = submission
        return found


class VersionDetail(VersionView):
    """One version."""

    operations = {
        "get": Operation(
            "get_version", {200: "The report."}, answers.VersionReportSerializer, examples=examples.REPORT
        )
    }

    def get(self, request: Request, public_id: str, number: int, **kwargs: Any) -> Response:
        """The report on a version, or how far its check is. Ask again until `state` is `done` or `failed`."""
        return Response(answers.VersionReportSerializer(self.version(public_id, number)).data)


class VersionArchive(VersionView):
    """The archive of one version."""

    operations = {
        "get": Operation(
            "download_archive", {200: "The bytes as they were sent."}, media_type="application/octet-stream"
        )
    }

    def get(self, request: Request, public_id: str, number: int, **kwargs: Any) -> FileResponse:
        """The archive, byte for byte."""
        version = self.version(public_id, number)
        require(self.account(), version.submission, Action.DOWNLOAD)
        response = FileResponse(
            archive_storage().open(name_of(version.archive_id)), as_attachment=True,
            filename=version.filename or f"{public_id}-version-{number}", content_type="application/octet-stream",
        )  # fmt: skip
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


class VersionPreview(VersionView):
    """Where one version would stand."""

    operations = {
        "get": Operation(
            "preview_version", {200: "The preview."}, answers.PreviewSerializer, examples=examples.PREVIEW
        )
    }

    def get(self, request: Request, public_id: str, number: int, **kwargs: Any) -> Response:
        """Where each valid run would stand among what is published, what changed, what is worth a second look.

        It is private, like the version.
        """
        return Response(answers.PreviewSerializer(preview_json(self.version(public_id, number))).data)


_NUMBER = {"type": "integer", "minimum": 1}


class VersionComparison(VersionView):
    """Two versions of a submission."""

    operations = {
        "get": Operation(
            "compare_versions", {200: "What differs."}, answers.VersionDifferencesSerializer,
            parameters=(
                {"name": "from", "in": "query", "required": True, "schema": _NUMBER, "description": "A version."},
                {"name": "to", "in": "query", "required": True, "schema": _NUMBER, "description": "Another."},
            ), examples=examples.COMPARISON,
        )
    }  # fmt: skip

    def get(self, request: Request, public_id: str, **kwargs: Any) -> Response:
        """Which files, findings and values differ between two versions."""
        submission = self.submission(public_id)
        reader = ParameterReader(asked_parameters(request), ("from", "to"))
        known = [str(number) for number in submission.versions.values_list("number", flat=True)]
        numbers = {name: reader.choice(name, known, "") for name in ("from", "to")}
        for name in (name for name in numbers if reader.single(name) is None):
            reader.refuse(name, "", "is needed: the number of a version")
        reader.raise_problems()
        versions = {str(v.number): v for v in submission.versions.filter(number__in=numbers.values())}
        return Response(compare(versions[numbers["from"]], versions[numbers["to"]]).as_json())


class MessageCollection(AccountView):
    """The conversation about a submission."""

    operations = {
        "get": Operation("list_messages", {200: "The messages."}, answers.MessageSerializer, is_page=True),
        "post": Operation(
            "create_message", {201: "It was written."}, answers.MessageSerializer, bodies.MessageBodySerializer,
            problems=(409,), examples=examples.MESSAGE,
        ),
    }  # fmt: skip

    def get(self, request: Request, public_id: str, **kwargs: Any) -> Response:
        """What the submitter and the reviewers wrote to each other, the oldest first."""
        page = paginate(self.submission(public_id).messages.select_related("version"), ("id",), request)
        return Response(page.envelope(request, answers.MessageSerializer(page.rows, many=True).data))

    def post(self, request: Request, public_id: str, **kwargs: Any) -> Response:
        """Write to the other side."""
        submission = self.submission(public_id)
        require(self.account(), submission, Action.COMMENT)
        body = read_body(bodies.MessageBodySerializer, request)["body"]
        perform(submission, Action.COMMENT, self.account(), comment=body)
        written = submission.messages.filter(author=self.account()).latest("pk")
        return Response(answers.MessageSerializer(written).data, status=201)


class EventList(AccountView):
    """The log of a submission."""

    operations = {
        "get": Operation("list_events", {200: "The events."}, answers.EventSerializer, is_page=True)
    }

    def get(self, request: Request, public_id: str, **kwargs: Any) -> Response:
        """Every step of the submission, the oldest first. The log is never changed."""
        page = paginate(self.submission(public_id).events.select_related("version"), ("id",), request)
        return Response(page.envelope(request, answers.EventSerializer(page.rows, many=True).data))


class ActionCollection(AccountView):
    """What is done with a submission."""

    operations = {
        "post": Operation(
            "act_on_submission", {200: "It is done."}, answers.ActionDoneSerializer, bodies.ActionBodySerializer,
            problems=(409,), examples=examples.ACTION,
        )
    }  # fmt: skip

    def post(self, request: Request, public_id: str, **kwargs: Any) -> Response:
        """Hand in, withdraw, publish, comment; as a reviewer accept, return, request evidence, move, mark invalid."""
        submission = self.submission(public_id)
        body = read_body(bodies.ActionBodySerializer, request)
        action, comment = Action(body["action"]), body.get("comment", "")
        require(self.account(), submission, action)
        if comment_needed(action) and not comment.strip():
            raise InvalidFields(
                [Problem("comment", comment, f"is needed: {action} is refused without a reason")]
            )
        data = {name: body[name] for name in ("runs", "version") if name in body}
        event = perform(submission, action, self.account(), comment=comment, data=data)
        return Response({"state": submission.state, "event": answers.EventSerializer(event).data})


class ReviewQueue(AccountView):
    """What waits for a reviewer."""

    filters = ("state", "round")
    operations = {
        "get": Operation(
            "list_reviews", {200: "The queue."}, answers.QueuedSerializer, is_page=True,
            parameters=(state_parameter([str(state) for state in _REVIEWED]), ROUND_PARAMETER),
        )
    }  # fmt: skip

    def get(self, request: Request, **kwargs: Any) -> Response:
        """What waits for a decision, or stands in a given state; the oldest hand-in first. For reviewers and staff."""
        user = self.account()
        if not may_review(user):
            raise Http404
        found = reviewable(user).select_related("organisation", "current_version")
        if "state" not in request.query_params:
            found = found.filter(state__in=WAITING)
        found = filtered(found, request, self.filters, states=_REVIEWED)
        page = paginate(found, ("handed_in_at", "id"), request, filters=self.filters)
        context = {"conflicts": conflicts(user, page.rows)}
        rows = answers.QueuedSerializer(page.rows, many=True, context=context).data
        return Response(page.envelope(request, rows))


class Me(AccountView):
    """The account that asks."""

    operations = {"get": Operation("get_account", {200: "The account."}, answers.AccountSerializer)}

    def get(self, request: Request, **kwargs: Any) -> Response:
        """The account that the token or the session belongs to, and its organisations."""
        return Response(answers.AccountSerializer(self.account()).data)
