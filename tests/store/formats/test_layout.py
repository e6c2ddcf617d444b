from __future__ import annotations

import pytest

from workbench.core.errors import InputError
from workbench.store.formats.head import head_of_cells
from workbench.store.formats.layout import plain_layout, with_totals


def test_titles_above_the_names_are_passed_over():
    head = head_of_cells(
        [["Survey", "", ""], ["as of today", "", ""], ["id", "region", "score"], ["1", "n", "9"], ["2", "s", "8"]]
    )
    found = plain_layout(head)
    assert (found.names, found.header_row, found.first_line) == (("id", "region", "score"), 3, 4)
    assert found.said[0].text("en") == "2 lines of titles stand above the names of the columns"


def test_a_column_that_only_counts_the_rows_is_left_out():
    found = plain_layout(head_of_cells([["", "id"], ["0", "a"], ["1", "b"], ["2", "c"]]))
    assert found.skipped == ("column 1",)
    with pytest.raises(InputError, match="without a name: column 1"):
        plain_layout(head_of_cells([["", "id"], ["7", "a"], ["3", "b"], ["9", "c"]]))


def test_merged_names_are_told_apart():
    found = plain_layout(
        head_of_cells([["Row Merge", "", "Not"], ["a", "b", "c"]]), merged={(0, 0): "Row Merge", (0, 1): "Row Merge"}
    )
    assert found.names == ("Row Merge", "Row Merge (2)", "Not")


def test_a_table_of_numbers_without_names_is_asked_about():
    with pytest.raises(InputError, match="only numbers: 1, 2"):
        plain_layout(head_of_cells([["1", "2"], ["3", "4"]]))
    assert plain_layout(head_of_cells([["1", "2"], ["3", "4"]]), header_row=1).names == ("1", "2")


@pytest.mark.parametrize(
    ("first", "is_total"), [("Total", True), ("合计：", True), ("Totally fine", False), ("", False)]
)
def test_the_last_line_may_add_the_others_up(first, is_total):
    layout = plain_layout(head_of_cells([["id", "score"], ["1", "2"]]))
    assert (with_totals(layout, [first, "3"], 9).totals == 9) is is_total


def test_a_header_row_beyond_the_file_is_refused():
    with pytest.raises(InputError, match="header_row: 9"):
        plain_layout(head_of_cells([["a"], ["1"]]), header_row=9)
