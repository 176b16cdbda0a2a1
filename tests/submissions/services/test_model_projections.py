"""Projections of analysed models: made once by the worker, kept with the facts, made again after a publication."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from results.domain.analysed_projections import Progress
from results.selectors.analysed_model import analysed_projections
from results.services import project_model
from submissions import tasks
from submissions.models import ModelProjection
from submissions.services import model_projections, project_models
from submissions.services.model_projections import projections_of
from submissions.services.project_models import project_waiting
from tests.results.makers import make_generation
from tests.results.small_engine import make_learnable, use_small_engine
from tests.submissions.formats.neural_models.tflite_files import mobilenet
from tests.submissions.model_analyses import incomplete_model, kept, pruned_model
from tests.submissions.stages import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    use_small_engine(monkeypatch)


def test_the_first_look_has_the_worker_project_and_the_next_finds_the_numbers() -> None:
    systems = make_learnable()
    token = kept(pruned_model()).pk
    waiting = analysed_projections(token, AnonymousUser())
    assert waiting is not None
    assert (waiting.progress, waiting.answers) == (Progress.WAITING, ())
    assert project_waiting() == 1
    done = analysed_projections(token, AnonymousUser())
    assert done is not None
    assert done.progress is Progress.DONE
    assert {answer["system_id"] for answer in done.answers} == {system.pk for system in systems}
    assert {answer["metric"] for answer in done.answers} == {"latency_ms", "energy_uj_per_inf"}
    assert project_waiting() == 0


def test_it_is_handed_to_the_worker_once(
    django_capture_on_commit_callbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    monkeypatch.setattr(tasks.project_models, "delay", lambda: calls.append(1))
    token = kept(pruned_model()).pk
    with django_capture_on_commit_callbacks(execute=True):
        projections_of(token)
        projections_of(token)
    assert calls == [1]
    ModelProjection.objects.update(handed_over_at=timezone.now() - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        projections_of(token)
        projections_of(token)
    assert calls == [1, 1], "what waits too long is handed over again: its message may be lost"


def test_a_model_that_counts_like_a_reference_is_that_network_and_not_projected_where_it_was_measured() -> (
    None
):
    systems = make_learnable()
    token = kept(mobilenet()).pk
    projections_of(token)
    project_waiting()
    found = projections_of(token)
    assert found is not None
    assert found.measured_as == "vww01"
    assert {answer["system_id"] for answer in found.answers} == {systems[-1].pk}
    for answer in found.answers:
        assert answer["state"] == "projected"
        assert answer["low_90"] <= answer["low_80"] < answer["value"] < answer["high_80"] <= answer["high_90"]
        assert answer["question"] == "cell"
        assert answer["anchors"]


def test_float_weights_are_no_measurement_of_the_integer_network() -> None:
    found = projections_of(kept(mobilenet("float32")).pk)
    assert found is not None
    assert found.measured_as == ""


def test_a_model_that_could_not_be_counted_says_why() -> None:
    make_learnable()
    token = kept(incomplete_model()).pk
    projections_of(token)
    project_waiting()
    found = projections_of(token)
    assert found is not None
    assert found.progress is Progress.REFUSED
    assert "not everything of the model could be counted" in found.reason


def test_without_published_results_nothing_is_projected() -> None:
    token = kept(pruned_model()).pk
    projections_of(token)
    project_waiting()
    found = projections_of(token)
    assert found is not None
    assert (found.progress, found.reason) == (Progress.REFUSED, "too few results are published to learn from")


def test_a_cold_engine_is_said_to_be_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    make_learnable()
    token = kept(pruned_model()).pk
    projections_of(token)
    seen: list[Progress] = []
    fit = project_model.fitted_engine

    def watched(cells):
        found = projections_of(token)
        assert found is not None
        seen.append(found.progress)
        return fit(cells)

    monkeypatch.setattr(project_model, "fitted_engine", watched)
    project_waiting()
    ModelProjection.objects.update(progress=Progress.WAITING)
    project_waiting()
    assert seen == [Progress.FITTING, Progress.WAITING]


def test_a_fault_ends_the_waiting_and_is_not_the_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    token = kept(pruned_model()).pk
    projections_of(token)

    def broken(model):
        raise RuntimeError("no such thing")

    monkeypatch.setattr(project_models, "project_model", broken)
    project_waiting()
    found = projections_of(token)
    assert found is not None
    assert found.progress is Progress.REFUSED
    assert "through no fault of yours" in found.reason


def test_new_results_have_it_projected_again() -> None:
    make_learnable()
    token = kept(pruned_model()).pk
    projections_of(token)
    project_waiting()
    make_generation()
    found = projections_of(token)
    assert found is not None
    assert (found.progress, found.answers) == (Progress.WAITING, ())
    project_waiting()
    found = projections_of(token)
    assert found is not None
    assert found.progress is Progress.DONE


def test_the_sweep_hands_over_what_a_lost_message_left(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    monkeypatch.setattr(tasks.project_models, "delay", lambda: calls.append(1))
    projections_of(kept(pruned_model()).pk)
    assert model_projections.sweep() == 0
    ModelProjection.objects.update(handed_over_at=timezone.now() - timedelta(minutes=1))
    assert model_projections.sweep() == 1
    assert calls == [1]


def test_another_account_and_an_unknown_token_get_nothing_and_start_nothing() -> None:
    owner = person("owner")
    token = kept(pruned_model(), owner=owner).pk
    for reader in (None, AnonymousUser(), person("stranger")):
        assert projections_of(token, reader) is None
    for unknown in ("abcdefghjkmnpqrstuvwxyz2", "../..", ""):
        assert projections_of(unknown, owner) is None
    expired = kept(pruned_model(), expires_at=timezone.now() - timedelta(seconds=1)).pk
    assert projections_of(expired) is None
    assert not ModelProjection.objects.exists()
    assert projections_of(token, owner) is not None


def test_projections_end_with_the_facts() -> None:
    analysis = kept(pruned_model())
    projections_of(analysis.pk)
    analysis.delete()
    assert not ModelProjection.objects.exists()
