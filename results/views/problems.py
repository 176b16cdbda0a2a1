"""The answer to a query that cannot be answered: every problem, each with the address that leaves it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.shortcuts import render

from results.domain.query import QueryError
from results.views.responses import is_fragment, json_file


def parameters(request: HttpRequest) -> Mapping[str, Sequence[str]]:
    """Name → values of the request's query string, decoded."""
    return dict(request.GET.lists())


def problem_page(request: HttpRequest, error: QueryError) -> HttpResponse:
    """Status 400 as a page, or as the part that htmx swaps in."""
    problems = [
        {
            "parameter": problem.parameter,
            "value": problem.value,
            "message": problem.message,
            "url": _without(request, problem.parameter) if problem.parameter in request.GET else "",
        }
        for problem in error.problems
    ]
    context = {"problems": problems, "clear_url": request.path}
    template = "results/_problem_results.html" if is_fragment(request) else "400.html"
    return render(request, template, context, status=HTTPStatus.BAD_REQUEST)


def problem_data(error: QueryError) -> HttpResponse:
    """Status 400 for a data file: the same problems as JSON."""
    problems = [{"parameter": p.parameter, "value": p.value, "message": p.message} for p in error.problems]
    response = json_file({"problems": problems}, "problems.json")
    response.status_code = HTTPStatus.BAD_REQUEST
    return response


def _without(request: HttpRequest, parameter: str) -> str:
    rest: QueryDict = request.GET.copy()
    rest.pop(parameter, None)
    return f"{request.path}?{rest.urlencode(safe=',:@/')}" if rest else request.path
