"""Reports as JSON and back, by the type hints of the frozen records.

The sender is not trusted: it is the child that read a hostile archive. What does not have exactly the shape of the
records is a :class:`WireError`; the types hold no recursion, so what is taken is never deeper than they are.
"""

from __future__ import annotations

import dataclasses
import math
import re
import types
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from .report import Report

T = TypeVar("T")

_LARGEST_INTEGER = 1 << 63
"""A database column holds less."""
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
"""Characters that neither UTF-8 nor a database takes."""


class WireError(ValueError):
    """What came does not have the shape of the records; the message says where."""


def report_to_wire(report: Report) -> dict[str, Any]:
    """``report`` as JSON takes it: objects, lists, texts, numbers, true, false and null."""
    sent: dict[str, Any] = to_wire(report)
    return sent


def report_from_wire(sent: object) -> Report:
    """The report that :func:`report_to_wire` gave; WireError for anything else."""
    return from_wire(Report, sent)


def to_wire(value: Any) -> Any:
    """A frozen record as JSON takes it. A mapping becomes a list of pairs, for its keys need not be texts."""
    if dataclasses.is_dataclass(value):
        return {field.name: to_wire(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, Mapping):
        return [[to_wire(key), to_wire(entry)] for key, entry in value.items()]
    if isinstance(value, tuple | list):
        return [to_wire(entry) for entry in value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise WireError(f"{type(value).__name__} is not carried")


def from_wire(kind: type[T], sent: object) -> T:
    """The record of type ``kind`` that :func:`to_wire` gave; WireError for anything else."""
    record: T = _reader(kind)(sent, kind.__name__)
    return record


_Reader = Callable[[object, str], Any]
"""From what was sent and the name of its place to the value; WireError."""


@cache
def _reader(kind: Any) -> _Reader:
    """How a value of the type ``kind`` is read; one reader per type, made once."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _optional(arguments)
    if origin is Literal:
        return _choice(arguments)
    if origin is tuple:
        return _tuple(arguments)
    if origin is list:
        return _sequence(arguments[0], list)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(arguments)
    if dataclasses.is_dataclass(kind):
        return _record(kind)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _choice(tuple(kind))
    return _SCALARS[kind]


def _optional(kinds: tuple[Any, ...]) -> _Reader:
    (kind,) = (each for each in kinds if each is not types.NoneType)
    read = _reader(kind)
    return lambda sent, place: None if sent is None else read(sent, place)


def _choice(choices: tuple[Any, ...]) -> _Reader:
    known = {str(choice): choice for choice in choices}

    def read(sent: object, place: str) -> Any:
        if not isinstance(sent, str) or sent not in known:
            raise WireError(f"{place}: expected one of {', '.join(known)}")
        return known[sent]

    return read


def _sequence(kind: Any, make: Callable[[Any], Any]) -> _Reader:
    read_entry = _reader(kind)

    def read(sent: object, place: str) -> Any:
        return make(read_entry(entry, place) for entry in _list(sent, place))

    return read


def _tuple(kinds: tuple[Any, ...]) -> _Reader:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return _sequence(kinds[0], tuple)
    readers = [_reader(kind) for kind in kinds]

    def read(sent: object, place: str) -> tuple[Any, ...]:
        entries = _list(sent, place, len(readers))
        return tuple(reader(entry, place) for reader, entry in zip(readers, entries, strict=True))

    return read


def _mapping(kinds: tuple[Any, ...]) -> _Reader:
    read_key, read_entry = _reader(kinds[0]), _reader(kinds[1])

    def read(sent: object, place: str) -> dict[Any, Any]:
        pairs = [_list(pair, place, 2) for pair in _list(sent, place)]
        found = {read_key(key, place): read_entry(entry, place) for key, entry in pairs}
        if len(found) != len(pairs):
            raise WireError(f"{place}: a key stands twice")
        return found

    return read


def _record(kind: Any) -> _Reader:
    hints = get_type_hints(kind)
    fields = dataclasses.fields(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields}
    # A report that was kept before a field existed lacks it.
    needed = {field.name for field in fields if field.default is field.default_factory is dataclasses.MISSING}

    def read(sent: object, place: str) -> Any:
        if not isinstance(sent, dict) or not needed <= sent.keys() <= readers.keys():
            raise WireError(f"{place}: expected an object with {', '.join(readers)}")
        return kind(**{name: readers[name](entry, f"{place}.{name}") for name, entry in sent.items()})

    return read


def _list(sent: object, place: str, length: int | None = None) -> list[Any]:
    if not isinstance(sent, list) or (length is not None and len(sent) != length):
        raise WireError(f"{place}: expected a list" + (f" of {length}" if length is not None else ""))
    return sent


def _text(sent: object, place: str) -> str:
    if not isinstance(sent, str) or _UNSTORABLE.search(sent):
        raise WireError(f"{place}: expected a text without NUL and surrogates")
    return sent


def _integer(sent: object, place: str) -> int:
    if (
        not isinstance(sent, int)
        or isinstance(sent, bool)
        or not -_LARGEST_INTEGER <= sent < _LARGEST_INTEGER
    ):
        raise WireError(f"{place}: expected a whole number of at most 63 bits")
    return sent


def _number(sent: object, place: str) -> float:
    # a database writes large floats as whole numbers
    try:
        if isinstance(sent, int | float) and not isinstance(sent, bool) and math.isfinite(sent):
            return float(sent)
    except OverflowError:
        pass
    raise WireError(f"{place}: expected a finite number")


def _truth(sent: object, place: str) -> bool:
    if not isinstance(sent, bool):
        raise WireError(f"{place}: expected true or false")
    return sent


_SCALARS: dict[Any, _Reader] = {str: _text, int: _integer, float: _number, bool: _truth}
