"""Who has left, was deleted, is switched off or was never invited gets no further than anybody else."""

from __future__ import annotations

from django.test import Client

from submissions.models import Membership, User
from submissions.services.erasure import delete_account
from submissions.services.tokens import create_token
from tests.submissions.security.conftest import Scene
from tests.submissions.stages import person, valid_submission


def bearer(user: User) -> Client:
    return Client(headers={"Authorization": f"Bearer {create_token(user, name='test')[1]}"})


def test_a_removed_member_sees_nothing_with_an_old_session_or_token(scene: Scene) -> None:
    member = person("member")
    membership = Membership.objects.create(user=member, organisation=scene.lab, role="submitter")
    page = valid_submission(scene.lab, member, scene.call, scene.folder).get_absolute_url()
    session, token = Client(), bearer(member)
    session.force_login(member)
    assert (session.get(page).status_code, token.get(f"/api/v1{page}").status_code) == (200, 200)
    membership.delete()
    assert (session.get(page).status_code, token.get(f"/api/v1{page}").status_code) == (404, 404)
    assert session.post(f"{page}actions/", {"action": "withdraw", "comment": "x"}).status_code == 404


def test_a_deleted_account_is_nobody_in_open_sessions_and_by_its_tokens(scene: Scene) -> None:
    user = person("leaver")
    session, token = Client(), bearer(user)
    session.force_login(user)
    delete_account(user)
    assert session.get("/account/").status_code == 302
    assert token.get("/api/v1/me/").status_code == 401


def test_an_account_that_is_switched_off_is_nobody(scene: Scene) -> None:
    session, token = scene.client("owner"), bearer(scene.owner)
    scene.owner.is_active = False
    scene.owner.save()
    assert session.get("/account/").status_code == 302
    assert token.get("/api/v1/me/").status_code == 401


def test_a_viewer_gets_no_role_that_nobody_gave(scene: Scene) -> None:
    viewer = person("viewer")
    own = Membership.objects.create(user=viewer, organisation=scene.lab, role="viewer")
    client = Client()
    client.force_login(viewer)
    address = f"/organisations/{scene.lab.slug}/"
    for rest, data in (
        (f"members/{own.pk}/", {"role": "owner"}), ("invitations/", {"email": viewer.email, "role": "owner"}),
        (f"members/{scene.lab.memberships.get(user=scene.owner).pk}/remove/", {}),
    ):  # fmt: skip
        assert client.post(address + rest, data).status_code == 404, rest
    client.post(
        "/account/profile/", {"name": "Vi", "is_staff": "on", "is_reviewer": "on", "email": "x@example.org"}
    )
    viewer.refresh_from_db()
    own.refresh_from_db()
    assert (viewer.name, viewer.is_staff, viewer.is_reviewer, own.role) == ("Vi", False, False, "viewer")
