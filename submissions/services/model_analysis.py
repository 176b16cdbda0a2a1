"""Analyse a model file and keep the facts for a while: never the file, and never in this process."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from results.domain.model_facts import ModelFacts
from submissions.checking.limits import MODEL_ANSWER_BYTES, MODEL_CPU_S, MODEL_MEMORY_BYTES
from submissions.checking.model_child import ModelRequest, request_line
from submissions.checking.wire import WireError, from_wire, to_wire
from submissions.formats.neural_models.limits import MIB
from submissions.models import ModelAnalysis, User

from .checks import TooBusy
from .confined import CheckFailed, Child, Nonsense, TooCostly, Unusable, child
from .incoming import incoming_folder
from .intake import base_name

logger = logging.getLogger(__name__)

Reader = User | AnonymousUser | None
_LONGEST_REASON = 400


class ModelRefused(ValueError):
    """The file is no model that can be analysed: where, what was expected, what was found, how to mend it."""

    def __init__(self, where: str, expected: str, found: str, mend: str) -> None:
        super().__init__(f"{where}: expected {expected}; found {found}")
        self.where, self.expected, self.found, self.mend = where, expected, found, mend


class TooManyAnalyses(TooBusy):
    """As many models are analysed, or kept, as the site allows; to be asked again soon."""

    retry_after_s = 15

    def __init__(self) -> None:
        Exception.__init__(self, "the site is busy with other models; send it again in a moment")


def analyse_file(path: Path) -> ModelFacts:
    """The facts of the model at ``path``, found out by a child process with bounds; nothing is kept.

    Raises ModelRefused for whatever is wrong with the file, CheckFailed for a fault of this site.
    """
    try:
        with child(
            "submissions.checking.model_child", deadline_s=settings.MODEL_DEADLINE_S, answer_bytes=MODEL_ANSWER_BYTES
        ) as reader:  # fmt: skip
            return _converse(reader, ModelRequest(str(path.resolve()), os.getpid()))
    except Unusable as reason:
        logger.warning("analysis of a model ended without facts: %s", reason)
        raise _unusable(reason) from reason
    except OSError as fault:
        raise CheckFailed(f"the analysis could not be done here: {fault}") from fault


def analyse_upload(path: Path, *, filename: str, owner: Reader) -> ModelAnalysis:
    """Analyse the file at ``path`` and keep its facts for ``owner``, or for whoever has the address.

    Raises ModelRefused, TooManyAnalyses, CheckFailed; then nothing is kept. The file stays the caller's to delete.
    """
    make_sure_of_room()
    with _turn():
        facts = analyse_file(path)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return ModelAnalysis.objects.create(
        owner=owner if isinstance(owner, User) else None, filename=base_name(filename), sha256=sha256,
        size_bytes=path.stat().st_size, facts=to_wire(facts),
        expires_at=timezone.now() + timedelta(seconds=settings.MODEL_KEPT_S),
    )  # fmt: skip


def make_sure_of_room(size_bytes: int = 0) -> None:
    """Raises TooManyAnalyses when no more facts are kept."""
    if ModelAnalysis.objects.count() >= settings.MODELS_KEPT_MAX:
        raise TooManyAnalyses


def find(token: str, reader: Reader = None) -> ModelAnalysis:
    """The analysis at that address, if ``reader`` may see it.

    Raises ModelAnalysis.DoesNotExist alike for one that is unknown, that has expired, and that belongs to another.
    """
    analysis = ModelAnalysis.objects.get(pk=token, expires_at__gt=timezone.now())
    if analysis.owner_id is not None and (reader is None or analysis.owner_id != reader.pk):
        raise ModelAnalysis.DoesNotExist
    return analysis


def facts_of(analysis: ModelAnalysis) -> ModelFacts:
    """The record that was kept."""
    return from_wire(ModelFacts, analysis.facts)


def load_analysis(token: str, reader: Reader = None) -> ModelFacts | None:
    """The facts behind the token of ``/models/analyse/<token>/``, for pages that continue with such a model.

    ``reader`` is the account that asks (``request.user``): facts with an owner are that account's alone. None for a
    token that is unknown, has expired, or is another's; the three are not told apart. The pages of results reach this
    function through ``results.selectors.analysed_model``, for their app does not import this one.
    """
    if not token.isascii() or not token.isalnum():
        return None
    try:
        return facts_of(find(token, reader))
    except (
        ModelAnalysis.DoesNotExist,
        WireError,
    ):  # a record of an older release may lack what is asked today
        return None


def expire(now: datetime) -> int:
    """Delete the facts whose time is over; how many models that were."""
    return ModelAnalysis.objects.filter(expires_at__lte=now).delete()[0]


@contextmanager
def _turn() -> Iterator[None]:
    """One of the few places on this machine; TooManyAnalyses when all are taken. A killed process gives its place back."""
    for number in range(settings.MODELS_AT_ONCE):
        with (incoming_folder() / f".model-turn-{number}").open("a") as place:
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield
            return
    raise TooManyAnalyses


def _converse(reader: Child, request: ModelRequest) -> ModelFacts:
    """The facts; ModelRefused, Unusable or CheckFailed when there are none."""
    reader.send(request_line(request))
    messages = reader.messages()
    next(messages)
    message = next(messages)
    if message.get("stage") == "done":
        try:
            return from_wire(ModelFacts, message.get("facts"))
        except WireError as fault:
            raise Nonsense(str(fault)) from fault
    if message.get("stage") == "refused":
        raise ModelRefused(*(_said(message.get(part)) for part in ("where", "expected", "found", "mend")))
    raise Nonsense("an unknown message")


def _said(text: object) -> str:
    if not isinstance(text, str):
        raise Nonsense("a reason that is no text")
    return "".join(c for c in text[:_LONGEST_REASON] if c.isprintable())


def _unusable(reason: Unusable) -> ModelRefused:
    mend = "Send the model as its framework exports it; if this is an ordinary model, tell the operator."
    if not isinstance(reason, TooCostly):
        return ModelRefused("the file", "a model that can be taken apart", str(reason), mend)
    bounds = {
        "memory": f"at most {MODEL_MEMORY_BYTES // MIB} MiB of memory",
        "processor time": f"at most {MODEL_CPU_S} s of processor time",
        "time": f"at most {settings.MODEL_DEADLINE_S} s",
        "length of the report": f"facts of at most {MODEL_ANSWER_BYTES // MIB} MiB",
    }
    return ModelRefused("the file", bounds.get(reason.limit, "what an analysis may cost"), str(reason), mend)
