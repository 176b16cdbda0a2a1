"""``ETag``: what an answer shows follows from the version of the data and the address, so both make the tag."""

from __future__ import annotations

import hashlib

from rest_framework.request import Request

REPRESENTATION = 1
"""Raised with every change of what an answer to the same address says, so that no client keeps the old shape."""


def entity_tag(request: Request, version: str) -> str:
    """The tag of the answer to ``request`` from data of ``version``; weak, because a proxy may compress the answer."""
    address = f"{REPRESENTATION} {request.accepted_media_type} {request.build_absolute_uri()}"
    return f'W/"{version}-{hashlib.sha256(address.encode()).hexdigest()[:20]}"'


def is_fresh(request: Request, tag: str) -> bool:
    """Whether the client says that it holds ``tag`` (weak comparison, RFC 9110). ``*`` never counts: it names no tag."""
    held = request.headers.get("If-None-Match", "")
    return _opaque(tag) in (_opaque(entry) for entry in held.split(","))


def _opaque(tag: str) -> str:
    return tag.strip().removeprefix("W/")
