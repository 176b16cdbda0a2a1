"""Static files out of installed packages, one by one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from tinysite.embedded.binaries import package_folder


class PackageFilesStorage(FileSystemStorage):
    """Reads the files of STATICFILES_FROM_PACKAGES under the names given there."""

    prefix = ""

    def __init__(self) -> None:
        super().__init__(location=settings.BASE_DIR)
        self.files = {name: _locate(*place) for name, place in settings.STATICFILES_FROM_PACKAGES.items()}

    def path(self, name: str) -> str:
        return str(self.files[name])


class PackageFilesFinder(BaseFinder):
    """Finds exactly the files that STATICFILES_FROM_PACKAGES names, not the folders they lie in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storage = PackageFilesStorage()

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | list[str]:
        found = [str(self.storage.files[path])] if path in self.storage.files else []
        return found if find_all else (found[0] if found else [])

    def list(self, ignore_patterns: "list[str] | None") -> Iterator[tuple[str, PackageFilesStorage]]:
        for name in self.storage.files:
            if not matches_patterns(name, ignore_patterns or []):
                yield name, self.storage


class CollectedFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed names and compressed copies, as WhiteNoise makes them.

    Scripts of packages name source maps that are not served; a browser asks for one only in its developer tools.
    """

    patterns = tuple(
        (files, tuple(pattern for pattern in patterns if "sourceMappingURL" not in str(pattern)))
        for files, patterns in CompressedManifestStaticFilesStorage.patterns
    )


def _locate(package: str, path: str) -> Path:
    folder = package_folder(package)
    if folder is None or not (folder / path).exists():
        raise FileNotFoundError(f"the package {package} is not installed or has no {path}")
    return folder / path
