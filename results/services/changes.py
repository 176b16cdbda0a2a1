"""Change: what happens to a published result afterwards, and the public log that says so.

Everything runs in the caller's transaction: the status, the log entry and the due recomputation appear together or not
at all. A result that no longer counts keeps its address, its numbers and its evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from results.domain.metrics import METRICS
from results.models import Division, Publication, Reproduction, ResultChange, Run

from .moved import copy_into_open
from .recompute import schedule

Kind = ResultChange.Kind
Status = Run.Status

SITE = "site"
"""The actor of what the site did by itself."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Characters that XML, and so the feed, cannot carry."""


class CannotChange(ValueError):
    """The result does not stand in a way that allows the step; the message says why, for people."""


def record(
    run: Run, kind: str, *, actor: str, text: str, rule_code: str = "", address: str = "",
    data: dict[str, Any] | None = None,
) -> ResultChange:  # fmt: skip
    """Write one entry of the public log of ``run``. ``actor`` is a role or an organisation's name, never a person."""
    publication = run.system.publication
    return ResultChange.objects.create(
        result=run.public_id, benchmark=run.benchmark_id, round=publication.round_id, kind=kind,
        actor=_CONTROL.sub("", actor)[:120], text=_CONTROL.sub("", text), rule_code=rule_code, address=address,
        data=data or {},
    )  # fmt: skip


@transaction.atomic
def withdraw(run: Run, *, actor: str, text: str, rule_code: str = "", address: str = "") -> ResultChange:
    """Take back a published result on its submitter's word. CannotChange unless it is published."""
    _stand_back(run, Status.WITHDRAWN, text, allowed=(Status.PUBLISHED,))
    schedule(run.system.publication)
    return record(run, Kind.WITHDRAWN, actor=actor, text=text, rule_code=rule_code, address=address)


@transaction.atomic
def withdraw_publications(
    publications: Iterable[Publication], *, actor: str, text: str, address: str = ""
) -> list[Run]:
    """Take back every published result of ``publications``, with one recomputation each; the runs concerned."""
    withdrawn: list[Run] = []
    for publication in publications:
        runs = Run.objects.filter(system__publication=publication, status=Status.PUBLISHED)
        for run in (found := list(runs.select_related("system__publication"))):
            _stand_back(run, Status.WITHDRAWN, text, allowed=(Status.PUBLISHED,))
            record(run, Kind.WITHDRAWN, actor=actor, text=text, address=address)
        if found:
            schedule(publication)
        withdrawn += found
    return withdrawn


@transaction.atomic
def remove(run: Run, *, actor: str, text: str, rule_code: str = "", address: str = "") -> ResultChange:
    """Remove a result; its address becomes a tombstone. CannotChange when it was removed or moved before."""
    _stand_back(run, Status.REMOVED, text, allowed=(Status.PUBLISHED, Status.WITHDRAWN))
    schedule(run.system.publication)
    return record(run, Kind.REMOVED, actor=actor, text=text, rule_code=rule_code, address=address)


@transaction.atomic
def move_to_open(run: Run, *, actor: str, text: str, rule_code: str = "", address: str = "") -> Run:
    """Move a closed result to the open division and return the run at its new address.

    The old address stays and points to the new one. CannotChange unless the run is published in the closed division.
    """
    if run.system.publication.division != Division.CLOSED:
        raise CannotChange(f"{run.public_id} stands in the open division already")
    _stand_back(run, Status.MOVED, text, allowed=(Status.PUBLISHED,))
    copy = copy_into_open(run)
    Run.objects.filter(pk=run.pk).update(moved_to=copy.public_id)
    run.moved_to = copy.public_id
    schedule(run.system.publication)
    schedule(copy.system.publication)
    for one, other in ((run, {"to": copy.public_id}), (copy, {"from": run.public_id})):
        record(
            one, Kind.MOVED_TO_OPEN, actor=actor, text=text, rule_code=rule_code, address=address, data=other
        )
    return copy


@transaction.atomic
def link_reproduction(original: Run, reproduction: Run, *, actor: str, text: str = "") -> Reproduction:
    """Say that ``reproduction`` is an independent measurement of ``original``; linking twice changes nothing.

    CannotChange when both are of one submitter, of different benchmarks, or one of them is not published.
    """
    if original.pk == reproduction.pk:
        raise CannotChange("a result does not reproduce itself")
    for run in (original, reproduction):
        if run.status != Status.PUBLISHED:
            raise CannotChange(
                f"{run.public_id} is {Status(run.status).label}, so it takes part in no reproduction"
            )
    if original.benchmark_id != reproduction.benchmark_id:
        raise CannotChange(f"{reproduction.public_id} is of another benchmark than {original.public_id}")
    if original.system.publication.submitter_id == reproduction.system.publication.submitter_id:
        raise CannotChange("a reproduction comes from another submitter than the original")
    link, created = Reproduction.objects.get_or_create(original=original, reproduction=reproduction)
    if created:
        record(
            original, Kind.REPRODUCED, actor=actor, address=reproduction.get_absolute_url(),
            text=text or f"{reproduction.system.publication.submitter.name} measured the same again.",
            data={"by": reproduction.public_id},
        )  # fmt: skip
    return link


def values_sentence(values: Iterable[Iterable[str | None]]) -> str:
    """``Latency: 118.694 ms before, 119.2 ms now.`` for the values of a correction."""
    parts = []
    for name, old, new in values:
        metric = METRICS.get(name or "")
        unit = f" {metric.unit}" if metric and metric.unit else ""
        texts = [f"{text}{unit}" if text is not None else "none" for text in (old, new)]
        parts.append(f"{metric.name if metric else name}: {texts[0]} before, {texts[1]} now")
    return "; ".join(parts) + "." if parts else ""


def _stand_back(run: Run, status: str, text: str, *, allowed: tuple[str, ...]) -> None:
    """Give ``run`` a status that no longer counts; decided on the row as it stands in the database."""
    # no_key: entries that a recomputation writes meanwhile refer to the row and need not wait.
    now = Run.objects.select_for_update(no_key=True).get(pk=run.pk).status
    if now not in allowed:
        raise CannotChange(f"{run.public_id} is {Status(now).label}")
    reason = _CONTROL.sub("", text)
    Run.objects.filter(pk=run.pk).update(status=status, status_reason=reason)
    run.status, run.status_reason = status, reason
