"""Sessions in the database, asked only for keys that Django could have given out."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore


class SessionStore(DatabaseSessionStore):
    """A cookie can hold any character; PostgreSQL refuses to look for some of them."""

    def _validate_session_key(self, key: str | None) -> bool:
        return super()._validate_session_key(key) and str(key).isascii() and str(key).isalnum()
