import pytest
from django.core.exceptions import ImproperlyConfigured

from tinysite.env import envbool, envdatabase, envint, envlist, envrate, envredis, envstr


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", True), ("true", True), ("Yes", True), ("off", False), ("FALSE", False), ("", True), ("  ", True)],
)
def test_a_switch_is_read(monkeypatch, text, expected):
    monkeypatch.setenv("A_SWITCH", text)
    assert envbool("A_SWITCH", True) is expected


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (lambda name: envbool(name, False), "maybe"),
        (lambda name: envint(name, 3), "three"),
        (lambda name: envint(name, 3, least=2), "1"),
        (lambda name: envint(name, 3, most=9), "10"),
        (lambda name: envstr(name, "a", choices=["a", "b"]), "c"),
        (lambda name: envrate(name, "1/minute"), "1/fortnight"),
        (envdatabase, "mysql://user@host/database"),
        (envdatabase, "postgresql://user@host"),
        (envdatabase, "postgresql://user@host:port/database"),
        (envredis, "http://host"),
        (envredis, "redis://"),
        (envredis, "unix://"),
        (envredis, "redis://host:port/0"),
    ],
)
def test_a_wrong_value_fails_with_the_name_of_its_variable(monkeypatch, read, text):
    monkeypatch.setenv("SOME_VARIABLE", text)
    with pytest.raises(ImproperlyConfigured, match="SOME_VARIABLE"):
        read("SOME_VARIABLE")


def test_a_wrong_database_address_does_not_give_its_password_away(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://user:secret@host/database")
    with pytest.raises(ImproperlyConfigured) as caught:
        envdatabase("DATABASE_URL")
    assert "secret" not in str(caught.value)


def test_a_database_address_is_taken_apart(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://tiny:p%40ss@db.example:6432/site?sslmode=require")
    assert envdatabase("DATABASE_URL") == {
        "NAME": "site",
        "USER": "tiny",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


def test_unset_variables_give_their_defaults(monkeypatch):
    monkeypatch.delenv("UNSET", raising=False)
    assert envdatabase("UNSET") is None
    assert envredis("UNSET") is None
    assert envint("UNSET", 7) == 7
    assert envlist("UNSET", ["a"]) == ["a"]
    assert envrate("UNSET", "5/hour") == "5/hour"


def test_words_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("WORDS", " a, b,,c ")
    assert envlist("WORDS") == ["a", "b", "c"]


@pytest.mark.parametrize(
    "address", ["redis://host:6379/0", "rediss://:key@host/1", "unix:///run/valkey.sock"]
)
def test_addresses_of_redis_are_taken_as_they_are(monkeypatch, address):
    monkeypatch.setenv("REDIS_URL", address)
    assert envredis("REDIS_URL") == address
