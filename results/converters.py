"""Parts of addresses that need their own pattern."""

from __future__ import annotations


class RoundConverter:
    """A round, such as ``v1.1``."""

    regex = r"v\d+\.\d+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


class DataFormatConverter(RoundConverter):
    """The ending that turns a page into data: exactly the same view as JSON or CSV."""

    regex = "json|csv"


class FitQuestionConverter(RoundConverter):
    """One of the three questions of the fit finder."""

    regex = "hardware|model|performance"


class PublicIdConverter(RoundConverter):
    """A result's public id: steps separated by slashes, no ending of a data format after it.

    NUL is left out: PostgreSQL takes no text with it, so no id holds one.
    """

    regex = r"[^\x00]+?"


class HashConverter(RoundConverter):
    """The first 16 hexadecimal digits of a hash."""

    regex = "[0-9a-f]{16}"
