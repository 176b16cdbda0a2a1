"""Odd files: what is read, what is refused, and what an error says."""

from __future__ import annotations

import numpy as np
import pytest

from results.analysis.projection.table_file import TableError, read_table


def csv(*lines: str, header: str = "model,device,ms,model_macs,device_core") -> bytes:
    return "\n".join([header, *lines]).encode()


ROWS = [f"m{m},d{d},{1 + m + d},{10**m},{'ab'[d % 2]}" for m in range(3) for d in range(3)]


def test_features_become_numbers_or_labels_by_what_stands_in_them() -> None:
    cells = read_table(csv(*ROWS), "ms").cells
    assert len(cells) == 9
    assert set(cells.model_features) == {"macs"}
    assert set(cells.labels["core"]) == {"a", "b"}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_and_line_ends_do_not_matter(separator: str, end: str) -> None:
    data = csv(*ROWS).replace(b",", separator.encode()).replace(b"\n", end.encode())
    assert len(read_table(b"\xef\xbb\xbf" + data, "ms").cells) == 9


@pytest.mark.parametrize("empty", ["", "n/a", "NaN", "-", "inf"])
def test_an_empty_feature_is_unknown_and_not_a_text(empty: str) -> None:
    cells = read_table(csv(*ROWS, f"m9,d0,5,{empty},"), "ms").cells
    assert np.isnan(cells.model_features["macs"][cells.model == "m9"]).all()
    assert (cells.labels["core"][cells.model == "m9"] == "").all()


def test_rows_without_a_positive_target_are_refused_by_line() -> None:
    table = read_table(csv(*ROWS, "m9,d0,0,1,a", "m9,d1,-3,1,a", "m9,d2,,1,a"), "ms")
    assert [r.line for r in table.refused] == [11, 12, 13]
    assert "-3 is not positive" in table.refused[1].reason


def test_repeats_of_a_cell_count_once_by_their_geometric_mean() -> None:
    table = read_table(csv(*ROWS, "m0,d0,100,1,a"), "ms")
    assert table.repeated == 1
    cells = table.cells
    value = np.exp(cells.log_target[(cells.model == "m0") & (cells.device == "d0")])
    assert value == pytest.approx([10.0])


def test_without_labels_a_model_is_its_own_family_and_a_device_its_own_group() -> None:
    cells = read_table(csv(*ROWS), "ms").cells
    assert (cells.label("family") == cells.model).all()
    assert (cells.label("device_group") == cells.device).all()


@pytest.mark.parametrize(
    ("data", "target", "said"),
    [
        (b"", "ms", "line 1: the file is empty"),
        (csv(), "ms", "line 2: no row"),
        (csv(*ROWS), "joules", "no column “joules”; the columns are model, device, ms"),
        (csv(*ROWS, header="net,device,ms,model_macs,device_core"), "ms", "no column “model”"),
        (csv(*ROWS, header="model,device,ms,ms,device_core"), "ms", "“ms” stands twice"),
        (csv(*ROWS, "m9,d0,fast,1,a"), "ms", "line 11, column ms: “fast” is no number"),
        (csv(*ROWS, "m9,d0,1"), "ms", "line 11: 3 fields, the header has 5"),
        (csv(*ROWS, ",d0,1,1,a"), "ms", "line 11, column model: empty"),
        (csv(*ROWS[:3]), "ms", "3 cells"),
        (csv(*ROWS).replace(b"m1", b"m\xff"), "ms", "line 5: not UTF-8"),
    ],
)
def test_an_error_says_where_and_how_to_mend_it(data: bytes, target: str, said: str) -> None:
    with pytest.raises(TableError) as caught:
        read_table(data, target)
    assert said in str(caught.value)
