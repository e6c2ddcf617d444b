from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core import InputError
from workbench.tabulation import WaveAnswers, nps, scale, trend


@pytest.fixture
def found(answers):
    later = answers.assign(q=np.clip(answers["q"] + 1, 1, 5))
    return trend(
        [WaveAnswers("w0", answers), WaveAnswers("w1", later, changed={"brand": "list"})],
        rows=[scale("q"), nps(), "brand"],
        columns=["region", "gender"],
        id=None,
    )


def test_one_question_one_row_one_cell(found):
    assert found["q"].questions == ["q"] and set(found["q"].tests["question"]) == {"q"}
    assert found.headlines("q") == ["Top box (4–5)", "Mean"] and found.headlines("recommend") == ["NPS"]
    assert found.rows_of("brand") == ["a", "b"]
    line = found.of("q", "Mean", "north")
    assert line["wave"].tolist() == ["w0", "w1"] and line["mark"].isna().all()
    assert found.of("brand")["mark"].tolist() == [None, "list"]
    v = found.covariance("q", "Mean", "north")
    np.testing.assert_allclose(np.sqrt(np.diag(v)), line["std_error"])
    for ask in (lambda: found["x"], lambda: found.of("q", "x"), lambda: found.covariance("q", None, "x")):
        with pytest.raises(InputError, match="There are"):
            ask()


def test_it_shows_itself(found):
    shown = found.shown_table("en")
    assert list(shown.columns[:4]) == ["Row", "Column", "w0", "w1"] and "↑" in shown["Since w0"].iloc[0]
    assert found._repr_html_() == found.to_html() and "Trend" in repr(found)
    texts = {t.get_text() for t in found.plot("zh-CN").axes[0].texts}
    assert "总计" in texts and any("north" in t for t in texts)
    assert found.plot("en", question="recommend", row="NPS").axes
    assert isinstance(found.table, pd.DataFrame)
