"""Reading a merged TOML table with errors that name file, key and what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, overload


class RulebookError(ValueError):
    """A rulebook is missing or wrong; the message says file, key, expected and found."""


class Table:
    """One table of a round's file laid over the same table of ``base.toml``.

    Every key that is read is remembered, so that a misspelt key is an error and not silently without effect.
    """

    def __init__(
        self, values: Mapping[str, object], own: Mapping[str, object], own_name: str, path: str = ""
    ) -> None:
        self._values = values
        self._own = own
        self._own_name = own_name
        self._path = path
        self._read: set[str] = set()
        self._children: dict[str, Table] = {}

    @classmethod
    def merged(
        cls,
        *,
        base: Mapping[str, object],
        own: Mapping[str, object],
        own_name: str,
        whole: tuple[str, ...] = (),
    ) -> Table:
        """``own`` over ``base``: tables are merged key by key, everything else is replaced.

        The tables inside those named in ``whole`` are replaced as a whole, so that none is half of each file.
        """
        values = _merge(base, own)
        for key in whole:
            ours, theirs = base.get(key), own.get(key)
            if isinstance(ours, dict) and isinstance(theirs, dict):
                values[key] = {**ours, **theirs}
        return cls(values, own, own_name)

    def error(self, key: str, expected: str, found: object) -> RulebookError:
        """An error that says in which file the wrong value stands."""
        file = self._own_name if key in self._own else "base.toml"
        return RulebookError(f"{file}: {self._path}{key}: expected {expected}, found {found!r}")

    def names(self) -> tuple[str, ...]:
        """The keys of this table, in file order."""
        return tuple(self._values)

    def table(self, key: str) -> Table:
        """The table under ``key``."""
        if key not in self._children:
            value = self._get(key)
            if not isinstance(value, dict):
                raise self.error(key, "a table", value)
            own = self._own.get(key)
            own_table = own if isinstance(own, dict) else {}
            name = f'"{key}"' if "." in key else key
            self._children[key] = Table(value, own_table, self._own_name, f"{self._path}{name}.")
        return self._children[key]

    def tables(self, key: str) -> Iterator[tuple[str, Table]]:
        """The tables inside the table under ``key``, by name."""
        outer = self.table(key)
        for name in outer.names():
            yield name, outer.table(name)

    @overload
    def text(self, key: str, *, optional: Literal[False] = False, among: tuple[str, ...] = ...) -> str: ...
    @overload
    def text(self, key: str, *, optional: Literal[True], among: tuple[str, ...] = ...) -> str | None: ...
    def text(self, key: str, *, optional: bool = False, among: tuple[str, ...] = ()) -> str | None:
        """A non-empty string, one of ``among`` when given; None when absent and ``optional``."""
        value = self._get(key, optional=optional)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, "a text", value)
        if among and value not in among:
            raise self.error(key, f"one of {', '.join(among)}", value)
        return value

    def texts(self, key: str, *, among: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of strings, each one of ``among`` when given."""
        value = self._get(key)
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self.error(key, "a list of texts", value)
        for entry in value:
            if among and entry not in among:
                raise self.error(key, f"entries among {', '.join(among)}", entry)
        return tuple(value)

    @overload
    def number(self, key: str, *, optional: Literal[False] = False, above: float | None = ...) -> float: ...
    @overload
    def number(self, key: str, *, optional: Literal[True], above: float | None = ...) -> float | None: ...
    def number(self, key: str, *, optional: bool = False, above: float | None = None) -> float | None:
        """A number, greater than ``above`` when given; None when absent and ``optional``."""
        value = self._get(key, optional=optional)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.error(key, "a number", value)
        if above is not None and value <= above:
            raise self.error(key, f"a number above {above:g}", value)
        return float(value)

    def flag(self, key: str) -> bool:
        """True or false; false when absent."""
        value = self._get(key, optional=True)
        if value is not None and not isinstance(value, bool):
            raise self.error(key, "true or false", value)
        return bool(value)

    def refuse_unread_keys(self) -> None:
        """RulebookError for the first key that nothing asked for: a misspelling."""
        for key in self._values:
            if key not in self._read and key not in self._children:
                known = ", ".join(sorted(self._read | set(self._children)))
                raise self.error(key, f"a known key ({known})", self._values[key])
        for child in self._children.values():
            child.refuse_unread_keys()

    def _get(self, key: str, *, optional: bool = False) -> object:
        self._read.add(key)
        if key not in self._values:
            if optional:
                return None
            raise self.error(key, "a value", None)
        return self._values[key]


def _merge(base: Mapping[str, object], own: Mapping[str, object]) -> dict[str, object]:
    merged = dict(base)
    for key, value in own.items():
        under = merged.get(key)
        both_tables = isinstance(value, dict) and isinstance(under, dict)
        merged[key] = _merge(under, value) if both_tables else value  # type: ignore[arg-type]
    return merged
