"""People and results for tests of objections."""

from __future__ import annotations

from results.models import Publication, Run
from submissions.models import Membership, Objection, Organisation, Submission, User
from submissions.services.objections import open_objection
from tests.results.makers import make_publication, make_run, make_system

RULE = "perf.window-too-short"


def account(name: str, **columns: object) -> User:
    return User.objects.create_user(
        f"{name}@example.org", "a long pass phrase", name=name.title(), is_active=True, **columns
    )


def reviewer(name: str = "reviewer") -> User:
    return account(name, is_reviewer=True)


def organisation(name: str, *members: User, role: str = "submitter") -> Organisation:
    made = Organisation.objects.create(slug=name, name=name.title())
    for user in members:
        Membership.objects.create(user=user, organisation=made, role=role)
    return made


def published(public_id: str = "one", division: str = "closed") -> Run:
    return make_run(system=make_system(make_publication(division=division)), public_id=public_id)


def sent_by(owner: Organisation, run: Run) -> Submission:
    """The submission of ``owner`` that ``run`` was published from."""
    publication: Publication = run.system.publication
    sent = Submission.objects.create(
        kind="self-reported", organisation=owner, round="v1.1", state="published"
    )
    sent.publications.add(publication)
    return sent


def objection(run: Run, user: User, **columns: object) -> Objection:
    values = {
        "rule_code": RULE,
        "statement": "The windows are short.",
        "evidence": "results.txt:26",
    } | columns
    return open_objection(run, user, **values)  # type: ignore[arg-type]
