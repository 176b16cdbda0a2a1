"""What the worker runs: each task calls one service and can run twice."""

from __future__ import annotations

from celery import shared_task

from results.services import recompute as recompute_service


@shared_task
def recompute(recomputation_id: int) -> bool:
    """Bring leaderboards, Pareto points and scores up to date with one publication."""
    return recompute_service.claim_and_run(recomputation_id)


@shared_task
def sweep_due_recomputations() -> int:
    """Run what a lost message or a killed worker has left undone."""
    return recompute_service.sweep()
