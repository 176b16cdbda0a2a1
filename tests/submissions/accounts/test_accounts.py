"""Signing up, confirming, logging in, passwords."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from submissions.models import User

from .conftest import PASSWORD, logged_in, mailed_path, make_user

pytestmark = pytest.mark.django_db

SIGN_UP = "/account/sign-up/"
LOG_IN = "/account/log-in/"
RESET = "/account/password/reset/"


def test_an_account_is_made_confirmed_and_logged_in(client: Client, post) -> None:
    answer = post(client, SIGN_UP, email="New@Lab.Example", name="New", password=PASSWORD)
    assert answer["Location"] == "/account/sign-up/sent/"
    assert not User.objects.get(email="new@lab.example").is_active
    path = mailed_path()
    assert "Confirm" in client.get(path).content.decode()
    assert not User.objects.get().is_active, "following the link alone confirms nothing"
    assert post(client, path, password=PASSWORD)["Location"] == "/account/"
    assert User.objects.get().is_active
    assert client.get("/account/").status_code == 200
    assert Client().get(path).status_code == 404


def test_a_link_with_another_password_confirms_nothing(client: Client, post) -> None:
    post(client, SIGN_UP, email="new@lab.example", name="New", password=PASSWORD)
    assert (
        "not the password" in post(client, mailed_path(), password="another long password").content.decode()
    )
    assert not User.objects.get().is_active


def test_signing_up_with_a_known_address_looks_the_same_and_tells_its_owner(client: Client, post) -> None:
    user = make_user()
    known = post(client, SIGN_UP, email="ADA@lab.example", name="Eve", password="quite another password")
    unknown = post(client, SIGN_UP, email="new@lab.example", name="New", password=PASSWORD)
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert "has an account already" in mail.outbox[0].body
    user.refresh_from_db()
    assert user.name == "Ada"
    assert user.check_password(PASSWORD)


def test_the_newest_sign_up_of_an_unconfirmed_address_counts(client: Client, post) -> None:
    post(client, SIGN_UP, email="new@lab.example", name="Eve", password="the password of eve")
    old = mailed_path()
    post(client, SIGN_UP, email="new@lab.example", name="New", password=PASSWORD)
    assert client.get(old).status_code == 404
    post(client, mailed_path(), password=PASSWORD)
    assert User.objects.get().name == "New"


@pytest.mark.parametrize("password", ["short", "password123", "ada@lab.example"])
def test_a_weak_password_is_refused(client: Client, password: str) -> None:
    answer = client.post(SIGN_UP, {"email": "ada@lab.example", "name": "Ada", "password": password})
    assert answer.status_code == 200
    assert not User.objects.exists()


def test_an_unconfirmed_account_an_unknown_one_and_a_wrong_password_are_refused_alike(client: Client) -> None:
    make_user()
    make_user("late@lab.example", is_active=False, email_confirmed_at=None)
    tries = [("ada@lab.example", "wrong"), ("late@lab.example", PASSWORD), ("nobody@lab.example", PASSWORD)]
    texts = {
        client.post(LOG_IN, {"username": email, "password": password})
        .content.decode()
        .split("errorlist")[1][:200]
        for email, password in tries
    }
    assert len(texts) == 1


def test_the_log_in_page_keeps_the_chosen_theme(client: Client, db: None) -> None:
    client.get("/theme/?theme=dark&next=/")
    page = client.get("/account/log-in/").content.decode()
    assert 'data-theme="dark"' in page
    assert 'aria-current="true">dark</a>' in page


def test_logging_in_changes_the_key_of_the_session_and_leads_to_where_one_was_going(client: Client) -> None:
    make_user()
    session = client.session
    session["seen"] = True
    session.save()
    before = client.session.session_key
    answer = client.post(LOG_IN + "?next=/rules/", {"username": "ADA@lab.example", "password": PASSWORD})
    assert answer["Location"] == "/rules/"
    assert client.session.session_key != before


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_logging_in_never_leads_to_another_site(client: Client, target: str) -> None:
    make_user()
    data = {"username": "ada@lab.example", "password": PASSWORD, "next": target}
    assert client.post(LOG_IN, data)["Location"] == "/submissions/"


def test_failed_log_ins_are_counted_and_then_refused(client: Client, settings) -> None:
    settings.FORM_THROTTLE_RATES = settings.FORM_THROTTLE_RATES | {"log-in": "2/hour"}
    make_user()
    wrong = {"username": "ada@lab.example", "password": "wrong"}
    assert [client.post(LOG_IN, wrong).status_code for _ in range(3)] == [200, 200, 429]
    elsewhere = Client(REMOTE_ADDR="192.0.2.9")
    refused = elsewhere.post(LOG_IN, {"username": "ADA@lab.example", "password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 3000


def test_log_ins_that_succeed_are_not_counted(settings) -> None:
    settings.FORM_THROTTLE_RATES = settings.FORM_THROTTLE_RATES | {"log-in": "1/hour"}
    make_user()
    data = {"username": "ada@lab.example", "password": PASSWORD}
    assert [Client().post(LOG_IN, data).status_code for _ in range(3)] == [302, 302, 302]


def test_logging_out_needs_a_post() -> None:
    client = logged_in(make_user())
    assert client.get("/account/log-out/").status_code == 405
    client.post("/account/log-out/")
    assert client.get("/account/")["Location"].startswith(LOG_IN)


def test_forms_without_a_csrf_token_are_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    assert (
        client.post(SIGN_UP, {"email": "a@lab.example", "name": "A", "password": PASSWORD}).status_code == 403
    )


def test_asking_for_a_new_password_looks_the_same_for_every_address(client: Client, post) -> None:
    make_user()
    known, unknown = (post(client, RESET, email=email) for email in ("ada@lab.example", "nobody@lab.example"))
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [message.to for message in mail.outbox] == [["ada@lab.example"]]


def test_a_new_password_ends_the_sessions_and_the_link(client: Client, post) -> None:
    other = logged_in(make_user())
    post(client, RESET, email="ada@lab.example")
    path = mailed_path()
    form = client.get(path)["Location"]
    new = "five other plain words here"
    post(client, form, new_password1=new, new_password2=new)
    assert User.objects.get().check_password(new)
    assert other.get("/account/").status_code == 302
    assert "This link has ended" in Client().get(path, follow=True).content.decode()
    assert "was changed" in mail.outbox[-1].body


def test_changing_the_password_keeps_this_session_and_ends_the_others(post) -> None:
    user = make_user()
    here, there = logged_in(user), logged_in(user)
    new = "five other plain words here"
    post(here, "/account/password/", old_password=PASSWORD, new_password1=new, new_password2=new)
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


def test_the_masthead_names_the_account_also_on_pages_that_browsers_keep(client: Client) -> None:
    anonymous = client.get("/rules/")
    assert "Log in" in anonymous.content.decode()
    client.force_login(make_user())
    known = client.get("/rules/", headers={"If-None-Match": anonymous["ETag"]})
    assert known.status_code == 200
    assert ">Ada</a>" in known.content.decode()
    assert "private" in known["Cache-Control"]


@pytest.mark.parametrize(
    "name", ["account", "account-export", "account-delete", "password-change", "organisation-new"]
)
def test_pages_of_an_account_lead_to_logging_in(client: Client, name: str) -> None:
    url = reverse(f"submissions:{name}")
    assert client.get(url)["Location"] == f"{LOG_IN}?next={url}"
