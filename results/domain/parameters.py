"""Reads the parameters of a query string and gathers everything that is wrong with them.

A repeatable parameter may be repeated or hold a comma list; a comma inside a value is written ``\\,``. Empty values
are what an untouched form field sends and count as absent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import quote

_SEPARATOR = re.compile(r"(?<!\\),")
_LONGEST_VALUE = 200
# Left as they are in an address: they are legal in a query string and keep it readable.
_READABLE = ",:@/!~*'()"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one parameter, and what is allowed. ``value`` is as sent."""

    parameter: str
    value: str
    message: str


class QueryError(ValueError):
    """A query string that cannot be answered; ``problems`` names everything that is wrong, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.parameter}: {problem.message}" for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Range:
    """An inclusive range; None is an open end."""

    low: float | None = None
    high: float | None = None

    def __bool__(self) -> bool:
        return self.low is not None or self.high is not None


class ParameterReader:
    """Takes parameters by name, each in its shape, and notes a :class:`Problem` where one has not that shape."""

    def __init__(self, params: Mapping[str, Sequence[str]], allowed: Collection[str]) -> None:
        self.problems: list[Problem] = []
        self._params = {
            name: [text.strip() for text in texts if text.strip()] for name, texts in params.items()
        }
        for name in params:
            if name not in allowed:
                self.refuse(name, ",".join(params[name]), _unknown_parameter(name, allowed))

    def refuse(self, parameter: str, value: str, message: str) -> None:
        """Note that ``parameter`` cannot be used."""
        self.problems.append(Problem(parameter, value[:_LONGEST_VALUE], message))

    def raise_problems(self) -> None:
        """QueryError when anything was refused."""
        if self.problems:
            raise QueryError(self.problems)

    def single(self, name: str) -> str | None:
        """The one value of ``name``; None when absent. Two different values are refused."""
        texts = self._params.get(name, [])
        if len(set(texts)) > 1:
            self.refuse(name, ",".join(texts), "stands more than once; give it one value")
            return None
        return texts[0] if texts else None

    def choice(self, name: str, allowed: Collection[str], default: str) -> str:
        """The one value of ``name`` among ``allowed``."""
        text = self.single(name)
        if text is None:
            return default
        if text not in allowed:
            self.refuse(name, text, f"is none of {', '.join(allowed)}")
            return default
        return text

    def values(
        self, name: str, allowed: Collection[str] | None = None, *, check: Callable[[str], str] | None = None
    ) -> tuple[str, ...]:
        """Every value of a repeatable parameter, in order of appearance, each once.

        ``allowed`` is the whole vocabulary when it is fixed; ``check`` returns what is wrong with a value or "".
        """
        found: list[str] = []
        for value in (value for text in self._params.get(name, []) for value in split_list(text)):
            wrong = _wrong_text(value) or _wrong_choice(value, allowed) or (check(value) if check else "")
            if wrong:
                self.refuse(name, value, wrong)
            elif value not in found:
                found.append(value)
        return tuple(found)

    def range(self, name: str, unit: str, *, zero_allowed: bool = False) -> Range:
        """``<name>_min`` and ``<name>_max`` in ``unit``."""
        low = self._number(f"{name}_min", unit, zero_allowed)
        high = self._number(f"{name}_max", unit, zero_allowed)
        if low is not None and high is not None and low > high:
            self.refuse(f"{name}_min", f"{low:g}", f"is above {name}_max={high:g}; nothing lies between them")
        return Range(low, high)

    def number(self, name: str, unit: str, *, zero_allowed: bool = False) -> float | None:
        """The one number of ``name`` in ``unit``; None when absent."""
        return self._number(name, unit, zero_allowed)

    def flag(self, name: str, *, default: bool) -> bool:
        """``1`` or ``0``."""
        return self.choice(name, ("0", "1"), "1" if default else "0") == "1"

    def _number(self, name: str, unit: str, zero_allowed: bool) -> float | None:
        text = self.single(name)
        if text is None:
            return None
        wanted = f"a number {'from 0' if zero_allowed else 'above 0'}{f', in {unit}' if unit else ''}"
        try:
            number = float(text)
        except ValueError:
            self.refuse(name, text, f"is not {wanted}, with a decimal point")
            return None
        if not math.isfinite(number) or number < 0 or (number == 0 and not zero_allowed):
            self.refuse(name, text, f"must be {wanted}")
            return None
        return number


def split_list(text: str) -> list[str]:
    """The values of a comma list; ``\\,`` is a comma inside a value."""
    return [part for raw in _SEPARATOR.split(text) if (part := raw.replace("\\,", ",").strip())]


def join_list(values: Iterable[str]) -> str:
    """The comma list that :func:`split_list` takes apart again."""
    return ",".join(escape_value(value) for value in values)


def escape_value(value: str) -> str:
    """One value as it stands in a comma list, and so in a form field."""
    return value.replace(",", "\\,")


def query_string(params: Iterable[tuple[str, str]]) -> str:
    """``params`` as a query string without "?", commas and colons left readable."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe=_READABLE)}" for name, value in params)


def number_text(number: float) -> str:
    """The shortest text that reads back as ``number``."""
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


def _unknown_parameter(name: str, allowed: Collection[str]) -> str:
    near = get_close_matches(name, list(allowed), n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return f"is no parameter of this view{hint}; allowed: {', '.join(sorted(allowed))}"


def _wrong_text(value: str) -> str:
    if len(value) > _LONGEST_VALUE:
        return f"is longer than {_LONGEST_VALUE} characters"
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        return "holds control characters"
    return "ends in a backslash" if value.endswith("\\") else ""


def _wrong_choice(value: str, allowed: Collection[str] | None) -> str:
    return f"is none of {', '.join(allowed)}" if allowed is not None and value not in allowed else ""
