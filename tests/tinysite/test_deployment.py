"""The composition, the image and the scripts, as far as they can be checked without a container engine."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

BASE_DIR = Path(__file__).resolve().parent.parent.parent
COMPOSITION = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())
SERVICES = COMPOSITION["services"]


def test_the_composition_obeys_the_compose_specification():
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "check_jsonschema",
            "--builtin-schema",
            "vendor.compose-spec",
            "docker-compose.yml",
        ],
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout


def test_the_composition_has_the_five_services_and_each_a_health_check():
    assert set(SERVICES) == {"web", "worker", "beat", "postgres", "valkey"}
    for name, service in SERVICES.items():
        assert service["healthcheck"]["test"], name


def test_no_secret_has_a_default():
    text = (BASE_DIR / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "ALLOWED_HOSTS"):
        uses = re.findall(r"\$\{" + name + r"([^}]*)\}", text)
        assert uses, name
        assert all(use.startswith(":?") for use in uses), name


def test_data_lie_on_named_volumes():
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSITION["volumes"])


def test_the_image_copies_what_exists_and_what_may_enter_it():
    allowed = {
        line[1:] for line in (BASE_DIR / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = re.findall(r"^COPY (\S+) ", (BASE_DIR / "Dockerfile").read_text(), re.MULTILINE)
    assert copied
    for path in copied:
        assert (BASE_DIR / path).exists(), path
        assert path in allowed


def test_the_image_does_not_run_as_root():
    assert re.search(r"^USER (?!root)", (BASE_DIR / "Dockerfile").read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    "arguments", [["bash", "-n", ".ci/run"], ["make", "--dry-run", "run", "test", "lint"]]
)
def test_the_scripts_can_be_read(arguments):
    done = subprocess.run(arguments, cwd=BASE_DIR, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_every_variable_is_described_in_the_manual_and_every_described_one_exists():
    sources = [
        BASE_DIR / "tinysite/settings.py",
        BASE_DIR / "tinysite/secret.py",
        BASE_DIR / "tinysite/embedded/paths.py",
    ]
    code = "".join(path.read_text() for path in sources)
    read = set(re.findall(r"env\w*\(\s*\"([A-Z_]+)\"", code)) | set(
        re.findall(r"environ\.get\(\"([A-Z_]+)\"", code)
    )
    manual = (BASE_DIR / "docs/operations.md").read_text()
    described = set(re.findall(r"^\| `([A-Z_]+)` \|", manual, re.MULTILINE))
    assert described == read
