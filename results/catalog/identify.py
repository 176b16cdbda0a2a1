"""What the texts of a submission mean: device, submitter, software, clock, numeric format, supply, energy.

Names are compared with the catalogue exactly (without case and punctuation), never by likeness. What the
catalogue does not know stays unknown: the store then makes an uncurated entry for a curator. A reading is
None unless a text states it. No Django here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from results.domain.records import SystemField, SystemRecord

from .entries import FrameworkEntry
from .reader import ALIAS_FIELDS, Catalogue, catalogue, normalise

NOT_STATED = frozenset({"", "n a", "na", "none", "not applicable"})
"""Normalised texts that say nothing."""

MODEL_COMPILER_KEY = "ML Model Compiler(s)"
CATALOGUE_DEVICE_KEY = "Catalogue device"
"""Key under which a self-reported system names its device by slug; no description of a round has it."""
GENERAL_COMPILER_KEY = "General Compiler(s)"
LIBRARIES_KEY = "Software Libraries"
FRAMEWORK_KEY = "Inference Framework"

VERSION = re.compile(r"(?<![\w.])v?(\d+(?:\.\d+)+)(?![\w.])", re.IGNORECASE)
COMMIT = re.compile(r"(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])")

AVAILABILITIES = {"available": "available", "preview": "preview", "rdi": "rdi"}

FREQUENCY = re.compile(
    r"(?P<low>\d+(?:\.\d+)?)(?:\s*-\s*(?P<high>\d+(?:\.\d+)?))?\s*(?P<unit>[GMk])(?:Hz)?(?![A-Za-z])",
    re.IGNORECASE,
)
MHZ_PER_UNIT = {"g": 1000.0, "m": 1.0, "k": 0.001}

NUMERIC_FORMAT = re.compile(
    r"(?<![A-Za-z0-9])(u?int\d{1,2}|fp\d{1,2}|bf16|w\d{1,2}a\d{1,2}|float(?:16|32)?)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
SPELLINGS = {"float32": "fp32", "float16": "fp16"}

SUPPLY_VOLTAGE = re.compile(
    r"(?:\b(?:operating|running|powered|supplied)\s+at\s+|\bVIN\s*=\s*)(\d+(?:\.\d+)?)\s*(m?V)\b",
    re.IGNORECASE,
)

CHIP_RAIL_CLASSES = frozenset({"mcu", "mcu-npu", "mcu-dsp", "npu", "in-memory", "event-based"})
RAIL_MAXIMUM_MV = 3600
"""Highest supply of a microcontroller rail in the catalogue (VDD 3.6 V)."""
BOARD_MINIMUM_MV = 4500
"""Supplies from here on are board inputs (USB 5 V, 7 V jacks): no chip of the catalogue takes them at a
rail."""


@dataclass(frozen=True, slots=True)
class DeviceMatch:
    """The device that a description names. ``slug`` None: not in the catalogue, ``reason`` says what was
    sought.

    ``matched_field`` is the field that decided ("Board Name", "system id" or "SoC Name"), None without a
    match.
    """

    slug: str | None
    reason: str
    matched_field: str | None = None


@dataclass(frozen=True, slots=True)
class Software:
    """The software stack as stated; None where the description does not say.

    ``framework`` is the short label of tables ("X-CUBE-AI 8.1.0", "microTVM + CMSIS-NN"), ``framework_name``
    the same without version and libraries. ``framework_version`` is a version number or the first 7 digits of
    a commit. ``reason`` says why the deployment style is what it is.
    """

    framework: str | None
    framework_name: str | None
    framework_version: str | None
    model_compiler: str | None
    compiler: str | None
    deployment_style: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class ClockReading:
    """Clocks in MHz; None where no frequency with a unit is stated.

    ``exact`` is false when the processor text gives a range or several frequencies: ``mhz`` is then the
    highest of them, and which one a run used is not stated.
    """

    mhz: float | None
    accelerator_mhz: float | None
    exact: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Precision:
    """The numeric format as stated ("int8", "int8+int16", "w3a3"). ``label`` None: nobody states it."""

    label: str | None
    source_text: str


def identify_device(known: Catalogue, system: SystemRecord, round_id: str | None = None) -> DeviceMatch:
    """The catalogue's device that ``system`` names.

    A slug that was chosen from the catalogue decides; else the board name wherever one is stated, also when the catalogue does not know it: a known SoC on an
    unknown board is another device. ``round_id`` excludes aliases that hold for other rounds only; None
    excludes nothing.
    """
    chosen = stated(system, CATALOGUE_DEVICE_KEY)
    if chosen in known.devices:
        return DeviceMatch(chosen, f"chosen from the catalogue as {chosen}", CATALOGUE_DEVICE_KEY)
    texts = {
        "board": stated(system, "Board Name"),
        "system_id": system.system_id.strip() or None,
        "soc": stated(system, "SoC Name"),
    }
    for field, label in ALIAS_FIELDS.items():
        text = texts[field]
        if text is None:
            continue
        slug = _aliased(known, field, text, round_id)
        if slug is not None:
            return DeviceMatch(slug, f"{label} {text!r} is an alias of {slug}", label)
        if field == "board":
            return DeviceMatch(None, f"Board Name {text!r} is not in the catalogue")
    return DeviceMatch(
        None, "no Board Name is stated, and neither system id nor SoC Name is in the catalogue"
    )


def _aliased(known: Catalogue, field: str, text: str, round_id: str | None) -> str | None:
    wanted = normalise(text)
    for alias in known.aliases:
        if round_id is not None and alias.rounds and round_id not in alias.rounds:
            continue
        if wanted in map(normalise, getattr(alias, field)):
            return alias.slug
    return None


def identify_submitter(known: Catalogue, directory: str | None, declared_name: str | None) -> str | None:
    """Slug of the submitter that a folder of a round names; the declared name counts only without a folder.

    The folder decides because it is what the round published under: declared names are persons and companies.
    None for a folder that the catalogue does not know, whatever name is declared in it.
    """
    for text, field in ((directory, "directories"), (declared_name, "declared_names")):
        if text and normalise(text):
            spellings = (
                (entry.slug, map(normalise, getattr(entry, field))) for entry in known.submitters.values()
            )
            return next((slug for slug, names in spellings if normalise(text) in names), None)
    return None


def read_software(system: SystemRecord, known: Catalogue | None = None) -> Software:
    """The software stack that ``system`` states; ``known`` None: the shipped catalogue."""
    known = known or catalogue()
    declared = _declared_frameworks(known, system)
    libraries = _kernel_libraries(known, system)
    found = [(text, _framework(known, key, text)) for key, text in declared]
    names = list(dict.fromkeys(entry.name if entry else text for text, entry in found))
    text_of_one = found[0][0] if len(found) == 1 and found[0][1] else ""
    version = VERSION.search(text_of_one)
    commit = COMMIT.search(text_of_one)
    label = " ".join([" / ".join(names), *([version[1]] if version else [])])
    styles = {entry.deployment_style if entry else None for _, entry in found}
    style = styles.pop() if len(styles) == 1 else None
    return Software(
        framework=" + ".join([label, *libraries]) if names else None,
        framework_name=" / ".join(names) or None,
        framework_version=version[1] if version else commit[0][:7] if commit else None,
        model_compiler=_joined(system, MODEL_COMPILER_KEY),
        compiler=_joined(system, GENERAL_COMPILER_KEY),
        deployment_style=style,
        reason=_style_reason(found),
    )


def _style_reason(found: list[tuple[str, FrameworkEntry | None]]) -> str:
    if not found:
        return "no inference framework is stated"
    reasons = [f"{text} is not in the catalogue" if entry is None else entry.reason for text, entry in found]
    return "; ".join(dict.fromkeys(reasons))


def _declared_frameworks(known: Catalogue, system: SystemRecord) -> list[tuple[str, str]]:
    """(key, text) of each framework stated; of further keys only where the framework itself is not."""
    declared = [(FRAMEWORK_KEY, entry.value.strip()) for entry in stated_fields(system, FRAMEWORK_KEY)]
    if declared:
        return list(dict.fromkeys(declared))
    for framework in known.frameworks:
        for key in framework.keys:
            for entry in stated_fields(system, key):
                if key != FRAMEWORK_KEY and _begins(entry.value, framework):
                    return [(key, entry.value.strip())]
    return []


def _framework(known: Catalogue, key: str, text: str) -> FrameworkEntry | None:
    return next((entry for entry in known.frameworks if key in entry.keys and _begins(text, entry)), None)


def _begins(text: str, framework: FrameworkEntry) -> bool:
    """Whether ``text`` begins with one of the framework's names as whole words."""
    return any(re.match(rf"\s*{re.escape(name)}(?!\w)", text, re.IGNORECASE) for name in framework.matches)


def _kernel_libraries(known: Catalogue, system: SystemRecord) -> list[str]:
    """Names of the kernel libraries among the software libraries, listed as ``name (details), …``."""
    listed = {
        normalise(item.split(" (")[0])
        for entry in stated_fields(system, LIBRARIES_KEY)
        for item in entry.value.split(",")
    }
    return [
        library.name for library in known.kernel_libraries if listed & set(map(normalise, library.matches))
    ]


def stated_fields(system: SystemRecord, key: str) -> list[SystemField]:
    """The fields of ``key`` that say something, in file order: neither empty nor "N/A"."""
    wanted = key.strip().casefold()
    return [
        entry
        for entry in system.fields
        if entry.key.strip().casefold() == wanted and normalise(entry.value) not in NOT_STATED
    ]


def stated(system: SystemRecord, key: str) -> str | None:
    """The first text of ``key`` that says something, else None."""
    return next((entry.value.strip() for entry in stated_fields(system, key)), None)


def _joined(system: SystemRecord, key: str) -> str | None:
    """All distinct texts of ``key`` that say something, joined, else None."""
    return " / ".join(dict.fromkeys(entry.value.strip() for entry in stated_fields(system, key))) or None


def read_clock_mhz(
    text: str | None, accelerator_text: str | None = None, device_class: str | None = None
) -> ClockReading:
    """Clocks from "Processor(s) Frequencies" and "Accelerator(s) Frequencies".

    A range or a list gives the highest stated value. A number without a unit gives nothing. On an FPGA the
    processor is the host core while the network runs in the fabric at the accelerator's clock; the reason
    says so.
    """
    values = _frequencies_mhz(text)
    accelerator = _frequencies_mhz(accelerator_text)
    notes = []
    if not values:
        notes.append(f"no frequency with a unit in {text!r}" if text else "no processor frequency is stated")
    elif len(values) > 1:
        notes.append(f"highest of the frequencies in {text!r}")
    else:
        notes.append(f"stated as {text!r}")
    if len(accelerator) > 1:
        notes.append(f"accelerator: highest of the frequencies in {accelerator_text!r}")
    if device_class == "fpga" and accelerator:
        notes.append("the processor is the host core; the network runs at the accelerator's clock")
    return ClockReading(
        mhz=max(values, default=None),
        accelerator_mhz=max(accelerator, default=None),
        exact=len(values) == 1,
        reason="; ".join(notes),
    )


def _frequencies_mhz(text: str | None) -> set[float]:
    """Every distinct frequency of ``text`` in MHz, both ends of a range; zero is none."""
    found = set()
    for match in FREQUENCY.finditer(text or ""):
        for number in (match["low"], match["high"]):
            if number is not None and float(number) > 0:
                found.add(round(float(number) * MHZ_PER_UNIT[match["unit"].lower()], 6))
    return found


def read_precision(system: SystemRecord, variant: str, system_id: str) -> Precision:
    """The numeric format that the first of these states: variant, system id, quantization method and notes.

    Several formats in one text are joined in their order ("int8+uint8"); "float" without a width stays so.
    """
    for source, text in (
        ("variant", variant),
        ("system id", system_id),
        ("Quantization Method", stated(system, "Quantization Method")),
        ("Training and Quantization Notes", stated(system, "Training and Quantization Notes")),
    ):
        formats = [_format_name(found) for found in NUMERIC_FORMAT.findall((text or "").replace("_", " "))]
        if formats:
            return Precision("+".join(dict.fromkeys(formats)), f"{source}: {text}")
    return Precision(None, "")


def _format_name(found: str) -> str:
    name = found.lower()
    return SPELLINGS.get(name, name)


def read_availability(status: str | None) -> str | None:
    """``available``, ``preview`` or ``rdi`` from the key "Status", in any case; anything else is None."""
    return AVAILABILITIES.get((status or "").strip().lower())


def read_supply_voltage_mv(hardware_notes: str | None) -> int | None:
    """The supply that "Hardware Notes" declare ("Operating at 1.8V", "VIN = 1.8V"), in mV.

    For runs of the MLCommons runner, which logs no voltage. None when no supply is declared, when only core
    or I/O rails are, or when two supplies differ.
    """
    found = {
        round(float(number) * (1 if unit.lower() == "mv" else 1000))
        for number, unit in SUPPLY_VOLTAGE.findall(hardware_notes or "")
    } - {0}
    return found.pop() if len(found) == 1 else None


def energy_scope(
    device_class: str | None, monitor: str | None, voltage_mv: float | None, runner: str | None
) -> Literal["chip-rail", "board", "unknown"]:
    """What a measured energy includes.

    The rules of the benchmark let a submitter measure one supply, at the chip or at the board, and no file
    says which; what was fed does. A supply of 4.5 V and more is a board input, whatever the device (the FPGA
    boards of the open division: 4.9 V and 6.9 V). A microcontroller, NPU or the like that an energy monitor
    or the MLCommons runner fed with at most 3.6 V was measured at the chip's rail. All else is unknown: an
    FPGA or an application processor on a low voltage has many rails, and an energy without voltage or
    instrument says nothing.
    """
    if voltage_mv is None or not (monitor or runner == "MLCommons"):
        return "unknown"
    if voltage_mv >= BOARD_MINIMUM_MV:
        return "board"
    if device_class in CHIP_RAIL_CLASSES and 0 < voltage_mv <= RAIL_MAXIMUM_MV:
        return "chip-rail"
    return "unknown"
