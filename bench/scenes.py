"""The pages of submitting, reviewing, objecting and accounts, each with the role that sees it, on data made once.

Everything is made through the services of the site, in a data folder that serves for nothing else. What cannot be
reached in an instant (a check that is running, a moment of publication that has passed) is written into the row.
"""

from __future__ import annotations

import json
import tempfile
import time
import zipfile
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.makers import make_submission
from tests.submissions.formats.tabular.tables import LOG, rows

PASSWORD = "sixteen slow clocks tick"
OWNER, REVIEWER, STAFF, NEWCOMER, OBJECTOR = "ada", "rita", "stan", "nora", "otto"


@dataclass(frozen=True, slots=True)
class Scene:
    """A page as somebody sees it; with ``post`` it is the answer to what the form sent."""

    name: str
    url: str
    account: str = ""
    post: dict[str, str] | None = None
    times: int = 1
    settings: dict[str, Any] = field(default_factory=dict)


def scenes(data: Path) -> list[Scene]:
    """All scenes; their data is made when the folder has none yet."""
    kept = data / "scenes.json"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as folder:
            made = _Maker(Path(folder)).all()
        kept.write_text(json.dumps([asdict(scene) for scene in made]))
    return [Scene(**entry) for entry in json.loads(kept.read_text())]


def email(name: str) -> str:
    return f"{name}@lab.example"


class _Maker:
    """Makes the people, then what they did, then the list of pages."""

    def __init__(self, folder: Path) -> None:
        from submissions.models import Membership, Organisation, User
        from submissions.services import calls, organisations

        self.folder, self.count = folder, 0
        self.people = {
            name: User.objects.create_user(
                email(name), PASSWORD, name=name.title(), is_active=True, email_confirmed_at=_now(),
                is_reviewer=name == REVIEWER, is_staff=name == STAFF,
            )
            for name in (OWNER, REVIEWER, STAFF, NEWCOMER, OBJECTOR, "vera")
        }  # fmt: skip
        self.owner = self.people[OWNER]
        self.lab: Organisation = organisations.create_organisation(self.owner, "Example Lab")
        Membership.objects.create(user=self.people["vera"], organisation=self.lab, role="viewer")
        moments = {"closes_at": _now() + timedelta(days=20), "publishes_at": _now() + timedelta(days=40)}
        self.calls = {
            round_id: calls.open_call(
                round_id=round_id, opens_at=_now() - timedelta(days=1), actor=self.people[STAFF], **moments
            )
            for round_id in ("v1.2", "v1.3")
        }

    def all(self) -> list[Scene]:
        return [
            *self._checks(),
            *self._submissions(),
            *self._published(),
            *self._accounts(),
            *self._problems(),
        ]

    def archive(self, **changes: Any) -> Path:
        """A .zip of one closed folder; every call gives other bytes."""
        self.count += 1
        root = self.folder / str(self.count)
        folder = make_submission(root, **changes)
        (folder / "code").mkdir()
        (folder / "code" / "NUMBER.txt").write_text(str(self.count))
        return _zip(root, self.folder / f"example-lab-{self.count}.zip")

    def table(self, benchmark: str = "kws", latency_ms: str = "104.2", **changes: str) -> Path:
        """A .zip of a self-reported table with its log."""
        self.count += 1
        from submissions.formats.tabular.packing import write_csv

        root = self.folder / str(self.count)
        (root / "logs").mkdir(parents=True)
        stated = {"notes": "Measured at 25 °C on one board.", "repeats": "5"}
        table = rows(**(stated | {"benchmark": benchmark} | changes))
        table[0]["value"] = latency_ms
        (root / "results.csv").write_bytes(write_csv(table))
        (root / "logs" / "kws.txt").write_text(LOG.replace("104.2", latency_ms))
        return _zip(root, self.folder / f"table-{self.count}.zip")

    def sent(self, path: Path, round_id: str = "v1.3", *, kind: str = "round", note: str = "") -> Any:
        """A submission whose first version has been checked."""
        from submissions.services import intake

        call = self.calls[round_id] if kind == "round" else None
        done = intake.submit(
            path, user=self.owner, organisation=self.lab, kind=kind, call=call, round_id=round_id, filename=path.name,
            note=note,
        )  # fmt: skip
        return _checked(done)

    def again(self, submission: Any, path: Path, note: str = "") -> Any:
        from submissions.services import intake

        return _checked(intake.add_version(submission, path, user=self.owner, filename=path.name, note=note))

    def act(self, submission: Any, *steps: tuple[str, str, str]) -> Any:
        """Take (action, account, comment) after one another."""
        from submissions.services.transitions import perform
        from submissions.workflow.states import Action

        for action, name, comment in steps:
            perform(submission, Action(action), self.people[name], comment=comment)
        submission.refresh_from_db()
        return submission

    def _checks(self) -> list[Scene]:
        from submissions.services import checks

        def check(path: Path) -> Any:
            return _until_done(checks.start(path, round_id="v1.3", filename=path.name))

        broken = self.folder / "archive.zip"
        broken.write_bytes(b"PK\x03\x04 cut off")
        failed, running = check(self.archive(benchmarks=("ic",))), check(self.archive(benchmarks=("ad",)))
        _hold(running)
        _fail(failed)
        made = {
            "check report, invalid": check(self.archive(benchmarks=("kws", "vww"), runtimes_s=(9.1, 10.2, 8.7))),
            "check report, valid": check(self.archive(energy_uj_per_inf=812.5)),
            "check report, unreadable": check(broken),
            "check, running": running,
            "check, failed": failed,
        }  # fmt: skip
        return [
            Scene("check, new", "/check/"),
            *(Scene(name, row.get_absolute_url()) for name, row in made.items()),
        ]

    def _states(self) -> dict[str, Any]:
        """A submission per state, by its name."""
        hand_in = ("hand-in", OWNER, "")
        broken = self.folder / "broken.zip"
        broken.write_bytes(b"PK\x03\x04 cut")
        received = self.sent(self.archive(benchmarks=("ad",)))
        invalid = self.sent(
            self.archive(benchmarks=("kws", "ic"), runtimes_s=(9.4, 10.1, 9.9)), note="First try."
        )
        returned = self.act(
            self.sent(self.archive(iterations=930, energy_uj_per_inf=760)), hand_in,
            ("return", REVIEWER, "The energy log names no supply voltage. Please send one that does."),
        )  # fmt: skip
        self.again(
            returned, self.archive(iterations=940, energy_uj_per_inf=755), "With the voltage in the log."
        )
        returned = self.act(
            returned, hand_in, ("return", REVIEWER, "Thank you. The system description lacks the clock.")
        )
        return {
            "received": _hold_submission(received),
            "invalid": invalid,
            "unreadable": self.sent(broken),
            "valid": self.sent(self.archive(benchmarks=("kws", "vww"), iterations=1400, energy_uj_per_inf=640)),
            "in review": self.act(self.sent(self.archive(iterations=1010, benchmarks=("kws", "ad"))), hand_in),
            "returned": returned,
            "accepted": self.act(self.sent(self.archive(iterations=1020)), hand_in, ("accept", REVIEWER, "")),
            "marked invalid": self.act(
                self.sent(self.archive(iterations=1030)), hand_in,
                ("mark-invalid", REVIEWER, "The log was cut together from two sessions."),
            ),
            "withdrawn": self.act(self.sent(self.archive(iterations=1040)), ("withdraw", OWNER, "Sent by mistake.")),
            "self-reported, valid": self.sent(self.table("kws", "104.2"), kind="self-reported"),
        }  # fmt: skip

    def _submissions(self) -> list[Scene]:
        made = self._states()
        pages = [Scene(f"submission, {name}", row.get_absolute_url(), OWNER) for name, row in made.items()]
        return [
            Scene("submissions, mine", "/submissions/", OWNER),
            Scene("submissions, empty", "/submissions/", NEWCOMER),
            Scene("submission, new", "/submissions/new/", OWNER),
            Scene("submission, new, no organisation", "/submissions/new/", NEWCOMER),
            *pages,
            Scene("submission, in review, reviewer", made["in review"].get_absolute_url(), REVIEWER),
            Scene("submission, accepted, reviewer", made["accepted"].get_absolute_url(), REVIEWER),
            Scene("version", f"{made['valid'].get_absolute_url()}versions/1/", OWNER),
            Scene("compare", f"{made['returned'].get_absolute_url()}compare/?from=1&to=2", OWNER),
            Scene("edit", f"{made['valid'].get_absolute_url()}edit/", OWNER),
            Scene("self-reported, empty", "/submissions/new/self-reported/", OWNER),
            Scene("self-reported, errors", "/submissions/new/self-reported/", OWNER, post={
                "way": "form", "organisation": str(self.lab.pk), "benchmark_version": "v1.3", "system": "a board",
                "benchmark": "kws", "model": "reference", "latency_ms-value": "10,5", "latency_ms-unit": "ms",
                "latency_ms-evidence_file": "lost.txt",
            }),
            Scene("review", "/review/", REVIEWER),
            Scene("calls", "/review/calls/", STAFF),
        ]  # fmt: skip

    def _published(self) -> list[Scene]:
        """A published round with objections to it, and self-reported results."""
        from results.models import Run
        from results.services.recompute import sweep
        from submissions.services.calls import publish_due

        call = self.calls["v1.2"]
        closed = self.sent(
            self.archive(benchmarks=("kws", "vww", "ad", "ic"), energy_uj_per_inf=700, iterations=1050),
            "v1.2",
        )
        self.act(closed, ("hand-in", OWNER, ""), ("accept", REVIEWER, ""))
        call.publishes_at = call.closes_at = _now()
        call.save()
        publish_due(_now())
        own = [self._self_reported(latency) for latency in ("98.3", "131.7")]
        withdrawn = self._runs_of(own[1])[0]
        self.act(own[1], ("withdraw", OWNER, "The board was not the one that is named."))
        closed.refresh_from_db()
        runs: dict[str, Run] = {run.benchmark_id: run for run in self._runs_of(closed)}
        made = self._objections(runs)
        sweep(timedelta(0))
        result = "/results/{}/".format
        return [
            Scene("submission, published", closed.get_absolute_url(), OWNER),
            Scene("object", f"{result(runs['kws'].public_id)}object/", NEWCOMER),
            Scene("objections", "/objections/"),
            Scene("objection, open, submitter", made["kws"].get_absolute_url(), OWNER),
            Scene("objection, open, reviewer", made["kws"].get_absolute_url(), REVIEWER),
            Scene("objection, open, objector", made["kws"].get_absolute_url(), OBJECTOR),
            Scene("objection, decided", made["ad"].get_absolute_url()),
            Scene("changes", "/changes/"),
            Scene("result, site-reviewed", result(runs["kws"].public_id)),
            Scene("result, removed", result(runs["ad"].public_id)),
            Scene("result, moved", result(runs["vww"].public_id)),
            Scene("result, withdrawn", result(withdrawn.public_id)),
            Scene("result, self-reported", result(self._runs_of(own[0])[0].public_id)),
        ]

    def _objections(self, runs: dict[str, Any]) -> dict[str, Any]:
        """An objection to each run: one still open and answered, the others decided, by benchmark."""
        from submissions.services import objections

        otto, texts = self.people[OBJECTOR], {
            "rule_code": "perf.window-too-short", "evidence": "performance/results.txt, lines 2 to 20",
            "statement": "Two of the five windows are shorter than ten seconds.",
        }  # fmt: skip
        made = {benchmark: objections.open_objection(runs[benchmark], otto, **texts) for benchmark in runs}
        objections.add_statement(
            made["kws"], self.owner, body="All five windows last ten seconds; see lines 3 to 19."
        )
        for benchmark, outcome in {"ad": "removed", "vww": "moved-to-open", "ic": "upheld"}.items():
            reason = (
                "The log shows what the objection says."
                if outcome != "upheld"
                else "All windows are long enough."
            )
            objections.decide(made[benchmark], self.people[REVIEWER], outcome=outcome, decision=reason)
        return made

    def _self_reported(self, latency_ms: str) -> Any:
        sent = self.sent(self.table("kws", latency_ms), kind="self-reported")
        return self.act(sent, ("publish", OWNER, ""))

    def _runs_of(self, submission: Any) -> list[Any]:
        from results.models import Run

        return list(Run.objects.filter(system__publication__submissions=submission).order_by("pk"))

    def _accounts(self) -> list[Scene]:
        from submissions.models import User
        from submissions.services import accounts, organisations, tokens

        tokens.create_token(self.owner, name="nightly upload")
        kept, _ = tokens.create_token(self.owner, name="laptop")
        tokens.revoke_token(self.owner, kept.pk)
        paul = User.objects.create(email=email("paul"), name="Paul")
        uid = accounts._uid(paul)
        confirm = f"/account/confirm/{uid}/{accounts.confirmation_tokens.make_token(paul)}/"
        nora = self.people[NEWCOMER]
        rosa = User.objects.create_user(
            email("rosa"), PASSWORD, name="Rosa", is_active=True
        )  # a log-in ends the link
        reset = f"/account/password/reset/{accounts._uid(rosa)}/{accounts.default_token_generator.make_token(rosa)}/"
        with patch.object(organisations, "queue_mail") as mail:
            organisations.invite(
                self.lab, email=nora.email, role="submitter", invited_by=self.owner, origin=""
            )
        invitation = mail.call_args.kwargs["url"]  # stands in the mail alone
        place = f"/organisations/{self.lab.slug}/"
        return [
            Scene("log in", "/account/log-in/"),
            Scene("log in, wrong", "/account/log-in/", post={"username": email("nobody"), "password": "wrong"}),
            Scene("sign up", "/account/sign-up/"),
            Scene("sign up, errors", "/account/sign-up/", post={"email": "nobody", "name": "", "password": "short"}),
            Scene("sign up, sent", "/account/sign-up/sent/"),
            Scene("confirm", confirm),
            Scene("confirm, ended", "/account/confirm/MQ/abc-def/"),
            Scene("password reset", "/account/password/reset/"),
            Scene("password reset, sent", "/account/password/reset/sent/"),
            Scene("password reset, confirm", reset),
            Scene("password change", "/account/password/", OWNER),
            Scene("account", "/account/", OWNER),
            Scene("account, newcomer", "/account/", NEWCOMER),
            Scene("token, fresh", "/account/tokens/", OWNER, post={"token-name": "ci", "token-days": "90"}),
            Scene("account, delete", "/account/delete/", OWNER),
            Scene("organisation, new", "/organisations/new/", NEWCOMER),
            Scene("organisation, owner", place, OWNER),
            Scene("organisation, viewer", place, "vera"),
            Scene("invitation", invitation, NEWCOMER),
        ]  # fmt: skip

    def _problems(self) -> list[Scene]:
        attempts = {"username": email("someone-else"), "password": "wrong"}
        return [
            Scene("404", "/submissions/zzzzzzzzzzzz/", OWNER),
            Scene(
                "413",
                "/check/",
                post={"round": "v1.3", "note": "x" * 2_000_000},
                settings={"UPLOAD_MAX_BYTES": 100},
            ),
            Scene("429", "/account/log-in/", post=attempts, times=40),
        ]


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()


def _zip(root: Path, out: Path) -> Path:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(root).as_posix())
    return out


def _until_done(row: Any) -> Any:
    """Wait for the worker of the running site."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        row.refresh_from_db()
        if row.progress in ("done", "failed"):
            return row
        time.sleep(0.2)
    raise SystemExit(f"{row} was not checked: is the worker of this data folder running?")


def _checked(done: Any) -> Any:
    _until_done(done.version)
    done.submission.refresh_from_db()
    return done.submission


def _hold(row: Any) -> None:
    """As if its check were running; claimed in the future so that no sweep takes it for lost."""
    row.progress, row.verdict, row.claimed_at = "checking", "", _now() + timedelta(days=1)
    row.findings, row.runs, row.finished_at = [], [], None
    row.save()


def _fail(row: Any) -> None:
    from submissions.services.checks import FAILURE

    row.progress, row.verdict, row.failure, row.findings, row.runs = "failed", "", FAILURE, [], []
    row.save()


def _hold_submission(submission: Any) -> Any:
    _hold(submission.current_version)
    submission.state = "received"
    submission.save()
    return submission
