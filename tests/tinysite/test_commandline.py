import pytest

from tinysite.commandline import needs_embedded_postgres


@pytest.mark.parametrize("words", ["shell", "migrate", "import_round some/folder --round v1.1", "runserver"])
def test_a_command_gets_a_database(monkeypatch, words):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert needs_embedded_postgres(["manage.py", *words.split()])


@pytest.mark.parametrize(
    "words", ["", "help", "--help", "up", "collectstatic --noinput", "migrate --help", "shell -h"]
)
def test_a_command_without_need_of_a_database_starts_none(monkeypatch, words):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert not needs_embedded_postgres(["manage.py", *words.split()])


def test_a_named_server_is_used_instead_of_an_embedded_one(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://user@host/database")
    assert not needs_embedded_postgres(["manage.py", "shell"])
