from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import get_finders

from tinysite.staticfiles import CollectedFilesStorage, PackageFilesFinder


def test_scripts_come_out_of_their_packages():
    for name in settings.STATICFILES_FROM_PACKAGES:
        assert finders.find(name), name


@pytest.mark.parametrize(
    "name", ["plotly/package_data/widgetbundle.js", "vendor/htmx.js", "django_htmx/htmx-4.min.js"]
)
def test_nothing_else_of_a_package_is_served(name):
    assert finders.find(name) is None


def test_exactly_the_named_files_are_collected():
    names = [name for name, _ in PackageFilesFinder().list(["*.css"])]
    assert "vendor/htmx.min.js" in names
    assert not any(name.endswith((".map", ".css")) for name in names)


def test_a_file_that_a_package_lost_is_noticed_at_once(settings):
    settings.STATICFILES_FROM_PACKAGES = {"vendor/x.js": ("plotly", "package_data/no-such.js")}
    with pytest.raises(FileNotFoundError, match="plotly"):
        PackageFilesFinder()


def test_every_file_can_be_collected_under_a_hashed_name(tmp_path):
    storage = CollectedFilesStorage(location=tmp_path)
    found = {name: (place, name) for finder in get_finders() for name, place in finder.list(None)}
    for name, (place, path) in found.items():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(Path(place.path(path)).read_bytes())
    small = {name: (storage, name) for name in found if Path(tmp_path / name).stat().st_size < 2_000_000}
    failed = [(name, error) for name, _, error in storage.post_process(small) if isinstance(error, Exception)]
    assert failed == []
    assert storage.hashed_files["css/base.css"] != "css/base.css"
