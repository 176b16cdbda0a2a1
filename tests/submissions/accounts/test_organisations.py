"""Organisations, members, invitations, API tokens, a copy of one's data, deletion, and the operator's commands."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from results.models import Submitter
from submissions.models import ApiToken, Invitation, Membership, Organisation, Submission, User
from submissions.services import accounts, tokens

from .conftest import PASSWORD, logged_in, mailed_path, make_organisation, make_user

pytestmark = pytest.mark.django_db


class _Whoami(APIView):
    def get(self, request: Request) -> Response:
        return Response({"email": request.user.email})


def _ask(secret: str) -> Response:
    request = APIRequestFactory().get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"})
    return _Whoami.as_view()(request).render()


def test_who_makes_an_organisation_owns_it() -> None:
    client = logged_in(make_user())
    assert client.post("/organisations/new/", {"name": "Tiny  Lab"})["Location"] == "/organisations/tiny-lab/"
    assert Membership.objects.get().role == "owner"
    assert client.get("/organisations/tiny-lab/").status_code == 200


@pytest.mark.parametrize("name", ["Acme Silicon", "acme-silicon", "ACME_dir", "Ácme Sílicon", "Acme Silic0n"])
def test_the_name_of_a_known_submitter_is_refused_in_every_spelling(name: str) -> None:
    Submitter.objects.create(slug="acme", name="Acme Silicon", aliases=["acme_dir"])
    answer = logged_in(make_user()).post("/organisations/new/", {"name": name.replace("_", " ")})
    assert "already has published results" in answer.content.decode()
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("name", ["MLCommons", "Tiny lab", "Tіny Lab", "…", "new", "a"])
def test_a_name_that_deceives_is_refused(name: str) -> None:
    user = make_user()
    make_organisation(user)
    assert logged_in(user).post("/organisations/new/", {"name": name}).status_code == 200
    assert Organisation.objects.count() == 1


def test_others_do_not_learn_that_an_organisation_exists() -> None:
    organisation = make_organisation(make_user())
    viewer = make_user("view@lab.example")
    Membership.objects.create(user=viewer, organisation=organisation, role="viewer")
    stranger = logged_in(make_user("other@lab.example"))
    assert stranger.get("/organisations/tiny-lab/").status_code == 404
    page = logged_in(viewer).get("/organisations/tiny-lab/").content.decode()
    assert "ada@lab.example" not in page
    invite = {"email": "x@lab.example", "role": "owner"}
    assert logged_in(viewer).post("/organisations/tiny-lab/invitations/", invite).status_code == 404


def _invite(post, owner: User, email: str = "new@lab.example", role: str = "submitter") -> str:
    post(logged_in(owner), "/organisations/tiny-lab/invitations/", email=email, role=role)
    return mailed_path()


def test_an_invitation_is_accepted_once_and_only_by_its_address(post) -> None:
    owner, guest, other = make_user(), make_user("new@lab.example"), make_user("other@lab.example")
    make_organisation(owner)
    path = _invite(post, owner, "New@lab.example")
    assert "Invitation to Tiny Lab" in Client().get(path).content.decode()
    logged_in(other).post(path)
    assert not other.memberships.exists()
    assert logged_in(guest).post(path)["Location"] == "/organisations/tiny-lab/"
    assert guest.memberships.get().role == "submitter"
    assert logged_in(guest).post(path).status_code == 404
    assert path.split("/")[2] not in Invitation.objects.get().token_sha256


def test_an_invitation_ends_when_revoked_replaced_or_old(post) -> None:
    owner = make_user()
    make_organisation(owner)
    first = _invite(post, owner)
    second = _invite(post, owner)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(second).status_code == 404
    third = _invite(post, owner)
    newest = Invitation.objects.first()
    logged_in(owner).post(f"/organisations/tiny-lab/invitations/{newest.pk}/revoke/")
    assert Client().get(third).status_code == 404


def test_an_organisation_keeps_an_owner() -> None:
    owner = make_user()
    organisation = make_organisation(owner)
    own = organisation.memberships.get()
    client = logged_in(owner)
    client.post(f"/organisations/tiny-lab/members/{own.pk}/", {"role": "viewer"})
    client.post(f"/organisations/tiny-lab/members/{own.pk}/remove/")
    answer = client.post("/organisations/tiny-lab/leave/", follow=True)
    assert "keeps an owner" in answer.content.decode()
    own.refresh_from_db()
    assert own.role == "owner"
    second = Membership.objects.create(
        user=make_user("b@lab.example"), organisation=organisation, role="viewer"
    )
    client.post(f"/organisations/tiny-lab/members/{second.pk}/", {"role": "owner"})
    client.post("/organisations/tiny-lab/leave/")
    assert [member.user.email for member in organisation.memberships.all()] == ["b@lab.example"]


def test_a_member_of_another_organisation_cannot_be_changed() -> None:
    owner = make_user()
    make_organisation(owner)
    foreign = make_organisation(make_user("b@lab.example"), "Other Lab").memberships.get()
    assert logged_in(owner).post(f"/organisations/tiny-lab/members/{foreign.pk}/remove/").status_code == 404


def test_a_token_is_shown_once_and_opens_the_api() -> None:
    client = logged_in(make_user())
    page = client.post("/account/tokens/", {"token-name": "nightly", "token-days": "30"}).content.decode()
    secret = page.split('<code class="secret">')[1].split("<")[0]
    assert secret.startswith("tiny_")
    assert secret not in client.get("/account/").content.decode()
    assert json.loads(_ask(secret).content) == {"email": "ada@lab.example"}
    assert ApiToken.objects.get().last_used_at is not None
    again = client.post("/account/tokens/", {"token-name": "Nightly", "token-days": "30"}).content.decode()
    assert "token named" in again


def test_the_use_of_a_token_is_written_at_most_once_a_minute() -> None:
    _, secret = tokens.create_token(make_user(), name="a")
    _ask(secret)
    first = ApiToken.objects.get().last_used_at
    _ask(secret)
    assert ApiToken.objects.get().last_used_at == first


@pytest.mark.parametrize("end", ["revoked", "expired", "inactive", "unknown", "not a token é"])
def test_a_token_that_has_ended_is_answered_401_with_a_challenge(end: str) -> None:
    user = make_user()
    token, secret = tokens.create_token(user, name="a")
    if end == "revoked":
        logged_in(user).post(f"/account/tokens/{token.pk}/revoke/")
    elif end == "expired":
        ApiToken.objects.update(expires_at=timezone.now())
    elif end == "inactive":
        User.objects.update(is_active=False)
    else:
        secret = end
    answer = _ask(secret)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == 'Bearer realm="TinySite API", error="invalid_token"'


def test_nobody_revokes_the_token_of_another() -> None:
    token, _ = tokens.create_token(make_user(), name="a")
    assert (
        logged_in(make_user("b@lab.example")).post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    )


def test_the_copy_of_one_s_data_is_complete_and_holds_no_secret() -> None:
    user = make_user()
    organisation = make_organisation(user)
    _, secret = tokens.create_token(user, name="nightly")
    Submission.objects.create(kind="self-reported", round="v1.3", organisation=organisation, created_by=user)
    answer = logged_in(user).get("/account/export/")
    data = json.loads(answer.content)
    assert data["account"]["email"] == "ada@lab.example"
    assert [len(data[part]) for part in ("memberships", "api_tokens", "submissions")] == [1, 1, 1]
    assert secret not in answer.content.decode()
    assert "sha256" not in json.dumps(data["api_tokens"])


def test_a_deleted_account_is_empty_and_its_submissions_stay() -> None:
    user = make_user()
    organisation = make_organisation(user)
    Submission.objects.create(kind="self-reported", round="v1.3", organisation=organisation, created_by=user)
    empty = make_organisation(user, "Empty Lab")
    tokens.create_token(user, name="a")
    here, there = logged_in(user), logged_in(user)
    assert "not your password" in here.post("/account/delete/", {"password": "wrong"}).content.decode()
    assert here.post("/account/delete/", {"password": PASSWORD})["Location"] == "/"
    user.refresh_from_db()
    assert (user.email, user.name, user.is_active) == (f"deleted-{user.pk}@deleted.invalid", "", False)
    assert not user.has_usable_password()
    assert not ApiToken.objects.exists()
    assert not Membership.objects.exists()
    assert there.get("/account/").status_code == 302
    assert organisation.submissions.count() == 1
    assert not Organisation.objects.filter(pk=empty.pk).exists()


def test_the_only_owner_hands_over_before_deleting() -> None:
    user = make_user()
    organisation = make_organisation(user)
    Membership.objects.create(user=make_user("b@lab.example"), organisation=organisation, role="viewer")
    answer = logged_in(user).post("/account/delete/", {"password": PASSWORD})
    assert "only owner of Tiny Lab" in answer.content.decode()
    user.refresh_from_db()
    assert user.is_active


def test_unconfirmed_accounts_and_ended_invitations_are_forgotten() -> None:
    owner = make_user()
    organisation = make_organisation(owner)
    make_user("late@lab.example", is_active=False, email_confirmed_at=None)
    make_user("fresh@lab.example", is_active=False, email_confirmed_at=None)
    User.objects.filter(email="late@lab.example").update(created_at=timezone.now() - timedelta(days=8))
    Invitation.objects.create(
        organisation=organisation, email="x@lab.example", role="viewer", token_sha256="0" * 64, invited_by=owner,
        expires_at=timezone.now() - timedelta(days=31),
    )  # fmt: skip
    accounts.tidy()
    assert set(User.objects.values_list("email", flat=True)) == {"ada@lab.example", "fresh@lab.example"}
    assert not Invitation.objects.exists()


def test_the_operator_makes_reviewers_and_links_submitters() -> None:
    user = make_user()
    call_command("grant_role", "Ada@lab.example", "reviewer")
    user.refresh_from_db()
    assert user.is_reviewer
    call_command("grant_role", "ada@lab.example", "reviewer", "--remove")
    user.refresh_from_db()
    assert not user.is_reviewer
    with pytest.raises(CommandError, match="no confirmed account"):
        call_command("grant_role", "nobody@lab.example", "staff")
    organisation = make_organisation(user)
    acme = Submitter.objects.create(slug="acme", name="Acme Silicon", aliases=[])
    call_command("link_submitter", "tiny-lab", "acme")
    organisation.refresh_from_db()
    assert (organisation.name, organisation.submitter) == ("Acme Silicon", acme)
    call_command("link_submitter", "tiny-lab", "--unlink")
    organisation.refresh_from_db()
    assert (organisation.name, organisation.submitter) == ("Acme Silicon (unlinked)", None)
