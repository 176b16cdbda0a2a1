"""What the codes of the reader mean to somebody who has to mend them.

The reader knows code, severity and meaning (:data:`submissions.formats.codes.READING_CODES`); here stand title, reason
and remedy, so that one table describes every code that can appear.
"""

from __future__ import annotations

from submissions.formats.codes import READING_CODES

from .registry import Rule

_OPENING = "safe opening of archives (docs/formats.md)"
_FORMAT = "format of the runners' files (docs/formats.md)"
_STRUCTURE = "MLPerf Tiny submission structure (mlcommons/tiny, directory_structure.adoc)"
_CHECKER = "MLPerf Tiny submission checker (mlcommons/tiny, tools/submission/submission_checker.py)"

_HOSTILE = "Such an entry can write where it should not; nothing of it is opened."
_AS_WRITTEN = "Hand in the file exactly as the runner wrote it."
_REPACK = "Pack the folder again with an ordinary tool."

# code: (title, why, mend, source, tested by the official checker)
_WORDS: dict[str, tuple[str, str, str, str, bool]] = {
    "archive.absolute-path": ("A path in the archive is absolute", _HOSTILE, _REPACK, _OPENING, False),
    "archive.case-collision": (
        "Two paths differ only in case or Unicode form",
        "On many machines the second would overwrite the first.", "Rename one of the two.", _OPENING, False,
    ),
    "archive.changed": (
        "A file changed while it was read",
        "The hash of a value's evidence would belong to other bytes.",
        "Check again when nothing writes to the folder.", _OPENING, False,
    ),
    "archive.compression": (
        "An entry is compressed by an unusual method",
        "Other methods than deflate unpack to any size at once; nothing of such an entry is opened.",
        _REPACK, _OPENING, False,
    ),
    "archive.control-character": (
        "A path holds a control character", "Such a name cannot be typed, or shows as another.", "Rename the file.", _OPENING, False,
    ),
    "archive.corrupt": (
        "The archive is damaged", "What cannot be unpacked cannot be judged.", "Pack and upload it again.", _OPENING, False,
    ),
    "archive.duplicate": (
        "A path stands twice in the archive", "Nobody can tell which of the two was meant.", _REPACK, _OPENING, False,
    ),
    "archive.encrypted": (
        "An entry is encrypted", "Submissions are public.", "Pack the folder without a password.", _OPENING, False,
    ),
    "archive.limit": (
        "The submission exceeds a limit",
        "A small archive can unpack to more than a disk holds.",
        "Leave out what the round does not ask for, such as build folders.", _OPENING, False,
    ),
    "archive.link": (
        "A link was handed in",
        "The official checker drops a submitter who hands in symbolic links; a link shows nothing to others.",
        "Replace the link by the file.", _CHECKER, True,
    ),
    "archive.nested": (
        "A file is an archive itself",
        "Only what lies in the submission as files is read; nobody sees what an archive within it holds.",
        "Unpack it into the folder, or leave it out.", _OPENING, False,
    ),
    "archive.several-submitters": (
        "The archive holds several submitters",
        "A submission is one organisation's: it answers for it and alone sees it before publication.",
        "Send one archive for each submitter.", _OPENING, False,
    ),
    "archive.special-file": ("A special file was handed in", _HOSTILE, "Delete it.", _OPENING, False),
    "archive.suffix": (
        "The archive is named as another kind", "It was told by its content; other programs go by the name.",
        "Rename the archive as what it is.", _OPENING, False,
    ),
    "archive.too-costly": (
        "Reading the archive costs too much",
        "A check has bounds on memory, processor time, time and disk, so that none keeps the others waiting.",
        "Leave out what the round does not ask for; if the archive holds an ordinary submission, tell the operator.",
        _OPENING, False,
    ),
    "archive.traversal": ("A path leads out of the archive", _HOSTILE, _REPACK, _OPENING, False),
    "archive.unjudged": (
        "The check ended without a report",
        "What could not be read to its end cannot be judged; the fault is recorded at the site.",
        "Pack the folder again; if that does not help, tell the operator.", _OPENING, False,
    ),
    "archive.unknown-format": (
        "The archive has an unknown format", "Only folders and .zip, .tar and .tar.gz archives are opened.",
        "Pack the folder as .zip or .tar.gz.", _OPENING, False,
    ),
    "file.junk": (
        "A file of the operating system or an office program was handed in",
        "It says nothing of the measurement; the official checker warns of names that start with a dot.",
        "Delete it.", _CHECKER, True,
    ),
    "file.not-in-copy": (
        "This copy leaves a file out", "A value that the file may hold is absent here and is not missing there.",
        "Nothing, if the submission itself holds the file.", _FORMAT, False,
    ),
    "file.not-utf8": (
        "A text is not UTF-8", "Names and notes with accents would be shown wrongly.", "Save the file as UTF-8.",
        _FORMAT, False,
    ),
    "file.too-large": (
        "A file is too large to be read",
        "A log or a description of that size is something else.", "Hand in the runner's own file.", _FORMAT, False,
    ),
    "layout.benchmark-name": (
        "The folder of a benchmark has another name",
        "Rounds from v1.1 know the short names only; v1.0 still mapped the long ones.",
        "Rename the folder to the short id of the benchmark.", _CHECKER, True,
    ),
    "layout.division-unknown": (
        "The division is not known", "Closed and open have different rules.",
        "Hand in the round folder, or say the division.", _STRUCTURE, True,
    ),
    "layout.duplicate-run": (
        "Two folders are the same run", "A system has one result per benchmark; the second was not read.",
        "Keep one of the two folders.", _STRUCTURE, True,
    ),
    "layout.empty": (
        "There is nothing to judge", "A submission has at least one run under results/.",
        "Hand in the folder that holds results/.", _STRUCTURE, True,
    ),
    "layout.empty-folder": (
        "A folder is empty", "The official checker drops a submitter who hands in an empty folder.",
        "Delete the folder, or add the files that belong into it.", _CHECKER, True,
    ),
    "layout.extra-level": (
        "A folder more than the structure has",
        "Variants of a model or of a framework stand in a folder of their own; the checker does not look there.",
        "Give each variant its own system.", _STRUCTURE, True,
    ),
    "layout.mode-name": (
        "The folder of the energy run has another name",
        "The official checker reads energy/ only, so the energy of such a run is lost without a word.",
        "Rename the folder to energy/.", _STRUCTURE, False,
    ),
    "layout.no-mode": (
        "A benchmark folder without a run", "Files of a run lie in performance/, accuracy/ and energy/.",
        "Move the files into the folder of their mode.", _STRUCTURE, True,
    ),
    "layout.system-missing": (
        "A benchmark without a system", "What was measured cannot be said without its system.",
        "Put the benchmark into the folder of its system.", _STRUCTURE, True,
    ),
    "layout.two-files": (
        "Two files for the same part", "Nobody can tell which of the two was meant.", "Keep one of them.",
        _STRUCTURE, True,
    ),
    "layout.unknown": (
        "The folder is no submission", "A round folder holds closed/ or open/, a submitter's folder systems/ and results/.",
        "Hand in the round folder or the submitter's folder.", _STRUCTURE, True,
    ),
    "layout.unknown-benchmark": (
        "No benchmark has this name",
        "A closed result runs one of the benchmarks; an open one matches the task of one.",
        "Name the folder by the id of the benchmark that was run.", _CHECKER, True,
    ),
    "log.inputs-incomplete": (
        "The accuracy cannot be computed again",
        "A share of right answers is the stated one only over the same inputs.",
        "Hand in the log of the whole accuracy run.", _FORMAT, False,
    ),
    "log.laps-unreadable": (
        "A window of the log has no lap times", "The throughput cannot be computed again from it.", _AS_WRITTEN,
        _FORMAT, False,
    ),
    "log.other-model": (
        "The device reported another model", "The log may belong to another benchmark.",
        "Hand in the log of this run.", _FORMAT, False,
    ),
    "log.result-unreadable": (
        "A result in the log is no number", "The accuracy cannot be computed again from it.", _AS_WRITTEN, _FORMAT, False,
    ),
    "log.truncated": (
        "The log ends too early", "The last window cannot be computed again.", "Hand in the whole log.", _FORMAT, False,
    ),
    "log.windows-missing": (
        "The log holds fewer timed windows than the results",
        "The windows that it does not hold cannot be computed again.", "Hand in the whole log.", _FORMAT, False,
    ),
    "results.json-unreadable": (
        "results.json cannot be read", "It holds every timed inference of the run.", _AS_WRITTEN, _FORMAT, False,
    ),
    "results.medians-differ": (
        "One file states several medians", "The official checker takes the last one; others may take another.",
        "Hand in the output of one run.", _FORMAT, False,
    ),
    "results.no-energy": (
        "The energy is not stated", "The official checker drops a result whose energy run states no energy.",
        "Hand in the runner's results.txt of the energy run, or leave energy/ out.", _CHECKER, True,
    ),
    "results.no-median": (
        "No median throughput is stated", "See perf.no-median, which takes its place in a judgement.", _AS_WRITTEN,
        _CHECKER, True,
    ),
    "results.no-quality": (
        "The accuracy is not stated", "The official checker drops a result whose accuracy it cannot read.",
        "Hand in the runner's results.txt of the accuracy run.", _CHECKER, True,
    ),
    "results.no-throughput": (
        "The throughput is not stated", "Without a throughput there is no result.",
        "Hand in the runner's results.txt of the performance run.", _CHECKER, True,
    ),
    "results.not-a-number": (
        "Something else stands where a number is expected", "NaN or a word is not a measurement.", _AS_WRITTEN,
        _FORMAT, False,
    ),
    "results.not-positive": (
        "A number is zero or negative", "No latency, energy or power is.", _AS_WRITTEN, _FORMAT, False,
    ),
    "results.repeated": (
        "The output stands several times in one file", "Copies are no further windows; they were removed.",
        "Hand in the output of one run.", _FORMAT, False,
    ),
    "results.unit": (
        "A number stands in another unit", "Nobody should guess whether a factor of 1000 was meant.", _AS_WRITTEN,
        _FORMAT, False,
    ),
    "results.windows-differ": (
        "A window stands several times with different numbers", "The output of several runs was mixed.",
        "Hand in the output of one run.", _FORMAT, False,
    ),
    "system.ambiguous": (
        "Several descriptions fit one system", "It would be a guess which of them was meant.",
        "Name each description as its folder under results/.", _CHECKER, True,
    ),
    "system.description-missing": (
        "The system description is missing",
        "Without it nobody knows what was measured; the official checker drops all results of the system.",
        "Add systems/<system>.json, filled in from the template of the round.", _CHECKER, True,
    ),
    "system.json-repaired": (
        "The system description is not valid JSON; it was read with a repair",
        "The official checker aborts on it.", "Mend the line that is named; any JSON checker shows it as well.",
        _CHECKER, True,
    ),
    "system.json-unreadable": (
        "The system description is not valid JSON", "The official checker aborts on it.",
        "Mend the line that is named; any JSON checker shows it as well.", _CHECKER, True,
    ),
    "system.key-twice": (
        "A key of the system description stands twice",
        "A JSON reader keeps the last value, which is often the empty one.",
        "Delete the line that does not hold.", _STRUCTURE, False,
    ),
    "system.name-mismatch": (
        "The system description is not named as the results folder",
        "The name ties the description to the results; the official checker drops a system without it.",
        "Rename the file as the folder under results/.", _CHECKER, True,
    ),
    "system.not-in-copy": (
        "This copy leaves the system description out", "What it says cannot be shown or checked here.",
        "Nothing, if the submission itself holds the file.", _STRUCTURE, False,
    ),
    "system.unused": (
        "A system description without results", "It describes nothing that was measured.",
        "Delete it, or add the results.", _STRUCTURE, False,
    ),
}  # fmt: skip

READER_RULES: tuple[Rule, ...] = tuple(
    Rule(code, title, READING_CODES[code][1], why, source, mend, official, READING_CODES[code][0])
    for code, (title, why, mend, source, official) in _WORDS.items()
    if code in READING_CODES
)
