"""Archives that come in: checks without an account, submissions, versions; and the calls that they answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.http import Http404
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from results.api.operations import Operation
from results.api.pagination import paginate
from results.api.problems import InvalidFields
from results.api.throttles import LenientAnonRateThrottle, LenientUserRateThrottle
from results.domain.parameters import ParameterReader, Problem
from submissions.models import Call, Check, Organisation, OrganisationRole, Submission
from submissions.rules.rulebook import available_rounds
from submissions.selectors.report import check_json
from submissions.services import checks, intake, metadata
from submissions.workflow.states import Action, State

from .. import examples
from ..base import AccountView, require
from ..parsers import read_body
from ..serializers import answers, bodies
from ..throttles import CheckThrottle, SubmissionThrottle

KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": intake.KEY_MAX_CHARS},
    "description": "Any text of the sender's own: the same key again gives what it made the first time.",
}
_UPLOAD = (409, 413, 415, 503, 507)


class CheckCollection(AccountView):
    """Checks without an account."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (LenientAnonRateThrottle, CheckThrottle)
    parser_classes = (MultiPartParser,)
    operations = {
        "post": Operation(
            "check_archive", {202: "It is being checked; Location is where its report will stand."},
            answers.CheckSerializer, bodies.CheckBodySerializer, for_accounts=False, problems=(503, 507),
        )
    }  # fmt: skip

    def post(self, request: Request, **kwargs: Any) -> Response:
        """Check an archive by a round's rules. File and report are deleted after an hour; nothing else is kept."""
        checks.make_sure_of_room()  # before half a gigabyte is read
        body = read_body(bodies.CheckBodySerializer, request)
        _known_round(body["round"])
        file = body["archive"]
        check = checks.start(
            Path(file.temporary_file_path()), round_id=body["round"], division=body.get("division", ""),
            filename=file.name,
        )  # fmt: skip
        address = reverse("submissions-api:check", args=[check.pk])
        return Response({"id": check.pk, **check_json(check)}, status=202, headers={"Location": address})


class CheckDetail(AccountView):
    """One check without an account."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (LenientAnonRateThrottle,)
    operations = {
        "get": Operation(
            "get_check",
            {200: "The report."},
            answers.CheckSerializer,
            for_accounts=False,
            examples=examples.CHECK,
        )
    }

    def get(self, request: Request, id: str, **kwargs: Any) -> Response:
        """The report of a check, or how far it is. Ask again until `state` is `done` or `failed`."""
        try:
            check = checks.find(id)
        except Check.DoesNotExist:
            raise Http404 from None
        return Response({"id": check.pk, **check_json(check)})


class CallList(AccountView):
    """Calls for submissions."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (LenientAnonRateThrottle,)
    operations = {
        "get": Operation(
            "list_calls", {200: "The calls."}, answers.CallSerializer, is_page=True, for_accounts=False
        )
    }

    def get(self, request: Request, **kwargs: Any) -> Response:
        """The rounds that take, took or will take submissions, the newest first."""
        page = paginate(Call.objects.all(), ("-id",), request)
        return Response(page.envelope(request, answers.CallSerializer(page.rows, many=True).data))


class UploadView(AccountView):
    """Takes archives: POST is a form with a file, and counts as an upload."""

    throttle_classes = (LenientAnonRateThrottle, LenientUserRateThrottle, SubmissionThrottle)
    parser_classes = (MultiPartParser,)

    def received(self, done: intake.Intake) -> Response:
        """201 for what was made, 200 for what was there already."""
        version = reverse("submissions-api:version", args=[done.submission.public_id, done.version.number])
        shape = answers.ReceivedSerializer({"submission": done.submission, "version": done.version})
        status = 201 if done.created else 200
        return Response(shape.data, status=status, headers={"Location": version})

    def key(self, request: Request) -> str:
        """The Idempotency-Key; InvalidFields for one that cannot be kept."""
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > intake.KEY_MAX_CHARS or not (key.isascii() and key.isprintable()):
            message = f"has at most {intake.KEY_MAX_CHARS} characters, printable ASCII"
            raise InvalidFields([Problem("Idempotency-Key", key[:200], message)])
        return key


def state_parameter(states: list[str]) -> dict[str, Any]:
    """The filter by state of a list."""
    return {
        "name": "state",
        "in": "query",
        "schema": {"type": "array", "items": {"type": "string", "enum": states}},
        "description": "Any of several; repeated, or a comma list.",
    }


ROUND_PARAMETER = {
    "name": "round",
    "in": "query",
    "schema": {"type": "string"},
    "description": "Such as v1.3.",
}


class SubmissionCollection(UploadView):
    """The submissions of the account's organisations."""

    filters = ("state", "round", "organisation")
    operations = {
        "get": Operation(
            "list_submissions", {200: "The submissions."}, answers.SubmissionSerializer, is_page=True,
            parameters=(
                state_parameter([str(state) for state in State]),
                ROUND_PARAMETER,
                {"name": "organisation", "in": "query", "schema": {"type": "string"}, "description": "Its slug."},
            ),
        ),
        "post": Operation(
            "create_submission", {201: "It was received and is being checked.", 200: "It was here already."},
            answers.ReceivedSerializer, bodies.SubmissionBodySerializer, parameters=(KEY_HEADER,), problems=_UPLOAD, examples=examples.SUBMISSION_SENT,
        ),
    }  # fmt: skip

    def get(self, request: Request, **kwargs: Any) -> Response:
        """The submissions of the organisations that the account belongs to, the newest first."""
        mine = Submission.objects.filter(organisation__memberships__user=self.account())
        found = filtered(mine.select_related("organisation", "current_version"), request, self.filters)
        page = paginate(found, ("-id",), request, filters=self.filters)
        return Response(page.envelope(request, answers.SubmissionSerializer(page.rows, many=True).data))

    def post(self, request: Request, **kwargs: Any) -> Response:
        """Submit an archive to an open call, or a self-reported result. The same bytes again change nothing."""
        key = self.key(request)
        body = read_body(bodies.SubmissionBodySerializer, request)
        organisation = self._organisation(body.get("organisation", ""))
        call, round_id = _call(body)
        file = body["archive"]
        done = intake.submit(
            Path(file.temporary_file_path()), user=self.account(), organisation=organisation, kind=body["kind"],
            call=call, round_id=round_id, filename=file.name, note=body.get("note", ""), idempotency_key=key,
            metadata=_metadata(body),
        )  # fmt: skip
        return self.received(done)

    def _organisation(self, slug: str) -> Organisation:
        """The one that was named, or the only one; of an organisation of others nothing is said."""
        sends = (OrganisationRole.SUBMITTER, OrganisationRole.OWNER)
        mine = Organisation.objects.filter(memberships__user=self.account())
        if slug:
            found = mine.filter(slug=slug).first()
            if found is None:
                raise InvalidFields([Problem("organisation", slug, "is no organisation of this account")])
            return found
        # Both conditions in one filter: they have to hold for the same membership, not for that of a colleague.
        own = list(
            Organisation.objects.filter(memberships__user=self.account(), memberships__role__in=sends)[:2]
        )
        if len(own) != 1:
            why = "is needed: the account sends for several" if own else "is needed: make or join one first"
            raise InvalidFields([Problem("organisation", "", why)])
        return own[0]


class VersionCollection(UploadView):
    """The versions of one submission."""

    operations = {
        "get": Operation(
            "list_versions", {200: "The versions."}, answers.VersionSerializer, is_page=True
        ),
        "post": Operation(
            "create_version", {201: "It was received and is being checked.", 200: "It was here already."},
            answers.ReceivedSerializer, bodies.VersionBodySerializer, parameters=(KEY_HEADER,), problems=_UPLOAD, examples=examples.VERSION_SENT,
        ),
    }  # fmt: skip

    def get(self, request: Request, public_id: str, **kwargs: Any) -> Response:
        """Every version, the newest first. None is ever deleted."""
        versions = self.submission(public_id).versions.select_related("archive", "submission")
        page = paginate(versions, ("-number",), request)
        return Response(page.envelope(request, answers.VersionSerializer(page.rows, many=True).data))

    def post(self, request: Request, public_id: str, **kwargs: Any) -> Response:
        """Send a new version. While it is a correction of a published one, that stays public as it is."""
        submission = self.submission(public_id)
        require(self.account(), submission, Action.UPLOAD)
        key = self.key(request)
        body = read_body(bodies.VersionBodySerializer, request)
        file = body["archive"]
        done = intake.add_version(
            submission, Path(file.temporary_file_path()), user=self.account(), filename=file.name,
            note=body.get("note", ""), idempotency_key=key,
        )  # fmt: skip
        return self.received(done)


def filtered(found: Any, request: Request, names: tuple[str, ...], *, states: Iterable[State] = State) -> Any:
    """``found`` by the filters of the query string; QueryError for a state that is none of ``states``."""
    given = {name: request.query_params.getlist(name) for name in names if name in request.query_params}
    reader = ParameterReader(given, names)
    lookups = {"state": "state__in", "round": "round__in", "organisation": "organisation__slug__in"}
    for name in given:
        values = reader.values(name, [str(state) for state in states] if name == "state" else None)
        found = found.filter(**{lookups[name]: values}) if values else found
    reader.raise_problems()
    return found


def _metadata(body: Mapping[str, Any]) -> dict[str, Any]:
    """What ``body`` says beside the archive, as it is stored; InvalidFields where it cannot be."""
    given = {name: body[name] for name in ("title", "contact") if body.get(name)}
    try:
        return metadata.clean(given)
    except metadata.InvalidMetadata as problem:
        raise InvalidFields(
            Problem(name, given[name], message) for name, message in problem.errors.items()
        ) from problem


def _known_round(round_id: str) -> None:
    known = available_rounds()
    if round_id not in known:
        raise InvalidFields([Problem("round", round_id, f"is none of {', '.join(known)}")])


def _call(body: dict[str, Any]) -> tuple[Call | None, str]:
    """The call and the round that a submission is sent to."""
    if body["kind"] == Submission.Kind.SELF_REPORTED:
        _known_round(body.get("round", ""))
        return None, body["round"]
    waiting = Call.objects.filter(published_at=None)
    if "call" in body:
        call, said = Call.objects.filter(pk=body["call"]).first(), ("call", str(body["call"]))
    elif body.get("round"):
        call, said = waiting.filter(round_id=body["round"]).first(), ("round", body["round"])
    else:
        raise InvalidFields([Problem("call", "", "is needed, or round; /api/v1/calls/ lists the open ones")])
    if call is None:
        raise InvalidFields([Problem(*said, "has no call that takes submissions; see /api/v1/calls/")])
    return call, call.round_id
