from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core import InputError
from workbench.estimation import Design
from workbench.tabulation import groups, tabulate
from workbench.tabulation.comparisons import check_choices, corrected


@pytest.mark.parametrize(
    "test", ["pooled_z_effective", "pooled_t_effective", "quantum_t_effective", "unpooled_z_effective"]
)
def test_the_older_formulas_are_theirs(answers, test):
    uses = groups({"card": "card", "loan": "loan"}, name="uses")
    found = tabulate(answers, Design(weight="w"), rows="brand", columns=uses, test=test)
    p = found.pairs.iloc[0]
    sides = [answers[answers[c] == 1] for c in ("card", "loan")]
    share = [np.average(s["brand"] == "a", weights=s["w"]) for s in sides]
    e = [s["w"].sum() ** 2 / (s["w"] ** 2).sum() for s in sides]
    both = answers[(answers["card"] == 1) & (answers["loan"] == 1)]["w"]
    e0 = both.sum() ** 2 / (both**2).sum()
    w = [s["w"].sum() for s in sides]
    pool = np.average(share, weights=w)
    v = pool * (1 - pool) * (1 / e[0] + 1 / e[1] - 2 * e0 / (e[0] * e[1]))
    if test == "quantum_t_effective":
        v *= sum(e) / (sum(e) - 1)
    if test == "unpooled_z_effective":
        v = sum(s * (1 - s) / b for s, b in zip(share, e, strict=True))
    assert p["statistic"] == pytest.approx((share[0] - share[1]) / np.sqrt(v), rel=1e-10)
    df = {"pooled_t_effective": sum(e) - e0 - 2, "quantum_t_effective": sum(e) - e0 - 1}.get(test, np.inf)
    assert p["df"] == pytest.approx(df)


def test_families_are_a_row_a_group_or_the_table():
    p = [np.array([[0.01, 0.2], [0.02, np.nan]]), np.array([[0.03, 0.04], [0.5, 0.6]])]
    by = np.array([1, 2])
    assert corrected(p, by, "holm", "row")[0][:, 0].tolist() == [0.02, 0.02]
    assert corrected(p, by, "holm", "group")[0][:, 0].tolist() == [0.01, 0.02]
    table = corrected(p, by, "holm", "table")
    assert table[0][0, 0] == pytest.approx(0.07) and np.isnan(table[0][1, 1])
    assert corrected(p, by, None, "row")[1].tolist() == p[1].tolist()


def test_what_is_not_tested_says_why(answers):
    data = pd.concat(
        [answers, answers.head(5).assign(region="tiny"), answers.head(40).assign(region="even", brand="a")]
    )
    found = tabulate(data, Design(weight="w"), rows="brand", columns="region")
    reasons = found.pairs.set_index(["row", "first", "second"])["reason"]
    assert reasons["a", "north", "tiny"] == "base too small"
    assert reasons["a", "north", "south"] == ""
    units = tabulate(
        data.assign(unit=1), Design(weight="w", psu="unit", lonely_psu="certainty"), rows="brand", columns="region"
    )
    assert set(units.pairs["reason"]) == {"base too small", "too few units"}


def test_unknown_tests_and_families_are_refused():
    with pytest.raises(InputError, match="pooled_z_effective"):
        check_choices("pooled_z", "row")
    with pytest.raises(InputError, match="family"):
        check_choices("design", "rows")


def test_letters_where_nothing_differs_are_few():
    """Of empty tables of 10 rows and 12 columns, hardly one in two has a letter (the correction is over each row)."""
    rng = np.random.default_rng(5)
    letters = 0
    for _ in range(12):
        n = 900
        data = pd.DataFrame(
            {f"q{i}": rng.choice(list("ab"), n) for i in range(10)}
            | {"g": rng.choice(list("uvwx"), n), "h": rng.choice(list("123"), n)}
        )
        found = tabulate(data, rows=[f"q{i}" for i in range(10)], columns=["g", "h"], levels=(0.95,))
        letters += int((found.table["letters"] != "").sum()) / 2  # a and b are one another's mirror
    assert letters / 12 <= 1.5
