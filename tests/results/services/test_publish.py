"""What publishing anew does to results that people have already seen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from results.models import Publication, ResultChange, Run, Submitter, System
from results.services import changes
from results.services.publish import publish
from tests.results.makers import make_benchmark, make_round
from tests.results.services.records import KEY, a_record, a_run, official, site

pytestmark = pytest.mark.django_db
VWW, KWS = f"v1.1-closed-lab-board-vww-{KEY}", f"v1.1-closed-lab-board-kws-{KEY}"


@pytest.fixture(autouse=True)
def world() -> None:
    make_round("v1.1")
    for benchmark in ("vww", "kws"):
        make_benchmark(benchmark)
    Submitter.objects.create(slug="lab", name="Lab")


def run(public_id: str = VWW) -> Run:
    return Run.objects.get(public_id=public_id)


def kinds(public_id: str) -> list[str]:
    return list(ResultChange.objects.filter(result=public_id).order_by("pk").values_list("kind", flat=True))


def test_a_site_result_never_meets_an_official_one_of_the_same_names():
    publish(a_record(a_run(latency_ms=100)), (), official())
    publish(a_record(a_run(latency_ms=50)), (), site())
    assert set(Run.objects.values_list("public_id", flat=True)) == {"v1.1-closed-lab-board-vww", VWW}
    assert Publication.objects.count() == 2


def test_the_submitter_is_the_one_named_and_not_the_folder_name():
    owner = Submitter.objects.create(slug="somebody-else", name="Somebody else")
    done = publish(a_record(a_run()), (), site(submitter="somebody-else"))
    assert done.publication.submitter == owner


def test_the_moment_of_publication_is_that_of_the_first_version():
    first, second = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    publish(a_record(a_run()), (), site(published_at=first))
    assert not publish(a_record(a_run()), (), site(published_at=second)).changed
    done = publish(a_record(a_run(latency_ms=90)), (), site("b", published_at=second))
    assert (done.changed, done.publication.published_at) == (True, first)


def test_changes_name_what_is_new_and_which_values_became_others():
    first = publish(a_record(a_run(latency_ms=100)), (), site())
    assert [(change.run.public_id, change.new) for change in first.changes] == [(VWW, True)]
    second = publish(a_record(a_run(latency_ms=125), a_run("kws")), (), site("b"))
    assert {change.run.public_id: change.new for change in second.changes} == {VWW: False, KWS: True}
    values = next(change.values for change in second.changes if not change.new)
    assert values == (("latency_ms", "100", "125"), ("throughput_inf_per_s", "10", "8"))


def test_a_value_that_is_gone_stands_with_nothing_after_it():
    publish(a_record(a_run(energy_uj=70)), (), site())
    done = publish(a_record(a_run()), (), site("b"))
    assert ("energy_uj_per_inf", "70", None) in done.changes[0].values


def test_a_site_result_that_a_new_version_lacks_is_withdrawn_and_not_deleted():
    publish(a_record(a_run(), a_run("kws")), (), site())
    publish(a_record(a_run()), (), site("b"))
    assert run(KWS).status == Run.Status.WITHDRAWN
    assert "no longer holds" in run(KWS).status_reason
    assert run(KWS).measurements.exists()
    assert kinds(KWS) == ["withdrawn"]


def test_a_whole_system_that_a_new_version_lacks_keeps_its_page():
    publish(a_record(a_run(), a_run(system_id="old")), (), site())
    publish(a_record(a_run()), (), site("b"))
    assert System.objects.filter(system_id="old").exists()


def test_a_result_that_comes_back_in_a_corrected_version_counts_again():
    publish(a_record(a_run(), a_run("kws")), (), site())
    publish(a_record(a_run()), (), site("b"))
    done = publish(a_record(a_run(), a_run("kws")), (), site("c"))
    assert (run(KWS).status, run(KWS).status_reason) == (Run.Status.PUBLISHED, "")
    assert [(change.run.public_id, change.new) for change in done.changes] == [(KWS, True)]


def test_a_removed_result_stays_removed_when_it_is_published_anew():
    publish(a_record(a_run()), (), site())
    changes.remove(run(), actor="reviewer", text="The log is not of this board.")
    done = publish(a_record(a_run(latency_ms=90)), (), site("b"))
    assert run().status == Run.Status.REMOVED
    assert done.changes == ()


def test_an_official_result_that_was_withdrawn_stays_so_at_the_next_import():
    publish(a_record(a_run()), (), official("a"))
    changes.withdraw(run("v1.1-closed-lab-board-vww"), actor="Lab", text="Measured on another board.")
    publish(a_record(a_run(latency_ms=90)), (), official("b"))
    assert run("v1.1-closed-lab-board-vww").status == Run.Status.WITHDRAWN


def test_an_import_without_history_leaves_no_trace_of_a_run_it_lacks():
    publish(a_record(a_run(), a_run("kws", system_id="old")), (), official("a"))
    publish(a_record(a_run()), (), official("b"))
    assert [row.benchmark_id for row in Run.objects.all()] == ["vww"]
    assert not System.objects.filter(system_id="old").exists()
    assert not ResultChange.objects.exists()


def test_an_official_result_with_a_history_outlives_the_import_that_lacks_it():
    publish(a_record(a_run(), a_run("kws")), (), official("a"))
    kws = run("v1.1-closed-lab-board-kws")
    changes.record(kws, "objected", actor="an account holder", text="An objection was opened.")
    publish(a_record(a_run()), (), official("b"))
    kws.refresh_from_db()
    assert kws.status == Run.Status.WITHDRAWN


def test_an_archive_in_place_of_the_shipped_figures_is_no_change():
    publish(a_record(a_run(latency_ms=100)), (), official())
    publish(a_record(a_run(latency_ms=125)), (), official("a"))
    assert not ResultChange.objects.exists()


def test_an_import_that_changes_a_value_of_an_earlier_archive_is_logged_as_a_correction():
    publish(a_record(a_run(latency_ms=100)), (), official("a"))
    publish(a_record(a_run(latency_ms=125)), (), official("b"))
    change = ResultChange.objects.get()
    assert (change.kind, change.actor) == ("corrected", "site")
    assert change.data["values"][0] == ["latency_ms", "100", "125"]


def test_a_moved_result_stays_moved_and_its_copy_takes_the_corrected_values():
    publish(a_record(a_run(latency_ms=100)), (), site())
    copy = changes.move_to_open(run(), actor="reviewer", text="Below the target of the closed division.")
    publish(a_record(a_run(latency_ms=125)), (), site("b"))
    assert run().status == Run.Status.MOVED
    assert run().moved_to == copy.public_id
    assert copy.measurements.get(metric="latency_ms").value == 125


def test_publishing_the_open_division_leaves_alone_what_was_moved_into_it():
    publish(a_record(a_run()), (), site())
    copy = changes.move_to_open(run(), actor="reviewer", text="Below the target.")
    publish(a_record(a_run("kws", division="open"), division="open"), (), site())
    copy.refresh_from_db()
    assert copy.status == Run.Status.PUBLISHED
    assert Run.objects.filter(system__publication__division="open").count() == 2
