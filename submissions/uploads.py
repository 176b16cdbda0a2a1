"""Uploads: bodies are bounded before they are read, and files go to the disk of the archives, never into memory.

WSGI hands out no more of a body than its Content-Length says, so that asking for the length bounds the body.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from submissions.formats.neural_models.limits import FILE_BYTES
from submissions.services import checks, model_analysis
from submissions.services.checks import TooBusy
from submissions.services.incoming import incoming_folder
from submissions.services.storage import StorageFailed, StorageFull, is_full

FRAMING_BYTES = 1 << 20
"""What the other fields of a form and the boundaries between them may add to a file."""
DRAIN_S = 30
_BLOCK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class _Door:
    """Addresses that take files, and of how many bytes.

    With ``make_sure_of_room`` they take them from people without an account too, as long as it raises no TooBusy.
    """

    addresses: re.Pattern[str]
    make_sure_of_room: Callable[[int], None] | None = None
    maximum_bytes: int | None = None

    @property
    def most_bytes(self) -> int:
        return min(settings.UPLOAD_MAX_BYTES, self.maximum_bytes or settings.UPLOAD_MAX_BYTES)


_DOORS = (
    _Door(re.compile(r"/check/|/api/v1/checks/"), checks.make_sure_of_room),
    _Door(
        re.compile(r"/models/analyse/|/api/v1/models/analyse/"), model_analysis.make_sure_of_room, FILE_BYTES
    ),
    _Door(re.compile(r"/api/v1/submissions/([a-z0-9]+/versions/)?")),
    _Door(re.compile(r"/submissions/(new/self-reported|[a-z0-9]+(/versions)?)/")),
)


class UploadMiddleware:
    """Refuses a body that is too large, or that cannot be taken now, before it is read; has to know the account."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        door = next((door for door in _DOORS if door.addresses.fullmatch(request.path)), None)
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            return _refuse(
                request, HTTPStatus.LENGTH_REQUIRED, "Say the length of the body in Content-Length."
            )
        most = door.most_bytes if door else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        length = _length_of(request)
        if length > most + FRAMING_BYTES:
            return _refuse(
                request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"What was sent has {length:,} bytes; at most {most:,} are taken here. Nothing was kept.",
            )  # fmt: skip
        if door is None:
            return self.get_response(request)
        return self._receive(request, door, length)

    def _receive(self, request: HttpRequest, door: _Door, length: int) -> HttpResponse:
        handler = IncomingUpload(request)
        if not request.user.is_authenticated and not request.path.startswith("/api/"):
            # The API asks who somebody is before it reads the body; a page reads it for the token of its form.
            handler.takes_files = door.make_sure_of_room is not None
        if door.make_sure_of_room is not None:
            try:
                door.make_sure_of_room(length)
            except TooBusy as busy:
                answer = _refuse(request, HTTPStatus.SERVICE_UNAVAILABLE, _sentence(busy))
                answer["Retry-After"] = str(busy.retry_after_s)
                return answer
        request.upload_handlers = [handler]
        answer = self.get_response(request)
        if handler.failure is not None:
            full = isinstance(handler.failure, StorageFull)
            status = HTTPStatus.INSUFFICIENT_STORAGE if full else HTTPStatus.SERVICE_UNAVAILABLE
            return _refuse(request, status, _sentence(handler.failure))
        return answer


class IncomingFile(TemporaryUploadedFile):
    """An uploaded file in the incoming folder; it is gone when the request ends."""

    def __init__(
        self, name: str, content_type: str, charset: str | None, extra: dict[str, str] | None
    ) -> None:
        file = NamedTemporaryFile(dir=incoming_folder(), prefix="upload-")  # noqa: SIM115 - the request closes it
        UploadedFile.__init__(self, file, name, content_type, 0, charset, extra)


class IncomingUpload(FileUploadHandler):
    """Streams files to the incoming folder. ``failure`` is set when its disk took no more."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.takes_files = True
        self.failure: StorageFailed | None = None
        self.incoming: IncomingFile | None = None

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)
        if not self.takes_files:
            raise SkipFile
        try:
            self.incoming = IncomingFile(
                self.file_name, self.content_type, self.charset, self.content_type_extra
            )
        except OSError as problem:
            self._fail(problem)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self.incoming is not None
        try:
            self.incoming.write(raw_data)
        except OSError as problem:
            self._fail(problem)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if self.incoming is None:
            return None
        done, self.incoming = self.incoming, None
        try:
            done.seek(0)  # writes what the buffer still holds
        except OSError as problem:
            self.incoming = done
            self._fail(problem)
        done.size = file_size
        return done

    def upload_interrupted(self) -> None:
        self._drop()

    def _fail(self, problem: OSError) -> None:
        self.failure = StorageFull() if is_full(problem) else StorageFailed()
        self._drop()
        raise StopUpload(connection_reset=False) from problem

    def _drop(self) -> None:
        if self.incoming is not None:
            try:
                self.incoming.close()
            except OSError:  # the buffer cannot be written either
                pass
            self.incoming = None


def _length_of(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _sentence(problem: Exception) -> str:
    text = str(problem)
    return f"{text[:1].upper()}{text[1:]}."


def _refuse(request: HttpRequest, status: HTTPStatus, detail: str) -> HttpResponse:
    """The answer, once the body has been taken off the line: who is still sending would see the line cut instead."""
    _drain(request)
    if request.path.startswith("/api/"):
        problem = {
            "type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail,
            "instance": request.path,
        }  # fmt: skip
        answer: HttpResponse = JsonResponse(problem, status=status, content_type="application/problem+json")
    else:
        context = {"title": status.phrase, "detail": detail}
        answer = render(request, "submissions/upload_refused.html", context, status=status)
    return answer


def _drain(request: HttpRequest) -> None:
    """Read the body and drop it, for a bounded time."""
    until = time.monotonic() + DRAIN_S
    try:
        while time.monotonic() < until and request.read(_BLOCK_BYTES):
            pass
    except OSError:  # the sender is gone
        pass
