"""What a test of the whole API needs: things in every state, a token, and where they stand, for schemathesis.

    TINYSITE_DATA=FOLDER python bench/api_account.py CONFIG

For the site that runs over the throw-away FOLDER; docs/api.md ("Testing against the schema") has the whole
run. Writes CONFIG: schemathesis.toml with the token and, for each address, what is there. Prints the token.
"""

# ruff: noqa: E402 - models can be imported once Django is set up
from __future__ import annotations

import json
import os
import sys
import tempfile
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinysite.settings")

import django

from tests.makers import make_submission

django.setup()

from django.utils import timezone

from results.models import Run
from submissions.models import Call, Membership, Organisation, Progress, Submission, User, Version
from submissions.services import checks, intake, objections, processing, tokens
from submissions.services.calls import publish_due
from submissions.services.transitions import perform
from submissions.workflow.states import Action

if TYPE_CHECKING:
    from collections.abc import Mapping

API = "/api/v1"
PUBLISHED_ROUND, OPEN_ROUND = "v1.0", "v1.1"
KNOWN_AT_RANDOM = 0.8
"""How often an address that exists is asked for; the other times one is made up."""


class Maker:
    """Makes submissions through the services of the site, each with other figures."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.number = folder, 0
        self.reviewer = person("reviewer", is_reviewer=True)

    def archive(self) -> Path:
        self.number += 1
        root = self.folder / str(self.number)
        make_submission(root, submitter="api_lab", runtimes_s=(10 + self.number / 8,) * 5)
        path = self.folder / f"{self.number}.zip"
        with zipfile.ZipFile(path, "w") as packed:
            for file in sorted(p for p in root.rglob("*") if p.is_file()):
                packed.write(file, file.relative_to(root).as_posix())
        return path

    def sent(self, user: User, lab: Organisation, call: Call) -> Submission:
        """A valid submission."""
        path = self.archive()
        done = intake.submit(
            path,
            user=user,
            organisation=lab,
            kind="round",
            call=call,
            round_id=call.round_id,
            filename=path.name,
        )
        return checked(done.version)

    def waiting(self, user: User, lab: Organisation, call: Call) -> Submission:
        """One that was handed in."""
        submission = self.sent(user, lab, call)
        perform(submission, Action.HAND_IN, user)
        return submission

    def accepted(self, user: User, lab: Organisation, call: Call) -> Submission:
        submission = self.waiting(user, lab, call)
        perform(submission, Action.ACCEPT, self.reviewer)
        return submission


def person(name: str, **columns: Any) -> User:
    return User.objects.create_user(f"{name}@lab.example", None, name=name.title(), is_active=True, **columns)


def laboratory(name: str, owner: User) -> Organisation:
    made = Organisation.objects.create(slug=name.lower().replace(" ", "-"), name=name)
    Membership.objects.create(user=owner, organisation=made, role="owner")
    return made


def open_call(round_id: str) -> Call:
    now = timezone.now()
    return Call.objects.create(
        round_id=round_id, opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1),
        publishes_at=now + timedelta(days=2),
    )  # fmt: skip


def checked(version: Version) -> Submission:
    """The submission of ``version`` once it was checked, here or by the site's worker."""
    while not Version.objects.filter(pk=version.pk, progress=Progress.DONE, verdict="valid").exists():
        processing.claim_and_check(version.pk)
    return Submission.objects.get(pk=version.submission_id)


def publish(call: Call) -> None:
    now = timezone.now()
    Call.objects.filter(pk=call.pk).update(closes_at=now, publishes_at=now)
    publish_due(timezone.now())  # unless the site has done it already
    call.refresh_from_db()
    assert call.published_at is not None


def result_of(submission: Submission) -> Run:
    return Run.objects.filter(public_id__endswith=submission.public_id, status=Run.Status.PUBLISHED)[0]


def objected(user: User, run: Run) -> int:
    return objections.open_objection(
        run, user, rule_code="closed.accuracy-below-target", statement="The accuracy is that of another model.",
        evidence="results.txt, line 3",
    ).pk  # fmt: skip


def prepare(maker: Maker) -> tuple[str, dict[str, dict[str, list[str | int]]]]:
    """(token of an account that submits and reviews, operation → parameter → what it may be)."""
    user, other = person("api", is_reviewer=True), person("other")
    lab, others = laboratory("API Lab", user), laboratory("Other Lab", other)
    past = open_call(PUBLISHED_ROUND)
    published = [maker.accepted(user, lab, past)] + [maker.accepted(other, others, past) for _ in range(3)]
    publish(past)
    now = open_call(OPEN_ROUND)
    mine = maker.sent(user, lab, now)
    second = maker.archive()
    checked(intake.add_version(mine, second, user=user, filename=second.name).version)
    perform(mine, Action.COMMENT, user, comment="The second version has longer runs.")
    spare = [maker.sent(user, lab, now) for _ in range(3)]
    queue = [maker.waiting(other, others, now) for _ in range(6)]
    own, *foreign = [result_of(submission) for submission in published]
    decided, watched = objected(other, own), objected(maker.reviewer, foreign[0])
    retracted, to_decide = objected(user, foreign[1]), objected(other, foreign[2])
    check = checks.start(maker.archive(), round_id=OPEN_ROUND, filename="check.zip")

    read: dict[str, list[str | int]] = {
        "public_id": [mine.public_id, published[0].public_id, queue[0].public_id]
    }
    written: dict[str, list[str | int]] = {"public_id": [submission.public_id for submission in spare]}
    version: dict[str, list[str | int]] = {"number": [1]}
    one = f"{API}/submissions/{{public_id}}/"
    every = [decided, watched, retracted, to_decide]
    return tokens.create_token(user, name="schemathesis")[1], {
        f"POST {API}/checks/": {"body.round": [OPEN_ROUND]},
        f"POST {API}/submissions/": {
            "body.round": [OPEN_ROUND],
            "body.call": [now.pk],
            "body.organisation": [lab.slug],
        },
        f"GET {API}/checks/{{id}}/": {"id": [check.pk]},
        f"GET {one}": read,
        f"PATCH {one}": written,
        f"GET {one}versions/": read,
        f"POST {one}versions/": written,
        f"GET {one}versions/{{number}}/": read | version,
        f"GET {one}versions/{{number}}/archive/": read | version,
        f"GET {one}versions/{{number}}/preview/": read | version,
        f"GET {one}compare/": {"public_id": [mine.public_id], "from": [1], "to": [2]},
        f"GET {one}messages/": read,
        f"POST {one}messages/": read,
        f"GET {one}events/": read,
        f"POST {one}actions/": {"public_id": [submission.public_id for submission in (*spare, *queue[1:])]},
        f"GET {API}/objections/{{number}}/": {"number": every},
        f"POST {API}/objections/{{number}}/statements/": {"number": [watched]},
        f"POST {API}/objections/{{number}}/decision/": {"number": [to_decide, watched]},
        f"POST {API}/objections/{{number}}/retraction/": {"number": [retracted]},
        f"POST {API}/objections/": {"body.result": [foreign[0].public_id]},
        f"GET {API}/results/{{public_id}}/": {"public_id": [own.public_id]},
        f"GET {API}/benchmarks/{{id}}/": {"id": ["kws", "vww"]},
        f"GET {API}/rounds/{{id}}/": {"id": [OPEN_ROUND]},
        f"GET {API}/systems/{{id}}/": {"id": [own.system_id]},
        f"GET {API}/devices/{{slug}}/": {"slug": ["nucleo-l4r5zi"]},
        f"GET {API}/models/{{slug}}/": {"slug": ["kws01"]},
        f"GET {API}/submitters/{{slug}}/": {"slug": [own.system.publication.submitter.slug]},
        f"GET {API}/leaderboards/{{benchmark}}/": {"benchmark": ["kws"]},
        f"GET {API}/pareto/{{benchmark}}/": {"benchmark": ["kws"]},
        f"GET {API}/rules/{{code}}/": {"code": ["closed.accuracy-below-target"]},
    }


def configuration(token: str, known: Mapping[str, Mapping[str, list[str | int]]]) -> str:
    """schemathesis.toml with the token and a dictionary for every parameter whose values are known."""
    parts = [
        (ROOT / "schemathesis.toml").read_text(),
        f"[auth.openapi]\ntoken = {{ bearer = {json.dumps(token)} }}",
    ]
    operations = []
    for operation, parameters in known.items():
        lines = [f"[[operations]]\ninclude-name = {json.dumps(operation)}\n[operations.parameters]"]
        for name, values in parameters.items():
            dictionary = f"known-{len(parts)}"
            parts.append(f"[dictionaries.{dictionary}]\nvalues = {json.dumps(values)}")
            lines.append(
                f"{json.dumps(name)} = {{ dictionary = {json.dumps(dictionary)}, probability = {KNOWN_AT_RANDOM} }}"
            )
        operations.append("\n".join(lines))
    return "\n\n".join([*parts, *operations]) + "\n"


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        token, known = prepare(Maker(Path(folder)))
    Path(sys.argv[1]).write_text(configuration(token, known))
    print(token)


if __name__ == "__main__":
    main()
