"""The pages of submitting: mine, a new one, one with all that may be done to it, two versions compared, its metadata."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from results.views.projection_words import next_line
from submissions.forms.submission import ActionForm, MetadataForm, NewSubmissionForm, NewVersionForm
from submissions.models import Submission, User, Version
from submissions.selectors.mine import mine as own_submissions
from submissions.selectors.mine import sending_for
from submissions.selectors.preview import shown_preview
from submissions.selectors.queue import next_call, open_calls
from submissions.selectors.report import report_view
from submissions.selectors.submission import DEEDS, submission_view
from submissions.selectors.versions import compare as compare_versions
from submissions.services import intake, metadata, publish, transitions
from submissions.services.access import get_visible, may
from submissions.services.storage import StorageFailed, StorageFull
from submissions.throttles import seconds_to_next_upload, too_many
from submissions.workflow.states import Action

from .check import private_page


def visible(request: HttpRequest, public_id: str) -> Submission:
    """The submission, or the same 404 for one that is not there and one that is not the reader's to see."""
    try:
        return get_visible(request.user, public_id)
    except Submission.DoesNotExist:
        raise Http404("there is no such submission") from None


@require_safe
@login_required
@private_page
def mine(request: HttpRequest) -> HttpResponse:
    """The submissions of the reader's organisations."""
    return render(
        request, "submissions/mine.html", {"organisations": own_submissions(cast(User, request.user))}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@private_page
def new(request: HttpRequest) -> HttpResponse:
    """A first archive for a round that takes submissions."""
    if request.method == "POST" and (wait_s := seconds_to_next_upload(request)):
        return too_many(request, wait_s)
    user, now = cast(User, request.user), timezone.now()
    organisations, calls = sending_for(user), list(open_calls(now))
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = NewSubmissionForm(*given, organisations=organisations, calls=calls)
    if request.method == "POST" and form.is_valid():
        call = form.cleaned_data["call"]
        file = cast(TemporaryUploadedFile, form.cleaned_data["archive"])
        try:
            done = intake.submit(
                Path(file.temporary_file_path()), user=user, organisation=form.cleaned_data["organisation"],
                kind=Submission.Kind.ROUND, call=call, round_id=call.round_id, filename=file.name or "",
                note=form.cleaned_data["note"],
            )  # fmt: skip
        except (transitions.NotAllowed, StorageFull, StorageFailed) as problem:
            form.add_error(None, str(problem))
            return _new_page(request, form, status=_status(problem))
        # In the address, because upload.js follows the redirect first and would use up a message.
        return redirect(f"{done.submission.get_absolute_url()}{'' if done.created else '?sent=before'}")
    return _new_page(request, form, status=400 if form.is_bound else 200)


def _new_page(request: HttpRequest, form: NewSubmissionForm, status: int) -> HttpResponse:
    context = {
        "form": form, "organisations": sending_for(cast(User, request.user)),
        "calls": list(open_calls(timezone.now())), "next_call": next_call(timezone.now()),
        "most_bytes": settings.UPLOAD_MAX_BYTES, "most_mb": settings.UPLOAD_MAX_BYTES // 1_000_000,
    }  # fmt: skip
    return render(request, "submissions/new.html", context, status=status)


def _status(problem: Exception) -> int:
    """The HTTP status that says what kind of refusal it was."""
    if isinstance(problem, StorageFull):
        return 507
    if isinstance(problem, StorageFailed):
        return 503
    return 413 if isinstance(problem, intake.TooLarge) else 409


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@private_page
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """One submission; POST sends a further version."""
    submission = visible(request, public_id)
    form = NewVersionForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    status = 200
    if request.method == "POST":
        if not may(request.user, submission, Action.UPLOAD):
            messages.error(request, "A new version cannot be sent now.")
            return _page(request, submission, NewVersionForm(), 409)
        if wait_s := seconds_to_next_upload(request):
            return too_many(request, wait_s)
        status = 400
        if form.is_valid():
            file = cast(TemporaryUploadedFile, form.cleaned_data["archive"])
            try:
                done = intake.add_version(
                    submission, Path(file.temporary_file_path()), user=cast(User, request.user),
                    filename=file.name or "", note=form.cleaned_data["note"],
                )  # fmt: skip
                if not done.created:
                    messages.info(request, _sent_before(done))
                return redirect(submission)
            except (transitions.NotAllowed, StorageFull, StorageFailed) as problem:
                form.add_error(None, str(problem))
                status = _status(problem)
    return _page(request, submission, form, status)


def _sent_before(done: intake.Intake) -> str:
    number, newest = done.version.number, done.submission.current_version
    if newest is None or newest.number == number:
        return f"This archive was sent before: it is version {number}, the newest one."
    return (
        f"This archive was sent before: it is version {number}. Nothing was added, and version {newest.number} stays "
        "the newest. To go back to the older one, change something in it and send it again."
    )


def _page(
    request: HttpRequest, submission: Submission, form: NewVersionForm, status: int = 200,
    tried: tuple[str, str] = ("", ""),
) -> HttpResponse:  # fmt: skip
    """``tried`` is the action that was refused and the comment that was typed."""
    shown = submission_view(submission, request.user)
    version = submission.current_version
    context = {
        "next_lines": [next_line(one) for one in shown.next_measurements], "shown": shown, "submission": submission, "form": form, "version": version,
        "tried": tried[0], "comment": tried[1],
        "sent_before": request.GET.get("sent") == "before", "most_bytes": settings.UPLOAD_MAX_BYTES,
    }  # fmt: skip
    if version is not None:
        context |= {
            "report": report_view(version), "preview": shown_preview(version), "report_url": _version_address(version),
            "data_url": _version_address(version).removesuffix("/") + ".json",
        }  # fmt: skip
    return render(request, "submissions/submission.html", context, status=status)


def _version_address(version: Version) -> str:
    return f"{version.submission.get_absolute_url()}versions/{version.number}/"


@require_POST
@login_required
@private_page
def actions(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take one step of the table and go back to the page of the submission."""
    submission = visible(request, public_id)
    form = ActionForm(request.POST)
    if not form.is_valid():
        messages.error(request, "There is no such action.")
        return _page(request, submission, NewVersionForm(), 400)
    data: dict[str, object] = {"version": form.cleaned_data["version"]}
    if runs := request.POST.getlist("runs"):
        data["runs"] = runs
    comment = form.cleaned_data["comment"]
    try:
        transitions.perform(
            submission,
            Action(form.cleaned_data["action"]),
            cast(User, request.user),
            comment=comment,
            data=data,
        )
    except transitions.NotVisible:
        raise Http404("there is no such submission") from None
    except (transitions.NotAllowed, publish.CannotPublish) as problem:
        messages.error(request, f"Nothing was changed: {problem}.")
        return _page(
            request,
            visible(request, public_id),
            NewVersionForm(),
            409,
            (form.cleaned_data["action"], comment),
        )
    messages.success(request, f"Done: {DEEDS[form.cleaned_data['action']].lower()}.")
    return redirect(submission)


@require_safe
@login_required
@private_page
def compare(request: HttpRequest, public_id: str) -> HttpResponse:
    """What changed from one version to another; by default from the last but one to the newest."""
    submission = visible(request, public_id)
    versions = {str(version.number): version for version in submission.versions.order_by("number")}
    numbers = list(versions)
    chosen = [
        request.GET.get("from", (numbers[-2:] or [""])[0]),
        request.GET.get("to", (numbers or [""])[-1]),
    ]
    if any(number not in versions for number in chosen):
        raise Http404("there is no such version")
    found = compare_versions(*(versions[number] for number in chosen))
    context = {"submission": submission, "comparison": found, "versions": versions.values()}
    return render(request, "submissions/compare.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@private_page
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Edit what is no evidence, with a reason."""
    submission = visible(request, public_id)
    if not may(request.user, submission, Action.EDIT):
        raise Http404("there is nothing to edit")
    if request.method != "POST":
        form = MetadataForm(initial=MetadataForm.of(submission))
        return render(request, "submissions/edit.html", {"form": form, "submission": submission})
    form = MetadataForm(request.POST)
    if form.is_valid():
        try:
            event = metadata.edit(
                submission,
                cast(User, request.user),
                changes=form.changes(),
                reason=form.cleaned_data["reason"],
            )
            messages.success(
                request,
                "The new text stands here; old and new are in the log." if event else "Nothing differs.",
            )
            return redirect(submission)
        except metadata.InvalidMetadata as problem:
            for name, text in problem.errors.items():
                form.add_error(name, f"This {text}.")
        except transitions.NotAllowed as problem:
            form.add_error(None, str(problem))
    return render(request, "submissions/edit.html", {"form": form, "submission": submission}, status=400)
