"""The bucket against moto's server: the S3 API over HTTP on loopback, in memory; no product that people store in."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from submissions.models import Archive
from submissions.services.audit import audit
from submissions.services.storage import (
    ArchiveDamaged,
    ArchiveMissing,
    StorageFailed,
    archive_storage,
    local_copy,
    name_of,
    save,
    store,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint():
    server_module = pytest.importorskip(
        "moto.server", reason="moto is not installed: no S3 server to test against"
    )
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def bucket(endpoint: str, settings):
    options = {
        "bucket_name": "archives", "endpoint_url": endpoint, "region_name": "eu-central-1", "access_key": "key",
        "secret_key": "secret",
    }  # fmt: skip
    settings.STORAGES = settings.STORAGES | {
        "archives": {"BACKEND": "submissions.archive_bucket.ArchiveBucket", "OPTIONS": options}
    }
    made = archive_storage().bucket
    made.create(CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield made
    made.objects.all().delete()
    made.delete()


def stored(folder: Path, content: bytes = b"an archive") -> Archive:
    path = folder / "archive"
    path.write_bytes(content)
    return store(path)


def test_bytes_come_back_as_they_went_in_and_lie_under_their_hash(tmp_path: Path, bucket) -> None:
    content = bytes(range(256)) * 40_000  # more than one part of a multipart upload
    archive = stored(tmp_path, content)
    assert [item.key for item in bucket.objects.all()] == [name_of(archive.sha256)]
    with local_copy(archive.sha256) as path:
        assert path.read_bytes() == content


def test_the_same_bytes_twice_are_one_object(tmp_path: Path, bucket) -> None:
    assert stored(tmp_path) == stored(tmp_path)
    assert len(list(bucket.objects.all())) == 1


def test_changed_bytes_are_refused_and_mended_by_sending_them_again(tmp_path: Path, bucket) -> None:
    archive = stored(tmp_path)
    bucket.put_object(Key=name_of(archive.sha256), Body=b"x" * archive.size_bytes)
    with pytest.raises(ArchiveDamaged), local_copy(archive.sha256):
        pass
    stored(tmp_path)
    with local_copy(archive.sha256) as path:
        assert path.read_bytes() == b"an archive"


def test_an_object_that_is_gone_is_missing(tmp_path: Path, bucket) -> None:
    archive = stored(tmp_path)
    bucket.objects.all().delete()
    with pytest.raises(ArchiveMissing), local_copy(archive.sha256):
        pass


def test_an_audit_reads_the_bucket(tmp_path: Path, bucket) -> None:
    stored(tmp_path)
    bucket.put_object(Key="aa/bb/unknown", Body=b"orphan")
    bucket.put_object(Key="checks/gone", Body=b"orphan")
    bucket.put_object(Key=name_of(stored(tmp_path, b"damaged").sha256), Body=b"xamaged")
    assert sorted(problem.kind for problem in audit().problems) == ["damaged", "orphan", "orphan"]


def test_a_bucket_that_is_away_is_a_message_to_send_again(tmp_path: Path, monkeypatch) -> None:
    def away(*_: object) -> str:
        raise OSError(errno.ECONNREFUSED, "refused")

    monkeypatch.setattr(archive_storage(), "_save", away)
    path = tmp_path / "archive"
    path.write_bytes(b"an archive")
    with pytest.raises(StorageFailed, match="Send it again"), path.open("rb") as content:
        save("aa/bb/name", content)
