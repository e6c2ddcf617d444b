from __future__ import annotations

import pandas as pd
import pytest

from workbench.core import InputError
from workbench.core.column_names import show_column_names
from workbench.core.language import message
from workbench.tabulation import mean, single
from workbench.tabulation.rows import as_rows


def test_names_become_what_their_columns_are():
    data = pd.DataFrame(
        {"recommend": [9, 3], "q": [1, 5], "brand": ["a", "b"], "spend": [1.5, 2.25], "yes": [True, False]}
    )
    kinds = [type(r).__name__ for r in as_rows(list(data.columns), data)]
    assert kinds == ["Nps", "Scale", "Single", "Mean", "Single"]
    assert as_rows(mean("q"), data) == [mean("q")] and as_rows("brand", data) == [single("brand")]
    with pytest.raises(InputError, match="brand"):
        as_rows("brnad", data)


def test_questions_go_by_the_names_of_the_study():
    show_column_names({"q": message("Share")})
    assert str(as_rows("q", pd.DataFrame({"q": [1]}))[0].label) == "Share"
    show_column_names({})
