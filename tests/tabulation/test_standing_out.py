from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from workbench.core.errors import InputError
from workbench.estimation import Design
from workbench.tabulation import multiple, tabulate
from workbench.tabulation.standing_out import standing_out


def test_the_clearest_comparison_is_corrected_for_all_of_the_question(answers):
    table = tabulate(answers, Design(weight="w"), rows=["brand", "q"], columns=["region", "gender"])
    for question in table.questions:
        found = standing_out(table, question)
        pairs = table[question].pairs.dropna(subset="p_value")
        adjusted = multipletests(pairs["p_value"], method="fdr_bh")[1]
        assert found.family == len(pairs)
        assert found.p_value == pytest.approx(adjusted.min(), rel=1e-12)
        assert found.high > found.low
        cells = table[question].table.set_index(["row", "group", "column"])["estimate"]
        assert cells[found.row, found.group, found.higher] == found.high
        assert list(dict.fromkeys(table[question].table["row"]))[found.place] == found.row


def test_of_two_answers_that_mirror_each_other_the_first_is_named():
    asked = pd.DataFrame({"brand": ["A"] * 150 + ["B"] * 50, "shop": ["n"] * 100 + ["s"] * 100, "weight": 1.0})
    assert standing_out(tabulate(asked, rows="brand", columns="shop")).row == "A"


def test_where_nothing_was_tested_nothing_stands_out(answers):
    assert standing_out(tabulate(answers, rows="brand")) is None
    few = pd.DataFrame({"brand": list("AB") * 10, "shop": list("nnss") * 5, "weight": 1.0})
    assert standing_out(tabulate(few, rows="brand", columns="shop")) is None


def test_a_question_that_is_not_there_is_named(answers):
    with pytest.raises(InputError, match="brand"):
        standing_out(tabulate(answers, rows="brand", columns="region"), "brnd")


def test_what_stands_out_of_nothing_is_rarely_clear():
    rng = np.random.default_rng(5)
    clear = 0
    for _ in range(150):
        data = pd.DataFrame({f"a{i}": (rng.random(400) < 0.3).astype(float) for i in range(6)})
        data["shop"] = rng.choice(list("abcd"), 400)
        data["weight"] = 1.0
        rows = multiple({f"a{i}": f"a{i}" for i in range(6)}, name="many")
        clear += standing_out(tabulate(data, rows=rows, columns="shop")).p_value < 0.05
    # 36 comparisons each; without the correction more than half of the tables would have a "finding"
    assert clear <= 150 * 0.05 + 3 * np.sqrt(150 * 0.05 * 0.95)
