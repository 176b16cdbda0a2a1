"""Reading settings from environment variables; a wrong value names its variable.

Every function takes the variable's name and the default for an unset or empty variable, and raises
`ImproperlyConfigured` with that name when the value cannot be read.
"""

import os
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_POSTGRES_SCHEMES = {"postgres", "postgresql"}
_REDIS_SCHEMES = {"redis", "rediss", "unix"}
_MAIL_SCHEMES = {"smtp": 587, "smtps": 465}
_RATE = re.compile(r"\d+/(second|minute|hour|day)")


def envstr(name: str, default: str = "", *, choices: Sequence[str] = ()) -> str:
    value = os.environ.get(name, "").strip() or default
    if choices and value not in choices:
        raise ImproperlyConfigured(f"{name}={value!r}: expected one of {', '.join(choices)}")
    return value


def envbool(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r}: expected true or false")


def envint(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """An integer from `least` to `most`, both included."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={text!r}: expected a whole number") from None
    if value < least or (most is not None and value > most):
        limits = f"at least {least}" if most is None else f"from {least} to {most}"
        raise ImproperlyConfigured(f"{name}={text!r}: expected a whole number {limits}")
    return value


def envlist(name: str, default: Sequence[str] = ()) -> list[str]:
    """Words separated by commas."""
    words = [word.strip() for word in os.environ.get(name, "").split(",")]
    return [word for word in words if word] or list(default)


def envrate(name: str, default: str) -> str:
    """A throttle such as `120/minute`."""
    value = envstr(name, default)
    if not _RATE.fullmatch(value):
        raise ImproperlyConfigured(f"{name}={value!r}: expected a rate such as 120/minute")
    return value


def envdatabase(name: str) -> dict[str, Any] | None:
    """Django's connection settings out of `postgresql://user:password@host:port/database?option=value`."""
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from None
    database = unquote(url.path.lstrip("/"))
    if url.scheme not in _POSTGRES_SCHEMES or not database:
        # The value holds a password: it is not repeated in the message.
        raise ImproperlyConfigured(f"{name}: expected postgresql://user:password@host:port/database")
    return {
        "NAME": database,
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": str(port or ""),
        "OPTIONS": dict(parse_qsl(url.query)),
    }


def envredis(name: str) -> str | None:
    """The address of a Redis-protocol server: `redis://`, `rediss://` or `unix:///path/to.sock`."""
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    try:
        url = urlsplit(text)
        readable = url.scheme in _REDIS_SCHEMES and (url.path if url.scheme == "unix" else url.hostname)
        _ = url.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from None
    if not readable:
        raise ImproperlyConfigured(
            f"{name}: expected redis://host:port/0, rediss://… or unix:///path/to.sock"
        )
    return text


def envmail(name: str) -> dict[str, Any] | None:
    """Django's e-mail settings out of `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465` (TLS).

    `?tls=none` leaves the connection to an `smtp` server of one's own network as it is.
    """
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from None
    options = dict(parse_qsl(url.query))
    tls = options.pop("tls", "required")
    if url.scheme not in _MAIL_SCHEMES or not url.hostname or options or tls not in ("required", "none"):
        # The value holds a password: it is not repeated in the message.
        raise ImproperlyConfigured(
            f"{name}: expected smtp://user:password@host:587 or smtps://…, perhaps with ?tls=none"
        )
    return {
        "HOST": unquote(url.hostname),
        "PORT": port or _MAIL_SCHEMES[url.scheme],
        "HOST_USER": unquote(url.username or ""),
        "HOST_PASSWORD": unquote(url.password or ""),
        "USE_SSL": url.scheme == "smtps",
        "USE_TLS": url.scheme == "smtp" and tls == "required",
    }


def envorigin(name: str) -> str:
    """Scheme and host such as `https://tinysite.example`, without a path; empty when unset."""
    text = os.environ.get(name, "").strip().rstrip("/")
    if not text:
        return ""
    try:
        url = urlsplit(text)
        readable = url.scheme in ("http", "https") and url.hostname and text == f"{url.scheme}://{url.netloc}"
        _ = url.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from None
    if not readable or url.username:
        raise ImproperlyConfigured(f"{name}={text!r}: expected an address such as https://tinysite.example")
    return text
