import re
import subprocess
import sys

import pytest

from tests.tinysite.test_up import BASE_DIR, clean_environment
from tinysite.embedded.paths import DataFolder
from tinysite.secret import secret_key


def test_a_secret_key_is_made_once_and_kept_private(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    folder = DataFolder(tmp_path / "data")
    key = secret_key(folder)
    assert len(key) >= 50
    assert secret_key(folder) == key
    assert folder.secret_key.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.root.glob("secret_key*")] == ["secret_key"]


def test_a_given_secret_key_is_used_and_not_written(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "given")
    assert secret_key(DataFolder(tmp_path / "data")) == "given"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("variables", [{"TINYSITE_HTTPS": "true", "ALLOWED_HOSTS": "tinysite.example"}])
def test_the_deployment_check_is_clean_behind_https(tmp_path, variables):
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=BASE_DIR,
        env=clean_environment(TINYSITE_DATA=str(tmp_path / "data"), **variables),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_every_variable_that_the_site_reads_has_a_row_in_the_operations_guide_and_no_other_has():
    sources = [*(BASE_DIR / "tinysite").rglob("*.py")]
    read = re.compile(r"""\b(?:env[a-z]+|environ\.get)\(\s*"([A-Z][A-Z0-9_]+)\"""")
    names = {name for path in sources for name in read.findall(path.read_text(encoding="utf-8"))}
    guide = (BASE_DIR / "docs" / "operations.md").read_text(encoding="utf-8")
    table = guide.partition("\n## Settings\n")[2].partition("\n## ")[0]
    rows = {
        name
        for row in re.findall(r"^\| (`[^|]+)\|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    assert names == rows
