"""Addresses that pages print beside a number: the line in the public repository, and the page of a rule."""

from __future__ import annotations

from urllib.parse import quote

GITHUB = "https://github.com"
RULES_PAGE = "/rules/"
# Plain paths: these pages belong to the app of submissions, which that of results does not import.
CHECK_PAGE = "/check/"
ANALYSE_MODEL_PAGE = "/models/analyse/"
SUBMIT_PAGE = "/submissions/new/"
REVIEW_PAGE = "/review/"
ACCOUNT_PAGE = "/account/"
LOG_IN_PAGE = "/account/log-in/"
OBJECTIONS_PAGE = "/objections/"


def public_file_address(
    repository: str, commit: str, path: str, line: int | None = None, last_line: int | None = None
) -> str:
    """Where ``path`` (relative to the top of ``repository``, "owner/name") stands at ``commit``, with its lines.

    Empty when the repository or the commit is not known: without a commit the address would not stay true.
    """
    if not (repository and commit and path):
        return ""
    address = f"{GITHUB}/{quote(repository)}/blob/{quote(commit)}/{quote(path)}"
    if line is None:
        return address
    end = f"-L{last_line}" if last_line is not None and last_line > line else ""
    return f"{address}#L{line}{end}"


def public_tree_address(repository: str, commit: str, path: str = "") -> str:
    """The folder ``path`` of ``repository`` at ``commit``; empty when either is not known."""
    if not (repository and commit):
        return ""
    tree = f"{GITHUB}/{quote(repository)}/tree/{quote(commit)}"
    return f"{tree}/{quote(path)}" if path else tree


def objection_address(public_id: str) -> str:
    """Where an objection to the result ``public_id`` is written."""
    return f"/results/{quote(public_id)}/object/"


def archive_address(public_id: str) -> str:
    """Where everybody downloads the archive that the result ``public_id`` was read from."""
    return f"/results/{quote(public_id)}/archive"


def rule_address(code: str) -> str:
    """The place on the rules page that explains the finding ``code``.

    A plain path, because the page belongs to the app that judges submissions, which this one does not import.
    """
    return f"{RULES_PAGE}#{quote(code)}"
