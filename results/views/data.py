"""What can be carried away: the files of the published data, and the page that lists them."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from results.domain.data_dictionary import TABLES
from results.models import DataRelease
from results.selectors.releases import newest_release, release_named, releases
from results.selectors.site import data_generation
from results.views.responses import data_page, json_file

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


@data_page
def page(request: HttpRequest) -> HttpResponse:
    """The files, their hashes, the archives of the rounds and the data dictionary."""
    found = releases()
    newest = found.newest
    context = {
        "newest": newest,
        "files": _files(newest) if newest else [],
        "current": newest is not None and newest.generation == data_generation(),
        "earlier": [(release, release_address(release, "SHA256SUMS")) for release in found.everything[1:]],
        "rounds": [
            (round_id, own[0], _files(own[0]), [(old, release_address(old, "SHA256SUMS")) for old in own[1:]])
            for round_id, own in found.rounds.items()
        ],
        "tables": TABLES,
    }
    return render(request, "results/data.html", context)


@data_page
def manifest(request: HttpRequest) -> HttpResponse:
    """The same list for programs."""
    found = releases()
    document = {
        "generation": data_generation(),
        "releases": [_described(release) for release in found.everything],
        "rounds": {pk: [_described(release) for release in own] for pk, own in found.rounds.items()},
    }
    return json_file(document, "data.json")


@require_safe
def newest_file(request: HttpRequest, name: str, round_id: str = "") -> HttpResponse:
    """Leads to that file of the newest release."""
    release = newest_release(round_id)
    if release is None or release.file(name) is None:
        raise Http404(f"no published file {name}")
    response = HttpResponseRedirect(release_address(release, name))
    patch_cache_control(response, no_cache=True)
    return response


@require_safe
def file(request: HttpRequest, release: str, name: str, round_id: str = "") -> FileResponse:
    """One file of one release. It never changes, so whoever has it need not ask again."""
    try:
        found = release_named(release, round_id)
    except DataRelease.DoesNotExist as error:
        raise Http404(f"no release {release}") from error
    entry = found.file(name)
    if entry is None:
        raise Http404(f"no file {name} in release {release}")
    content_type = _TYPES.get(name.rpartition(".")[2], "text/plain; charset=utf-8")
    try:
        stored = storages["releases"].open(found.path(name))
    except FileNotFoundError as error:
        raise Http404(f"the file {name} of release {release} is not stored") from error
    response = FileResponse(
        stored, content_type=content_type, as_attachment=True, filename=_saved(found, name)
    )
    response["ETag"] = f'"{entry["sha256"]}"'
    newest = release_address(found, name).replace(f"/{found.short}/", "/")
    response["Link"] = f'<{newest}>; rel="latest-version"'
    patch_cache_control(response, public=True, immutable=True, max_age=365 * 86400)
    return response


def release_address(release: DataRelease, name: str) -> str:
    """The address of a file of a release."""
    if release.round:
        return reverse("results:round-archive-file", args=[release.round, release.short, name])
    return reverse("results:data-file", args=[release.short, name])


def _saved(release: DataRelease, name: str) -> str:
    """What a browser calls the file: where it comes from can be seen by its name."""
    return "-".join(filter(None, ("tinysite", release.round, release.short, name)))


def _files(release: DataRelease) -> list[dict[str, Any]]:
    return [{**entry, "url": release_address(release, str(entry["name"]))} for entry in release.files]


def _described(release: DataRelease) -> dict[str, Any]:
    return {
        "sha256": release.sha256,
        "generation": release.generation,
        "made_at": release.made_at.isoformat(),
        "files": _files(release),
    }
