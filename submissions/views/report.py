"""One version of a submission: its report with the private preview, the report as JSON, the archive as it was sent."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from results.views.responses import json_file
from submissions.models import Submission, Version
from submissions.selectors.preview import shown_preview
from submissions.selectors.report import report_json, report_view
from submissions.services.access import get_visible, may, public_version
from submissions.services.storage import archive_storage, name_of
from submissions.workflow.states import Action

from .check import private_page, report_page

_ENDINGS = (".zip", ".tar.gz", ".tgz", ".tar")


@require_safe
@login_required
@private_page
def version(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """The report of one version, or how far its check has come."""
    shown = _version(request, public_id, number)
    address = reverse("submissions:version", args=[public_id, number])
    context = {
        "submission": shown.submission,
        "version": shown,
        "report": report_view(shown),
        "report_url": address,
        "data_url": f"{address.removesuffix('/')}.json",
        "preview": shown_preview(shown),
        "may_download": may(request.user, shown.submission, Action.DOWNLOAD),
    }
    return report_page(request, "submissions/version.html", context)


@require_safe
@login_required
@private_page
def data(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """The same as JSON."""
    return json_file(report_json(_version(request, public_id, number)), f"{public_id}-{number}.json")


@require_safe
@login_required
@private_page
def archive(request: HttpRequest, public_id: str, number: int) -> FileResponse:
    """The archive byte for byte, always as a file to save: what is in it was written by somebody else."""
    shown = _version(request, public_id, number)
    if not may(request.user, shown.submission, Action.DOWNLOAD):
        raise Http404("there is no such archive")
    return _download(shown, shown.filename or _plain_name(shown))


@require_safe
@private_page
def published_archive(request: HttpRequest, result: str) -> FileResponse:
    """The archive that a published result was read from, for everybody; under a name that says nothing of its sender."""
    if "\0" in result:
        raise Http404(
            "there is no such archive"
        )  # PostgreSQL refuses the character, so nothing can have that name
    try:
        shown = public_version(result)
    except Version.DoesNotExist:
        raise Http404("there is no such archive") from None
    return _download(shown, _plain_name(shown))


def _download(version: Version, filename: str) -> FileResponse:
    response = FileResponse(
        archive_storage().open(name_of(version.archive_id)), as_attachment=True, filename=filename,
        content_type="application/octet-stream",
    )  # fmt: skip
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _plain_name(version: Version) -> str:
    ending = next((end for end in _ENDINGS if version.filename.lower().endswith(end)), "")
    return f"{version.submission.public_id}-version-{version.number}{ending}"


def _version(request: HttpRequest, public_id: str, number: int) -> Version:
    """The version that was asked for; Http404 alike for one that is not there and one that must not be seen."""
    try:
        submission = get_visible(request.user, public_id)
        found = submission.versions.get(number=number)
    except (Submission.DoesNotExist, Version.DoesNotExist):
        raise Http404("there is no such version") from None
    found.submission = submission
    return found
