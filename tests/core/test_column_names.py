from __future__ import annotations

from workbench.core.column_names import show_column_names, study_name
from workbench.core.language import message


def test_columns_go_by_the_names_of_the_study_until_these_are_taken_back():
    show_column_names({"q7": message("Share"), "q8": message("")})
    assert study_name("q7") == message("Share")
    assert study_name("q8") is None  # no words, no name
    show_column_names({})
    assert study_name("q7") is None
