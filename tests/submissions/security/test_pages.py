"""Forms and addresses against those who mean ill: guesses, floods, odd characters, other sites."""

from __future__ import annotations

import pytest
from django.test import Client

from submissions.api.throttles import CheckThrottle, SubmissionThrottle
from submissions.models import Organisation, User
from submissions.services.organisations import OrganisationRefused, create_organisation
from tests.makers import make_submission
from tests.submissions.security.conftest import Scene, zipped
from tests.submissions.stages import PASSWORD, put, valid_submission


@pytest.fixture
def one_upload_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SubmissionThrottle, "rate", "1/hour", raising=False)


@pytest.mark.parametrize("address", ["new/", "new/self-reported/", "{id}/"])
def test_pages_take_as_many_uploads_as_the_api(scene: Scene, one_upload_an_hour: None, address: str) -> None:
    submission = valid_submission(scene.lab, scene.owner, scene.call, scene.folder)
    address = f"/submissions/{address.format(id=submission.public_id)}"
    client = scene.client("owner")
    assert client.post(address, {}).status_code != 429
    second = client.post(address, {})
    assert second.status_code == 429
    assert int(second["Retry-After"]) > 0


def test_an_upload_on_a_page_counts_for_the_api_as_well(scene: Scene, one_upload_an_hour: None) -> None:
    make_submission(scene.folder / "round")
    client = scene.client("owner")
    client.post("/submissions/new/", {})
    with zipped(scene.folder / "round").open("rb") as archive:
        answer = client.post("/api/v1/submissions/", {"archive": archive, "round": "v1.1"})
    assert answer.status_code == 429


def test_the_password_cannot_be_guessed_at_an_open_session(scene: Scene, settings) -> None:
    settings.FORM_THROTTLE_RATES = settings.FORM_THROTTLE_RATES | {"log-in": "3/hour"}
    client = scene.client("owner")
    new = {"new_password1": "another long one 8", "new_password2": "another long one 8"}
    tried = [
        client.post("/account/password/", {"old_password": f"guess {n}", **new}).status_code for n in range(3)
    ]
    last = client.post("/account/password/", {"old_password": PASSWORD, **new})
    assert (tried, last.status_code) == ([200, 200, 200], 429)


def test_a_name_that_grows_when_its_letters_are_written_out_is_refused(scene: Scene) -> None:
    with pytest.raises(OrganisationRefused, match="at most 120"):
        create_organisation(scene.owner, "ﬃ" * 100)
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize("query", ["call=²", "call=%00", "state=%00", "call=99999999999999999999"])
def test_the_queue_takes_any_filter(scene: Scene, query: str) -> None:
    assert scene.client("reviewer").get(f"/review/?{query}").status_code == 200


def test_no_page_of_an_account_may_be_kept_by_a_shared_cache(scene: Scene) -> None:
    submission = put(valid_submission(scene.lab, scene.owner, scene.call, scene.folder), "in-review")
    page, client = submission.get_absolute_url(), scene.client("owner")
    for address in (
        page, f"{page}versions/1/", f"{page}versions/1.json", f"{page}versions/1/archive", f"{page}edit/",
        "/submissions/", "/submissions/new/", "/submissions/new/self-reported/", "/account/", "/account/export/",
        "/organisations/new/", f"/organisations/{scene.lab.slug}/", f"/api/v1{page}", f"/api/v1{page}events/",
        f"/api/v1{page}versions/1/archive/", "/api/v1/me/", "/", "/objections/", "/rules/", "/leaderboards/kws/",
        "/check/", "/changes/", "/account/password/",
    ):  # fmt: skip
        answer = client.get(address)
        b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code == 200, address
        assert {"private", "no-store"} & set(answer.headers.get("Cache-Control", "").split(", ")), address


def test_an_address_of_others_is_answered_like_one_that_does_not_exist(scene: Scene) -> None:
    submission = valid_submission(scene.lab, scene.owner, scene.call, scene.folder)
    client = scene.client("stranger")
    for rest in ("", "versions/1/", "versions/1.json", "versions/1/archive", "compare/", "edit/"):
        there, none = (
            client.get(f"/submissions/{one}/{rest}") for one in (submission.public_id, "zzzzzzzzzzzz")
        )
        assert there.status_code == none.status_code == 404, rest
        assert there.content.replace(submission.public_id.encode(), b"zzzzzzzzzzzz") == none.content, rest
        for header in (there.headers.keys() | none.headers.keys()) - {
            "ETag"
        }:  # a digest of the page, which names the address
            assert there.headers.get(header) == none.headers.get(header), (rest, header)
    for rest in (
        "",
        "versions/",
        "versions/1/",
        "versions/1/archive/",
        "compare/?from=1&to=1",
        "messages/",
        "events/",
    ):
        there, none = (
            client.get(f"/api/v1/submissions/{one}/{rest}") for one in (submission.public_id, "zzzzzzzzzzzz")
        )
        assert there.status_code == none.status_code == 404, rest
        assert there.content.replace(submission.public_id.encode(), b"zzzzzzzzzzzz") == none.content, rest


def test_every_form_refuses_what_another_site_sends(scene: Scene) -> None:
    submission = put(valid_submission(scene.lab, scene.owner, scene.call, scene.folder), "in-review")
    page = submission.get_absolute_url()
    client = Client(enforce_csrf_checks=True)
    client.force_login(scene.owner)
    organisation = f"/organisations/{scene.lab.slug}/"
    for address in (
        page, f"{page}actions/", f"{page}edit/", "/submissions/new/", "/submissions/new/self-reported/",
        "/account/profile/", "/account/tokens/", "/account/tokens/1/revoke/", "/account/delete/", "/account/password/",
        "/account/log-out/", "/organisations/new/", f"{organisation}invitations/", f"{organisation}members/1/",
        f"{organisation}members/1/remove/", f"{organisation}invitations/1/revoke/", f"{organisation}leave/",
        "/objections/1/statements/", "/objections/1/retract/", "/objections/1/decision/", "/check/", "/review/calls/",
        f"/api/v1{page}actions/", f"/api/v1{page}messages/", "/api/v1/submissions/", f"/api/v1{page}versions/",
        "/api/v1/objections/",
    ):  # fmt: skip
        assert client.post(address, {}).status_code == 403, address
    assert client.post("/account/sign-up/", {}).status_code == 403


def test_reading_changes_nothing(scene: Scene) -> None:
    submission = put(valid_submission(scene.lab, scene.owner, scene.call, scene.folder), "in-review")
    organisation = f"/organisations/{scene.lab.slug}/"
    client = scene.client("owner")
    for address in (
        f"{submission.get_absolute_url()}actions/?action=withdraw&comment=x", "/account/profile/?name=x",
        "/account/tokens/", "/account/tokens/1/revoke/", "/account/log-out/", f"{organisation}leave/",
        f"{organisation}invitations/", f"{organisation}members/1/remove/", "/objections/1/retract/",
    ):  # fmt: skip
        assert client.get(address).status_code == 405, address


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_logging_in_leads_to_no_other_site(scene: Scene, target: str) -> None:
    answer = Client().post(
        "/account/log-in/", {"username": scene.owner.email, "password": PASSWORD, "next": target}
    )
    assert answer.status_code == 302
    assert answer["Location"] in ("/account/", "/submissions/")


def test_a_session_id_from_before_the_log_in_is_worth_nothing_after_it(scene: Scene) -> None:
    client = Client()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = session.session_key
    client.post("/account/log-in/", {"username": scene.owner.email, "password": PASSWORD})
    assert client.cookies["sessionid"].value != session.session_key
    client.cookies["sessionid"] = session.session_key
    assert client.get("/account/").status_code == 302


def test_an_address_in_a_header_of_the_sender_s_own_does_not_evade_the_throttle(
    scene: Scene, settings
) -> None:
    settings.FORM_THROTTLE_RATES = settings.FORM_THROTTLE_RATES | {"log-in": "3/hour"}
    statuses = [
        Client().post(
            "/account/log-in/", {"username": f"nobody{n}@example.org", "password": "x"},
            headers={"X-Forwarded-For": f"192.0.2.{n}", "Forwarded": f"for=192.0.2.{n}", "X-Real-IP": f"192.0.2.{n}"},
        ).status_code
        for n in range(4)
    ]  # fmt: skip
    assert statuses == [200, 200, 200, 429]


def test_the_addresses_of_one_ipv6_subscriber_count_as_one(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CheckThrottle, "rate", "2/hour", raising=False)
    addresses = ["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2::3", "2001:db8:1:3::1"]
    statuses = [Client(REMOTE_ADDR=address).post("/check/", {}).status_code for address in addresses]
    assert [status == 429 for status in statuses] == [False, False, True, False]


@pytest.mark.parametrize(
    "name", ["Win at http://evil.example", "www.evil.example", "ask a@evil.example", "<b>Ada</b>"]
)
def test_a_name_carries_no_address_into_mails_to_others(scene: Scene, name: str) -> None:
    given = {"email": "somebody@example.org", "name": name, "password": "a long enough password 9"}
    assert "Use a name without" in Client().post("/account/sign-up/", given).content.decode()
    assert (
        "Use a name without"
        in scene.client("owner").post("/account/profile/", {"name": name}).content.decode()
    )
    assert not User.objects.filter(email="somebody@example.org").exists()


@pytest.mark.parametrize("cookie", ["aaaaaaaa\0bbbb", "a" * 5000, "../../etc/passwd"])
def test_a_session_cookie_of_odd_characters_is_no_session(scene: Scene, cookie: str) -> None:
    client = Client()
    client.cookies["sessionid"] = cookie
    assert client.get("/account/").status_code == 302
