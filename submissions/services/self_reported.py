"""Self-reported results: a bare table or a filled-in form becomes an archive, and is taken in like any other."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from submissions.formats.tabular.packing import bare_table_name, write_archive
from submissions.models import Organisation, Submission, User

from . import intake
from .incoming import incoming_folder


def as_archive(path: Path) -> contextlib.AbstractContextManager[Path]:
    """``path`` itself, or, when it is a bare .csv or .json table, an archive of it that is gone after use.

    The packing happens at the call; OSError when there is no space for it.
    """
    name = bare_table_name(path)
    if name is None:
        return contextlib.nullcontext(path)
    with open(path, "rb") as handle:
        return packed({name: handle})


def packed(files: Mapping[str, BinaryIO]) -> contextlib.AbstractContextManager[Path]:
    """An archive of ``files`` by path, that is gone after use."""
    number, name = tempfile.mkstemp(prefix="upload-", suffix=".zip", dir=incoming_folder())
    os.close(number)
    out = Path(name)
    try:
        write_archive(out, files)
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    return _gone_after_use(out)


@contextlib.contextmanager
def _gone_after_use(path: Path) -> Iterator[Path]:
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def submit_files(
    files: Mapping[str, BinaryIO], *, user: User, organisation: Organisation, round_id: str, filename: str, note: str = ""
) -> intake.Intake:  # fmt: skip
    """Take in a table with the files that it cites, by their paths; raises what :func:`.intake.submit` raises."""
    try:
        archive = packed(files)
    except OSError as problem:
        raise intake.StorageFailed() from problem
    with archive as path:
        return intake.submit(
            path, user=user, organisation=organisation, kind=Submission.Kind.SELF_REPORTED, round_id=round_id,
            filename=filename, note=note,
        )  # fmt: skip


def submit_upload(
    upload: BinaryIO, *, user: User, organisation: Organisation, round_id: str, filename: str
) -> intake.Intake:
    """Take in an uploaded table or archive; raises what :func:`.intake.submit` raises."""
    with tempfile.NamedTemporaryFile(prefix="upload-", dir=incoming_folder()) as copy:
        while chunk := upload.read(1 << 20):
            copy.write(chunk)
        copy.flush()
        return intake.submit(
            Path(copy.name), user=user, organisation=organisation, kind=Submission.Kind.SELF_REPORTED,
            round_id=round_id, filename=filename,
        )  # fmt: skip
