"""A bucket behind an S3 API as the storage of archives; loaded only where settings ask for it."""

from __future__ import annotations

from botocore.config import Config
from storages.backends.s3 import S3Storage


class ArchiveBucket(S3Storage):
    """Private objects under the names that a folder would have. A put is whole or not at all by itself.

    A name is the hash of its bytes, so an object that stands there already is the same or damaged, and is replaced.
    """

    def get_default_settings(self) -> dict[str, object]:
        """The library's defaults, with answers within bounded time and addresses that every server understands."""
        return super().get_default_settings() | {
            "file_overwrite": True,
            "default_acl": None,
            "client_config": Config(
                signature_version="s3v4", s3={"addressing_style": "path"}, connect_timeout=5, read_timeout=60,
                retries={"max_attempts": 3},
            ),
        }  # fmt: skip
