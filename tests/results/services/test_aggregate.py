from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from results.models import (
    DataGeneration,
    DeviceScore,
    LeaderboardEntry,
    Measurement,
    Observation,
    ParetoPoint,
    Publication,
    Run,
)
from results.services import observations
from results.services.aggregate import follow_up, recompute_all
from results.services.aggregate import recompute_publication as _recompute_publication
from tests.results.makers import (
    REFERENCE_MS,
    REFERENCE_UJ,
    make_finding,
    make_publication,
    make_reference,
    make_run,
    make_system,
    measure,
)

pytestmark = pytest.mark.django_db


def recompute_publication(publication_id: int) -> None:
    """What a recomputation does: the publication, then what speaks of the whole field."""
    _recompute_publication(publication_id)
    follow_up()


def derived() -> list[str]:
    """Every derived row without its database id."""
    rows = []
    for model in (LeaderboardEntry, ParetoPoint, DeviceScore, Observation):
        for values in model.objects.values():
            values.pop("id", None)
            rows.append(json.dumps([model.__name__, values], sort_keys=True))
    return sorted(rows)


def entry(run: Run) -> LeaderboardEntry:
    return LeaderboardEntry.objects.get(run=run)


def score(system, metric: str = "latency_ms") -> DeviceScore:
    return DeviceScore.objects.get(system=system, metric=metric)


def point(run: Run, y: str = "top1_pct") -> ParetoPoint:
    return ParetoPoint.objects.get(run=run, x_metric="energy_uj_per_inf", y_metric=y)


def has_point(run: Run, y: str = "top1_pct") -> bool:
    return ParetoPoint.objects.filter(run=run, x_metric="energy_uj_per_inf", y_metric=y).exists()


def test_a_run_becomes_a_row_that_needs_no_join():
    run = make_run(latency_ms=118.694, energy_uj=5618.279, quality=85.3, precision="int8", windows=[
        {"phase": "performance", "throughput_inf_per_s": 8.42}, {"phase": "performance", "throughput_inf_per_s": 8.5},
        {"phase": "energy", "throughput_inf_per_s": 1.0},
    ])  # fmt: skip
    make_finding(run, "perf.window-too-short")
    make_finding(run, "system.json-repaired", "error", whole_system=True)
    recompute_all()
    row = entry(run)
    assert (row.latency_ms, row.energy_uj_per_inf, row.supply_voltage_mv) == (118.694, 5618.279, 1800)
    assert (row.quality_metric, row.quality_text, row.quality_margin) == ("top1", "85.3", 5.3)
    assert row.latency_range == pytest.approx(8.5 / 8.42 - 1)
    assert row.finding_codes == [["system.json-repaired", "error"], ["perf.window-too-short", "warning"]]


def test_what_was_not_measured_stays_null():
    run = make_run(latency_ms=None, quality=None)
    recompute_all()
    row = entry(run)
    assert (row.latency_ms, row.energy_uj_per_inf, row.quality_value, row.latency_range) == (None,) * 4
    assert (row.energy_scope, row.quality_metric) == ("none", "")


def test_the_streaming_wakeword_counts_both_kinds_of_error():
    run = make_run("sww", latency_ms=17.9)
    for metric, value in (("sww_false_positives", 4), ("sww_false_negatives", 6), ("average_power_mw", 25.6)):
        measure(run, metric, value)
    recompute_all()
    row = entry(run)
    assert (row.quality_value, row.quality_text, row.quality_margin) == (10, "4/6", 2)
    assert row.energy_scope == "chip-rail"
    assert ParetoPoint.objects.filter(run=run, x_metric="latency_ms", y_metric="fp_fn").exists()


def test_a_finding_on_another_run_of_the_system_is_not_shown():
    system = make_system()
    run, other = make_run("vww", system=system), make_run("kws", system=system)
    make_finding(other, "perf.window-too-short")
    recompute_all()
    assert entry(run).finding_codes == []
    assert entry(other).finding_codes == [["perf.window-too-short", "warning"]]


def test_a_resubmitted_log_points_to_the_first_run_and_is_drawn_once():
    first = make_run(round_id="v1.0", energy_uj=70.0, log="a" * 64)
    again = make_run(round_id="v1.1", energy_uj=70.0, log="a" * 64)
    twin = make_run(round_id="v1.1", benchmark="kws", log="a" * 64)
    recompute_all()
    assert entry(first).duplicate_of == ""
    assert entry(again).duplicate_of == first.public_id
    assert entry(twin).duplicate_of == ""
    assert set(ParetoPoint.objects.values_list("run", flat=True)) == {first.pk, twin.pk}


def test_two_runs_of_one_round_are_no_resubmission():
    runs = [make_run(submitter=name, log="b" * 64) for name in ("one", "two")]
    recompute_all()
    assert [entry(run).duplicate_of for run in runs] == ["", ""]


def test_a_withdrawn_run_has_no_row_and_no_point():
    run = make_run(energy_uj=70.0, status="withdrawn")
    recompute_all()
    assert derived() == []
    assert run.measurements.exists()


def test_fronts_are_taken_within_one_supply_and_one_division():
    cheap = make_run(energy_uj=40.0, quality=83.2)
    beaten = make_run(energy_uj=58.0, quality=83.2)
    three_volts = make_run(energy_uj=3699.0, quality=83.0, supply_mv=3000.0)
    opened = make_run(energy_uj=50.0, quality=81.0, division="open")
    unknown = make_run(energy_uj=1.0, quality=99.0, scope="unknown")
    recompute_all()
    assert [has_point(run) for run in (cheap, beaten, three_volts, opened, unknown)] == [
        True, False, True, True, False,
    ]  # fmt: skip
    assert point(three_volts).scope == "chip-rail@3000"
    assert ParetoPoint.objects.get(run=cheap, y_metric="latency_ms").scope == "chip-rail@1800"


def test_a_changed_test_set_splits_fronts_of_quality_only():
    old = make_run("ic", energy_uj=40.0, quality=88.0, evaluation_set="ic01-v0.5")
    new = make_run("ic", energy_uj=50.0, quality=87.0, facts={"performance_stimuli": "ic01-v0.7"})
    recompute_all()
    assert (point(old).scope, point(new).scope) == (
        "chip-rail@1800:ic-set-v0.5",
        "chip-rail@1800:ic-set-v0.7",
    )
    assert has_point(old, "latency_ms")
    assert not has_point(new, "latency_ms")


def test_the_reference_scores_one_and_others_by_their_geometric_mean():
    make_reference()
    system = make_system()
    for benchmark, latency_ms in REFERENCE_MS.items():
        make_run(benchmark, latency_ms=latency_ms / 2, energy_uj=REFERENCE_UJ[benchmark] * 4, system=system,
                 quality=0.86 if benchmark == "ad" else 91.0)  # fmt: skip
    recompute_all()
    assert score(Run.objects.get(public_id="reference-kws").system).score == pytest.approx(1)
    assert score(system).score == pytest.approx(2)
    assert score(system, "energy_uj_per_inf").score == pytest.approx(0.25)


def test_without_all_four_benchmarks_there_is_no_score():
    make_reference()
    system = make_system()
    make_run("kws", latency_ms=90.0, system=system, quality=91.0)
    recompute_all()
    found = score(system)
    assert (found.score, found.covered, found.of) == (None, 1, 4)
    assert found.reason == "1 of 4: vww, ic, ad not measured"
    assert score(system, "energy_uj_per_inf").reason == "not measured"


def test_another_voltage_than_that_of_the_reference_is_not_compared():
    make_reference()
    system = make_system()
    for benchmark in REFERENCE_MS:
        make_run(
            benchmark,
            energy_uj=5.0,
            supply_mv=3000.0,
            system=system,
            quality=0.9 if benchmark == "ad" else 91.0,
        )
    recompute_all()
    found = score(system, "energy_uj_per_inf")
    assert found.score is None
    assert found.reason == "measured at 3.0 V: not compared with the 1.8 V reference"


def test_a_score_keeps_its_band_and_the_figures_it_is_made_of():
    make_reference()
    system = make_system(make_publication("v1.1", submitter="fast"))
    for benchmark, latency_ms in REFERENCE_MS.items():
        windows = [{"phase": "performance", "throughput_inf_per_s": rate} for rate in (1.0, 1.1)]
        make_run(benchmark, latency_ms=latency_ms / 2, system=system, windows=windows, quality=0.9,
                 public_id=f"fast-{benchmark}", energy_uj=REFERENCE_UJ[benchmark] / 3)  # fmt: skip
    recompute_all()
    latency, both = score(system), score(system, "energy_delay_product_uj_ms")
    assert (latency.low, latency.score, latency.high) == pytest.approx((2 / 1.1, 2, 2 * 1.1))
    assert (both.score, both.high) == pytest.approx((6, 6 * 1.1 * 1.02))
    assert latency.figures["kws"] == {
        "result": "fast-kws", "value": REFERENCE_MS["kws"] / 2, "spread": pytest.approx(0.1),
        "energy_scope": "chip-rail", "supply_voltage_mv": 1800.0,
    }  # fmt: skip
    assert not DeviceScore.objects.filter(metric="peak_ram_kib").exists()


def test_without_the_reference_nothing_is_scored():
    make_run("kws", quality=91.0)
    recompute_all()
    assert not DeviceScore.objects.exists()


def remove_the_front_point(publication: Publication) -> None:
    Run.objects.get(public_id="front").delete()


def withdraw_the_first_log(publication: Publication) -> None:
    Run.objects.filter(public_id="first-log").update(status="withdrawn")


def make_the_reference_slower(publication: Publication) -> None:
    Measurement.objects.filter(run__public_id="reference-kws", metric="latency_ms").update(value=999.0)


def change_nothing(publication: Publication) -> None:
    pass


def give_the_first_log_another_hash(publication: Publication) -> None:
    Run.objects.filter(public_id="first-log").update(performance_log_sha256="e" * 64)


def add_a_better_run(publication: Publication) -> None:
    make_run(energy_uj=1.0, quality=99.0, system=make_system(publication))


def add_slower_software(publication: Publication) -> None:
    make_run(latency_ms=900.0, system=make_system(publication, software="Other 1"))


def withdraw_the_faster_software(publication: Publication) -> None:
    Run.objects.filter(public_id="behind").update(status="withdrawn")


@pytest.mark.parametrize(
    ("changed", "change"),
    [
        ("early", remove_the_front_point),
        ("early", withdraw_the_first_log),
        ("early", give_the_first_log_another_hash),
        ("early", add_a_better_run),
        ("reference", make_the_reference_slower),
        ("late", change_nothing),
        ("late", add_a_better_run),
        ("late", add_slower_software),
        ("late", withdraw_the_faster_software),
    ],
)
def test_a_change_of_one_publication_gives_the_rows_of_a_full_rebuild(
    changed: str, change: Callable[[Publication], None]
):
    publications = {"reference": make_reference(), "early": make_publication("v1.0", submitter="early")}
    publications["late"] = make_publication("v1.1", submitter="late")
    early, late = make_system(publications["early"]), make_system(publications["late"])
    make_run(energy_uj=40.0, quality=84.0, system=early, public_id="front")
    make_run(energy_uj=70.0, quality=84.0, system=late, public_id="behind")
    make_run("kws", energy_uj=70.0, quality=91.0, system=early, log="c" * 64, public_id="first-log")
    make_run("kws", energy_uj=70.0, quality=91.0, system=late, log="c" * 64, public_id="same-log")
    make_run(latency_ms=250.0, system=make_system(publications["late"], software="Slow 1"))
    recompute_all()
    change(publications[changed])
    recompute_publication(publications[changed].pk)
    recompute_publication(publications[changed].pk)
    incremental = derived()
    recompute_all()
    assert incremental == derived()


def test_only_what_the_change_touches_is_written():
    far = make_run("kws", quality=91.0, energy_uj=9.0, submitter="far")
    near = make_run("vww", energy_uj=9.0)
    recompute_all()
    untouched = set(ParetoPoint.objects.filter(run=far).values_list("pk", flat=True))
    recompute_publication(near.system.publication_id)
    assert set(ParetoPoint.objects.filter(run=far).values_list("pk", flat=True)) == untouched


def test_every_recomputation_is_a_new_generation():
    run = make_run()
    recompute_all()
    recompute_publication(run.system.publication_id)
    assert DataGeneration.objects.get().number == 2


def test_a_publication_that_is_gone_is_said():
    with pytest.raises(Publication.DoesNotExist):
        recompute_publication(1)


def test_the_findings_of_the_home_page_follow_the_figures():
    late = make_publication("v1.1")
    make_run(latency_ms=100.0, system=make_system(late, software="Fast 1"))
    slow = make_run(latency_ms=250.0, system=make_system(late, software="Slow 1"))
    recompute_publication(late.pk)
    (found,) = Observation.objects.all()
    assert (found.code, found.values["largest"], found.values["worst_software"]) == (
        "software-alone",
        2.5,
        "Slow 1",
    )
    Run.objects.filter(pk=slow.pk).update(status="withdrawn")
    recompute_publication(late.pk)
    assert not Observation.objects.exists()


def test_findings_on_a_round_and_on_energy_take_closed_results_of_one_supply():
    for k in range(20):
        make_run(latency_ms=100.0 * 1.5 ** (k // 2), energy_uj=2000.0 * 1.5**k, device=f"d{k}")
    make_run(latency_ms=1.0, energy_uj=1900.0 * 2, device="fast")
    make_run(latency_ms=5.0, energy_uj=1.0, supply_mv=3000.0, device="at-3v")
    make_run(latency_ms=0.1, energy_uj=0.1, division="open", device="open")
    make_run(latency_ms=0.5, energy_uj=0.1, round_id="v1.3", supply_mv=5000.0, device="newer")
    recompute_all()
    found = {one.code: one.values for one in Observation.objects.all()}
    assert list(found) == ["latency-is-not-energy", "mixed-energies", "undecided-neighbours"]
    energy, mixed, undecided = found.values()
    assert (energy["fastest"], energy["thriftiest"], energy["results"]) == ("FAST", "D0", 21)
    assert (mixed["round"], mixed["energies"], mixed["outside"]) == ("v1.1", 22, 1)
    assert (undecided["round"], undecided["pairs"], undecided["undecided"]) == ("v1.1", 21, 10)


def test_findings_that_were_taken_before_another_publication_are_not_written(monkeypatch):
    make_run("kws")
    recompute_all()
    taken = observations.observed
    number = DataGeneration.objects.get().number
    monkeypatch.setattr(
        observations, "observed", lambda: (DataGeneration.objects.update(number=number + 1), taken())[1]
    )
    assert follow_up() is None
    monkeypatch.setattr(observations, "observed", taken)
    assert follow_up() == number + 1
