"""What can be taken away: the published data as files that never change."""

from __future__ import annotations

from django.db import models


def short_hash(sha256: str) -> str:
    """What names a release in addresses: the first 16 digits of its hash."""
    return sha256[:16]


class DataRelease(models.Model):
    """The published data, or those of one round, as files under the hash of their content.

    ``sha256`` is that of the file SHA256SUMS, which names the hash of every other file; ``files`` holds
    ``{"name", "sha256", "bytes", "rows"}`` of each, rows null where it is no table. The same content is one release:
    ``generation`` is the newest data generation that it holds for.
    """

    round = models.CharField(max_length=8, blank=True, help_text="empty: everything published")
    sha256 = models.CharField(max_length=64)
    generation = models.PositiveBigIntegerField()
    files = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-generation", "-pk"]
        constraints = [models.UniqueConstraint(fields=["round", "sha256"], name="data_release_once")]

    def __str__(self) -> str:
        return f"{self.round or 'everything'} {self.short}"

    @property
    def short(self) -> str:
        """What names the release in addresses."""
        return short_hash(self.sha256)

    @property
    def results(self) -> int:
        """How many results it holds."""
        return next((entry["rows"] for entry in self.files if entry["name"] == "results.csv"), 0)

    def file(self, name: str) -> dict[str, object] | None:
        """What is known of the file of that name; None when the release has none."""
        return next((entry for entry in self.files if entry["name"] == name), None)

    def path(self, name: str) -> str:
        """Where the storage keeps a file."""
        return f"{self.sha256}/{name}"
