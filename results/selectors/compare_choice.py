"""What helps to choose: a search by text over devices and systems, and what is worth comparing with something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from results.domain.comparison import MOST, ChooserQuery, unknown
from results.models import Device, LeaderboardEntry, NeuralModel, Round, Run, Submitter, System

from .device_columns import results_of_devices

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be chosen, with the page that shows it."""

    key: str
    name: str
    detail: str
    url: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class OptionList:
    """Options of one kind under a heading; ``more`` says whether there are others beyond them."""

    kind: str
    heading: str
    options: tuple[Option, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Chooser:
    """``chosen`` of ``query.kind`` stay ticked; ``lists`` are the finds of the search, or suggestions without one."""

    query: ChooserQuery
    chosen: tuple[Option, ...]
    lists: tuple[OptionList, ...]
    most: int = MOST


def chooser(query: ChooserQuery) -> Chooser:
    """What can be compared; QueryError for a chosen id that nothing has."""
    chosen = tuple(_chosen(query))
    if query.search:
        lists = [_found_devices(query), _found_systems(query)]
        lists = [one for one in lists if query.kind in ("", one.kind)]
    elif query.kind:
        lists = _suggestions(query)
    else:
        lists = [_busiest_devices(query)]
    return Chooser(query, chosen, tuple(one for one in lists if one.options))


def _chosen(query: ChooserQuery) -> list[Option]:
    loaders = {"run": _runs, "system": _systems, "device": _devices, "model": _models}
    if not query.kind:
        return []
    found = {one.key: one for one in loaders[query.kind](query.ids)}
    missing = [key for key in query.ids if key not in found]
    if missing:
        raise unknown(query.kind, missing)
    return [found[key] for key in query.ids]


def _runs(ids: Sequence[str]) -> list[Option]:
    rows = Run.objects.filter(public_id__in=ids).select_related(
        "system__device", "system__publication__submitter"
    )
    return [
        Option(
            run.public_id,
            run.system.device.short_name or run.system.device.name,
            f"{run.benchmark_id}, {run.system.software or 'software not stated'}, "
            f"{run.system.publication.submitter.name}, {run.system.publication.round_id}",
            run.get_absolute_url(),
            True,
        )
        for run in rows
    ]


def _systems(ids: Sequence[str]) -> list[Option]:
    return [_system(one, True) for one in _all_systems().filter(pk__in=ids)]


def _devices(ids: Sequence[str]) -> list[Option]:
    return [_device(one, True) for one in Device.objects.filter(slug__in=ids)]


def _models(ids: Sequence[str]) -> list[Option]:
    rows = NeuralModel.objects.filter(slug__in=ids)
    return [Option(one.slug, one.name, one.slug, one.get_absolute_url(), True) for one in rows]


def _all_systems() -> QuerySet[System]:
    return System.objects.select_related("device", "publication__submitter", "publication__round")


def _system(one: System, chosen: bool = False) -> Option:
    publication = one.publication
    detail = (
        f"{one.software or 'software not stated'}, {publication.submitter.name}, {publication.round_id}, "
        f"{publication.division}"
    )
    return Option(
        str(one.pk), one.device.short_name or one.device.name, detail, one.get_absolute_url(), chosen
    )


def _device(one: Device, chosen: bool = False) -> Option:
    detail = ", ".join(filter(None, (one.get_device_class_display(), one.vendor)))
    return Option(one.slug, one.short_name or one.name, detail, one.get_absolute_url(), chosen)


def _option_list(
    kind: str,
    heading: str,
    found: QuerySet | Sequence[Any],
    option: Callable[[Any], Option],
    chosen: Sequence[str],
) -> OptionList:
    rows = list(found[: SHOWN + 1])
    options = [option(row) for row in rows[:SHOWN]]
    return OptionList(
        kind, heading, tuple(one for one in options if one.key not in chosen), len(rows) > SHOWN
    )


def _every_word(search: str, columns: Sequence[str]) -> Q:
    """Every word of the search stands in one of the columns."""
    wanted = Q()
    for text in search.split():
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__icontains": text})
        wanted &= anywhere
    return wanted


def _busiest(devices: QuerySet[Device]) -> list[Device]:
    """Those of ``devices`` with results, most results first, equal ones by name."""
    results = dict(results_of_devices())
    found = devices.filter(slug__in=results).order_by("name")
    return sorted(found, key=lambda device: -results[device.slug])


def _found_devices(query: ChooserQuery) -> OptionList:
    columns = ("name", "short_name", "slug", "vendor", "soc", "core")
    found = _busiest(Device.objects.filter(_every_word(query.search, columns)))
    return _option_list("device", "Devices", found, _device, query.ids)


def _found_systems(query: ChooserQuery) -> OptionList:
    """The devices, submitters and rounds of a word are found first, so that no system is joined with their names; only
    what is shown is read whole."""
    found = System.objects.filter(
        _systems_with_every_word(query.search),
        Exists(Run.objects.filter(system=OuterRef("pk"), status=Run.Status.PUBLISHED)),
    )
    found = found.order_by("-publication__round__position", "device__name", "pk")
    keys = list(found.values_list("pk", flat=True)[: SHOWN + 1])
    systems = _all_systems().in_bulk(keys)
    return _option_list("system", "Systems", [systems[key] for key in keys], _system, query.ids)


def _systems_with_every_word(search: str) -> Q:
    wanted = Q()
    for text in search.split():
        wanted &= (
            Q(system_id__icontains=text)
            | Q(software__icontains=text)
            | Q(device__in=Device.objects.filter(_every_word(text, ("name", "short_name"))).values("pk"))
            | Q(publication__submitter__in=Submitter.objects.filter(name__icontains=text).values("pk"))
            | Q(publication__round__in=Round.objects.filter(id__icontains=text).values("pk"))
        )
    return wanted


def _busiest_devices(query: ChooserQuery) -> OptionList:
    found = _busiest(Device.objects.all())
    return _option_list("device", "Devices with most results", found, _device, query.ids)


def _suggestions(query: ChooserQuery) -> list[OptionList]:
    """What stands near the first chosen one; models: all others."""
    first = query.ids[0]
    if query.kind == "run":
        return _near_run(first, query.ids)
    if query.kind == "system":
        return _near_system(int(first), query.ids)
    if query.kind == "device":
        device = Device.objects.get(slug=first)
        found = _busiest(Device.objects.filter(device_class=device.device_class).exclude(slug=first))
        heading = f"Other devices of the class {device.get_device_class_display()}"
        return [_option_list("device", heading, found, _device, query.ids)]
    found = NeuralModel.objects.exclude(slug__in=query.ids)
    options = tuple(Option(one.slug, one.name, one.slug, one.get_absolute_url()) for one in found[:SHOWN])
    return [OptionList("model", "Other neural models", options)]


def _near_run(public_id: str, ids: Sequence[str]) -> list[OptionList]:
    entry = LeaderboardEntry.objects.filter(public_id=public_id).first()
    if entry is None:
        return []
    others = LeaderboardEntry.objects.filter(benchmark=entry.benchmark).exclude(public_id__in=ids)
    same_round = others.filter(round=entry.round).order_by("latency_ms", "run_id")
    same_device = others.filter(device_slug=entry.device_slug).exclude(round=entry.round)
    return [
        _option_list(
            "run", f"Same benchmark ({entry.benchmark}) and round ({entry.round})", same_round, _entry, ids
        ),
        _option_list(
            "run",
            f"The same device in other rounds ({entry.benchmark})",
            same_device.order_by("-round_position", "run_id"),
            _entry,
            ids,
        ),
    ]


def _entry(entry: LeaderboardEntry) -> Option:
    latency = f"{entry.latency_ms:.3g} ms, " if entry.latency_ms else ""
    detail = f"{latency}{entry.software or 'software not stated'}, {entry.submitter_name}, {entry.round}, {entry.division}"
    return Option(
        entry.public_id,
        entry.device_short_name or entry.device_name,
        detail,
        reverse("results:result", args=[entry.public_id]),
    )


def _near_system(pk: int, ids: Sequence[str]) -> list[OptionList]:
    system = _all_systems().get(pk=pk)
    benchmarks = system.runs.values_list("benchmark_id", flat=True)
    others = _all_systems().filter(runs__status=Run.Status.PUBLISHED, runs__benchmark__in=list(benchmarks))
    others = others.exclude(pk=pk).distinct()
    on_device = others.filter(device=system.device_id).order_by("-publication__round__position", "pk")
    in_round = others.filter(publication__round=system.publication.round_id).exclude(device=system.device_id)
    name = system.device.short_name or system.device.name
    return [
        _option_list("system", f"Other systems on {name}", on_device, _system, ids),
        _option_list(
            "system",
            f"Systems of {system.publication.round_id} with a benchmark in common",
            in_round.order_by("device__name", "pk"),
            _system,
            ids,
        ),
    ]
