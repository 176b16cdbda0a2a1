"""From the free texts of system descriptions to device, submitter, software and operating point."""

import pytest

from results.catalog.identify import (
    energy_scope,
    identify_device,
    identify_submitter,
    read_availability,
    read_clock_mhz,
    read_precision,
    read_software,
    read_supply_voltage_mv,
)
from results.catalog.reader import catalogue
from results.domain.records import Readability, SystemField, SystemRecord


def described(*pairs: tuple[str, str], system_id: str = "board") -> SystemRecord:
    fields = tuple(SystemField(key, value, line) for line, (key, value) in enumerate(pairs, start=2))
    return SystemRecord("acme", "closed", system_id, "systems/board.json", None, Readability.VALID, fields)


@pytest.mark.parametrize(
    ("board", "slug"),
    [
        ("Nucleo-L4R5ZI", "nucleo-l4r5zi"),
        ("NUCLEO_L4R5ZI", "nucleo-l4r5zi"),
        ("NUCLEO-L4R5ZI-P", "nucleo-l4r5zi"),
        ("NUCLEO-H7A3ZI", "nucleo-h7a3zi-q"),
        ("K1_BOARD_V1.0_HIGH_FREQ", "k1-board"),
        ("ZC706 Development Board", "zc706"),
        ("Renesas RH850/F1KM-S4 R7F701649", "rh850-f1km-s4"),
    ],
)
def test_a_board_name_is_known_by_its_spellings(board: str, slug: str) -> None:
    match = identify_device(catalogue(), described(("Board Name", board)))
    assert (match.slug, match.matched_field) == (slug, "Board Name")


def test_a_board_that_only_looks_alike_is_not_merged() -> None:
    match = identify_device(
        catalogue(), described(("Board Name", "NUCLEO-L4R5ZI-Q"), ("SoC Name", "STM32L4R5ZIT6"))
    )
    assert match.slug is None
    assert "'NUCLEO-L4R5ZI-Q' is not in the catalogue" in match.reason


def test_a_known_soc_on_an_unknown_board_is_another_device() -> None:
    assert (
        identify_device(catalogue(), described(("Board Name", "My board"), ("SoC Name", "GAP8"))).slug is None
    )


def test_a_soc_that_is_wrong_does_not_matter_beside_a_known_board() -> None:
    match = identify_device(
        catalogue(), described(("Board Name", "NUCLEO-H7A3ZI-Q"), ("SoC Name", "STM32U575ZIT6QU"))
    )
    assert match.slug == "nucleo-h7a3zi-q"


def test_a_chip_is_known_by_its_soc_name_when_no_board_is_stated() -> None:
    match = identify_device(catalogue(), described(("Board Name", "N/A"), ("SoC Name", "GAP8")))
    assert (match.slug, match.matched_field) == ("gap8", "SoC Name")


def test_nothing_stated_is_no_device() -> None:
    assert identify_device(catalogue(), described()).slug is None


def test_a_name_that_changes_its_meaning_holds_only_in_its_round() -> None:
    system = described(("Board Name", "Next Generation Snapdragon Mobile Platform HDK"))
    assert identify_device(catalogue(), system, "v1.0").slug == "snapdragon-next-2022"
    assert identify_device(catalogue(), system, "v1.2").slug is None


@pytest.mark.parametrize(
    ("directory", "declared", "slug"),
    [
        ("bosch", "Robert Bosch GmbH", "bosch"),
        ("Qualcomm", None, "qualcomm"),
        ("STMicrolectronics", "STMicroelectronics", "stmicroelectronics"),
        ("hls4ml-finn", "hls4ml", "hls4ml-finn"),
        ("kai_jiang", "Kai_Jiang", "kai-jiang"),
        (None, "Robert Bosch GmbH", "bosch"),
        ("newcomer", "Syntiant", None),
        (None, "Syntiant Inc", None),
        (None, None, None),
    ],
)
def test_the_folder_decides_who_submitted(
    directory: str | None, declared: str | None, slug: str | None
) -> None:
    assert identify_submitter(catalogue(), directory, declared) == slug


SOFTWARE = [
    ("X-CUBE-AI v8.1.0", "X-CUBE-AI 8.1.0", "X-CUBE-AI", "8.1.0", "code generation"),
    ("TensorFlow Lite for Microcontrollers v2.3.1", "TFLite Micro 2.3.1", "TFLite Micro", "2.3.1", "interpreter"),
    ("tflite-micro", "TFLite Micro", "TFLite Micro", None, "interpreter"),
    ("tflite-micro, commit_id:" + "a30942eb03" * 4, "TFLite Micro", "TFLite Micro", "a30942e", "interpreter"),
    ("Plumerai Inference Engine 2023.05", "Plumerai Inference Engine 2023.05", "Plumerai Inference Engine", "2023.05",
     "code generation"),
    ("Bosch Hardware-Aware Lowering Engine (HALE) version 1.0.175", "Bosch HALE 1.0.175", "Bosch HALE", "1.0.175", None),
    ("STEDGE-AI Internal version", "ST Edge AI", "ST Edge AI", None, "code generation"),
    ("OurEngine 3.2", "OurEngine 3.2", "OurEngine 3.2", None, None),
    ("ONNCX", "ONNCX", "ONNCX", None, None),
    ("N/A", None, None, None, None),
    ("", None, None, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "label", "name", "version", "style"), SOFTWARE)
def test_a_framework_is_read_from_its_text(
    text: str, label: str | None, name: str | None, version: str | None, style: str | None
) -> None:
    read = read_software(described(("Inference Framework", text)))
    assert (read.framework, read.framework_name, read.framework_version, read.deployment_style) == (
        label,
        name,
        version,
        style,
    )


def test_a_framework_is_found_though_its_second_copy_is_empty() -> None:
    read = read_software(described(("Inference Framework", "LEIP v1.9.3"), ("Inference Framework", "")))
    assert read.framework == "LEIP 1.9.3"


def test_two_frameworks_under_one_key_are_both_named() -> None:
    read = read_software(described(("Inference Framework", "hls4ml"), ("Inference Framework", "FINN")))
    assert (read.framework, read.deployment_style) == ("hls4ml / FINN", "dedicated toolchain")


def test_frameworks_of_different_styles_have_no_style_together() -> None:
    read = read_software(described(("Inference Framework", "hls4ml"), ("Inference Framework", "TFLM")))
    assert read.deployment_style is None


def test_kernel_libraries_stand_beside_the_framework() -> None:
    read = read_software(
        described(
            ("Inference Framework", "microTVM"),
            ("Software Libraries", "TVM (SHA e3a6cb6a), CMSIS_NN (SHA 51263182)"),
        )
    )
    assert (read.framework, read.framework_name) == ("microTVM + CMSIS-NN", "microTVM")


def test_cmsis_alone_is_not_cmsis_nn() -> None:
    read = read_software(
        described(("Inference Framework", "tflite-micro"), ("Software Libraries", "CMSIS (modified)"))
    )
    assert read.framework == "TFLite Micro"


def test_a_framework_that_stands_among_the_libraries_counts_where_none_is_stated() -> None:
    read = read_software(
        described(("Inference Framework", "N/A"), ("Software Libraries", "TensorFlow, Syntiant SDK"),
                  ("ML Model Compiler(s)", "Syntiant Packager"), ("General Compiler(s)", "N/A"))
    )  # fmt: skip
    assert (read.framework, read.model_compiler, read.compiler) == ("Syntiant SDK", "Syntiant Packager", None)


@pytest.mark.parametrize(
    ("text", "mhz", "exact"),
    [
        ("120 MHz", 120.0, True),
        ("336 MHZ", 336.0, True),
        ("1Ghz", 1000.0, True),
        ("1.5Ghz", 1500.0, True),
        ("20M", 20.0, True),
        ("277.5M", 277.5, True),
        ("32768 kHz", 32.768, True),
        ("187-200MHz", 200.0, False),
        ("Prime Core, up to 3.4Ghz, 5 Performance Cores, up to 3.2Ghz", 3400.0, False),
        ("120", None, False),
        ("120 MB", None, False),
        ("0 MHz", None, False),
        ("N/A", None, False),
        ("", None, False),
        (None, None, False),
    ],
)
def test_a_clock_needs_a_unit_and_a_range_is_marked(text: str | None, mhz: float | None, exact: bool) -> None:
    reading = read_clock_mhz(text)
    assert (reading.mhz, reading.exact) == (mhz, exact)
    assert reading.reason


def test_on_an_fpga_the_reading_says_that_the_processor_is_the_host() -> None:
    reading = read_clock_mhz("667Mhz", "100-143MHz", "fpga")
    assert (reading.mhz, reading.accelerator_mhz) == (667.0, 143.0)
    assert "host core" in reading.reason
    assert "highest of the frequencies in '100-143MHz'" in reading.reason


@pytest.mark.parametrize(
    ("variant", "system_id", "method", "notes", "label"),
    [
        ("ad_fp32", "pi", "", "", "fp32"),
        ("ic_int8", "pi", "FP16", "", "int8"),
        ("KWS-W3A3", "arty", "Quantization-Aware Training", "", "w3a3"),
        ("RN07", "arty", "QAT", "", None),
        ("", "NUCLEO_H7A3ZI_int8_max_performance", "", "", "int8"),
        ("", "RH850_F1KMS4_float", "", "", "float"),
        ("", "m4", "TensorFlow Int8 Quantization", "", "int8"),
        ("", "m4", "FP16", "", "fp16"),
        ("", "m4", "float32", "", "fp32"),
        ("", "m4", "INT8 weights, INT16 activations", "", "int8+int16"),
        ("", "m4", "Uniform symmetric quantization", "weight: int8; activation: uint8", "int8+uint8"),
        ("", "m4", "PTQ", "", None),
        ("", "gap9_650_240", "", "reference models were used", None),
    ],
)
def test_a_numeric_format_counts_only_where_it_is_stated(
    variant: str, system_id: str, method: str, notes: str, label: str | None
) -> None:
    system = described(("Quantization Method", method), ("Training and Quantization Notes", notes))
    read = read_precision(system, variant, system_id)
    assert read.label == label
    assert bool(read.source_text) == (label is not None)


@pytest.mark.parametrize(
    ("status", "read"),
    [("Available", "available"), ("PREVIEW ", "preview"), ("RDI", "rdi"), ("rdi", "rdi"), ("", None), ("soon", None), (None, None)],
)  # fmt: skip
def test_availability_is_one_of_three_words_or_absent(status: str | None, read: str | None) -> None:
    assert read_availability(status) == read


@pytest.mark.parametrize(
    ("notes", "millivolts"),
    [
        ("Operating at 1.8V / SMPS", 1800),
        ("Operating at 3 V with external SMPS / Single Bank Mode Activated", 3000),
        ("Operating at 1.8V supply", 1800),
        ("VIN = 1.8V, VDDIO = 1.8V", 1800),
        ("powered at 3300 mV", 3300),
        ("Core VDD = 0.9V, VDD_IO = 1.8V", None),
        ("Operating at 1.8V and operating at 3.0V", None),
        ("Overlay generated by HDL", None),
        ("", None),
        (None, None),
    ],
)
def test_a_supply_is_read_only_where_it_is_declared_as_one(notes: str | None, millivolts: int | None) -> None:
    assert read_supply_voltage_mv(notes) == millivolts


@pytest.mark.parametrize(
    ("device_class", "monitor", "voltage_mv", "runner", "scope"),
    [
        ("mcu", "lpm01a", 1800, "EEMBC", "chip-rail"),
        ("mcu-npu", "lpm01a", 1800, "EEMBC", "chip-rail"),
        ("npu", "lpm01a", 1800, "EEMBC", "chip-rail"),
        ("mcu", None, 3300, "MLCommons", "chip-rail"),
        ("fpga", "js110", 4951, "EEMBC", "board"),
        ("fpga", "js110", 6936, "EEMBC", "board"),
        ("mcu", "js110", 5000, "EEMBC", "board"),
        ("mcu", "js110", 4000, "EEMBC", "unknown"),
        ("fpga", "js110", 1800, "EEMBC", "unknown"),
        ("linux-soc", "js110", 3300, "EEMBC", "unknown"),
        ("mcu", "lpm01a", None, "EEMBC", "unknown"),
        ("mcu", None, 1800, "EEMBC", "unknown"),
        ("uncurated", "lpm01a", 1800, "EEMBC", "unknown"),
        (None, "lpm01a", 1800, None, "unknown"),
    ],
)
def test_the_energy_scope_follows_from_what_was_fed(
    device_class: str | None, monitor: str | None, voltage_mv: float | None, runner: str | None, scope: str
) -> None:
    assert energy_scope(device_class, monitor, voltage_mv, runner) == scope
