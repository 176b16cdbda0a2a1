"""What may be edited of a submission and is no evidence: its title, contact, notes, links, what it reproduces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from results.models import Run
from submissions.models import Event, Submission, User
from submissions.workflow.states import Action

from .transitions import begin, finish

MOST_CHARACTERS: Mapping[str, int] = {"title": 120, "contact": 254, "notes": 4000, "reproduces": 220}
MOST_LINKS, MOST_LINK_CHARACTERS = 10, 300
FIELDS = (*MOST_CHARACTERS, "links")


class InvalidMetadata(ValueError):
    """``errors``: name of the field → what is wrong with it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in errors.items()))
        self.errors = dict(errors)


@transaction.atomic
def edit(submission: Submission, actor: User, *, changes: Mapping[str, Any], reason: str) -> Event | None:
    """Write ``changes`` (field → value, those of FIELDS) and log old and new; None when nothing differs.

    Raises InvalidMetadata, NotVisible, NotAllowed.
    """
    step = begin(submission, Action.EDIT, actor, comment=reason)
    wanted = clean(changes)
    row = step.submission
    old = {name: row.metadata.get(name, [] if name == "links" else "") for name in wanted}
    differing = [name for name in wanted if wanted[name] != old[name]]
    if not differing:
        return None
    row.metadata = {**row.metadata, **{name: wanted[name] for name in differing}}
    event = finish(
        step, detail=step.comment,
        data={"old": {name: old[name] for name in differing}, "new": {name: wanted[name] for name in differing}},
    )  # fmt: skip
    submission.refresh_from_db()
    return event


def clean(changes: Mapping[str, Any]) -> dict[str, Any]:
    """``changes`` as they are stored: trimmed, within their lengths. Raises InvalidMetadata with every error."""
    errors = {name: "is no field that can be edited" for name in changes if name not in FIELDS}
    kept: dict[str, Any] = {}
    for name in (name for name in changes if name in FIELDS):
        problem, kept[name] = _links(changes[name]) if name == "links" else _text(name, changes[name])
        if problem:
            errors[name] = problem
    original = kept.get("reproduces")
    published = Run.objects.filter(public_id=original, status=Run.Status.PUBLISHED)
    if "reproduces" not in errors and original and not published.exists():
        errors["reproduces"] = "is no published result; give the last part of the address of its page"
    if errors:
        raise InvalidMetadata(errors)
    return kept


def _text(name: str, value: Any) -> tuple[str, str]:
    if not isinstance(value, str):
        return "must be a text", ""
    text = value.replace("\r\n", "\n").strip()
    if "\x00" in text:
        return "holds a character that cannot be kept", ""
    most = MOST_CHARACTERS[name]
    return ("" if len(text) <= most else f"has {len(text)} characters; at most {most} are kept"), text


def _links(value: Any) -> tuple[str, list[str]]:
    if not isinstance(value, list) or not all(isinstance(link, str) for link in value):
        return "must be a list of addresses", []
    links = [link.strip() for link in value if link.strip()]
    if len(links) > MOST_LINKS:
        return f"holds {len(links)} addresses; at most {MOST_LINKS} are kept", []
    for link in links:
        if not _is_address(link):
            return f"{link[:80]!r} is no address that begins with http:// or https://", []
    return "", links


def _is_address(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    plain = link.isprintable() and " " not in link and len(link) <= MOST_LINK_CHARACTERS
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname)
