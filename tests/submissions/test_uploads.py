from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from submissions import uploads
from submissions.models import Check
from submissions.services import incoming

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, settings) -> None:
    settings.INCOMING_DIR = tmp_path / "incoming"


def post(address: str, *, length: int = 100, client: Client | None = None):
    return (client or Client()).post(
        address, {"archive": SimpleUploadedFile("a.zip", b"x" * length), "round": "v1.1"}
    )


@pytest.mark.parametrize("address", ["/api/v1/checks/", "/check/", "/api/v1/submissions/"])
def test_a_body_over_the_limit_is_refused_with_its_size_and_the_limit(address: str, settings) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    answer = post(address, length=uploads.FRAMING_BYTES + 100)
    assert answer.status_code == 413
    assert "at most 10 are taken" in answer.content.decode()
    assert (answer["Content-Type"] == "application/problem+json") is address.startswith("/api/")


def test_an_address_that_takes_no_files_takes_no_large_body() -> None:
    assert post("/account/log-in/", length=4_000_000).status_code == 413


def test_a_full_disk_while_receiving_is_507_and_keeps_nothing(monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.IncomingFile, "write", full, raising=False)
    answer = post("/api/v1/checks/")
    assert answer.status_code == 507
    detail = "The storage of archives is full; nothing was kept. Send it again later."
    assert answer.json()["detail"] == detail
    assert list(incoming.incoming_folder().iterdir()) == []
    assert not Check.objects.exists()


def test_strangers_are_asked_to_come_back_when_too_many_checks_wait(settings) -> None:
    settings.CHECKS_WAITING_MAX = 0
    answer = post("/api/v1/checks/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "120")


def test_an_upload_leaves_nothing_in_the_incoming_folder() -> None:
    post("/api/v1/checks/")
    assert list(incoming.incoming_folder().iterdir()) == []


def test_whoever_sends_too_much_sees_why_although_they_are_still_sending(live_server, settings) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    address = urlsplit(live_server.url)
    size = uploads.FRAMING_BYTES * 4
    head = (
        f"POST /api/v1/checks/ HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {size}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port), timeout=20) as line:
        line.sendall(head.encode() + b"x" * size)
        assert line.recv(12) == b"HTTP/1.1 413"
