"""Addresses of the pages of projections, by their names; empty on a site that does not have them."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def projections_url() -> str:
    """The matrix of networks and systems."""
    return _named("results:projections")


def backtest_url() -> str:
    """How projections did on rounds that they had not seen."""
    return _named("results:backtest")


def projection_cell_url(system_id: int, model: str) -> str:
    """One network on one system with its method, anchors and what to measure next."""
    return _named("results:projection-cell", system_id, model)


def _named(name: str, *parts: object) -> str:
    try:
        return reverse(name, args=parts)
    except NoReverseMatch:
        return ""
