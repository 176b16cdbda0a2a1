"""A model that a reader had analysed: its facts, by the token of its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from results.domain.analysed_projections import AnalysedProjections
from results.domain.model_facts import ModelFacts


def analysed_model(token: str, reader: Any) -> ModelFacts | None:
    """The facts behind ``/models/analyse/<token>/``; ``reader`` is ``request.user``.

    None for a token that is unknown, expired or another account's: the caller answers as for a model that is not there.
    What it shows is private to that reader: no cache between may keep it.
    """
    load: Callable[[str, Any], ModelFacts | None] = import_string(settings.ANALYSED_MODEL)
    return load(token, reader)


def analysed_projections(token: str, reader: Any) -> AnalysedProjections | None:
    """What is projected of the model behind ``token``, as far as it is; asking for it has the worker begin.

    None and privacy as for :func:`analysed_model`.
    """
    load: Callable[[str, Any], AnalysedProjections | None] = import_string(settings.ANALYSED_PROJECTIONS)
    return load(token, reader)
