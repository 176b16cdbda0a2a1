"""What a reader may say of the files: one table of stable codes, each with its severity and meaning.

Codes starting with ``archive.`` come from opening a tree, ``layout.`` from its folders, ``file.`` from single files,
``system.`` from system descriptions, ``results.`` and ``log.`` from what the runner wrote.
"""

from __future__ import annotations

from results.domain.findings import Finding, Severity

from .tabular.codes import TABLE_CODES

_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

READING_CODES: dict[str, tuple[Severity, str]] = {
    "archive.absolute-path": (_E, "An entry names an absolute path or a drive; it was not read."),
    "archive.case-collision": (_E, "Two paths differ only in case or Unicode form; the second was not read."),
    "archive.changed": (_E, "A file changed or vanished while it was read."),
    "archive.compression": (_E, "An entry is compressed by another method than deflate; it was not read."),
    "archive.control-character": (_E, "A path holds a NUL, control, invisible or non-UTF-8 character; it was not read."),
    "archive.corrupt": (_E, "The archive is truncated or damaged and cannot be used."),
    "archive.duplicate": (_E, "A path stands twice in the archive, or as a file and a folder; the second was not read."),
    "archive.encrypted": (_E, "An entry is encrypted; it was not read."),
    "archive.limit": (_E, "The tree exceeds a limit on size, number, depth, path length or compression ratio."),
    "archive.link": (_E, "A symbolic or hard link; it was not followed."),
    "archive.nested": (_W, "A file is an archive itself; it was hashed and not opened."),
    "archive.several-submitters": (_E, "An upload holds the folders of more than one submitter."),
    "archive.special-file": (_E, "A device, pipe, socket or sparse file; it was not read."),
    "archive.suffix": (_N, "The name of the archive ends as that of another kind; it was read as what it is."),
    "archive.too-costly": (_E, "Reading and checking the archive takes more memory, time or disk than it may."),
    "archive.traversal": (_E, "An entry leads out of the archive or holds a backslash; it was not read."),
    "archive.unjudged": (_E, "Reading and checking the archive ended without a report."),
    "archive.unknown-format": (_E, "Neither a folder nor a .zip, .tar or .tar.gz archive."),
    "file.junk": (_W, "A file that an operating system or office program left behind; it was not read."),
    "file.not-in-copy": (_N, "This copy of the submission left out a file that may hold a value."),
    "file.not-utf8": (_W, "A text file is not UTF-8; unreadable bytes were replaced."),
    "file.too-large": (_W, "A file is too large for what it should be; it was hashed and not interpreted."),
    "layout.benchmark-name": (_W, "A benchmark folder is spelt in full or in capitals; the short id is expected."),
    "layout.division-unknown": (_E, "A submitter's folder was given without saying its division."),
    "layout.duplicate-run": (_E, "Two folders are the same benchmark of the same system; the second was not read."),
    "layout.empty": (_E, "There are no results to read."),
    "layout.empty-folder": (_E, "A folder holds nothing; the official checker drops a submitter who hands one in."),
    "layout.extra-level": (_N, "A folder stands between the benchmark and the mode, or within the system id."),
    "layout.mode-name": (_W, "An energy folder has another name; it was read as energy/."),
    "layout.no-mode": (_W, "A benchmark folder holds files but no performance/, accuracy/ or energy/."),
    "layout.system-missing": (_E, "A benchmark folder stands directly in results/, so its system is not known."),
    "layout.two-files": (_W, "Two files claim the same part; the first was read."),
    "layout.unknown": (_E, "The folder is neither a round nor a submitter's folder."),
    "layout.unknown-benchmark": (_E, "A results folder belongs to no known benchmark."),
    "log.inputs-incomplete": (_N, "The accuracy log does not hold exactly the inputs of a known set; not recomputed."),
    "log.laps-unreadable": (_W, "A timed window of the log has no usable pair of lap times."),
    "log.other-model": (_W, "The device reported the model of another benchmark."),
    "log.result-unreadable": (_W, "A result vector of the accuracy log holds something other than numbers."),
    "log.truncated": (_W, "The log ends within a timed window."),
    "log.windows-missing": (_W, "The performance log holds fewer timed windows than results.txt prints."),
    "results.json-unreadable": (_W, "results.json is not valid JSON of the expected shape."),
    "results.medians-differ": (_W, "Several medians with different values stand in one file; the last was read."),
    "results.no-energy": (_W, "An energy folder holds no median energy cost (sww: no power)."),
    "results.no-median": (_W, "results.txt states no median throughput; it was computed from the windows if possible."),
    "results.no-quality": (_W, "The quality value of the benchmark is not stated and could not be recomputed."),
    "results.no-throughput": (_E, "The throughput is neither stated nor in a readable log."),
    "results.not-a-number": (_E, "Something else stands where a finite number is expected; it is not a value."),
    "results.not-positive": (_E, "A number is zero or negative where only positive ones make sense; it is not a value."),
    "results.repeated": (_N, "The runner's output stands several times in one file; copies were removed."),
    "results.unit": (_E, "A number stands in another unit than the format has; it is not a value."),
    "results.windows-differ": (_W, "A window stands several times with different numbers; the last was read."),
    "system.ambiguous": (_E, "Several system descriptions fit a results folder equally well; none was taken."),
    "system.description-missing": (_E, "A results folder has no system description."),
    "system.json-repaired": (_W, "A system description is not valid JSON and was read with a repair."),
    "system.json-unreadable": (_E, "A system description could not be read even with repairs."),
    "system.key-twice": (_W, "A key stands twice with different values; an ordinary reader keeps only the last."),
    "system.name-mismatch": (_W, "The system description is not named as its results folder."),
    "system.not-in-copy": (_N, "This copy of the submission left the system description out."),
    "system.unused": (_N, "A system description belongs to no results folder."),
} | TABLE_CODES  # fmt: skip
"""Code to (severity, meaning)."""


def make_finding(
    code: str, *, file: str, expected: str, found: str, mend: str, line: int | None = None,
    submitter: str | None = None, division: str | None = None, system: str | None = None, run: str | None = None,
) -> Finding:  # fmt: skip
    """A finding of reading; its severity comes from :data:`READING_CODES` (KeyError for an unknown code)."""
    return Finding(
        code=code, severity=READING_CODES[code][0], file=file, line=line, expected=expected, found=found[:400],
        mend=mend, submitter=submitter, division=division, system=system, run=run,
    )  # fmt: skip
