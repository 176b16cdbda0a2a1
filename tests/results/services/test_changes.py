"""Withdrawing, removing, moving, reproducing: what is logged, and what no longer counts."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from results.models import Publication, Recomputation, Reproduction, ResultChange, Run
from results.selectors.export import export_rows
from results.services import changes
from results.services.aggregate import recompute_all, recompute_publication
from results.services.changes import CannotChange
from tests.results.makers import make_finding, make_publication, make_reference, make_run, make_system
from tests.results.services.test_aggregate import derived
from tests.results.views.detail_data import RESULT, make_result

pytestmark = pytest.mark.django_db
Step = Callable[[Run], object]


def withdraw(run: Run) -> object:
    return changes.withdraw(run, actor="Lab", text="Measured on another board.")


def remove(run: Run) -> object:
    return changes.remove(
        run, actor="reviewer", text="The log is not of this board.", rule_code="perf.log-missing"
    )


def move(run: Run) -> Run:
    return changes.move_to_open(run, actor="reviewer", text="Below the closed target.")


STEPS = [withdraw, remove, move]


@pytest.mark.parametrize("step", STEPS)
def test_what_follows_from_a_change_equals_a_full_rebuild(step: Step):
    make_reference()
    run = make_run(energy_uj=50.0, log="a" * 64)
    make_run(round_id="v1.3", energy_uj=50.0, log="a" * 64)
    make_run(energy_uj=80.0, quality=86.0)
    recompute_all()
    step(run)
    for publication in Publication.objects.all():
        recompute_publication(publication.pk)
    incremental = derived()
    recompute_all()
    assert derived() == incremental


@pytest.mark.parametrize("step", STEPS)
def test_the_publications_concerned_are_due_for_recomputation(step: Step):
    run = make_run()
    Recomputation.objects.all().delete()
    step(run)
    due = set(Recomputation.objects.values_list("publication", flat=True))
    assert run.system.publication_id in due
    assert due >= set(
        Publication.objects.filter(systems__runs__status="published").values_list("pk", flat=True)
    )


@pytest.mark.parametrize("step", [withdraw, remove])
def test_a_result_that_stands_back_is_in_no_export_and_no_list_of_the_api(client: Client, step: Step):
    run, other = make_run(public_id="gone"), make_run(public_id="there")
    step(run)
    recompute_all()
    assert [row["id"] for row in export_rows()] == [other.public_id]
    for address in ("/api/v1/results/", "/api/v1/leaderboards/vww/"):
        assert '"gone"' not in client.get(address).content.decode()
    assert "/results/gone/" not in client.get("/leaderboards/vww/").content.decode()


def test_every_step_is_logged_with_actor_words_and_rule():
    run = make_run(public_id="one")
    remove(run)
    entry = ResultChange.objects.get()
    assert (entry.result, entry.benchmark, entry.round) == ("one", "vww", "v1.1")
    assert (entry.kind, entry.actor, entry.rule_code) == ("removed", "reviewer", "perf.log-missing")
    assert (run.status, run.status_reason) == ("removed", "The log is not of this board.")


def test_the_log_cannot_be_changed_or_deleted():
    entry = changes.record(make_run(), "objected", actor="an account holder", text="An objection was opened.")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ResultChange.objects.filter(pk=entry.pk).update(text="nothing happened")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.delete()


def test_control_characters_do_not_enter_the_log():
    entry = changes.record(make_run(), "objected", actor="Lab\x07", text="a\x00b\x1bc\nd")
    assert (entry.actor, entry.text) == ("Lab", "abc\nd")


@pytest.mark.parametrize(
    ("first", "second"), [(remove, remove), (remove, withdraw), (move, remove), (withdraw, move)]
)
def test_a_result_stands_back_once(first: Step, second: Step):
    run = make_run()
    first(run)
    with pytest.raises(CannotChange):
        second(run)


def test_a_withdrawn_result_can_still_be_removed():
    run = make_run()
    withdraw(run)
    remove(run)
    assert run.status == "removed"


def test_withdrawing_a_publication_makes_one_recomputation_due():
    system = make_system()
    make_run("vww", system=system)
    make_run("kws", system=system)
    Recomputation.objects.all().delete()
    runs = changes.withdraw_publications([system.publication], actor="Lab", text="Taken back.")
    assert [run.status for run in runs] == ["withdrawn", "withdrawn"]
    assert Recomputation.objects.count() == 1


def test_a_moved_result_stands_in_the_open_division_with_its_values_and_evidence():
    run = make_result()
    make_finding(run, "energy.window-too-short")
    make_finding(run, "system.json-repaired", whole_system=True)
    copy = move(run)
    assert copy.system.publication.division == "open"
    assert (run.status, run.moved_to) == ("moved", copy.public_id)
    assert values(copy) == values(run)
    assert [e.line for m in copy.measurements.all() for e in m.evidence.all()] == [
        27
    ] * copy.measurements.count()
    assert copy.measurements.count() == run.measurements.count()
    assert [f.code for f in copy.findings.all()] == ["energy.window-too-short", "system.json-repaired"]


def values(run: Run) -> list[tuple[str, str]]:
    return sorted(run.measurements.values_list("metric", "printed"))


def test_moving_leaves_the_numbers_and_evidence_of_the_old_address():
    run = make_result()
    before = values(run)
    move(run)
    assert values(run) == before
    assert all(row.evidence.exists() for row in run.measurements.all())


def test_a_moved_official_result_is_not_called_reviewed_by_mlcommons():
    copy = move(make_result())
    assert copy.system.publication.provenance == "site-reviewed"
    assert copy.public_id == "v1.1-open-lab-board-vww-moved"


def test_a_moved_result_does_not_replace_one_that_stands_in_the_open_division():
    other = make_run(system=make_system(of_this_site("open"), "board"))
    copy = move(make_run(system=make_system(of_this_site("closed"), "board")))
    assert copy.pk != other.pk
    assert copy.system.system_id == "board (from closed)"


def of_this_site(division: str) -> Publication:
    publication = make_publication(division=division)
    publication.key, publication.provenance = "abc", "site-reviewed"
    publication.save()
    return publication


def test_an_open_result_cannot_be_moved():
    with pytest.raises(CannotChange, match="open division"):
        move(make_run(division="open"))


def test_both_addresses_log_the_move_and_name_each_other():
    copy = move(make_result())
    data = dict(ResultChange.objects.values_list("result", "data"))
    assert data == {RESULT: {"to": copy.public_id}, copy.public_id: {"from": RESULT}}


def test_a_reproduction_is_linked_once_and_logged():
    original, again = make_run(submitter="one"), make_run(submitter="two")
    changes.link_reproduction(original, again, actor="Two")
    changes.link_reproduction(original, again, actor="Two")
    assert Reproduction.objects.count() == 1
    assert [json.dumps(entry.data) for entry in ResultChange.objects.all()] == [
        f'{{"by": "{again.public_id}"}}'
    ]


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"submitter": "one"}, "another submitter"),
        ({"submitter": "two", "benchmark": "kws"}, "another benchmark"),
        ({"submitter": "two", "status": "withdrawn"}, "takes part in no reproduction"),
    ],
)
def test_what_is_no_independent_reproduction_is_refused(columns: dict[str, str], why: str):
    original = make_run(submitter="one")
    with pytest.raises(CannotChange, match=why):
        changes.link_reproduction(original, make_run(**columns), actor="Two")


def test_a_correction_is_told_with_units():
    sentence = changes.values_sentence([("latency_ms", "118.694", "119.2"), ("top1_pct", None, "86.1")])
    assert sentence == "Latency: 118.694 ms before, 119.2 ms now; Top-1: none before, 86.1 % now."
