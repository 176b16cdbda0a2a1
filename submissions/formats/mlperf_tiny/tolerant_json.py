"""JSON as people write it: every key with its line, keys that stand twice kept, small slips repaired and noted.

Repaired are a missing or doubled comma, a comma before a closing bracket, a raw line break within a string, a bad
escape and brackets missing at the end. Anything else is an error.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass

_MAX_DEPTH = 32
_TOKEN = re.compile(
    r'(?P<space>\s+)|(?P<mark>[{}\[\]:,])|(?P<string>"(?:[^"\\]|\\.)*")|(?P<word>[-+.\w]+)', re.DOTALL
)
_CONTROL = re.compile(r"[\x00-\x1f]")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
"""What escapes can smuggle in and neither UTF-8 nor a database takes."""
_PLAIN_WORD = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?|true|false|null")


class UnreadableJSON(ValueError):
    """Not JSON, even with repairs; ``line`` is 1-based."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Repair:
    """What was wrong at ``line`` (1-based)."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A key of an object with its line; ``value`` is a text, a list of values or a list of pairs (an object)."""

    key: str
    value: Value
    line: int


@dataclass(frozen=True, slots=True)
class JSONObject:
    """An object: its pairs in file order, keys possibly twice."""

    pairs: tuple[Pair, ...]


Value = str | list["Value"] | JSONObject
"""Texts are as written; numbers and true/false keep their spelling, null is an empty text."""


def parse_object(text: str) -> tuple[JSONObject, list[Repair]]:
    """The object that ``text`` holds and the repairs it needed; UnreadableJSON when it holds none."""
    parser = _Parser(text)
    value = parser.value(0)
    if not isinstance(value, JSONObject):
        raise UnreadableJSON("the file does not hold an object", 1)
    parser.end()
    return value, parser.repairs


def as_text(value: Value) -> str:
    """``value`` on one line: ``TVM (SHA e3a6), CMSIS_NN (SHA 5126)`` for nested objects."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(as_text(item) for item in value)
    return ", ".join(
        f"{pair.key} ({as_text(pair.value)})"
        if isinstance(pair.value, JSONObject)
        else f"{pair.key} {as_text(pair.value)}"
        for pair in value.pairs
    )


def _on_one_line(text: str) -> str:
    """``text`` with every run of white space that holds a line break as one space; linear in its length."""
    first, *rest = text.split("\n")
    if not rest:
        return text
    inner = [part.strip() for part in rest[:-1]]
    return " ".join([first.rstrip(), *(part for part in inner if part), rest[-1].lstrip()])


class _Parser:
    """Recursive descent over tokens; ``repairs`` fills while it goes."""

    def __init__(self, text: str) -> None:
        self.repairs: list[Repair] = []
        self._line_starts = [0] + [match.end() for match in re.finditer("\n", text)]
        self._tokens: list[tuple[str, str, int]] = []
        position = 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise UnreadableJSON(f"unexpected {text[position]!r}", self._line(position))
            if match.lastgroup != "space":
                self._tokens.append((str(match.lastgroup), match.group(), self._line(position)))
            position = match.end()
        self._at = 0

    def _line(self, position: int) -> int:
        return bisect_right(self._line_starts, position)

    def _peek(self) -> tuple[str, str, int]:
        if self._at < len(self._tokens):
            return self._tokens[self._at]
        return ("end", "", self._tokens[-1][2] if self._tokens else 1)

    def _take(self) -> tuple[str, str, int]:
        token = self._peek()
        self._at += 1
        return token

    def _repair(self, line: int, what: str) -> None:
        self.repairs.append(Repair(line, what))

    def value(self, depth: int) -> Value:
        kind, text, line = self._take()
        if depth > _MAX_DEPTH:
            raise UnreadableJSON("nested too deeply", line)
        if kind == "string":
            return self._string(text, line)
        if text == "{":
            return self._object(depth)
        if text == "[":
            return self._list(depth)
        if kind == "word":
            if not _PLAIN_WORD.fullmatch(text):
                self._repair(line, f"{text} without quotation marks")
            return "" if text == "null" else text
        raise UnreadableJSON(f"a value is expected, found {text or 'the end'}", line)

    def _object(self, depth: int) -> JSONObject:
        pairs: list[Pair] = []
        while self._goes_on("}", first=not pairs):
            kind, text, line = self._take()
            if kind != "string":
                raise UnreadableJSON(f"a key in quotation marks is expected, found {text or 'the end'}", line)
            key = self._string(text, line)
            if self._take()[1] != ":":
                raise UnreadableJSON(f"a colon is expected after {key}", line)
            pairs.append(Pair(key, self.value(depth + 1), line))
        return JSONObject(tuple(pairs))

    def _list(self, depth: int) -> list[Value]:
        values: list[Value] = []
        while self._goes_on("]", first=not values):
            values.append(self.value(depth + 1))
        return values

    def _goes_on(self, closing: str, *, first: bool) -> bool:
        """Step over what stands between two members; whether another one follows."""
        commas = 0
        line = self._peek()[2]
        while self._peek()[1] == ",":
            line = self._take()[2]
            commas += 1
        kind, text, here = self._peek()
        if text == closing:
            self._at += 1
            if commas:
                self._repair(line, f"comma before {closing}")
            return False
        if kind == "end":
            self._repair(here, f"{closing} missing at the end" + (", after a comma" if commas else ""))
            return False
        if first and commas:
            self._repair(line, "comma before the first member")
        elif not first and commas != 1:
            self._repair(here, f"comma missing before {text[:40]}" if commas == 0 else "comma doubled")
        return True

    def _string(self, quoted: str, line: int) -> str:
        try:
            value = str(json.loads(quoted, strict=False)) if "\\" in quoted else quoted[1:-1]
            if _CONTROL.search(quoted):
                self._repair(line, "raw line break or control character in a text")
        except ValueError:
            value = quoted[1:-1]
            self._repair(line, "bad escape in a text")
        return _UNSTORABLE.sub("\ufffd", _on_one_line(value))

    def end(self) -> None:
        """Note what follows the object."""
        _, text, line = self._peek()
        if text:
            self._repair(line, f"{text[:40]} after the end")
