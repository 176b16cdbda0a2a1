"""Objections to published results: the list, one with its conversation, and the form that opens one."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from results.domain.parameters import ParameterReader
from results.domain.query import QueryError
from results.models import Run
from results.views.problems import parameters, problem_page
from submissions.forms.objections import DecisionForm, ObjectionForm, StatementForm
from submissions.models import Objection
from submissions.selectors.objections import ObjectionPage, objection_page, objections
from submissions.services import objections as service
from submissions.services.objections import NotYours, Refused, TooMany, public_name

PAGE_SIZE = 50


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All objections, the newest first, perhaps only those in one state."""
    reader = ParameterReader(parameters(request), ("state", "before"))
    state = reader.choice("state", Objection.State.values, "")
    before = reader.single("before")
    if before is not None and not (before.isascii() and before.isdigit() and len(before) < 19):
        reader.refuse("before", before, "is not the number of an objection")
    try:
        reader.raise_problems()
    except QueryError as error:
        return problem_page(request, error)
    rows = list(objections(state, int(before) if before else None)[: PAGE_SIZE + 1])
    context = {
        "rows": [(row, public_name(row.organisation)) for row in rows[:PAGE_SIZE]],
        "state": state,
        "states": Objection.State.choices,
        "older": rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None,
    }
    return render(request, "submissions/objections.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, public_id: str) -> HttpResponse:
    """Object to one result."""
    run = _run(public_id)
    form = ObjectionForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            objection = service.open_objection(run, request.user, **form.cleaned_data)
        except Refused as problem:
            return _form_page(request, run, form, problem)
        messages.success(request, "The objection is open and public.")
        return redirect(objection)
    return _form_page(request, run, form)


@never_cache
@require_safe
def page(request: HttpRequest, number: int) -> HttpResponse:
    """One objection: what was said, what was decided, and the forms for those who may act."""
    return _page(request, _found(request, number))


@require_POST
@login_required
def state(request: HttpRequest, number: int) -> HttpResponse:
    """Add a statement."""
    found = _found(request, number)
    form = StatementForm(request.POST)
    if not form.is_valid():
        return _page(request, found, statement=form, status=HTTPStatus.BAD_REQUEST)
    try:
        service.add_statement(found.objection, request.user, **form.cleaned_data)
    except Refused as problem:
        form.add_error(None, _sentence(problem))
        return _page(request, found, statement=form, status=_status(problem))
    messages.success(request, "The statement is public.")
    return redirect(found.objection)


@require_POST
@login_required
def retract(request: HttpRequest, number: int) -> HttpResponse:
    """Take an objection back."""
    found = _found(request, number)
    try:
        service.retract(found.objection, request.user)
    except Refused as problem:
        messages.error(request, _sentence(problem))
        return _page(request, found, status=_status(problem))
    messages.success(request, "The objection was taken back.")
    return redirect(found.objection)


@require_POST
@login_required
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """End an objection."""
    found = _found(request, number)
    form = DecisionForm(request.POST, outcomes=found.outcomes or Objection.State.choices)
    if not form.is_valid():
        return _page(request, found, decision=form, status=HTTPStatus.BAD_REQUEST)
    try:
        service.decide(found.objection, request.user, **form.cleaned_data)
    except Refused as problem:
        form.add_error(None, _sentence(problem))
        return _page(request, found, decision=form, status=_status(problem))
    messages.success(request, "The objection is decided.")
    return redirect(found.objection)


def _run(public_id: str) -> Run:
    if "\0" in public_id:
        raise Http404  # PostgreSQL refuses the character, so nothing can have that name
    try:
        return Run.objects.select_related("system__publication", "system__device", "benchmark").get(
            public_id=public_id
        )
    except Run.DoesNotExist as error:
        raise Http404(f"no result {public_id}") from error


def _found(request: HttpRequest, number: int) -> ObjectionPage:
    try:
        return objection_page(number, request.user)
    except (Objection.DoesNotExist, OverflowError) as error:
        raise Http404(f"no objection {number}") from error


def _form_page(
    request: HttpRequest, run: Run, form: ObjectionForm, problem: Refused | None = None
) -> HttpResponse:
    if problem is not None:
        form.add_error(None, _sentence(problem))
    status = _status(problem) if problem else HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    context = {"run": run, "form": form, "counted": run.status == Run.Status.PUBLISHED}
    return render(request, "submissions/objection_new.html", context, status=status)


def _page(
    request: HttpRequest, found: ObjectionPage, *, statement: Form | None = None, decision: Form | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:  # fmt: skip
    context = {
        "page": found,
        "objection": found.objection,
        "statement_form": statement or (StatementForm() if found.may_state else None),
        "decision_form": decision or (DecisionForm(outcomes=found.outcomes) if found.outcomes else None),
    }
    return render(request, "submissions/objection.html", context, status=status)


def _status(problem: Refused) -> int:
    if isinstance(problem, NotYours):
        return HTTPStatus.FORBIDDEN
    return HTTPStatus.TOO_MANY_REQUESTS if isinstance(problem, TooMany) else HTTPStatus.CONFLICT


def _sentence(problem: Refused) -> str:
    text = str(problem)
    return f"{text[:1].upper()}{text[1:]}."
