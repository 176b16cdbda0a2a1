"""System descriptions as people write them, and which one belongs to a results folder."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.domain.records import Readability
from submissions.formats.archive import open_tree
from submissions.formats.mlperf_tiny.system_description import Match, match_description, read_description
from submissions.formats.mlperf_tiny.tolerant_json import JSONObject, UnreadableJSON, as_text, parse_object
from tests.makers import write


def described(tmp_path, text: str):
    write(tmp_path / "systems/x.json", text)
    write(tmp_path / "results/x.txt", "")
    with open_tree(tmp_path) as tree:
        return read_description(tree, "systems/x.json")


def test_every_key_has_its_line(tmp_path):
    description = described(tmp_path, '{\n\t"Submitter": "Lab",\n\n\t"Division": "closed"\n}')
    assert [(field.key, field.value, field.line) for field in description.fields] == [
        ("Submitter", "Lab", 2),
        ("Division", "closed", 4),
    ]
    assert description.readability is Readability.VALID
    assert description.findings == ()


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('{"a": "1"\n "b": "2"}', 2, "comma missing"),
        ('{"a": "1",\n "b": "2",\n}', 2, "comma before }"),
        ('{"a": "1",, "b": "2"}', 1, "comma doubled"),
        ('{, "a": "1", "b": "2"}', 1, "comma before the first member"),
        ('{"a": "1",\n "b": "2",', 2, "} missing at the end, after a comma"),
        ('{"a": "1", "b": "2"', 1, "} missing at the end"),
        ('{"a": "1", "b": 2}\n}', 2, "} after the end"),
        ('{"a": "1", "b": two}', 1, "two without quotation marks"),
        ('{"a": "1", "b": ["2",]}', 1, "comma before ]"),
    ],
)
def test_a_slip_is_repaired_and_noted_with_its_line(tmp_path, text, line, what):
    description = described(tmp_path, text)
    assert [field.key for field in description.fields] == ["a", "b"]
    assert description.readability is Readability.REPAIRED
    (finding,) = description.findings
    assert (finding.code, finding.line) == ("system.json-repaired", line)
    assert what in finding.found


def test_a_raw_line_break_in_a_text_becomes_a_space(tmp_path):
    description = described(tmp_path, '{"Hardware Notes": "first,\n\t\tsecond"}')
    assert description.fields[0].value == "first, second"
    assert description.findings[0].found == "raw line break or control character in a text"


def test_a_bad_escape_keeps_the_text_as_written(tmp_path):
    description = described(tmp_path, r'{"path": "C:\x\y"}')
    assert description.fields[0].value == r"C:\x\y"
    assert description.readability is Readability.REPAIRED


def test_a_key_that_stands_twice_keeps_both_values(tmp_path):
    description = described(tmp_path, '{"Inference Framework": "TFLM",\n"Inference Framework": ""}')
    assert [field.value for field in description.fields] == ["TFLM", ""]
    (finding,) = description.findings
    assert (finding.code, finding.line) == ("system.key-twice", 2)
    assert finding.found == "line 1: 'TFLM', line 2: ''"


def test_a_key_that_stands_twice_with_the_same_value_is_no_finding(tmp_path):
    assert described(tmp_path, '{"a": "", "a": ""}').findings == ()


def test_nested_values_become_one_line(tmp_path):
    text = '{"Software Libraries": {"TVM": {"SHA": "e3a6"}, "CMSIS": {"SHA": "5126", "v": 2}}, "List": ["a", "b"], "No": null}'
    values = [field.value for field in described(tmp_path, text).fields]
    assert values == ["TVM (SHA e3a6), CMSIS (SHA 5126, v 2)", "a, b", ""]


def test_what_a_database_cannot_store_is_replaced(tmp_path):
    assert described(tmp_path, r'{"a": "x\u0000\ud800"}').fields[0].value == "x\ufffd\ufffd"


@pytest.mark.parametrize(
    "text",
    ["", "[]", '"text"', "{1: 2}", '{"a" "b"}', '{"a": }', "{\n@}", '{"a": ' * 50, '{"a', "\x00\x05\x16\x07"],
)
def test_what_is_no_description_is_unreadable_with_a_line(tmp_path, text):
    description = described(tmp_path, text)
    assert description.readability is Readability.UNREADABLE
    (finding,) = description.findings
    assert finding.code == "system.json-unreadable"
    assert finding.line >= 1


def test_a_huge_description_is_not_interpreted(tmp_path):
    description = described(tmp_path, '{"a": "' + "x" * (1 << 20) + '"}')
    assert [finding.code for finding in description.findings] == ["file.too-large"]


@pytest.mark.parametrize(
    ("system_id", "name", "why"),
    [
        ("board", "board", "same name"),
        ("NUCLEO-H7A3ZI-Q", "NUCLEO_H7A3ZI_Q_system_description", "same name but for case"),
        ("Nucleo-L4R5ZI", "NUCLEO_L4R5ZI_System_Description", "same name but for case"),
        ("stack_nn/BOARD-5", "system_description_BOARD5_stack_nn", "in another order"),
        ("pynq-z2", "system_description_pynq", "one name begins with the other"),
    ],
)
def test_a_description_is_found_under_names_that_submitters_used(system_id, name, why):
    match = match_description(system_id, [f"systems/{name}.json", "systems/other.json"])
    assert isinstance(match, Match)
    assert match.path == f"systems/{name}.json"
    assert why in match.why


def test_descriptions_that_fit_equally_well_are_not_chosen_from():
    paths = ["systems/a/board_1.json", "systems/b/Board-1.json"]
    assert match_description("BOARD 1", paths) == paths


@pytest.mark.parametrize("system_id", ["board", "a/b/c/d/e/f"])
def test_a_description_of_another_name_is_never_taken(system_id):
    assert match_description(system_id, ["systems/chip.json"]) == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_valid_json_needs_no_repair_and_keeps_its_keys(value):
    parsed, repairs = parse_object(json.dumps(value))
    assert repairs == []
    assert len(parsed.pairs) == len(value)


@given(st.text(alphabet='{}[]",:\\ \nab1-') | st.text(max_size=60))
def test_arbitrary_text_is_an_object_or_unreadable(text):
    try:
        parsed, _ = parse_object(text)
    except UnreadableJSON:
        return
    assert isinstance(parsed, JSONObject)
    assert "\x00" not in as_text(parsed)
