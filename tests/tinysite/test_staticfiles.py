import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from tinysite.staticfiles import PackageFilesFinder


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
