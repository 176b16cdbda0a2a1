from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from results.models import DataChange, DataGeneration, GoneRun, LeaderboardEntry, Run
from results.services import bulk
from results.services.aggregate import recompute_all
from results.services.bulk import BulkMeasurement, BulkPublication, BulkRun, BulkSystem, store
from tests.results.makers import (
    make_benchmark,
    make_device,
    make_publication,
    make_reference,
    make_round,
    make_run,
)
from tests.results.services.test_aggregate import derived

pytestmark = pytest.mark.django_db


def bulk_run(public_id: str, benchmark: str = "vww", latency_ms: float = 10.0, log: str = "") -> BulkRun:
    return BulkRun(
        public_id=public_id, benchmark=benchmark, folder="results/x", neural_model=f"{benchmark}01",
        performance_log_sha256=log, findings=[("perf.window-too-short", "warning")],
        windows=[{"phase": "performance", "throughput_inf_per_s": rate} for rate in (99.0, 100.0)],
        measurements=[
            BulkMeasurement("latency_ms", latency_ms, f"{latency_ms:g}"),
            BulkMeasurement("energy_uj_per_inf", 5 * latency_ms, "x", energy_scope="chip-rail"),
            BulkMeasurement("supply_voltage_mv", 1800.0, "1800", "declared"),
            BulkMeasurement("top1_pct", 85.3, "85.3"),
        ],
    )  # fmt: skip


def publication(*runs: BulkRun, system_id: str = "A\tboard\\x", round_id: str = "v1.1") -> BulkPublication:
    columns = {"clock_mhz": 120.0, "software": "TFLite Micro", "framework": "TFLite Micro"}
    return BulkPublication(
        round=round_id, division="closed", submitter="lab", submitter_directory="Lab", provenance="site-reviewed",
        key=f"{round_id}-{system_id[0]}", systems=[BulkSystem(system_id, "board-a", runs, columns)],
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    make_reference()
    for benchmark in ("vww", "kws"):
        make_benchmark(benchmark)
    for round_id in ("v1.0", "v1.1"):
        make_round(round_id)
    make_device("board-a")
    make_publication(submitter="lab")
    recompute_all()


def test_what_is_stored_in_bulk_leaves_the_rows_of_a_full_rebuild():
    first = publication(bulk_run("first", log="a" * 64), round_id="v1.0")
    second = publication(bulk_run("again", log="a" * 64), bulk_run("other", "kws", 3.5))
    assert store([first, second]) == 3
    stored = derived()
    assert LeaderboardEntry.objects.get(public_id="again").duplicate_of == "first"
    assert LeaderboardEntry.objects.get(public_id="other").system_label == "A\tboard\\x"
    recompute_all()
    assert derived() == stored


def indexes() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'results_%' ORDER BY indexname"
        )
        return cursor.fetchall()


@pytest.mark.parametrize("few_entries", [-1, 50_000])
def test_a_load_leaves_every_index_and_every_reference(monkeypatch, few_entries):
    monkeypatch.setattr(bulk, "FEW_ENTRIES", few_entries)
    before = indexes()
    store([publication(bulk_run("first"))])
    assert indexes() == before
    assert LeaderboardEntry.objects.filter(benchmark="vww", public_id="first").exists()


def test_a_run_that_was_there_already_follows_a_log_that_comes_in_bulk():
    make_run(public_id="held", log="a" * 64, round_id="v1.1")
    recompute_all()
    store([publication(bulk_run("earlier", log="a" * 64), round_id="v1.0")])
    assert LeaderboardEntry.objects.get(public_id="held").duplicate_of == "earlier"


def test_a_slug_that_the_catalogue_lacks_is_named_and_nothing_is_stored():
    wrong = publication(replace(bulk_run("lost"), neural_model="no-such-model"))
    with pytest.raises(KeyError, match="no-such-model"), transaction.atomic():
        store([publication(bulk_run("kept"), system_id="B"), wrong])
    assert not Run.objects.filter(public_id__in=["kept", "lost"]).exists()


def test_a_reference_that_leads_nowhere_is_refused_at_the_end():
    from results.models import Measurement
    from results.services.copying import copy_rows, references_checked_at_the_end

    row = (10**9, "latency_ms", 1.0, "1", "measured", "stated", "none", "")
    columns = ("run_id", "metric", "value", "printed", "how", "reading", "energy_scope", "recomputed_printed")
    with pytest.raises(IntegrityError, match="1000000000"), transaction.atomic():  # noqa: SIM117
        with references_checked_at_the_end(Measurement):
            copy_rows(Measurement, columns, [row])


def test_a_value_that_the_database_refuses_is_refused_in_bulk_too():
    with (
        pytest.raises(IntegrityError, match="entry_latency_positive|measurement_value_positive"),
        transaction.atomic(),
    ):
        store([publication(bulk_run("negative", latency_ms=-1.0))])


def test_a_generation_names_the_runs_that_it_changed_and_those_that_went():
    run = make_run()
    store([publication(bulk_run("new"))])
    assert DataChange.objects.get(generation=DataGeneration.objects.get().number).runs is None
    from results.services.aggregate import recompute_publication

    publication_id, gone = run.system.publication_id, make_run(system=run.system, benchmark="kws")
    recompute_publication(publication_id)
    pk = gone.pk
    gone.delete()
    assert GoneRun.objects.get().public_id == gone.public_id
    recompute_publication(publication_id)
    assert not GoneRun.objects.exists()
    assert DataChange.objects.get(generation=DataGeneration.objects.get().number).runs == sorted([run.pk, pk])
