"""Imports point one way: tinysite → submissions → results, and within an app towards the pure code."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Lower number: nearer to the pure core. A module may import its own layer and those with a lower number.
LAYERS = {
    "results.domain": 0,
    "results.catalog": 1,
    "results.analysis": 2,
    "results.presentation": 3,
    "results.charts": 4,
    "results.models": 10,
    "results.querysets": 10,
    "results.migrations": 11,
    "results.services": 12,
    "results.selectors": 13,
    "results.tasks": 14,
    "results": 20,
    "submissions.formats": 30,
    "submissions.rules": 31,
    "submissions.workflow": 32,
    "submissions.checking": 33,
    "submissions.models": 40,
    "submissions.migrations": 41,
    "submissions.services": 42,
    "submissions.selectors": 43,
    "submissions": 50,
    "tinysite": 60,
}
# Code that must not need Django: it runs in a notebook and is tested without a database.
PURE = ["results.domain", "results.catalog", "results.analysis", "results.presentation", "results.charts",
        "submissions.formats", "submissions.rules", "submissions.workflow", "submissions.checking"]  # fmt: skip
# A publish makes its recomputation due and hands it to the worker: the one call upwards, by the task's address.
# So do mails, versions and checks: what is queued is handed over by the service that wrote the row.
ALLOWED = {
    ("results.services.recompute", "results.tasks"),
    *(
        (f"submissions.services.{service}", "submissions.tasks")
        for service in ("mail", "intake", "processing", "checks", "model_projections")
    ),
}


def modules() -> Iterator[tuple[str, Path]]:
    for app in ("results", "submissions", "tinysite"):
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def layer(module: str) -> int:
    while module:
        if module in LAYERS:
            return LAYERS[module]
        module = module.rpartition(".")[0]
    raise KeyError(module)


def imported(module: str, path: Path) -> Iterator[str]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level > 1 else package if node.level else ""
            target = ".".join(part for part in (base, node.module) if part)
            yield from (f"{target}.{name.name}" for name in node.names)


def test_imports_point_one_way() -> None:
    wrong = [
        f"{module} imports {target}"
        for module, path in modules()
        for target in imported(module, path)
        if target.split(".")[0] in ("results", "submissions", "tinysite")
        and layer(target) > layer(module)
        and not any(module == a and target.startswith(b) for a, b in ALLOWED)
    ]
    assert wrong == []


@pytest.mark.parametrize("package", PURE)
def test_pure_code_names_no_django(package: str) -> None:
    named = [
        f"{module} imports {target}"
        for module, path in modules()
        if module == package or module.startswith(f"{package}.")
        for target in imported(module, path)
        if target.split(".")[0] in ("django", "rest_framework", "celery")
    ]
    assert named == []


def test_pure_code_loads_with_no_django_in_memory() -> None:
    names = [
        m for m, _ in modules() if any(m == p or m.startswith(f"{p}.") for p in PURE) and "__main__" not in m
    ]
    code = f"import importlib, sys; [importlib.import_module(n) for n in {names!r}]; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_pages_load_no_solver() -> None:
    """Fitting is the worker's: a web process that loads what it takes would start slower and need more memory."""
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; import django; django.setup(); "
        "import tinysite.urls; print(sorted({'scipy', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
