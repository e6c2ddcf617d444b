import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError, UntrustedWarning
from workbench.estimation import Design, regression
from workbench.nps import callback_effect


def people(seed=1, n=1200, effect=0.8):
    rng = np.random.default_rng(seed)
    tier, angry = rng.choice(["A", "B", "C"], n), rng.random(n) < 0.5
    # the better customers are called more often, and score higher anyway
    called = rng.random(n) < np.select([tier == "A", tier == "B"], [0.6, 0.3], 0.1)
    score = 3 + np.select([tier == "A", tier == "B"], [3, 1], 0) - angry + effect * called + rng.normal(0, 1, n)
    return pd.DataFrame({"tier": tier, "angry": angry, "called": called, "score": score, "spend": rng.gamma(2, 50, n)})


def test_comparable_customers_take_the_selection_out():
    data = people()
    naive = data.groupby("called")["score"].mean().diff().iloc[1]
    result = callback_effect(data, ["score", "spend"], alike=["tier", "angry"])
    row = result.table.iloc[0]
    assert naive > 1.3 and row["ci_low"] < 0.8 < row["ci_high"] and abs(row["estimate"] - 0.8) < 0.25
    assert row["verdict"] == "higher" and result.table["verdict"].iloc[1] == "no clear difference"
    assert any("not drawn at random" in n.message.text("en") for n in result.notes)
    assert result.plot("zh-CN").axes and "可比" in result.to_html("zh-CN")


def test_one_cell_is_the_difference_of_two_means():
    data = people()
    row = callback_effect(data, ["score"], alike=[]).table.iloc[0]
    other = regression(data.assign(called=data["called"].astype(float)), "score", ["called"], Design()).table.iloc[1]
    assert row["estimate"] == pytest.approx(other["estimate"])
    assert row["std_error"] == pytest.approx(other["std_error"], rel=0.01)


def test_intervals_cover_under_selection():
    hits = 0
    for i in range(120):
        row = callback_effect(people(i, 400), ["score"], alike=["tier", "angry"]).table.iloc[0]
        hits += row["ci_low"] <= 0.8 <= row["ci_high"]
    assert 0.90 <= hits / 120 <= 0.99


def test_called_customers_without_anybody_alike_are_counted():
    data = people()
    data.loc[data.index[:5], ["tier", "called"]] = ["Z", True]
    result = callback_effect(data, ["score"], alike=["tier"])
    assert result.table["unmatched"].item() == 5
    assert any("nobody comparable" in n.message.text("en") for n in result.notes)


def test_few_calls_get_no_verdict():
    data = people(2, 100).assign(called=lambda t: t.index < 8)
    with pytest.warns(UntrustedWarning):
        result = callback_effect(data, ["score"], alike=["tier"])
    assert result.table["verdict"].item() == "base too small"


@pytest.mark.parametrize("called", [True, False])
def test_everybody_or_nobody_called_is_refused(called):
    with pytest.raises(InputError, match="some were not"):
        callback_effect(people().assign(called=called), ["score"], alike=["tier"])
