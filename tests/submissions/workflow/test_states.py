"""The table of states: what it promises for every action, role and state."""

from __future__ import annotations

import pytest

from submissions.workflow.states import PERMISSIONS, Action, Role, State, allowed, comment_needed, next_state

CELLS = [(action, role, state) for action in Action for role in Role for state in State]
REVIEWERS_ACTIONS = {
    Action.ACCEPT,
    Action.RETURN,
    Action.REQUEST_EVIDENCE,
    Action.MOVE_TO_OPEN,
    Action.MARK_INVALID,
}


def test_every_action_stands_in_the_table() -> None:
    assert set(PERMISSIONS) == set(Action)
    assert len(CELLS) == 13 * 7 * 12


@pytest.mark.parametrize(("action", "role", "state"), CELLS)
def test_a_cell_keeps_the_promises_of_its_role(action: Action, role: Role, state: State) -> None:
    if not allowed(role, action, state):
        return
    assert role not in (Role.ANONYMOUS, Role.STRANGER)
    assert allowed(role, Action.VIEW, state), "nobody acts on what they may not see"
    if role is Role.VIEWER:
        assert action in (Action.VIEW, Action.DOWNLOAD)
    if action in REVIEWERS_ACTIONS:
        assert role in (Role.REVIEWER, Role.STAFF)
        assert state not in (State.VALID, State.INVALID, State.RECEIVED, State.WITHDRAWN)


def test_decisions_against_a_submission_need_a_reason_and_accepting_needs_none() -> None:
    assert all(comment_needed(a) for a in REVIEWERS_ACTIONS - {Action.ACCEPT})
    assert not comment_needed(Action.ACCEPT)
    assert comment_needed(Action.WITHDRAW)


@pytest.mark.parametrize("state", list(State))
def test_only_accepting_a_correction_and_publishing_lead_to_the_public(state: State) -> None:
    leading = {a for a in Action if a not in (Action.VIEW,) and state is not State.PUBLISHED and any(
        allowed(r, a, state) for r in Role) and next_state(a, state) is State.PUBLISHED}  # fmt: skip
    assert leading == {
        State.VALID: {Action.PUBLISH}, State.CORRECTING: {Action.ACCEPT, Action.RETURN},
    }.get(state, set())  # fmt: skip


def test_a_withdrawn_submission_is_final() -> None:
    acting = {a for a in Action for r in Role if allowed(r, a, State.WITHDRAWN)}
    assert acting == {Action.VIEW, Action.DOWNLOAD, Action.COMMENT}
