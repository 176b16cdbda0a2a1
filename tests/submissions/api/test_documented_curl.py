"""The commands of docs/api.md, pasted into a shell as they stand there, lead from a check to a decided objection."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from submissions.models import Call, Membership, Objection, Organisation, Submission, User
from submissions.services.calls import publish_due
from submissions.services.tokens import create_token
from tests.makers import make_submission
from tests.results.makers import make_benchmark, make_round

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="no curl or bash on PATH"),
]
DOCUMENT = settings.BASE_DIR / "docs/api.md"


def blocks() -> list[tuple[str, str]]:
    """The commands of the document: (word after ``sh``, text)."""
    return re.findall(r"^```sh ?(\w*)\n(.*?)^```$", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)


def token(name: str, organisation: Organisation | None = None, **columns: bool) -> str:
    user = User.objects.create_user(f"{name}@example.org", None, name=name, is_active=True, **columns)
    if organisation:
        Membership.objects.create(user=user, organisation=organisation, role="submitter")
    return create_token(user, name="curl")[1]


def run(folder: Path, script: str, **variables: str) -> str:
    """Run ``script`` and give back what it printed, the names of its variables and their values last."""
    setting = "".join(f"{name}='{value}'\n" for name, value in variables.items())
    done = subprocess.run(
        ["bash", "-eu", "-c", f"{setting}{script}\ndeclare -p SUBMISSION"],
        cwd=folder, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stdout


def test_the_documented_commands_lead_from_a_check_to_a_decided_objection(
    live_server, tmp_path: Path
) -> None:
    for name, runtime_s in (("acme", 10.05), ("acme-mended", 11.0)):
        make_submission(tmp_path / name, submitter="acme", runtimes_s=(runtime_s,) * 5)
        shutil.make_archive(str(tmp_path / name), "zip", tmp_path / name)
    make_benchmark("kws")
    now = timezone.now()
    call = Call.objects.create(
        round=make_round("v1.1"), opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1),
        publishes_at=now + timedelta(days=2),
    )  # fmt: skip
    variables = {
        "SITE": live_server.url,
        "TOKEN": token("sender", Organisation.objects.create(slug="acme", name="Acme")),
        "REVIEWER_TOKEN": token("reviewer", is_reviewer=True),
    }
    before = "".join(text for word, text in blocks() if word != "publication")
    printed = run(tmp_path, before, **variables)
    submission = Submission.objects.get()
    assert f'"{submission.public_id}"' in printed
    assert (submission.state, submission.versions.count()) == ("accepted", 2)
    assert "problem" not in printed
    Call.objects.filter(pk=call.pk).update(closes_at=now, publishes_at=now)
    assert publish_due(timezone.now()) == [call]
    after = "".join(text for word, text in blocks() if word == "publication")
    printed = run(tmp_path, after, SUBMISSION=submission.public_id, **variables)
    objection = Objection.objects.get()
    assert (objection.state, objection.result.endswith(submission.public_id)) == ("upheld", True)
    assert "objected" in json.dumps(printed)
